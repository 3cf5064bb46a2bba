"""Tasks of the outbox."""

from celery import shared_task

from notifications import outbox


@shared_task
def send_outbox() -> int:
    """Send what waits; run after each commit that tells something, and every minute."""
    return outbox.send_due()
