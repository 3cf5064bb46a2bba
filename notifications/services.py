"""Telling people: written in the caller's transaction, sent after it, exactly the committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from notifications.kinds import NotificationKind
from notifications.models import OutboxMessage

if TYPE_CHECKING:
    from directory.models import User


def notify(
    *,
    kind: NotificationKind,
    recipients: Iterable[User],
    key: str,
    context: Mapping[str, Any],
    path: str,
    about: models.Model | None = None,
) -> None:
    """Tell each recipient once.

    `key` names the event ("request:42:submitted:7"): the same event is told to the same person
    once, however often this runs. `context` holds the values its wording names (strings, numbers,
    days; `notifications.wording`). `path` is the page to open, as `reverse` gives it. `about` is
    what the page shows: when sending, the message is dropped if its reader may no longer see it.
    """
    values = dict(context)
    if about is not None:
        values["about"] = {"model": about._meta.label_lower, "pk": about.pk}
    messages = [
        OutboxMessage(
            key=f"{kind}:{key}:{recipient.pk}",
            kind=kind,
            recipient=recipient,
            context=values,
            path=path,
        )
        for recipient in {person.pk: person for person in recipients if person.is_active}.values()
    ]
    if messages:
        OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)
        transaction.on_commit(_send_soon, robust=True)


def _send_soon() -> None:
    """Wake a worker; when the broker can't be reached, the sweep of each minute sends instead."""
    from notifications.tasks import send_outbox  # noqa: PLC0415  (it calls this module)

    send_outbox.apply_async(retry=False)


def mark_seen(*, user: User, messages: models.QuerySet[OutboxMessage] | None = None) -> int:
    """Mark this person's messages (all, unless some are given) as seen; gives their number."""
    mine = OutboxMessage.objects if messages is None else messages
    return mine.filter(recipient=user, seen_at=None).update(seen_at=timezone.now())
