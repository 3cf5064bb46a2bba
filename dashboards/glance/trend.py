"""The trend of a paragraph: how it grew, and what changed since the earlier day compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistance.coverage.figures import ResolutionFigures
from assistance.coverage.trend import Previous
from assistance.coverage.window import Window
from dashboards.breakdowns.standing import ancestors
from dashboards.glance.chart import Chart, asked_and_served
from dashboards.links import Rows
from directory.statuses import Status


@dataclass(frozen=True)
class Trend:
    """What is new among the demands counted: so many asked, so many served; `was` if it changed."""

    asked: int
    served: int
    asked_url: str
    served_url: str
    was: Status | None = None
    chart: Chart | None = None


def is_counted(demand: Any, window: Window) -> bool:
    """Whether the figures count a demand that was read already."""
    is_open = demand.ended_on is None or demand.ended_on > window.last
    return is_open and (demand.delivered_on is None or demand.delivered_on >= window.first)


def trend_of(
    demands: Sequence[Any],
    rows: Rows,
    previous: Previous,
    *,
    paragraph: str = "",
    was: Status | None = None,
    chart: Chart | None = None,
) -> Trend:
    """What changed since the earlier day among some demands, opened by the last day."""
    day, last = previous.day, rows.window.last
    counted = [demand for demand in demands if is_counted(demand, rows.window)]
    narrow = {"paragraph": paragraph} if paragraph else {}
    return Trend(
        asked=sum(demand.opened_on > day for demand in counted),
        served=sum(
            demand.delivered_on is not None and day < demand.delivered_on <= last
            for demand in counted
        ),
        asked_url=rows.demands(asked_after=day.isoformat(), **narrow),
        served_url=rows.demands(served_after=day.isoformat(), **narrow),
        was=was,
        chart=chart,
    )


def trends(
    figures: ResolutionFigures, demands: Sequence[Any], rows: Rows, previous: Previous | None
) -> Mapping[int, Trend]:
    """The trend of each paragraph that has demands, by key; nothing without an earlier day."""
    if previous is None:
        return {}
    above = ancestors(row.paragraph for row in figures.paragraphs)
    own: defaultdict[int, list[Any]] = defaultdict(list)
    for demand in demands:
        for place in above.get(demand.paragraph_id, ()):
            own[place].append(demand)
    found = {}
    for row in figures.paragraphs:
        key = row.paragraph.pk
        before = previous.statuses[key]
        found[key] = trend_of(
            own[key],
            rows,
            previous,
            paragraph=row.number,
            was=before if before != row.status else None,
            chart=asked_and_served(own[key], rows.window) if row.demands else None,
        )
    return found
