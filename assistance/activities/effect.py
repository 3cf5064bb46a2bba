"""What logging an activity will do to what is owed, worked out from the demands of today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from assistance.activities.answers import Answers
from assistance.coverage.models import Demand
from assistance.coverage.status import Status, status_of_demand
from assistance.models import ActivityStatus, RequestItem
from mandates.models import Basis, Mandate

ORDER = [Status.UNMET, Status.PLANNED, Status.UNDER_WAY, Status.DELIVERED, Status.EVIDENCED]


@dataclass
class Effect:
    """One demand or one item: where it stands, where a yes brings it, and verified evidence."""

    item: RequestItem | None
    mandate: Mandate
    now: Status
    after_yes: Status
    after_evidence: Status
    too_early: bool = False


@dataclass
class Outlook:
    """All that is to be said beside the form."""

    effects: list[Effect]
    untied: list[RequestItem]
    without_request: list[Mandate]
    related: list[Mandate]
    delivered_on: dt.date | None


@dataclass(frozen=True)
class Draft:
    """The values of the form the outlook needs."""

    status: str
    begun: bool
    delivered_on: dt.date | None
    countries: frozenset[str]
    has_evidence: bool


def outlook(answers: Answers, draft: Draft) -> Outlook:
    """What the ticks would change, in one query for the demands of all ticked mandates."""
    today = timezone.now().date()
    mandates = {one.mandate.pk: one for one in answers.ticked_mandates}
    items = {one.item.pk: one for one in answers.ticked_items}
    needs = {need.need.pk for one in mandates.values() for need in one.needs if need.ticked}
    found = Outlook([], [], [], [], draft.delivered_on)
    if not mandates and not items:
        return found
    reached: set[int] = set()
    demands = Demand.objects.filter(mandate__in=mandates).open_on(today)
    for demand in demands.select_related("mandate__paragraph"):
        if demand.item_id is not None and demand.item_id not in items:
            continue
        if demand.need_id is not None and demand.need_id not in needs:
            continue
        reached.add(demand.mandate_id)
        choice = items.get(demand.item_id) if demand.item_id else None
        found.effects.append(_effect(demand, choice.item if choice else None, draft, today))
    tied = {effect.item.pk for effect in found.effects if effect.item}
    found.untied = [one.item for pk, one in items.items() if pk not in tied]
    for pk, one in mandates.items():
        if not one.mandate.counted:
            found.related.append(one.mandate)
        elif pk not in reached and one.mandate.basis == Basis.ON_REQUEST:
            found.without_request.append(one.mandate)
    return found


def _effect(demand: Demand, item: RequestItem | None, draft: Draft, today: dt.date) -> Effect:
    now = status_of_demand(demand, today)
    delivered = draft.delivered_on
    too_early = delivered is not None and delivered < demand.span_from
    if draft.status in {ActivityStatus.CANCELLED, ActivityStatus.SUSPENDED}:
        reached = Status.UNMET
    elif draft.status != ActivityStatus.CLOSED and draft.begun:
        reached = Status.UNDER_WAY
    else:
        reached = Status.UNMET if draft.status == ActivityStatus.CLOSED else Status.PLANNED
    evidenced = reached
    if delivered and not too_early and (item is None or _reaches_a_state(item, draft)):
        # A request of several States is served when the last of them is.
        all_served = (
            item is None or {one.iso for one in item.request.states.all()} <= draft.countries
        )
        reached = evidenced = Status.DELIVERED if all_served else Status.UNDER_WAY
        if all_served and draft.has_evidence:
            evidenced = Status.EVIDENCED
    return Effect(
        item=item,
        mandate=demand.mandate,
        now=now,
        after_yes=max(now, reached, key=ORDER.index),
        after_evidence=max(now, reached, evidenced, key=ORDER.index),
        too_early=too_early,
    )


def _reaches_a_state(item: Any, draft: Draft) -> bool:
    return bool({one.iso for one in item.request.states.all()} & draft.countries)
