"""Tasks of reports: call one function."""

from celery import Task, shared_task

from dashboards.report import builds
from directory.background import WAITED_FOR, done_or_given_up


@shared_task(**WAITED_FOR)
def build_report(self: Task, build_pk: int) -> None:
    """Build a report. A worker killed midway gives it back; it is done once."""
    done_or_given_up(
        self,
        lambda: builds.run_build(build_pk=build_pk),
        lambda: builds.give_up(build_pk=build_pk),
    )


@shared_task
def resume_lost_reports() -> None:
    """Send again the reports whose task was lost."""
    builds.resume_lost_reports()
