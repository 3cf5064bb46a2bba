"""The rows that a report counts, read once from the one definition of coverage.

`coverage_of` alone knows where they come from: from the record, or from a closed period.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistance.coverage.figures import ResolutionFigures, figures_of_resolution
from assistance.coverage.frozen import closing_of, demands_of_closing, figures_of_closing
from assistance.coverage.made import rows_now, rows_of
from assistance.coverage.models import Closing, Demand, DemandKind, EndedBy, RowKind
from assistance.coverage.period import PeriodRow, rows_of_closing
from assistance.coverage.revisions import revisions_of
from assistance.coverage.small_numbers import Line
from assistance.coverage.status import SERVED
from assistance.coverage.window import Window
from assistance.models import Activity, Visibility
from directory import policy
from directory.models import Country, User
from directory.policy import Permission
from directory.statuses import Status
from mandates.models import DeliveryKind, Mandate, Resolution


@dataclass(frozen=True)
class Coverage:
    """Figures with the demands and deliveries they count, and the items that ended in the period.

    `closing` is the closed period whose frozen rows they are, if they are, and `revised` how many
    of its rows were corrected since. One closed before deliveries were kept counts those of today.
    """

    figures: ResolutionFigures
    demands: list[Demand]
    ended: list[Demand]
    made: list[Made]
    countries: Mapping[int, Country]
    closing: Closing | None = None
    revised: int = 0


def coverage_of(resolution: Resolution, *, user: User, window: Window) -> Coverage:
    """What is counted over a period, as this person may see it.

    Of a period that was closed it is what was closed, for those who see all of it.
    """
    closing = closing_of(resolution, window)
    if closing and policy.may(user, Permission.READ_ALL_REQUESTS):
        return _closed(closing, user)
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
        made=deliveries_of(resolution, user=user, window=window),
        countries=Country.objects.in_bulk(),
    )


def _closed(closing: Closing, user: User) -> Coverage:
    resolution, window = closing.resolution, Window(closing.first, closing.last)
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
        made=made_of(resolution, rows)
        if closing.keeps_deliveries
        else deliveries_of(resolution, user=user, window=window),
        countries=Country.objects.in_bulk(),
        closing=closing,
        revised=len(revisions_of(closing)),
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
    """A delivery of the period, under the paragraphs its activity is tied to.

    Title, unit and language of the activity are those of today; it is None once removed.
    """

    row: PeriodRow
    activity: Activity | None
    country: Country | None
    paragraphs: frozenset[int]

    @property
    def began_on(self) -> dt.date:
        """Its first day."""
        return dt.date.fromisoformat(self.row.row["began_on"] or self.row.row["on"])

    @property
    def on(self) -> dt.date:
        """Its last day."""
        return dt.date.fromisoformat(self.row.row["on"])

    @property
    def kind(self) -> str:
        """What it was, in words."""
        return str(DeliveryKind(self.row.row["kind_of_delivery"]).label)

    @property
    def is_verified(self) -> bool:
        """Whether a second person has verified evidence of it."""
        return self.row.status == Status.EVIDENCED

    @property
    def is_open(self) -> bool:
        """Whether everybody may know of it: it is public, or names no State."""
        return self.is_listed or self.country is None

    @property
    def is_listed(self) -> bool:
        """Whether it stands in the lists, by the name of its activity: public then and now."""
        return (
            self.activity is not None
            and self.row.row["visibility"] == self.activity.visibility == Visibility.PUBLIC
        )


def made_of(resolution: Resolution, rows: Iterable[PeriodRow]) -> list[Made]:
    """The deliveries of frozen rows or of today's, the earliest first."""
    rows = sorted(
        (row for row in rows if row.kind == RowKind.DELIVERY),
        key=lambda one: (one.row["on"], one.row["deliveries"]),
    )
    paragraphs = dict(
        Mandate.objects.filter(paragraph__resolution=resolution).values_list(
            "identifier", "paragraph"
        )
    )
    countries = {one.iso: one for one in Country.objects.all()}
    activities = Activity.objects.select_related("unit").in_bulk(
        {pk for row in rows for pk in row.row["activities"]}
    )
    found = (
        Made(
            row=row,
            activity=activities.get(row.row["activities"][0]),
            country=next((countries[iso] for iso in row.row["states"]), None),
            paragraphs=frozenset(
                paragraphs[one] for one in row.row["mandates"] if one in paragraphs
            ),
        )
        for row in rows
    )
    # As of demands, what stood under a clause that is no longer there is left out.
    return [one for one in found if one.paragraphs]


def deliveries_of(resolution: Resolution, *, user: User, window: Window) -> list[Made]:
    """The deliveries of a period as the record stands now, as this person may see them."""
    return made_of(resolution, rows_of(rows_now(resolution, window).visible_to(user)))


def internal_line(made: Iterable[Made]) -> Line:
    """Of the deliveries that not everybody may know of: to whom, how many, how many verified."""
    internal = [one for one in made if not one.is_open]
    return Line(
        frozenset(one.country.pk for one in internal if one.country),
        (len(internal), sum(one.is_verified for one in internal)),
    )
