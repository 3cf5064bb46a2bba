"""Gaps with owners: what is not as it should be today, by the unit that leads.

A gap is a row of `coverage_demand` or `work_without_demand` with a kind. One row may have several
(disputed, and a link whose words changed), since each has its own act. The owner is the lead unit
of the mandate; of an activity tied to no mandate the unit that does it; items tied to none have no
owner yet.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.db import models
from django.db.models import (
    Case,
    Count,
    F,
    Func,
    Min,
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
    RequestItem,
)
from directory.models import Country, Entity, EntityKind
from directory.policy import Person
from directory.regions import SUBREGIONS, region_name
from mandates.models import Resolution

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
