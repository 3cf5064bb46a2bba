"""Tasks of the mandates: fetch, call one function."""

from celery import Task, shared_task
from django.db import OperationalError

from mandates.services import intake


@shared_task(bind=True, acks_late=True, max_retries=3, default_retry_delay=10)
def import_resolution_task(self: Task, import_pk: int) -> None:
    """Read a file that was handed in. A worker killed midway gives it back; it is done once."""
    try:
        intake.run_import(import_pk=import_pk)
    except OperationalError as unreachable:
        raise self.retry(exc=unreachable) from unreachable
    except Exception:
        intake.give_up(import_pk=import_pk)
        raise


@shared_task
def resume_lost_imports() -> None:
    """Send again the imports whose task was lost."""
    intake.resume_lost_imports()
