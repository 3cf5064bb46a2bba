"""Telling people: written in the caller's transaction, sent after it, exactly the committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from notifications.kinds import Channel, NotificationKind
from notifications.models import OutboxMessage, Preference
from notifications.wording import kinds_for

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
    people = {person.pk: person for person in recipients if person.is_active}
    if not people:
        return
    chosen = dict(
        Preference.objects.filter(kind=kind, user__in=people).values_list("user", "channel")
    )
    messages = [
        OutboxMessage(
            key=f"{kind}:{key}:{recipient.pk}",
            kind=kind,
            recipient=recipient,
            context=values,
            path=path,
            channel=chosen.get(recipient.pk, Channel.AT_ONCE),
        )
        for recipient in people.values()
    ]
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


def choose(*, user: User, channels: Mapping[NotificationKind, Channel]) -> None:
    """Keep how this person wants to be told of these kinds, from now on."""
    Preference.objects.bulk_create(
        [Preference(user=user, kind=kind, channel=how) for kind, how in channels.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["channel"],
    )


def chosen_by(user: User) -> dict[NotificationKind, Channel]:
    """How this person is told of each kind that may concern them."""
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "channel"))
    return {kind: Channel(chosen.get(kind, Channel.AT_ONCE)) for kind in kinds_for(user)}


def send_again(messages: models.QuerySet[OutboxMessage]) -> int:
    """Try once more, from now on, what could not be sent; gives their number."""
    again = messages.filter(sent_at=None).exclude(last_error="")
    number = again.update(try_at=timezone.now(), attempts=0, dropped_at=None, last_error="")
    transaction.on_commit(_send_soon, robust=True)
    return number
