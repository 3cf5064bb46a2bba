"""Tasks of the whole installation."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from api import idempotency
from api.models import ApiToken
from assistance import orphans
from assistance.activities import kept_file
from config import selfcheck
from dashboards.report import builds


@shared_task
def check_installation() -> None:
    """Each morning: what is wrong is logged, and administrators are told."""
    selfcheck.check_installation()


@shared_task
def remove_what_expired() -> None:
    """Each night: sign-ins and tokens past their time, and files and answers kept for nothing."""
    call_command("clearsessions")
    ApiToken.objects.filter(expiry__lt=timezone.now()).delete()
    idempotency.forget_old()
    kept_file.forget_old()
    orphans.remove_orphans()
    builds.forget_old()
