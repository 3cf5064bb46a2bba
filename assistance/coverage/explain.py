"""What is linked to a paragraph and does not count, each with its first reason.

The rules are those of the view, asked in the order in which somebody would mend them; what counts
is read from the view, never decided here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast, overload

from django.db.models import Exists, OuterRef, Q

from assistance.coverage.filters import of_paragraph
from assistance.coverage.models import Demand, DemandKind
from assistance.coverage.reasons import Act, Reason
from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    ActivityStatus,
    Approval,
    Delivery,
    ItemMandate,
    LinkState,
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
REASONS_OF_OBJECTIONS = {Verdict.DISPUTED: Reason.DISPUTED, Verdict.PARTLY: Reason.PARTLY}


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


class NotCountingRows(Sequence[NotCounting]):
    """What is linked to counted mandates and does not count on a day, in order.

    Counts without reading what it is about, and reads only the rows that are taken: each slice in
    the same number of queries. Items whose link is only proposed come first.
    """

    def __init__(self, mandates: Iterable[Mandate], day: dt.date) -> None:
        self._mandates = {mandate.pk: mandate for mandate in mandates}
        self._day = day
        self._served = _Served(self._mandates)
        self._proposed = list(_proposed(self._mandates).values_list("pk", flat=True))
        self._numbers = self._rows_by_link()

    @overload
    def __getitem__(self, place: int) -> NotCounting: ...
    @overload
    def __getitem__(self, place: slice) -> list[NotCounting]: ...
    def __getitem__(self, place: int | slice) -> NotCounting | list[NotCounting]:
        if isinstance(place, int):
            return self[: place + 1][place]
        first, last, _step = place.indices(len(self))
        items = self._items(self._proposed[first:last])
        after = len(self._proposed)
        return items + self._work(max(first - after, 0), max(last - after, 0))

    def __len__(self) -> int:
        return len(self._proposed) + sum(self._numbers.values())

    def __iter__(self) -> Iterator[NotCounting]:
        return iter(self[:])

    def _rows_by_link(self) -> dict[int, int]:
        """How many rows each link to a mandate gives, those with none left out."""
        made: dict[int, list[tuple[int, dt.date]]] = {}
        links = list(
            _links(self._mandates)
            .annotate(approved=Exists(Approval.objects.filter(activity=OuterRef("activity"))))
            .values_list("pk", "mandate_id", "activity_id", "state", "approved")
        )
        for pk, activity, on in Delivery.objects.filter(
            activity__in={activity for _pk, _mandate, activity, _state, _approved in links}
        ).values_list("pk", "activity_id", "on"):
            made.setdefault(activity, []).append((pk, on))
        found = {}
        for pk, mandate, activity, state, approved in links:
            if state != LinkState.CONFIRMED or not approved:
                found[pk] = 1
                continue
            counting = self._served.deliveries[mandate]
            rest = sum(one not in counting or on > self._day for one, on in made.get(activity, ()))
            if rest or activity not in self._served.activities[mandate]:
                found[pk] = rest or 1
        return found

    def _items(self, keys: Collection[int]) -> list[NotCounting]:
        """Items whose link is only proposed: nothing is owed for them yet."""
        links = _proposed(self._mandates).filter(pk__in=keys).select_related("item__request")
        return [
            NotCounting(self._mandates[link.mandate_id], Reason.LINK_PROPOSED, item=link.item)
            for link in links
        ]

    def _work(self, first: int, last: int) -> list[NotCounting]:
        """The rows of linked activities from one place to another."""
        chosen, before, place = [], 0, 0
        for key, number in self._numbers.items():
            if place < last and place + number > first:
                chosen.append(key)
            elif place + number <= first:
                before += number
            place += number
        links = list(_links(self._mandates).filter(pk__in=chosen).prefetch_related(*_READ))
        demands = self._served.of_items(
            {item.item_id for link in links for item in _item_links(link.activity)}
        )
        found: list[NotCounting] = []
        for link in links:
            found += self._of_link(link, demands)
        return found[first - before : last - before]

    def _of_link(
        self, link: ActivityMandate, demands: Mapping[tuple[int, int | None], Sequence[Demand]]
    ) -> list[NotCounting]:
        """What does not count of one linked activity: its deliveries, or itself."""
        activity, mandate = link.activity, self._mandates[link.mandate_id]
        if reason := _before_serving(link):
            return [NotCounting(mandate, reason, activity)]
        answered = {
            one.item_id for one in _item_links(activity) if one.state == LinkState.CONFIRMED
        }
        theirs = [
            demand
            for item in (None, *sorted(answered))
            for demand in demands.get((mandate.pk, item), ())
        ]
        without = _without_demand(activity, self._served.items[mandate.pk])
        counting = self._served.deliveries[mandate.pk]
        found = []
        for delivery in activity.deliveries.all():
            if delivery.pk in counting and delivery.on <= self._day:
                continue
            reason, days = _of_delivery(delivery, mandate, without, theirs, self._day)
            found.append(NotCounting(mandate, reason, activity, delivery, days=days))
        if not found and activity.pk not in self._served.activities[mandate.pk]:
            found.append(NotCounting(mandate, _of_activity(activity, without, theirs), activity))
        return found


class _Served:
    """What counts under each mandate: deliveries, activities, and the items there is a demand of.

    Items come with their States; an item of None stands for the demands that are of no item.
    """

    def __init__(self, mandates: Iterable[int]) -> None:
        self.deliveries: dict[int, set[int]] = {pk: set() for pk in mandates}
        self.activities: dict[int, set[int]] = {pk: set() for pk in self.deliveries}
        self.items: dict[int, dict[int | None, set[int]]] = {pk: {} for pk in self.deliveries}
        rows = Demand.objects.filter(mandate__in=self.deliveries).order_by()
        for mandate, item, countries, activities, deliveries in rows.values_list(
            "mandate_id", "item_id", "country_ids", "activity_ids", "delivery_ids"
        ):
            self.deliveries[mandate].update(deliveries)
            self.activities[mandate].update(activities)
            self.items[mandate][item] = set(countries)

    def of_items(self, items: Collection[int]) -> dict[tuple[int, int | None], list[Demand]]:
        """The demands of these items, and those of none, by mandate and item."""
        found: dict[tuple[int, int | None], list[Demand]] = {}
        for demand in Demand.objects.filter(
            Q(item=None) | Q(item__in=items), mandate__in=self.items
        ).select_related("item__request"):
            found.setdefault((demand.mandate_id, demand.item_id), []).append(demand)
        return found


def not_counting(
    paragraph: Paragraph, *, user: Person, day: dt.date, mandate: Mandate | None = None
) -> Sequence[NotCounting]:
    """What is linked to the counted mandates of a paragraph and does not count on a day.

    Sub-paragraphs included, or of one mandate alone. For those who read all activities: it tells of
    work that is not yet approved.
    """
    if not policy.may(user, policy.Permission.READ_ALL_ACTIVITIES):
        return []
    mandates = (
        Mandate.objects.counted()
        .filter(of_paragraph(paragraph.number), paragraph__resolution=paragraph.resolution_id)
        .select_related("paragraph__resolution")
    )
    return NotCountingRows(mandates.filter(pk=mandate.pk) if mandate else mandates, day)


def _proposed(mandates: Iterable[int]) -> Any:
    return (
        ItemMandate.objects.filter(mandate__in=list(mandates), state=LinkState.PROPOSED)
        .exclude(item__request__state="draft")
        .order_by("item__request", "item__n", "mandate__ordinal")
    )


_READ = (
    "activity__approvals",
    "activity__item_links",
    "activity__deliveries__country",
    "activity__deliveries__approvals",
    "activity__deliveries__replies",
    "activity__deliveries__item_rows",
    "activity__deliveries__need_rows",
)


def _links(mandates: Iterable[int]) -> Any:
    return (
        ActivityMandate.objects.filter(mandate__in=list(mandates))
        .select_related("activity")
        .order_by("mandate__paragraph__position", "mandate__ordinal", "activity__title", "pk")
    )


def _item_links(activity: Activity) -> Iterable[ActivityItem]:
    links: Any = activity.item_links.all()
    return cast(Iterable[ActivityItem], links)


def _before_serving(link: ActivityMandate) -> Reason | None:
    """Why an activity does not serve the mandate at all."""
    if link.state == LinkState.REJECTED:
        return Reason.LINK_REJECTED
    if not link.activity.approvals.all():
        return Reason.WAITING_FOR_PLAN if link.activity.sent_at else Reason.NOT_SENT
    return Reason.LINK_PROPOSED if link.state == LinkState.PROPOSED else None


def _without_demand(activity: Activity, items: Mapping[int | None, Collection[int]]) -> Reason:
    """Why an activity that serves the mandate answers none of its demands, by their items.

    An item that another State asked for is none that it could be linked to.
    """
    states = {link.state for link in _item_links(activity) if link.item_id in items}
    if LinkState.PROPOSED in states:
        return Reason.ITEM_LINK_PROPOSED
    if LinkState.REJECTED in states:
        return Reason.ITEM_LINK_REJECTED
    helped = {delivery.country_id for delivery in activity.deliveries.all()}
    asked = any(not helped or helped & set(states) for states in items.values())
    return Reason.NO_ITEM if asked else Reason.NO_RECORDED_REQUEST


def _of_activity(activity: Activity, without: Reason, theirs: Sequence[Demand]) -> Reason:
    """Why an activity without deliveries serves no demand."""
    stopped = STOPPED.get(ActivityStatus(activity.status))
    if stopped:
        return stopped
    if not theirs:
        return without
    dated = activity.actual_start or activity.planned_start
    return Reason.OUTSIDE_ROUNDS if dated else Reason.NO_START


def _of_delivery(
    delivery: Delivery,
    mandate: Mandate,
    without: Reason,
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
        return without, {}
    ticked = [demand for demand in theirs if _is_ticked(delivery, demand)]
    if not ticked:
        return Reason.NOT_TICKED, {}
    named = [demand for demand in ticked if _names_a_state(delivery, demand)]
    if not named:
        return (Reason.OTHER_STATE if delivery.country_id else Reason.NO_STATE), {}
    if any(_holds(demand, delivery.on) for demand in named):
        # All rules are kept, so the State objects.
        reply = delivery.last_reply
        assert reply
        return REASONS_OF_OBJECTIONS[Verdict(reply.verdict)], {}
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
