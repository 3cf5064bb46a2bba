"""The rows that a report counts, read once from the one definition of coverage.

`coverage_of` alone knows where they come from: from the record, or from a closed period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistance.coverage.figures import ResolutionFigures, figures_of_resolution
from assistance.coverage.frozen import closing_of, demands_of_closing, figures_of_closing
from assistance.coverage.models import Closing, Demand, DemandKind, EndedBy
from assistance.coverage.period import rows_of_closing
from assistance.coverage.small_numbers import Line
from assistance.coverage.status import SERVED
from assistance.coverage.window import Window
from assistance.models import Activity, Delivery, Visibility
from directory import policy
from directory.models import Country, User
from directory.policy import Permission
from directory.statuses import Status
from mandates.models import Paragraph, Resolution


@dataclass(frozen=True)
class Coverage:
    """Figures with the demands they count, and the items that ended within the period.

    `closing` is the closed period whose frozen rows they are, if they are.
    """

    figures: ResolutionFigures
    demands: list[Demand]
    ended: list[Demand]
    countries: Mapping[int, Country]
    closing: Closing | None = None


def coverage_of(resolution: Resolution, *, user: User, window: Window) -> Coverage:
    """What is counted over a period, as this person may see it.

    Of a period that was closed it is what was closed, for those who see all of it.
    """
    closing = closing_of(resolution, window)
    if closing and policy.may(user, Permission.READ_ALL_REQUESTS):
        return _closed(closing)
    rows = (
        Demand.objects.visible_to(user)
        .filter(resolution=resolution)
        .as_of(window.last)
        .select_related("item__request", "need")
        .order_by("opened_on", "key")
    )
    demands = list(rows.counted_in(window))
    ended = rows.ended_in(window).filter(kind=DemandKind.ITEM)
    return Coverage(
        figures=figures_of_resolution(resolution, user=user, window=window),
        demands=demands,
        ended=list(ended.exclude(ended_by=EndedBy.SUPERSEDED)),
        countries=Country.objects.in_bulk(),
    )


def _closed(closing: Closing) -> Coverage:
    rows = rows_of_closing(closing)
    demands = demands_of_closing(closing, rows)
    return Coverage(
        figures=figures_of_closing(closing, rows),
        demands=[demand for demand, counted in demands if counted],
        ended=[
            demand
            for demand, _counted in demands
            if demand.kind == DemandKind.ITEM
            and demand.ended_on
            and demand.ended_on >= closing.first
            and demand.ended_by != EndedBy.SUPERSEDED
        ],
        countries=Country.objects.in_bulk(),
        closing=closing,
    )


def status_of(demand: Demand) -> Status:
    """The status on the last day of the period."""
    return Status(demand.status)  # type: ignore[attr-defined]


def asked_line(demands: Iterable[Demand]) -> Line:
    """Of the items among these demands: who asked, and how many are there, served, evidenced."""
    items = [demand for demand in demands if demand.kind == DemandKind.ITEM]
    statuses = Counter(status_of(demand) for demand in items)
    return Line(
        frozenset(pk for demand in items for pk in demand.country_ids),
        (
            len(items),
            sum(statuses[status] for status in SERVED),
            statuses[Status.EVIDENCED],
        ),
    )


@dataclass(frozen=True)
class Made:
    """A delivery that counts as made, with the activity it stands under."""

    delivery: Delivery
    activity: Activity
    paragraphs: frozenset[int]

    @property
    def is_verified(self) -> bool:
        """Whether a second person has verified evidence of it."""
        return any(piece.verified_at for piece in self.delivery.evidence.all())

    @property
    def is_open(self) -> bool:
        """Whether everybody may know of it: it is public, or names no State."""
        return self.is_listed or self.delivery.country_id is None

    @property
    def is_listed(self) -> bool:
        """Whether it stands in the lists, by the name of its activity."""
        return self.activity.visibility == Visibility.PUBLIC


def deliveries_of(resolution: Resolution, *, user: User, window: Window) -> list[Made]:
    """Approved deliveries within the days of a period, of approved activities tied to a mandate."""
    activities = (
        Activity.objects.visible_to(user)
        .approved()
        .filter(
            mandate_links__state="confirmed",
            mandate_links__mandate__paragraph__resolution=resolution,
        )
        .select_related("unit")
        .prefetch_related("mandate_links__mandate")
        .distinct()
    )
    own = set(Paragraph.objects.filter(resolution=resolution).values_list("pk", flat=True))
    by_pk = {activity.pk: activity for activity in activities}
    paragraphs = {
        pk: frozenset(
            link.mandate.paragraph_id
            for link in activity.mandate_links.all()
            if link.state == "confirmed" and link.mandate.paragraph_id in own
        )
        for pk, activity in by_pk.items()
    }
    found = (
        Delivery.objects.visible_to(user)
        .approved()
        .filter(activity__in=by_pk, on__gte=window.first, on__lte=window.last)
        .select_related("country")
        .prefetch_related("evidence")
        .order_by("on", "pk")
    )
    return [Made(one, by_pk[one.activity_id], paragraphs[one.activity_id]) for one in found]


def internal_line(made: Iterable[Made]) -> Line:
    """Of the deliveries that not everybody may know of: to whom, how many, how many verified."""
    internal = [one for one in made if not one.is_open]
    return Line(
        frozenset(one.delivery.country_id for one in internal if one.delivery.country_id),
        (len(internal), sum(one.is_verified for one in internal)),
    )
