"""What is linked to a paragraph and does not count, each with its first reason.

The rules are those of the view, asked in the order in which somebody would mend them; what counts
is read from the view, never decided here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from assistance.coverage.filters import of_paragraph
from assistance.coverage.models import Demand, DemandKind
from assistance.coverage.reasons import Act, Reason
from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    ActivityStatus,
    Delivery,
    ItemMandate,
    LinkState,
    Reply,
    RequestItem,
    Verdict,
)
from directory import policy
from directory.templatetags.dates import long_day
from mandates.models import Mandate, Paragraph, Resolution

if TYPE_CHECKING:
    from directory.policy import Person

STOPPED = {
    ActivityStatus.CANCELLED: Reason.CANCELLED,
    ActivityStatus.SUSPENDED: Reason.SUSPENDED,
    ActivityStatus.CLOSED: Reason.CLOSED,
}
OBJECTIONS = {Verdict.DISPUTED: Reason.DISPUTED, Verdict.PARTLY: Reason.PARTLY}


@dataclass(frozen=True, slots=True)
class NotCounting:
    """An activity, one of its deliveries, or an item, that is linked to a mandate and not counted.

    `days` are those its sentence names: `on`, and `since` when it would have counted.
    """

    mandate: Mandate
    reason: Reason
    activity: Activity | None = None
    delivery: Delivery | None = None
    item: RequestItem | None = None
    days: Mapping[str, dt.date] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The reason as a code, for the API."""
        return self.reason.value

    @property
    def words(self) -> str:
        """The reason as a sentence in the reader's language."""
        return self.reason.in_words({name: long_day(day) for name, day in self.days.items()})

    @property
    def act(self) -> Act | None:
        """The act that mends it, if there is one."""
        return self.reason.act


def not_counting(paragraph: Paragraph, *, user: Person, day: dt.date) -> list[NotCounting]:
    """What is linked to the counted mandates of a paragraph and does not count on a day.

    Sub-paragraphs included; in a constant number of queries. For those who read all activities:
    it tells of work that is not yet approved.
    """
    if not policy.may(user, policy.Permission.READ_ALL_ACTIVITIES):
        return []
    mandates = {
        mandate.pk: mandate
        for mandate in Mandate.objects.counted()
        .filter(of_paragraph(paragraph.number), paragraph__resolution=paragraph.resolution_id)
        .select_related("paragraph__resolution")
    }
    demands: dict[int, list[Demand]] = {pk: [] for pk in mandates}
    for demand in Demand.objects.filter(mandate__in=mandates).select_related("item__request"):
        demands[demand.mandate_id].append(demand)
    found = list(_items(mandates))
    for link in _links(mandates):
        found += _of_link(link, mandates[link.mandate_id], demands[link.mandate_id], day)
    return found


def _items(mandates: Mapping[int, Mandate]) -> Iterator[NotCounting]:
    """Items whose link is only proposed: nothing is owed for them yet."""
    links: Any = (
        ItemMandate.objects.filter(mandate__in=mandates, state=LinkState.PROPOSED)
        .exclude(item__request__state="draft")
        .select_related("item__request")
        .order_by("item__request", "item__n", "mandate__ordinal")
    )
    for link in links:
        yield NotCounting(mandates[link.mandate_id], Reason.LINK_PROPOSED, item=link.item)


def _links(mandates: Mapping[int, Mandate]) -> Iterable[ActivityMandate]:
    links: Any = (
        ActivityMandate.objects.filter(mandate__in=mandates)
        .select_related("activity")
        .prefetch_related(
            "activity__approvals",
            "activity__item_links",
            "activity__deliveries__country",
            "activity__deliveries__approvals",
            "activity__deliveries__replies",
            "activity__deliveries__item_rows",
            "activity__deliveries__need_rows",
        )
        .order_by("mandate__paragraph__position", "mandate__ordinal", "activity__title", "pk")
    )
    return cast(Iterable[ActivityMandate], links)


def _item_links(activity: Activity) -> Iterable[ActivityItem]:
    links: Any = activity.item_links.all()
    return cast(Iterable[ActivityItem], links)


def _of_link(
    link: ActivityMandate, mandate: Mandate, demands: Sequence[Demand], day: dt.date
) -> list[NotCounting]:
    """What does not count of one linked activity: its deliveries, or itself."""
    activity = link.activity
    if reason := _before_serving(link):
        return [NotCounting(mandate, reason, activity)]
    counting = {pk for demand in demands for pk in demand.delivery_ids}
    theirs = [demand for demand in demands if _answers(activity, demand)]
    found = []
    for delivery in activity.deliveries.all():
        if delivery.pk in counting and delivery.on <= day:
            continue
        reason, days = _of_delivery(delivery, mandate, demands, theirs, day)
        found.append(NotCounting(mandate, reason, activity, delivery, days=days))
    if not found and not any(activity.pk in demand.activity_ids for demand in demands):
        found.append(NotCounting(mandate, _of_activity(activity, demands, theirs), activity))
    return found


