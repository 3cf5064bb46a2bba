"""Tasks of requests and activities."""

import logging

from celery import Task, shared_task

from assistance import reminders, scanning
from assistance.sheets import uploads
from assistance.workflow import remind_or_close_silent_items
from directory.background import WAITED_FOR, done_or_given_up

logger = logging.getLogger(__name__)


@shared_task
def remind_of_due_dates() -> None:
    """Each morning: requests near their thirtieth day, plans whose end has passed."""
    reminders.remind_of_due_dates()


@shared_task
def scan_files() -> int:
    """Each minute: files that wait for the malware scanner, where one is set."""
    return scanning.scan_waiting()


@shared_task
def close_silent_items() -> None:
    """Each morning: States reminded of deliveries without a reply, items closed after 60 days."""
    reminded, closed = remind_or_close_silent_items()
    logger.info("Silent items: %d reminders, %d closed", reminded, closed)


@shared_task(**WAITED_FOR)
def work_on_sheet(self: Task, upload_pk: int) -> None:
    """Compare, write or undo an uploaded sheet. A worker killed midway is followed by another."""
    done_or_given_up(
        self,
        lambda: uploads.work_on(upload_pk=upload_pk),
        lambda: uploads.give_up(upload_pk=upload_pk),
    )


@shared_task
def resume_lost_sheets() -> None:
    """Send again the sheets whose task was lost."""
    uploads.resume_lost_sheets()
