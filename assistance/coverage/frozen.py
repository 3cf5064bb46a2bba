"""The figures of a closed period, counted from its frozen rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistance.coverage.figures import ResolutionFigures, figures_from
from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import Closing, Demand, EndedBy, RowKind
from assistance.coverage.period import PeriodRow
from assistance.coverage.status import SERVED, STAGES, Status
from assistance.coverage.tally import Tally, total
from assistance.coverage.window import Window
from assistance.models import RequestItem
from directory.models import Country
from mandates.models import Mandate, Need, Resolution

ROOT = ""


@dataclass
class Cell:
    """The figures of a mandate, a paragraph or the resolution, with what lies below it."""

    key: str
    tally: Tally = field(default_factory=Tally)
    states: frozenset[str] = frozenset()
    counted: bool = False
    below: list[Cell] = field(default_factory=list)
    withheld: str = ""

    @property
    def status(self) -> Status:
        """The status on the last day of the period."""
        return self.tally.status(counted=self.counted)

    def all(self) -> Iterator[Cell]:
        """The cell and all below it, the upper ones first."""
        yield self
        for part in self.below:
            yield from part.all()


@dataclass(frozen=True)
class PeriodFigures:
    """The figures of a period from its rows: paragraphs with their mandates, and the whole."""

    whole: Cell
    paragraphs: Sequence[tuple[Cell, Sequence[Cell]]]

    @property
    def mandates(self) -> list[Cell]:
        """All mandates, in the order of the text."""
        return [mandate for _paragraph, own in self.paragraphs for mandate in own]

    @property
    def totals(self) -> dict[str, int]:
        """How many mandates there are, count, were asked for, and were delivered in full."""
        asked = [cell for cell in self.mandates if cell.tally.demands]
        return {
            "mandates": len(self.mandates),
            "counted": sum(cell.counted for cell in self.mandates),
            "with_demand": len(asked),
            "delivered": sum(cell.status in SERVED for cell in asked),
        }


def figures_of_rows(rows: Iterable[PeriodRow], window: Window) -> PeriodFigures:
    """What the rows of a period add up to; reads nothing else."""
    by_kind = _by_kind(rows)
    tallies, states = _tallies(by_kind, window)
    whole, paragraphs = Cell(ROOT), {}
    mandates: defaultdict[str, list[Cell]] = defaultdict(list)
    for clause in sorted(
        by_kind[RowKind.MANDATE], key=lambda one: (one.row["position"], one.row["ordinal"])
    ):
        cell = Cell(
            clause.key,
            tallies.get(clause.key, Tally()),
            frozenset(states[clause.key]),
            clause.row["counted"],
        )
        above = whole
        for number in reversed(clause.row["paragraphs"]):
            if number not in paragraphs:
                paragraphs[number] = Cell(number)
                above.below.append(paragraphs[number])
            above = paragraphs[number]
        above.below.append(cell)
        mandates[above.key].append(cell)
    _add_up(whole)
    return PeriodFigures(whole, [(cell, mandates[number]) for number, cell in paragraphs.items()])


def _by_kind(rows: Iterable[PeriodRow]) -> defaultdict[RowKind, list[PeriodRow]]:
    by_kind: defaultdict[RowKind, list[PeriodRow]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    return by_kind


def _tallies(
    by_kind: Mapping[RowKind, list[PeriodRow]], window: Window
) -> tuple[dict[str, Tally], Mapping[str, set[str]]]:
    """By mandate the tally of its rows, and the States that asked for what the figures count."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    states: defaultdict[str, set[str]] = defaultdict(set)
    for demand in by_kind[RowKind.DEMAND]:
        row, tally = demand.row, tallies[demand.row["mandate"]]
        tally.opened += 1
        if not row["ended_on"]:
            tally.open[demand.status] += 1
        elif row["ended_on"] >= window.first.isoformat():
            tally.ended[EndedBy(row["ended_by"])] += 1
        if row["counted"]:
            tally.counted[demand.status] += 1
            tally.flags.update(flag for flag in DEMAND_FLAGS if flag in row["flags"])
            states[row["mandate"]].update(row["states"])
    for work in by_kind[RowKind.WORK]:
        tally = tallies[work.row["mandate"]]
        tally.flags[Flag.NO_RECORDED_REQUEST] += 1
        tally.stages[work.status] += 1
    return tallies, states


def _add_up(cell: Cell) -> None:
    """Gives a paragraph, and the whole, what lies below it."""
    if not cell.below:
        return
    for part in cell.below:
        _add_up(part)
    cell.tally = total(part.tally for part in cell.below)
    cell.states = frozenset[str]().union(*(part.states for part in cell.below))
    cell.counted = any(part.counted for part in cell.below)


def closing_of(resolution: Resolution, window: Window) -> Closing | None:
    """The closing of exactly this period."""
    return Closing.objects.filter(
        resolution=resolution, first=window.first, last=window.last
    ).first()


def figures_of_closing(closing: Closing, rows: Sequence[PeriodRow]) -> ResolutionFigures:
    """The figures as they were closed, for pages that name paragraphs and mandates of today.

    A clause that was in no text of the resolution any more, and so was removed, is left out.
    """
    window = Window(closing.first, closing.last)
    by_kind = _by_kind(rows)
    closed = {row.key: row.row for row in by_kind[RowKind.MANDATE]}
    mandates = list(
        Mandate.objects.filter(
            paragraph__resolution=closing.resolution_id, identifier__in=closed
        ).order_by("paragraph__position", "ordinal")
    )
    for mandate in mandates:
        row = closed[mandate.identifier]
        mandate.kind, mandate.basis = row["kind_of_clause"], row["basis"]
        mandate.counted = row["counted"]  # type: ignore[attr-defined]  # annotated elsewhere
    tallies, _states = _tallies(by_kind, window)
    return figures_from(
        closing.resolution,
        window,
        mandates,
        {one.pk: tallies[one.identifier] for one in mandates if one.identifier in tallies},
        definition=closing.definition,
    )


def demands_of_closing(closing: Closing, rows: Iterable[PeriodRow]) -> list[tuple[Demand, bool]]:
    """The demands as they were closed, the oldest first, each with whether the figures count it.

    They are like those read `as_of` the last day, with item, need and words of today.
    """
    paragraphs = dict(
        Mandate.objects.filter(paragraph__resolution=closing.resolution_id).values_list(
            "identifier", "paragraph"
        )
    )
    rows = sorted(
        (row for row in rows if row.kind == RowKind.DEMAND and row.row["mandate"] in paragraphs),
        key=lambda one: (one.row["opened_on"], one.key),
    )
    countries = dict(Country.objects.values_list("iso", "pk"))
    items = RequestItem.objects.select_related("request").in_bulk(
        {row.row["item"] for row in rows} - {None}
    )
    needs = Need.objects.in_bulk({row.row["need"] for row in rows} - {None})
    found = []
    for frozen in rows:
        row = frozen.row
        demand = Demand(
            key=frozen.key,
            kind=row["owed_for"],
            paragraph_id=paragraphs[row["mandate"]],
            item=items.get(row["item"]),
            need=needs.get(row["need"]),
            round=row["round"],
            ended_by=row["ended_by"],
            country_ids=[countries[iso] for iso in row["states"]],
            **{name: _day(row[name]) for name in ("opened_on", "ended_on", *STAGES.values())},
        )
        demand.status = frozen.status  # type: ignore[attr-defined]  # annotated by as_of
        found.append((demand, bool(row["counted"])))
    return found


def _day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None
