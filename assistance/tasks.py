"""Tasks of requests and activities."""

from celery import shared_task

from assistance import reminders


@shared_task
def remind_of_due_dates() -> None:
    """Each morning: requests near their thirtieth day, plans whose end has passed."""
    reminders.remind_of_due_dates()
