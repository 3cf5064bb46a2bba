"""One mail a day for those who chose so: in the morning of their own time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from directory.models import User
from notifications.mail import digest_of
from notifications.models import OutboxMessage
from notifications.outbox import note_failure, note_sent
from notifications.visibility import may_still_see

MORNING = 6


def last_morning(person: User, now: datetime) -> datetime:
    """The latest six o'clock where this person is."""
    here = now.astimezone(ZoneInfo(person.time_zone))
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning <= here else morning - timedelta(days=1)


def send_digests() -> int:
    """Send what came before each reader's last morning; gives the number of mails sent."""
    waiting = OutboxMessage.objects.due_daily().values("recipient")
    return sum(_send_to(person) for person in User.objects.filter(pk__in=waiting))


@transaction.atomic
def _send_to(person: User) -> bool:
    """Whether this person's mail went out; its rows are locked while it is sent."""
    until = last_morning(person, timezone.now())
    rows = (
        OutboxMessage.objects.due_daily()
        .filter(recipient=person, created_at__lt=until)
        .select_for_update(skip_locked=True)
    )
    messages = []
    for message in rows:
        message.recipient = person
        if may_still_see(message):
            messages.append(message)
        else:
            message.dropped_at = timezone.now()
            message.save(update_fields=["dropped_at"])
    if not messages:
        return False
    try:
        if person.email:
            digest_of(messages).send(fail_silently=False)
    except Exception as failure:
        note_failure(messages, failure)
        return False
    note_sent(messages)
    return True
