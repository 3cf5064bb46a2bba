"""The page of a lead unit: what is due this month, its activities, its mandates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.coverage.figures import MandateFigures, figures_of_mandates
from assistance.coverage.models import Demand, DemandKind
from assistance.coverage.status import Status
from assistance.coverage.window import Window
from assistance.models import Activity, ActivityStatus, AssistanceRequest
from assistance.querysets import ActivityQuerySet
from assistance.requests.filters import unanswered
from dashboards.demand_rows import what_is_owed
from dashboards.home.gaps import OwnGaps, gaps_of_unit
from dashboards.home.stages import FIRST_ANSWER, first_answer_by
from dashboards.links import Rows, address
from directory.models import Entity, EntityKind, Membership, User
from mandates.models import Mandate
from mandates.reports import reporting_obligations

MOST_ACTIVITIES = 15
ENDED = (ActivityStatus.CLOSED, ActivityStatus.CANCELLED, ActivityStatus.SUSPENDED)


@dataclass(frozen=True)
class Due:
    """Something that falls on a day of this month, or fell on one before and still waits.

    `is_owed` is false of what only happens, such as a round that opens.
    """

    day: dt.date
    what: str
    title: str
    url: str
    note: str = ""
    language: str = ""
    is_owed: bool = True


@dataclass(frozen=True)
class Pile:
    """How many activities stand so, and where they are listed."""

    code: str
    label: str
    number: int
    url: str


@dataclass(frozen=True)
class Led:
    """A mandate of the unit with its figures; `demands_url` lists what they count."""

    mandate: Mandate
    figures: MandateFigures
    demands_url: str


@dataclass(frozen=True)
class UnitPage:
    """All that the page shows.

    `activities` are the first of those that go on or need something, and there are `more`.
    """

    unit: Entity
    is_own: bool
    due: list[Due]
    piles: list[Pile]
    activities: list[Activity]
    more: int
    activities_url: str
    led: list[Led]
    gaps: OwnGaps
    people: list[Membership]
    others: list[Entity]


def unit_page(user: User, unit: Entity, *, day: dt.date) -> UnitPage:
    """The page as a person may see it; as many queries whatever the unit has."""
    activities = _with_marks(Activity.objects.visible_to(user).filter(unit=unit))
    shown = list(activities.filter(NEEDING).order_by("planned_end", "pk")[:MOST_ACTIVITIES])
    piles, needing = _piles(unit, activities)
    return UnitPage(
        unit=unit,
        is_own=user.unit == unit,
        due=due_this_month(user, unit, day=day),
        piles=piles,
        activities=shown,
        more=needing - len(shown),
        activities_url=address("activity-list", unit=unit.code, sort="to"),
        led=mandates_led(user, unit),
        gaps=gaps_of_unit(user, unit),
        people=list(_people(unit).select_related("user").order_by("user__display_name", "pk")),
        others=list(leading_units().exclude(pk=unit.pk)),
    )


def leading_units() -> QuerySet[Entity]:
    """The units that lead a mandate."""
    led = Mandate.objects.filter(lead_unit=OuterRef("pk"))
    return Entity.objects.filter(Exists(led), kind=EntityKind.UNIT)


RUNNING = Q(status=ActivityStatus.IMPLEMENTATION)
NEEDING = RUNNING | Q(is_overdue=True) | Q(is_stale=True) | Q(approval="waiting")


def _with_marks(rows: ActivityQuerySet) -> ActivityQuerySet:
    """Each with `approval`, `is_overdue` and `is_stale`, as the filters of the list have them."""
    here = Activity.objects.filter(pk=OuterRef("pk"))
    return rows.with_approval_state().annotate(
        is_overdue=Exists(here.overdue()), is_stale=Exists(here.stale())
    )


def _piles(unit: Entity, activities: ActivityQuerySet) -> tuple[list[Pile], int]:
    kinds = {
        "running": (_("Running"), RUNNING, {"status": ActivityStatus.IMPLEMENTATION.value}),
        "overdue": (_("Overdue"), Q(is_overdue=True), {"overdue": "true"}),
        "stale": (_("Stale"), Q(is_stale=True), {"stale": "true"}),
        "waiting": (_("Waiting for approval"), Q(approval="waiting"), {"approval": "waiting"}),
    }
    numbers = activities.aggregate(
        needing=Count("pk", filter=NEEDING),
        **{name: Count("pk", filter=which) for name, (_label, which, _query) in kinds.items()},
    )
    piles = [
        Pile(name, label, numbers[name], address("activity-list", unit=unit.code, **query))
        for name, (label, _which, query) in kinds.items()
    ]
    return piles, numbers["needing"]


def mandates_led(user: User, unit: Entity) -> list[Led]:
    """The mandates a unit leads in resolutions in force, in the order of their texts."""
    found = (
        Mandate.objects.visible_to(user)
        .filter(lead_unit=unit, paragraph__resolution__superseded_on=None)
        .with_counted()
        .select_related("paragraph__resolution")
        .order_by("-paragraph__resolution__adopted_on", "paragraph__position", "ordinal")
    )
    return [
        Led(
            one.mandate,
            one,
            Rows(
                one.mandate.paragraph.resolution, Window.of(one.mandate.paragraph.resolution)
            ).demands(mandate=one.identifier),
        )
        for one in figures_of_mandates(found, user=user)
    ]


def due_this_month(user: User, unit: Entity, *, day: dt.date) -> list[Due]:
    """What falls on a day of this month, with answers and reports that are late, by day."""
    first = day.replace(day=1)
    after = (first + dt.timedelta(days=31)).replace(day=1)
    found = [
        *_ends(user, unit, first, after),
        *_answers(user, unit, after),
        *_reports(user, unit, day, after),
        *_rounds(user, unit, first, after, day),
    ]
    return sorted(found, key=lambda one: (one.day, one.what, one.title))


def _ends(user: User, unit: Entity, first: dt.date, after: dt.date) -> Iterable[Due]:
    """The planned ends of activities that are not ended."""
    for activity in (
        Activity.objects.visible_to(user)
        .filter(unit=unit, planned_end__gte=first, planned_end__lt=after)
        .exclude(status__in=ENDED)
    ):
        yield Due(
            activity.planned_end,
            _("Planned end of an activity"),
            activity.title,
            reverse("activity", args=[activity.pk]),
            str(activity.get_status_display()),
            activity.language,
        )


def _people(unit: Entity) -> QuerySet[Membership]:
    return Membership.objects.filter(unit=unit, ended_on=None)


def _answers(user: User, unit: Entity, after: dt.date) -> Iterable[Due]:
    """The first answers owed by the people of the unit."""
    for request in (
        AssistanceRequest.objects.visible_to(user)
        .filter(unanswered(), assigned_to__in=_people(unit).values("user"))
        .filter(received_on__lt=after - FIRST_ANSWER)
        .select_related("organisation", "assigned_to")
    ):
        yield Due(
            first_answer_by(request),
            _("First answer to a request"),
            request.title,
            reverse("request", args=[request.pk]),
            f"{request.organisation.name}, {request.ref}, {request.assigned_to}",
            request.language,
        )


def _reports(user: User, unit: Entity, day: dt.date, after: dt.date) -> Iterable[Due]:
    """The reports that the mandates of the unit ask for and that were not submitted."""
    led = Mandate.objects.visible_to(user).filter(lead_unit=unit)
    for mandate in (
        reporting_obligations(led, day)
        .filter(report_submitted_on=None, report_due_on__lt=after)
        .select_related("paragraph__resolution")
    ):
        yield Due(
            mandate.report_due_on,
            _("Report asked for"),
            mandate.label or mandate.identifier,
            _place(mandate),
            mandate.identifier,
        )


def _rounds(
    user: User, unit: Entity, first: dt.date, after: dt.date, day: dt.date
) -> Iterable[Due]:
    """The first and last days of needs, and of the spans of their rounds."""
    led = Mandate.objects.filter(lead_unit=unit)
    for demand in (
        Demand.objects.visible_to(user)
        .filter(mandate__in=led.values("pk"), kind__in=[DemandKind.NEED, DemandKind.ROUND])
        .filter(
            Q(span_from__gte=first, span_from__lt=after) | Q(span_to__gt=first, span_to__lte=after)
        )
        .as_of(day)
        .select_related("mandate__paragraph__resolution", "need", "item")
    ):
        in_rounds = demand.kind == DemandKind.ROUND
        url = f"{_place(demand.mandate)}#{demand.key}"
        words, place = what_is_owed(demand), demand.mandate.identifier
        if first <= demand.span_from < after:
            what = _("A round opens") if in_rounds else _("A need opens")
            yield Due(demand.span_from, what, words, url, place, is_owed=False)
        if demand.span_to and first < demand.span_to <= after:
            what = _("A round ends") if in_rounds else _("A need ends")
            standing = f"{place}, {Status(demand.status).label}"  # type: ignore[attr-defined]
            last, owed = demand.span_to - dt.timedelta(days=1), demand.delivered_on is None
            yield Due(last, what, words, url, standing, is_owed=owed)


def _place(mandate: Mandate) -> str:
    paragraph = mandate.paragraph
    return reverse("paragraph", args=[paragraph.resolution.slug, paragraph.number])
