"""A resolution at a glance: sentence, histogram, growth, what to look at, one line a paragraph."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistance.coverage.figures import (
    ParagraphFigures,
    ResolutionFigures,
    Unlinked,
    figures_of_resolution,
    unlinked,
)
from assistance.coverage.filters import narrow_demands
from assistance.coverage.flags import Flag
from assistance.coverage.models import Demand
from assistance.coverage.status import STAGES, status_of_demand
from assistance.coverage.trend import Previous, previous_status
from assistance.coverage.window import Window
from dashboards.glance.chart import Chart, asked_and_served
from dashboards.glance.table import FlagLink, Line, flag_words, lines
from dashboards.glance.trend import Trend, trend_of, trends
from dashboards.links import Rows, figure_link
from directory import policy
from directory.policy import Permission, Person
from directory.statuses import Status
from mandates.models import Resolution


@dataclass(frozen=True)
class Step:
    """A row of the histogram: a status with its paragraphs."""

    status: Status
    paragraphs: list[ParagraphFigures]
    url: str


@dataclass
class Glance:
    """All that the page shows, read once."""

    figures: ResolutionFigures
    rows: Rows
    table: list[Line]
    chart: Chart
    tray: Unlinked | None
    own_rows_only: bool
    longest_wait: int | None
    previous: Previous | None
    trend: Trend | None

    @property
    def resolution(self) -> Resolution:
        """The resolution shown."""
        return self.figures.resolution

    @cached_property
    def steps(self) -> list[Step]:
        """The paragraphs by status, furthest first."""
        return [
            Step(
                status,
                [row for row in self.figures.paragraphs if row.status == status],
                self.rows.paragraphs(status=status.value),
            )
            for status in Status
        ]

    @property
    def unmet(self) -> int:
        """Demands with nothing planned."""
        return self.figures.by_status[Status.UNMET]

    @property
    def without_evidence(self) -> int:
        """Demands delivered whose evidence nobody has verified."""
        return self.figures.by_status[Status.DELIVERED]

    @cached_property
    def flags(self) -> list[FlagLink]:
        """The flags of the whole resolution, each with its rows."""
        return [
            FlagLink(flag, number, flag_words(flag, number), self.rows.flagged(flag))
            for flag, number in self.figures.flags.items()
            if flag != Flag.UNLINKED
        ]

    @cached_property
    def ended(self) -> list[SafeString]:
        """How many demands ended, by reason, each a link."""
        return [
            figure_link(
                number,
                self.rows.demands(ended=reason.value),
                _("{number} {reason}").format(number=number, reason=reason.label.lower()),
            )
            for reason, number in self.figures.ended.items()
        ]

    @cached_property
    def sentence(self) -> SafeString:
        """The answer in words whose numbers are links."""
        return summary(self.figures, self.rows, own=self.own_rows_only)


def summary(figures: ResolutionFigures, rows: Rows, *, own: bool = False) -> SafeString:
    """How much of what was asked is served; `own` says that only the reader's rows are counted."""
    totals = figures.totals
    if not totals.demands:
        return format_html("{}", _("Nothing was asked for in this period, so nothing is owed."))
    served = figure_link(
        totals.demands,
        rows.demands(),
        _("{served} of {demands}").format(served=totals.served, demands=totals.demands),
    )
    first = format_html(
        ngettext(
            "<strong>{served} demand is served.</strong>",
            "<strong>{served} demands are served.</strong>",
            totals.demands,
        ),
        served=served,
    )
    by_status = Counter(
        mandate.status
        for paragraph in figures.paragraphs
        for mandate in paragraph.mandates
        if mandate.demands
    )

    def mandates(number: int, **narrow: str) -> SafeString:
        return figure_link(number, rows.mandates(show="asked", **narrow))

    parts = (
        ngettext(
            "You asked under {asked} mandate: {full} delivered in full, {under_way} under way,"
            " {planned} only planned, {unmet} with nothing planned.",
            "You asked under {asked} mandates: {full} delivered in full, {under_way} under way,"
            " {planned} only planned, {unmet} with nothing planned.",
            totals.with_demand,
        )
        if own
        else ngettext(
            "Of the {asked} mandate that somebody asked for: {full} delivered in full,"
            " {under_way} under way, {planned} only planned, {unmet} with nothing planned.",
            "Of the {asked} mandates that somebody asked for: {full} delivered in full,"
            " {under_way} under way, {planned} only planned, {unmet} with nothing planned.",
            totals.with_demand,
        )
    )
    second = format_html(
        parts,
        asked=mandates(totals.with_demand),
        full=mandates(totals.delivered, status="in_full"),
        under_way=mandates(by_status[Status.UNDER_WAY], status=Status.UNDER_WAY.value),
        planned=mandates(by_status[Status.PLANNED], status=Status.PLANNED.value),
        unmet=mandates(by_status[Status.UNMET], status=Status.UNMET.value),
    )
    return format_html("{} {}", first, second)


def glance(
    resolution: Resolution,
    *,
    user: Person,
    window: Window,
    narrowing: Mapping[str, str],
    status: str = "",
) -> Glance:
    """The page's figures for a person, in a constant number of queries."""
    figures = figures_of_resolution(resolution, user=user, window=window, filters=narrowing)
    rows = Rows(resolution, window, narrowing)
    demands: list[Any] = list(
        narrow_demands(Demand.objects.visible_to(user).filter(resolution=resolution), narrowing)
        .opened_by(window.last)
        .order_by()
        .values_list("paragraph_id", "opened_on", "ended_on", *STAGES.values(), named=True)
    )
    reads_all = policy.may(user, Permission.READ_ALL_REQUESTS)
    waits = _first_unmet(demands, window)
    previous = previous_status(figures, user=user, filters=narrowing)
    parents = {row.paragraph.pk: row.paragraph.parent_id for row in figures.paragraphs}
    return Glance(
        figures=figures,
        rows=rows,
        table=lines(
            figures,
            rows,
            _with_parents(waits, parents),
            trends(figures, demands, rows, previous),
            status=status,
        ),
        chart=asked_and_served(demands, window),
        tray=unlinked(user) if reads_all else None,
        own_rows_only=not reads_all,
        longest_wait=(window.last - min(waits.values())).days if waits else None,
        previous=previous,
        trend=trend_of(demands, rows, previous) if previous else None,
    )


def _first_unmet(demands: Iterable[Any], window: Window) -> dict[int, dt.date]:
    """By paragraph the day on which the demand opened that waits longest with nothing planned."""
    found: dict[int, dt.date] = {}
    for demand in demands:
        is_open = demand.ended_on is None or demand.ended_on > window.last
        if is_open and status_of_demand(demand, window.last) == Status.UNMET:
            known = found.get(demand.paragraph_id, demand.opened_on)
            found[demand.paragraph_id] = min(known, demand.opened_on)
    return found


def _with_parents(
    waits: Mapping[int, dt.date], parents: Mapping[int, int | None]
) -> dict[int, dt.date]:
    """The same, each paragraph with its sub-paragraphs."""
    found: dict[int, dt.date] = {}
    for paragraph, since in waits.items():
        place: int | None = paragraph
        while place is not None:
            found[place] = min(found.get(place, since), since)
            place = parents.get(place)
    return found
