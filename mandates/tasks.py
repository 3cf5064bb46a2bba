"""Tasks of the mandates: fetch, call one function."""

from celery import Task, shared_task

from directory.background import WAITED_FOR, done_or_given_up
from mandates.services import intake


@shared_task(**WAITED_FOR)
def import_resolution_task(self: Task, import_pk: int) -> None:
    """Read a file that was handed in. A worker killed midway gives it back; it is done once."""
    done_or_given_up(
        self,
        lambda: intake.run_import(import_pk=import_pk),
        lambda: intake.give_up(import_pk=import_pk),
    )


@shared_task
def resume_lost_imports() -> None:
    """Send again the imports whose task was lost."""
    intake.resume_lost_imports()
