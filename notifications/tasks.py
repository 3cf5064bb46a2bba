"""Tasks of the outbox."""

from celery import shared_task

from notifications import digest, outbox


@shared_task
def send_outbox() -> int:
    """Send what waits; run after each commit that tells something, and every minute."""
    return outbox.send_due()


@shared_task
def send_digests() -> int:
    """Send the mails of the day to those whose morning has come; run each hour."""
    return digest.send_digests()
