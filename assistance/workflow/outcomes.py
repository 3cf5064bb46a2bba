"""The outcome of each item; the last one closes its request."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    OBJECTIONS,
    Approval,
    Delivery,
    OutcomeBasis,
    RequestItem,
    RequestOutcome,
    Verdict,
)
from assistance.workflow.steps import begin_item, finish, required, today_utc
from assistance.workflow.transitions import (
    ANSWER_REFERRAL,
    DECLINE_ITEM,
    FULFIL_ITEM,
    FULFIL_ITEM_PARTLY,
    REFER_ITEM,
    WITHDRAW_ITEM,
    Transition,
    ending,
)
from directory.models import EntityKind

if TYPE_CHECKING:
    from directory.models import Entity, User

SILENCE = dt.timedelta(days=60)
_CLOSINGS = {
    RequestOutcome.FULFILLED.value: FULFIL_ITEM,
    RequestOutcome.PARTLY_FULFILLED.value: FULFIL_ITEM_PARTLY,
}


@transaction.atomic
def close_item(
    *,
    item: RequestItem,
    outcome: str,
    basis: str,
    user: User,
    reason: str = "",
    revision: int | None = None,
) -> RequestItem:
    """The item fulfilled or partly fulfilled, and who says so.

    Needs an approved delivery; fulfilled one that the State does not object to. The basis
    "State" needs a confirming reply or words that say how the State said it; "silence" 60 days
    since each delivery was approved, without any reply.
    """
    if outcome not in _CLOSINGS:
        raise ValidationError({"outcome": _("Choose fulfilled or partly fulfilled.")})
    if basis not in OutcomeBasis:
        raise ValidationError({"basis": _("Choose who says so.")})
    step = _CLOSINGS[outcome]
    current = begin_item(item, user=user, step=step, revision=revision)
    deliveries: list[Any] = list(
        Delivery.objects.approved().with_last_reply().filter(item_rows__item=current)
    )
    if not deliveries:
        raise ValidationError({"outcome": _("No delivery for this item is approved yet.")})
    said = {one.verdict for one in deliveries}
    if step is FULFIL_ITEM and all(one in OBJECTIONS for one in said):
        raise ValidationError(
            {"outcome": _("The State objects to what was delivered: close it as partly fulfilled.")}
        )
    if basis == OutcomeBasis.STATE and Verdict.CONFIRMED not in said:
        required(reason=reason)
    if basis == OutcomeBasis.SILENCE and (any(said) or not _silent_long_enough(deliveries)):
        raise ValidationError(
            {"basis": _("60 days without a reply have not passed, or the State did reply.")}
        )
    return end_item(current, user=user, step=step, basis=basis, reason=reason)


def _silent_long_enough(deliveries: list[Delivery]) -> bool:
    approved = Approval.objects.filter(delivery__in=deliveries)
    return not approved.filter(on__gt=today_utc() - SILENCE).exists()


@transaction.atomic
def decline_item(
    *, item: RequestItem, reason: str, user: User, revision: int | None = None
) -> RequestItem:
    """The item declined, for a reason that the State reads."""
    current = begin_item(item, user=user, step=DECLINE_ITEM, revision=revision)
    required(reason=reason)
    return end_item(current, user=user, step=DECLINE_ITEM, reason=reason)


@transaction.atomic
def refer_item(
    *,
    item: RequestItem,
    entity: Entity,
    user: User,
    reason: str = "",
    revision: int | None = None,
) -> RequestItem:
    """The item passed to another entity."""
    current = begin_item(item, user=user, step=REFER_ITEM, revision=revision)
    if entity.kind != EntityKind.BODY or entity.code == "unodc":
        raise ValidationError({"entity": _("Choose an entity other than UNODC.")})
    current.referred_to = entity
    return end_item(current, user=user, step=REFER_ITEM, reason=reason)


@transaction.atomic
def answer_referral(
    *, item: RequestItem, words: str, user: User, revision: int | None = None
) -> RequestItem:
    """What the other entity answered, as an officer heard it; the State reads it."""
    current = begin_item(item, user=user, step=ANSWER_REFERRAL, revision=revision)
    required(words=words)
    finish(current.request, user=user, step=ANSWER_REFERRAL, item=current, note=words.strip())
    return current


@transaction.atomic
def withdraw_item(
    *, item: RequestItem, user: User, reason: str = "", revision: int | None = None
) -> RequestItem:
    """The item no longer asked for."""
    current = begin_item(item, user=user, step=WITHDRAW_ITEM, revision=revision)
    return end_item(current, user=user, step=WITHDRAW_ITEM, basis=OutcomeBasis.STATE, reason=reason)


def end_item(
    item: RequestItem,
    *,
    user: User | None,
    step: Transition,
    basis: str = OutcomeBasis.OFFICER,
    reason: str = "",
) -> RequestItem:
    """The item with its outcome, of today; the last one closes its request."""
    assert step.to is not None
    item.outcome = step.to
    item.outcome_basis = basis
    item.outcome_on = today_utc()
    item.outcome_reason = reason.strip()
    item.revision += 1
    item.save()
    finish(item.request, user=user, step=step, item=item, note=reason.strip())
    outcomes = list(item.request.items.values_list("outcome", flat=True))
    if RequestOutcome.OPEN not in outcomes:
        finish(item.request, user=user, step=ending(item.request.state, outcomes))
    return item
