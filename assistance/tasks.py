"""Tasks of requests and activities."""

import logging

from celery import shared_task

from assistance import reminders, scanning
from assistance.workflow import remind_or_close_silent_items

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
