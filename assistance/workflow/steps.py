"""What each change has in common: lock and check before it, record and tell after it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistance.models import AssistanceRequest, Delivery, RequestEvent, RequestOutcome
from assistance.services.problems import StaleRevision
from assistance.workflow.errors import WrongState
from assistance.workflow.people import members, tell
from directory.access import fetch_to_write
from directory.policy import Permission, may
from notifications.kinds import NotificationKind

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from assistance.models import RequestItem
    from assistance.workflow.transitions import Transition
    from directory.models import User

_DELIVERED = _("Something was delivered for item %(number)d. Close it as partly fulfilled instead.")


def today_utc() -> dt.date:
    """The current day in UTC, as everything is dated."""
    return dt.datetime.now(dt.UTC).date()


def permission_held(user: User, step: Transition) -> Permission:
    """The permission by which this person may take a step; the first one when none is held."""
    return next((one for one in step.permissions if may(user, one)), step.permissions[0])


def begin(
    asked: AssistanceRequest,
    *,
    user: User,
    step: Transition,
    revision: int | None = None,
) -> AssistanceRequest:
    """The request as it stands, locked, once person, state and revision allow the step.

    404 when it is hidden, `PermissionDenied` when it is not this person's to change, `WrongState`
    and `StaleRevision` (only when `revision` is given) as they say.
    """
    current: AssistanceRequest = fetch_to_write(
        AssistanceRequest.objects, user, permission_held(user, step), pk=asked.pk
    )
    if current.state not in (step.during or step.sources):
        raise WrongState(current)
    if revision is not None and revision != current.revision:
        raise StaleRevision(current, {})
    return current


def begin_item(
    item: RequestItem, *, user: User, step: Transition, revision: int | None = None
) -> RequestItem:
    """The item as it stands, its request locked, once person, states and deliveries allow it."""
    asked = begin(item.request, user=user, step=step, revision=revision)
    current: RequestItem = asked.items.select_for_update().get(pk=item.pk)
    current.request = asked
    if current.outcome not in step.sources:
        raise WrongState(asked, current)
    if step.before_delivery:
        refuse_delivered([current])
    return current


def refuse_delivered(items: list[RequestItem]) -> None:
    """Refuse to end items short for which a delivery was approved."""
    delivered = set(
        Delivery.objects.approved()
        .filter(item_rows__item__in=items)
        .values_list("item_rows__item", flat=True)
    )
    for item in items:
        if item.pk in delivered:
            raise ValidationError(_DELIVERED, code="delivered", params={"number": item.n})


def required(**given: str) -> None:
    """Refuse words that are needed and missing, each at its field."""
    missing: dict[str, list[str | Promise]] = {
        field: [_("Say this in words.")] for field, words in given.items() if not words.strip()
    }
    if missing:
        raise ValidationError(missing)


def finish(
    asked: AssistanceRequest,
    *,
    user: User | None,
    step: Transition,
    item: RequestItem | None = None,
    note: str = "",
) -> RequestEvent:
    """Write the step into the request and its history, and tell those concerned.

    Without a user it was made by the clock.
    """
    event = record(asked, user=user, step=step, item=item, note=note)
    announce(event, asked, user=user, step=step, item=item)
    return event


def record(
    asked: AssistanceRequest,
    *,
    user: User | None,
    step: Transition,
    item: RequestItem | None = None,
    note: str = "",
) -> RequestEvent:
    """Write the step into the request and its history.

    For an item, its new outcome is set by the caller; the request changes with its last item.
    """
    event = RequestEvent.objects.create(
        request=asked,
        item=item,
        by=user,
        transition=step.name,
        from_state=next(iter(step.sources)) if step.during else asked.state,
        to_state=step.to or (item.outcome if step.during and item else asked.state),
        note=note,
    )
    if step.to and not step.during:
        asked.state = step.to
    if step.answers and asked.first_answered_at is None:
        asked.first_answered_at = timezone.now()
    asked.revision += 1
    asked.save()
    return event


def announce(
    event: RequestEvent,
    asked: AssistanceRequest,
    *,
    user: User | None,
    step: Transition,
    item: RequestItem | None = None,
) -> None:
    """Tell those concerned of a step, each once."""
    values = {
        "reference": asked.ref or asked.title,
        "organisation": asked.organisation,
        "by": user or "",
        "outcome": RequestOutcome(item.outcome).label if item else "",
        "item": item.n if item else "",
    }
    if item and item.referred_to:
        values["entity"] = item.referred_to
    if item and item.merged_into:
        values |= {"into": item.merged_into.request, "into_item": item.merged_into.n}
    for kind, audience in step.tells:
        recipients = members(asked, audience)
        if kind is not NotificationKind.REQUEST_RECEIVED:
            recipients = [person for person in recipients if person != user]
        tell(
            kind=kind,
            recipients=recipients,
            key=f"request:{asked.pk}:{step.name}:{event.pk}",
            path=reverse("request", args=[asked.pk]),
            about=asked,
            values=values,
        )
