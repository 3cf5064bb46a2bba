"""Tasks of requests and activities."""

from celery import shared_task

from assistance import reminders, scanning


@shared_task
def remind_of_due_dates() -> None:
    """Each morning: requests near their thirtieth day, plans whose end has passed."""
    reminders.remind_of_due_dates()


@shared_task
def scan_files() -> int:
    """Each minute: files that wait for the malware scanner, where one is set."""
    return scanning.scan_waiting()
