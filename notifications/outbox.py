"""Sending what waits: each message in its own transaction, its row locked while it is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.db import transaction
from django.utils import timezone

from notifications.mail import send_mail_of
from notifications.models import OutboxMessage
from notifications.visibility import may_still_see

logger = logging.getLogger(__name__)

TRIES = 12
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed tries: a minute, doubled each time, 6 hours at most."""
    return min(FIRST_WAIT * 2 ** max(attempts - 1, 0), LONGEST_WAIT)


def send_due() -> int:
    """Send every message that is due and that no other worker holds; gives the number sent."""
    sent = 0
    while (outcome := _send_next()) is not None:
        sent += outcome
    return sent


@transaction.atomic
def _send_next() -> bool | None:
    """Whether the next due message was sent; None when none waits.

    The lock is held while sending, so that two workers never send the same row; a worker killed
    after the mail server took the message, before the commit, is why each mail's Message-ID is
    made from its key: servers and readers drop the second.
    """
    message = (
        OutboxMessage.objects.due()
        .select_related("recipient")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if message is None:
        return None
    if not may_still_see(message):
        message.dropped_at = timezone.now()
        message.save(update_fields=["dropped_at"])
        return False
    try:
        send_mail_of(message)
    except Exception as failure:
        note_failure([message], failure)
        return False
    note_sent([message])
    return True


def note_sent(messages: Iterable[OutboxMessage]) -> None:
    """Keep that a mail with these messages went out."""
    for message in messages:
        message.attempts += 1
        message.sent_at = timezone.now()
        message.last_error = ""
        message.save(update_fields=["attempts", "sent_at", "last_error"])


def note_failure(messages: Iterable[OutboxMessage], failure: Exception) -> None:
    """Keep why a mail with these messages did not go out, and when to try again, if ever."""
    for message in messages:
        logger.warning("Sending %s failed: %s", message.key, failure)
        message.attempts += 1
        message.last_error = f"{type(failure).__name__}: {failure}"[:500]
        message.try_at = timezone.now() + wait_after(message.attempts)
        if message.attempts >= TRIES or _is_final(failure):
            message.dropped_at = timezone.now()
        message.save(update_fields=["attempts", "last_error", "try_at", "dropped_at"])


def _is_final(failure: Exception) -> bool:
    """Whether the mail server said that there is no such address (5xx)."""
    if not isinstance(failure, SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _reason in failure.recipients.values())
