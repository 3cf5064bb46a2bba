"""Gaps with owners: what is not as it should be today, by the unit that leads, one act each.

A gap is a row of `coverage_demand` or `work_without_demand` with a kind. One row may have several
(disputed, and a link whose words changed), since each has its own act. The owner is the lead unit
of the mandate; of an activity tied to no mandate the unit that does it; items tied to none have no
owner yet.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import django_filters as filters
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assistance.coverage.filters import narrow_demands, narrow_work
from assistance.coverage.flags import Flag
from assistance.coverage.models import Demand, DemandKind, WorkWithoutDemand
from assistance.coverage.querysets import (
    DemandQuerySet,
    WorkWithoutDemandQuerySet,
    has_reached_a_stage_by,
)
from assistance.coverage.status import SERVED, Status
from assistance.coverage.window import today
from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    ActivityStatus,
    Approval,
    Delivery,
    LinkState,
    Reply,
    RequestItem,
    RequestStatus,
    Verdict,
)
from directory.models import Country, Entity, EntityKind
from directory.policy import Person
from directory.regions import SUBREGIONS, region_name
from mandates.models import Mandate, Resolution

NO_UNIT = "none"
LAST = 2**31 - 1
"""Stands after every position of a unit."""


class Gap(models.TextChoices):
    """What is missing."""

    UNMET = "unmet", _("Unmet demand")
    STANDING = "standing", _("Standing work undelivered")
    NO_EVIDENCE = "no_evidence", _("No verified evidence")
    DISPUTED = "disputed", _("Disputed")
    OVERDUE = "overdue", _("Overdue")
    NO_REQUEST = "no_recorded_request", _("No request on record")
    SUSPECT_LINK = "suspect_link", _("Suspect link")
    UNLINKED = "unlinked", _("Tied to no mandate")


OF_DEMANDS: Mapping[Gap, Q] = {
    Gap.UNMET: Q(kind=DemandKind.ITEM, status=Status.UNMET.value),
    Gap.STANDING: ~Q(kind=DemandKind.ITEM) & ~Q(status__in=[one.value for one in SERVED]),
    Gap.NO_EVIDENCE: Q(status=Status.DELIVERED.value),
    Gap.DISPUTED: Q(disputed=True),
    Gap.OVERDUE: Q(overdue=True),
    Gap.SUSPECT_LINK: Q(suspect_link=True),
}
"""Which open demands have each gap, by their status of today and their flags."""

DEMAND, WORK = "demand", "work"

ORDER = list(Gap)
_PLACE_OF_FLAG = Cast(
    Case(
        When(flag=Flag.UNLINKED, then=Value(ORDER.index(Gap.UNLINKED))),
        default=Value(ORDER.index(Gap.NO_REQUEST)),
    ),
    models.IntegerField(),
)
WAITS = (30, 90, 180, 365)


def _units() -> list[tuple[str, Any]]:
    units = Entity.objects.filter(kind=EntityKind.UNIT)
    return [(NO_UNIT, _("No lead unit yet")), *((unit.code, unit.name) for unit in units)]


def _regions() -> list[tuple[str, str]]:
    return [(code, region_name(code)) for code in SUBREGIONS]


def _waits() -> list[tuple[str, str]]:
    return [(str(days), gettext("{days} days or more").format(days=days)) for days in WAITS]


def _of_owner(column: str) -> Case:
    """A column of the unit that owns work without a demand."""
    return Case(
        When(flag=Flag.UNLINKED, then=F(f"activity__unit__{column}")),
        default=F(f"mandate__lead_unit__{column}"),
    )


class GapFilter(filters.FilterSet):
    """The gaps of today: by resolution, lead unit, kind, region or State, and days of waiting.

    Takes the demands that the reader (`request.user`) may see.
    """

    resolution = filters.ModelChoiceFilter(
        queryset=Resolution.objects.all(), to_field_name="slug", label=_("Resolution")
    )
    unit = filters.ChoiceFilter(
        choices=_units, label=_("Lead unit"), empty_label=_("All units"), method="as_narrowed"
    )
    kind = filters.ChoiceFilter(
        choices=Gap.choices,
        label=_("Kind of gap"),
        empty_label=_("All kinds"),
        method="as_narrowed",
    )
    region = filters.ChoiceFilter(
        choices=_regions, label=_("Region"), empty_label=_("All regions"), method="as_narrowed"
    )
    state = filters.ModelChoiceFilter(
        queryset=Country.objects.all(), to_field_name="iso", label=_("State"), method="as_narrowed"
    )
    waiting = filters.ChoiceFilter(
        choices=_waits,
        label=_("Waiting"),
        empty_label=_("Any time"),
        method="as_narrowed",
    )

    class Meta:
        model = Demand
        fields: list[str] = []

    def as_narrowed(self, rows: QuerySet[Any], _name: str, _value: object) -> QuerySet[Any]:
        """Leaves the rows: `demands` and `work` read this value together with the others."""
        return rows

    @property
    def kinds(self) -> list[Gap]:
        """The kinds asked for, all by default; needs valid data."""
        wanted = self.form.cleaned_data["kind"]
        return [Gap(wanted)] if wanted else list(Gap)

    def demands(self) -> DemandQuerySet:
        """The open demands in the chosen place, with `status`, `since` and the owner."""
        wanted, day = self.form.cleaned_data, today()
        rows: DemandQuerySet = narrow_demands(super().filter_queryset(self.queryset), self._state)
        rows = rows.open_on(day).as_of(day)
        if wanted["region"]:
            there = Country.objects.filter(region=wanted["region"])
            rows = rows.filter(country_ids__overlap=there.values("pk"))
        since = Case(
            When(status=Status.DELIVERED.value, then=F("delivered_on")), default=F("opened_on")
        )
        owned: DemandQuerySet = rows.annotate(owner=F("mandate__lead_unit"), since=since)
        chosen: DemandQuerySet = self._chosen(owned)
        return chosen

    def work(self) -> WorkWithoutDemandQuerySet:
        """The work without a demand in the chosen place, with `since` and the owner."""
        wanted, day = self.form.cleaned_data, today()
        rows = narrow_work(
            WorkWithoutDemand.objects.visible_to(self.request.user), self._state
        ).filter(
            Q(flag=Flag.UNLINKED) | Q(Q(until=None) | Q(until__gt=day), has_reached_a_stage_by(day))
        )
        if wanted["resolution"]:
            rows = rows.filter(resolution=wanted["resolution"])
        if region := wanted["region"]:
            activities = Activity.objects.filter(
                Q(countries__region=region) | Q(deliveries__country__region=region)
            )
            items = RequestItem.objects.filter(request__states__region=region)
            rows = rows.filter(
                Q(activity__in=activities.values("pk")) | Q(item__in=items.values("pk"))
            )
        chosen: WorkWithoutDemandQuerySet = self._chosen(
            rows.with_since().annotate(owner=_of_owner("pk"))
        )
        return chosen

    @property
    def _state(self) -> dict[str, str]:
        state = self.form.cleaned_data["state"]
        return {"state": state.iso} if state else {}

    def _chosen(self, rows: Any) -> Any:
        """Only those of the unit chosen that have waited long enough."""
        wanted = self.form.cleaned_data
        if wanted["unit"] == NO_UNIT:
            rows = rows.filter(owner=None)
        elif wanted["unit"]:
            rows = rows.filter(owner__in=Entity.objects.filter(code=wanted["unit"]).values("pk"))
        if wanted["waiting"]:
            rows = rows.filter(since__lte=today() - dt.timedelta(days=int(wanted["waiting"])))
        return rows

    def filter_queryset(self, queryset: QuerySet[Demand]) -> QuerySet[Any]:
        """The gaps by owner, by kind, longest wait first, as `read_gaps` takes them.

        `gap` is the place of the kind in `Gap`.
        """
        columns = ("gap", "source", "row", "mandate_id", "unit", "day", "place")
        named = {"row": F("key"), "unit": F("owner"), "day": F("since")}
        demands = (
            self.demands()
            .order_by()
            .annotate(
                gap=_each(self.kinds),
                source=Value(DEMAND),
                place=Coalesce("mandate__lead_unit__position", LAST),
                **named,
            )
        )
        work = (
            self.work()
            .filter(flag__in=self.kinds)
            .order_by()
            .annotate(
                gap=_PLACE_OF_FLAG,
                source=Value(WORK),
                place=Coalesce(_of_owner("position"), LAST),
                **named,
            )
        )
        found: QuerySet[Any] = demands.values(*columns).union(work.values(*columns), all=True)
        return found.order_by("place", "unit", "gap", "day", "row")

    def matrix(self) -> Matrix:
        """How many gaps of each kind each unit has; three queries."""
        kinds = self.kinds
        counts: dict[str, Any] = {
            gap.name: Count("key", filter=OF_DEMANDS[gap]) for gap in kinds if gap in OF_DEMANDS
        }
        found: dict[int | None, Counter[Gap]] = {}
        longest: dt.date | None = None
        demands: Any = self.demands()
        rows: Any = demands.order_by().values("owner")
        rows = rows.annotate(oldest=Min("since", filter=OF_DEMANDS[Gap.UNMET]), **counts)
        for row in rows:
            own = {gap: row[gap.name] for gap in kinds if row.get(gap.name)}
            found.setdefault(row["owner"], Counter()).update(own)
            longest = min(filter(None, (longest, row["oldest"])), default=None)
        work: Any = self.work()
        of_work = work.filter(flag__in=kinds).order_by().values("owner", "flag")
        for row in of_work.annotate(number=Count("key")):
            found.setdefault(row["owner"], Counter())[Gap(row["flag"])] += row["number"]
        units = Entity.objects.in_bulk([pk for pk in found if pk])
        lines = [Line(units.get(pk or 0), numbers) for pk, numbers in found.items() if +numbers]
        lines.sort(key=lambda line: (line.unit.position if line.unit else LAST, line.code))
        return Matrix(kinds, lines, longest)


def gaps_of(user: Person, wanted: Mapping[str, Any] | None = None) -> GapFilter:
    """The gaps that a person may see, narrowed as the parameters of an address say."""
    request = HttpRequest()
    request.user = user
    return GapFilter(wanted or {}, queryset=Demand.objects.visible_to(user), request=request)


def _each(kinds: Iterable[Gap]) -> Func:
    """A row for each of these gaps that a demand has."""
    tests = [
        Case(When(OF_DEMANDS[gap], then=Value(ORDER.index(gap))))
        for gap in kinds
        if gap in OF_DEMANDS
    ]
    return Func(
        *tests,
        template="unnest(array_remove(ARRAY[%(expressions)s]::int[], NULL))",
        output_field=models.IntegerField(),
    )


@dataclass(frozen=True)
class Line:
    """A unit's gaps by kind; without a unit those that nobody leads yet."""

    unit: Entity | None
    numbers: Counter[Gap]

    @property
    def code(self) -> str:
        """The unit as the filter names it."""
        return self.unit.code if self.unit else NO_UNIT

    @property
    def all(self) -> int:
        """All gaps of the unit."""
        return self.numbers.total()


@dataclass(frozen=True)
class Matrix:
    """The gaps by unit and kind; `longest` is the day the oldest unmet was asked."""

    kinds: list[Gap]
    lines: list[Line]
    longest: dt.date | None

    @property
    def total(self) -> Counter[Gap]:
        """The gaps of each kind over all units."""
        return sum((line.numbers for line in self.lines), Counter[Gap]())


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
            .filter(activity__in=serving)
            .prefetch_related("evidence", "replies", "item_rows")
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
                delivery = next(filter(_is_objected, self._of(demand)), None)
                return GapAct.SETTLE, activity, delivery
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
        shown_by = {one.pk: list(one.evidence.all()) for one in self._of(demand)}
        first = next(
            one
            for one in self._of(demand)
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


def _is_objected(delivery: Delivery) -> bool:
    replies: list[Reply] = [
        reply for reply in delivery.replies.all() if reply.country_id == delivery.country_id
    ]
    latest = max(replies, key=lambda reply: (reply.at, reply.pk), default=None)
    return latest is not None and latest.verdict != Verdict.CONFIRMED