def _before_serving(link: ActivityMandate) -> Reason | None:
    """Why an activity does not serve the mandate at all."""
    if link.state == LinkState.REJECTED:
        return Reason.LINK_REJECTED
    if not link.activity.approvals.all():
        return Reason.WAITING_FOR_PLAN if link.activity.sent_at else Reason.NOT_SENT
    return Reason.LINK_PROPOSED if link.state == LinkState.PROPOSED else None


def _answers(activity: Activity, demand: Demand) -> bool:
    """Whether the activity may serve the demand: for an item it needs a confirmed link."""
    return demand.item_id is None or any(
        link.item_id == demand.item_id and link.state == LinkState.CONFIRMED
        for link in _item_links(activity)
    )


def _without_demand(activity: Activity, demands: Sequence[Demand]) -> Reason:
    """Why an activity that serves the mandate answers none of its demands."""
    items = {demand.item_id for demand in demands}
    states = {link.state for link in _item_links(activity) if link.item_id in items}
    if LinkState.PROPOSED in states:
        return Reason.ITEM_LINK_PROPOSED
    if LinkState.REJECTED in states:
        return Reason.ITEM_LINK_REJECTED
    return Reason.NO_ITEM if demands else Reason.NO_RECORDED_REQUEST


def _of_activity(activity: Activity, demands: Sequence[Demand], theirs: Sequence[Demand]) -> Reason:
    """Why an activity without deliveries serves no demand."""
    stopped = STOPPED.get(ActivityStatus(activity.status))
    if stopped:
        return stopped
    if not theirs:
        return _without_demand(activity, demands)
    dated = activity.actual_start or activity.planned_start
    return Reason.OUTSIDE_ROUNDS if dated else Reason.NO_START


def _of_delivery(
    delivery: Delivery,
    mandate: Mandate,
    demands: Sequence[Demand],
    theirs: Sequence[Demand],
    day: dt.date,
) -> tuple[Reason, dict[str, dt.date]]:
    """Why a delivery of a serving activity does not count, with the days of the sentence."""
    on = {"on": delivery.on}
    if not any(yes.revision == delivery.revision for yes in delivery.approvals.all()):
        return Reason.WAITING_FOR_DELIVERY, {}
    if delivery.on > day:
        return Reason.AFTER_DAY, on
    if outside := _outside_resolution(delivery, mandate.paragraph.resolution):
        return outside
    if not theirs:
        return _without_demand(delivery.activity, demands), {}
    ticked = [demand for demand in theirs if _is_ticked(delivery, demand)]
    if not ticked:
        return Reason.NOT_TICKED, {}
    named = [demand for demand in ticked if _names_a_state(delivery, demand)]
    if not named:
        return (Reason.OTHER_STATE if delivery.country_id else Reason.NO_STATE), {}
    if any(_holds(demand, delivery.on) for demand in named):
        # All rules are kept, so the State objects.
        return OBJECTIONS[Verdict(_last_verdict(delivery))], {}
    asked = [demand.span_from for demand in named if demand.kind == DemandKind.ITEM]
    if asked:
        return Reason.BEFORE_RECEIVED, {**on, "since": min(asked)}
    return Reason.OUTSIDE_NEED, on


def _outside_resolution(
    delivery: Delivery, resolution: Resolution
) -> tuple[Reason, dict[str, dt.date]] | None:
    if delivery.on < resolution.adopted_on:
        return Reason.BEFORE_ADOPTION, {"on": delivery.on, "since": resolution.adopted_on}
    if resolution.superseded_on and delivery.on >= resolution.superseded_on:
        return Reason.AFTER_SUPERSEDED, {"on": delivery.on}
    return None


def _is_ticked(delivery: Delivery, demand: Demand) -> bool:
    if demand.kind == DemandKind.ITEM:
        return any(row.item_id == demand.item_id for row in delivery.item_rows.all())
    if demand.kind == DemandKind.IMPLIED:
        return True
    return any(row.need_id == demand.need_id for row in delivery.need_rows.all())


def _names_a_state(delivery: Delivery, demand: Demand) -> bool:
    return demand.kind != DemandKind.ITEM or delivery.country_id in demand.country_ids


def _holds(demand: Demand, day: dt.date) -> bool:
    return demand.span_from <= day and (demand.span_to is None or day < demand.span_to)


def _last_verdict(delivery: Delivery) -> str:
    replies = [reply for reply in delivery.replies.all() if _is_of_its_state(reply, delivery)]
    return max(replies, key=lambda reply: (reply.at, reply.pk)).verdict


def _is_of_its_state(reply: Reply, delivery: Delivery) -> bool:
    return reply.country_id == delivery.country_id
