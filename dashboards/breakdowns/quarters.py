"""Paragraphs by quarter: what was asked, served and delivered in each. Flows, so they add up."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.filters import Flow
from assistance.coverage.flows import Quarter, delivered_under, deliveries_for, quarters_of
from assistance.coverage.querysets import DemandQuerySet
from assistance.coverage.window import Window
from dashboards.breakdowns.matrix import Cell, Head, Line, Matrix
from dashboards.breakdowns.standing import ancestors, demands_of, operative, paragraph_head
from dashboards.charts.shapes import Columns, columns
from dashboards.links import Rows
from directory.models import User
from directory.policy import Person


class Measure(models.TextChoices):
    """What is counted in a quarter."""

    DELIVERED = "delivered", gettext_lazy("Deliveries")
    ASKED = "asked", gettext_lazy("Demands asked")
    SERVED = "served", gettext_lazy("Demands served")


TITLES = {
    Measure.DELIVERED: gettext_lazy("Deliveries by quarter"),
    Measure.ASKED: gettext_lazy("Demands asked by quarter"),
    Measure.SERVED: gettext_lazy("Demands served by quarter"),
}
Happening = tuple[dt.date, int, int | str]
"""A day, a paragraph, and the key of what is counted once."""


@dataclass(frozen=True)
class Quarters:
    """The page: the table and its picture."""

    measure: Measure
    matrix: Matrix
    picture: Columns
    total: int


def quarters(user: Person, rows: Rows, measure: Measure) -> Quarters:
    """The table of a measure by paragraph and quarter; three queries."""
    paragraphs = operative(rows.resolution)
    demands = demands_of(rows.resolution, user, rows.narrowing)
    happened = (
        list(_deliveries(demands, cast(User, user), rows))
        if measure == Measure.DELIVERED
        else list(_demands(demands, rows.window, measure))
    )
    above = ancestors(paragraphs)
    cells: defaultdict[tuple[int | None, Quarter | None], set[int | str]] = defaultdict(set)
    quarter_of = cache(Quarter.of)
    for day, paragraph, key in happened:
        quarter = quarter_of(day)
        for place in (*above.get(paragraph, ()), None):
            cells[place, quarter].add(key)
            cells[place, None].add(key)
    wanted = quarters_of(rows.window)
    top = max((len(cells[pk, q]) for pk in above for q in wanted), default=0)
    address = _address(rows, measure)

    def cell(place: int | None, number: str, quarter: Quarter | None) -> Cell:
        count = len(cells[place, quarter])
        narrow = {"paragraph": number} if number else {}
        window = quarter.within(rows.window) if quarter else rows.window
        heat = -(-3 * count // top) if top and place and quarter else 0
        return Cell(count, address(window, narrow), heat=heat)

    def line(head: Head, place: int | None, number: str = "") -> Line:
        return Line(
            head,
            [cell(place, number, quarter) for quarter in wanted],
            cell(place, number, None),
            muted=not cells[place, None],
        )

    matrix = Matrix(
        _("Paragraph"),
        [_head(quarter) for quarter in wanted],
        [
            line(paragraph_head(paragraph, rows), paragraph.pk, paragraph.number)
            for paragraph in paragraphs
        ],
        line(Head(_("All paragraphs")), None),
    )
    return Quarters(measure, matrix, _picture(measure, matrix, wanted), len(cells[None, None]))


def _head(quarter: Quarter) -> Head:
    name = _("{year}, quarter {number}").format(year=quarter.year, number=quarter.number)
    code = f"{quarter.year}-Q{quarter.number}"
    return Head(str(quarter.number), title=name, group=str(quarter.year), code=code, alone=name)


def _deliveries(demands: DemandQuerySet, user: User, rows: Rows) -> Iterable[Happening]:
    by_paragraph = delivered_under(demands)
    days = dict(
        deliveries_for(
            {pk for ids in by_paragraph.values() for pk in ids},
            user=user,
            wanted=rows.narrowing,
            window=rows.window,
        ).values_list("pk", "on")
    )
    for paragraph, ids in by_paragraph.items():
        for pk in ids & days.keys():
            yield days[pk], paragraph, pk


def _demands(demands: DemandQuerySet, window: Window, measure: Measure) -> Iterable[Happening]:
    happened, day = (
        (demands.opened_in(window), "opened_on")
        if measure == Measure.ASKED
        else (demands.served_in(window), "delivered_on")
    )
    yield from happened.values_list(day, "paragraph_id", "key")


def _address(rows: Rows, measure: Measure) -> Callable[[Window, dict[str, str]], str]:
    if measure == Measure.DELIVERED:
        return lambda window, narrow: rows.deliveries(window, **narrow)
    return lambda window, narrow: rows.happened(Flow(measure.value), window, **narrow)


def _picture(measure: Measure, matrix: Matrix, wanted: Sequence[Quarter]) -> Columns:
    totals = [
        (cell.number, f"{head.title}: {cell.number}")
        for head, cell in zip(matrix.columns, matrix.totals.cells, strict=True)
    ]
    best = max(range(len(wanted)), key=lambda place: totals[place][0])
    summary = _("{title}: {total} in all, most in {quarter}: {number}.").format(
        title=TITLES[measure],
        total=matrix.totals.total.number,
        quarter=matrix.columns[best].title,
        number=totals[best][0],
    )
    marks = {
        place: str(quarter.year)
        for place, quarter in enumerate(wanted)
        if quarter.number == 1 or (place == 0 and quarter.number < 4)
    }
    return columns(str(TITLES[measure]), summary, totals, marks)
