"""Tasks of reports: call one function."""

from celery import Task, shared_task
from django.db import OperationalError

from dashboards.report import builds


@shared_task(bind=True, acks_late=True, max_retries=3, default_retry_delay=10)
def build_report(self: Task, build_pk: int) -> None:
    """Build a report. A worker killed midway gives it back; it is done once."""
    try:
        builds.run_build(build_pk=build_pk)
    except OperationalError as unreachable:
        raise self.retry(exc=unreachable) from unreachable
    except Exception:
        builds.give_up(build_pk=build_pk)
        raise


@shared_task
def resume_lost_reports() -> None:
    """Send again the reports whose task was lost."""
    builds.resume_lost_reports()
