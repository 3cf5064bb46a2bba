"""Tasks of the whole installation."""

from celery import shared_task

from config import selfcheck


@shared_task
def check_installation() -> None:
    """Each morning: what is wrong is logged, and administrators are told."""
    selfcheck.check_installation()
