"""The act that closes a gap, or brings it a step nearer: what was begun goes before what is new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assistance.coverage.flags import Flag
from assistance.coverage.gaps import DEMAND, ORDER, WORK, Gap
from assistance.coverage.models import Demand, DemandKind, WorkWithoutDemand
from assistance.coverage.window import today
from assistance.models import (
    OBJECTIONS,
    Activity,
    ActivityItem,
    ActivityMandate,
    ActivityStatus,
    Approval,
    Delivery,
    LinkState,
    RequestItem,
    RequestStatus,
)
from directory.models import Country, Entity
from mandates.models import Mandate


class GapAct(models.TextChoices):
    """The one act that closes a gap, or brings it a step nearer."""

    PLAN = "plan", _("Plan an activity")
    ANSWER = "answer", _("Answer the request")
    REMIND = "remind", _("Remind the State")
    SEND = "send", _("Send for approval")
    APPROVE = "approve", _("Approve the activity")
    DECIDE_LINK = "decide_link", _("Confirm or reject the link")
    DELIVER = "deliver", _("Enter a delivery")
    ADD_EVIDENCE = "add_evidence", _("Add evidence")
    VERIFY = "verify", _("Verify the evidence")
    SETTLE = "settle", _("Settle with the State")
    UPDATE = "update", _("Enter news")
    RECORD_REQUEST = "record_request", _("Enter the request")
    LINK_ITEM = "link_item", _("Link it to the item it answers")
    COMPARE = "compare", _("Compare the words")
    LINK = "link", _("Link to a mandate")


@dataclass
class GapRow:
    """A gap with the things it is about and the act that closes it."""

    gap: Gap
    act: GapAct
    since: dt.date
    unit: Entity | None
    demand: Demand | None = None
    work: WorkWithoutDemand | None = None
    countries: list[Country] = field(default_factory=list)
    activity: Activity | None = None
    delivery: Delivery | None = None

    @property
    def days(self) -> int:
        """How long it has waited."""
        return (today() - self.since).days

    @property
    def bar(self) -> int:
        """The wait as a bar of at most 64, a year or more being whole."""
        return min(64, self.days * 64 // 365)

    @property
    def mandate(self) -> Mandate | None:
        """The mandate it stands under; none in the tray."""
        row = self.demand or self.work
        return row.mandate if row else None

    @property
    def item(self) -> RequestItem | None:
        """The item that waits."""
        row = self.demand or self.work
        return row.item if row else None


ITEM = ("item__request__organisation", "mandate__paragraph__resolution")


def read_gaps(found: Sequence[Mapping[str, Any]]) -> list[GapRow]:
    """Rows of `GapFilter` with what they are about; a constant number of queries."""
    keys: dict[str, list[str]] = {DEMAND: [], WORK: []}
    for row in found:
        keys[row["source"]].append(row["row"])
    # The mandates reach the tables below the view, which a key does not.
    of_these = Demand.objects.filter(mandate__in={row["mandate_id"] for row in found})
    demands = of_these.as_of(today()).select_related(*ITEM, "need").in_bulk(keys[DEMAND])
    work = WorkWithoutDemand.objects.select_related(*ITEM, "activity").in_bulk(keys[WORK])
    units = Entity.objects.in_bulk({row["unit"] for row in found if row["unit"]})
    countries = Country.objects.in_bulk({pk for one in demands.values() for pk in one.country_ids})
    around = _Around(demands.values(), work.values())
    rows = []
    for row in found:
        gap, unit, since = ORDER[row["gap"]], units.get(row["unit"]), row["day"]
        if demand := demands.get(row["row"]):
            act, activity, delivery = around.act(gap, demand)
            states = [countries[pk] for pk in demand.country_ids]
            rows.append(GapRow(gap, act, since, unit, demand, None, states, activity, delivery))
        elif thing := work.get(row["row"]):
            act = around.act_for_work(thing)
            rows.append(GapRow(gap, act, since, unit, work=thing, activity=thing.activity))
    return rows


class _Around:
    """What was done for some gaps: activities, their deliveries, what waits to be decided."""

    def __init__(self, demands: Iterable[Demand], work: Iterable[WorkWithoutDemand]) -> None:
        demands, work = list(demands), list(work)
        serving = {pk for demand in demands for pk in demand.activity_ids}
        self._activities = Activity.objects.in_bulk(serving)
        self._delivered: dict[int, list[Delivery]] = {}
        for delivery in (
            Delivery.objects.approved()
            .with_last_reply()
            .filter(activity__in=serving)
            .prefetch_related("evidence", "item_rows")
            .order_by("on", "pk")
        ):
            self._delivered.setdefault(delivery.activity_id, []).append(delivery)
        helping = {one.activity_id for one in work if one.activity_id}
        self._waiting = set(
            Delivery.objects.filter(activity__in=serving)
            .exclude(pk__in=Delivery.objects.approved().values("pk"))
            .values_list("activity_id", flat=True)
        )
        self._of_item: dict[int, list[ActivityItem]] = {}
        self._of_helping: dict[int, list[ActivityItem]] = {}
        for answer in _undecided(
            ActivityItem, Q(item__in={one.item_id for one in demands}) | Q(activity__in=helping)
        ):
            self._of_item.setdefault(answer.item_id, []).append(answer)
            self._of_helping.setdefault(answer.activity_id, []).append(answer)
        self._tied: dict[tuple[int, int | None], Any] = {}
        self._begun_under: dict[int, list[ActivityMandate]] = {}
        answering = {link.activity_id for links in self._of_item.values() for link in links}
        standing = {one.mandate_id for one in demands if one.kind != DemandKind.ITEM}
        for under in _undecided(
            ActivityMandate,
            Q(activity__in=answering | helping) | Q(mandate__in=standing),
            Q(state=LinkState.PROPOSED) | Q(is_approved=False),
        ):
            self._begun_under.setdefault(under.mandate_id, []).append(under)
            self._tied[under.activity_id, under.mandate_id] = under
            self._tied.setdefault((under.activity_id, None), under)
        self._asked = _asked_of(work)

    def act(self, gap: Gap, demand: Demand) -> tuple[GapAct, Activity | None, Delivery | None]:
        """The act that closes a gap, with the activity and the delivery it is done to."""
        activity = next(
            (self._activities[pk] for pk in demand.activity_ids if pk in self._activities), None
        )
        match gap:
            case Gap.NO_EVIDENCE:
                return self._evidence(demand)
            case Gap.DISPUTED:
                delivered: list[Any] = self._of(demand)
                objected = (one for one in delivered if one.verdict in OBJECTIONS)
                return GapAct.SETTLE, activity, next(objected, None)
            case Gap.OVERDUE:
                return GapAct.UPDATE, self._overdue(demand), None
            case Gap.SUSPECT_LINK:
                return GapAct.COMPARE, activity, None
            case Gap.STANDING if activity:
                waits = activity.pk in self._waiting and activity.sent_at
                return GapAct.APPROVE if waits else GapAct.DELIVER, activity, None
        return *self._begin(demand), None

    def act_for_work(self, work: WorkWithoutDemand) -> GapAct:
        """The act that closes a gap of work without a demand."""
        activity = work.activity
        if work.flag == Flag.UNLINKED:
            tied = self._tied.get((activity.pk, None)) if activity else None
            return (tied and _first_for(tied)) or GapAct.LINK
        links = self._of_helping.get(work.activity_id or 0, [])
        if any(link.state == LinkState.PROPOSED for link in links):
            return GapAct.DECIDE_LINK
        asked = (work.mandate_id or 0, work.activity_id or 0) in self._asked
        return GapAct.LINK_ITEM if asked else GapAct.RECORD_REQUEST

    def _of(self, demand: Demand) -> list[Delivery]:
        return [one for pk in demand.activity_ids for one in self._delivered.get(pk, [])]

    def _overdue(self, demand: Demand) -> Activity | None:
        late = [self._activities[pk] for pk in demand.activity_ids if pk in self._activities]
        late = [one for one in late if one.planned_end and one.pk not in self._delivered]
        return min(late, key=lambda one: one.planned_end or today(), default=None)

    def _evidence(self, demand: Demand) -> tuple[GapAct, Activity | None, Delivery | None]:
        """The first delivery that nothing verified shows: what shows it is missing, or waits."""
        delivered = self._of(demand)
        shown_by = {one.pk: list(one.evidence.all()) for one in delivered}
        first = next(
            one
            for one in delivered
            if one.pk in demand.delivery_ids and not any(p.verified_at for p in shown_by[one.pk])
        )
        act = GapAct.VERIFY if shown_by[first.pk] else GapAct.ADD_EVIDENCE
        return act, self._activities[first.activity_id], first

    def _begin(self, demand: Demand) -> tuple[GapAct, Activity | None]:
        """What comes first for a demand with nothing planned: what was begun for it, if anything.

        What waits for a second person goes before a draft.
        """
        begun: list[tuple[GapAct, Activity]] = []
        links: list[ActivityItem] | list[ActivityMandate] = (
            self._of_item.get(demand.item_id, [])
            if demand.item_id
            else self._begun_under.get(demand.mandate_id, [])
        )
        for link in links:
            tied = self._tied.get((link.activity_id, demand.mandate_id))
            if act := _first_for(link) or (tied and _first_for(tied)):
                begun.append((act, link.activity))
        if begun:
            return min(begun, key=lambda one: (BEGUN.index(one[0]), one[1].pk))
        state = demand.item.request.state if demand.item else ""
        return ANSWERS.get(state, GapAct.PLAN), None


BEGUN = (GapAct.APPROVE, GapAct.DECIDE_LINK, GapAct.SEND)


def _undecided(links: Any, *which: Q) -> Any:
    """The links that nobody rejected, with their activities and `is_approved` of these."""
    return (
        links.objects.annotate(
            is_approved=Exists(Approval.objects.filter(activity=OuterRef("activity")))
        )
        .filter(*which)
        .exclude(state=LinkState.REJECTED)
        .select_related("activity")
        .order_by("pk")
    )


def _first_for(link: Any) -> GapAct | None:
    """What a linked activity takes first, if anything; saying yes to it confirms its links."""
    activity = link.activity
    if not link.is_approved and activity.status != ActivityStatus.CANCELLED:
        return GapAct.APPROVE if activity.sent_at else GapAct.SEND
    proposed = link.is_approved and link.state == LinkState.PROPOSED
    return GapAct.DECIDE_LINK if proposed else None


def _asked_of(work: Iterable[WorkWithoutDemand]) -> set[tuple[int, int]]:
    """The mandates and activities of help that a State asked for under that very mandate."""
    helped = {
        (row.mandate_id, row.activity_id)
        for row in work
        if row.mandate_id and row.activity_id and row.flag == Flag.NO_RECORDED_REQUEST
    }
    activities = {activity for _mandate, activity in helped}
    states: dict[int, set[int]] = {}
    named: Any = Activity.objects.filter(pk__in=activities)
    for places in ("countries", "deliveries__country"):
        for activity, country in named.values_list("pk", places):
            states.setdefault(activity, set()).add(country)
    asked: dict[int, set[int]] = {}
    everywhere = {country for found in states.values() for country in found if country}
    for mandate, countries in (
        Demand.objects.filter(
            mandate__in={mandate for mandate, _activity in helped},
            kind=DemandKind.ITEM,
            country_ids__overlap=list(everywhere),
        )
        .open_on(today())
        .order_by()
        .values_list("mandate_id", "country_ids")
    ):
        asked.setdefault(mandate, set()).update(countries)
    return {
        (mandate, activity)
        for mandate, activity in helped
        if asked.get(mandate, set()) & states.get(activity, set())
    }


ANSWERS: Mapping[str, GapAct] = {
    RequestStatus.SUBMITTED: GapAct.ANSWER,
    RequestStatus.UNDER_REVIEW: GapAct.ANSWER,
    RequestStatus.CLARIFICATION_REQUESTED: GapAct.REMIND,
}
"""What a request that is not accepted takes first."""
