"""What everybody may be told of a closed period: the one place that decides on small numbers.

A number that stands for one or two requesting States tells who asked, to the one that knows of the
other. So "fewer than 3" is shown for it. A number that could be worked out from others, as the
total less its parts, is one as well: of the parts as many are kept back as it takes, until whatever
can be worked out from what is shown stands for no requesting State or for three or more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import EndedBy, RowKind
from assistance.coverage.period import PeriodRow
from assistance.coverage.status import SERVED, Status
from assistance.coverage.tally import Tally, total
from assistance.coverage.window import Window

FEWEST = 3
"""The fewest requesting States whose figures are shown."""
FEWER = "fewer_than_3"
SUBTRACTION = "subtraction"
"""Why a figure is withheld: it stands for too few States, or it would tell of another that does."""

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

    @property
    def is_small(self) -> bool:
        """Whether its numbers stand for one or two requesting States."""
        return 0 < len(self.states) < FEWEST


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
    by_kind: defaultdict[RowKind, list[PeriodRow]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
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


def withhold(whole: Cell) -> None:
    """Marks in a tree of cells what may not be shown, and why (`withheld`).

    What can be worked out from the cells shown are sums of what each of them holds beyond the
    shown cells right below it. So for each cell shown this rest must stand for no State or for
    three or more: else the smallest of those below is kept back too, and joins the rest.
    """
    for cell in _every(whole):
        cell.withheld = FEWER if cell.is_small else ""
    for cell in _every(whole):
        while not cell.withheld:
            shown = list(_shown_below(cell))
            rest = _rest(cell)
            if not 0 < len(rest) < FEWEST:
                break
            asked = [part for part in shown if part.states]
            smallest = min(asked, key=lambda part: (len(part.states), part.tally.demands))
            smallest.withheld = SUBTRACTION


def _every(cell: Cell) -> Iterable[Cell]:
    """The cell and all below it, the upper ones first."""
    yield cell
    for part in cell.below:
        yield from _every(part)


def _shown_below(cell: Cell) -> Iterable[Cell]:
    """The uppermost cells below this one that are shown."""
    for part in cell.below:
        if part.withheld:
            yield from _shown_below(part)
        else:
            yield part


def _rest(cell: Cell) -> frozenset[str]:
    """The States that stand behind what a cell holds beyond the shown cells below it."""
    if not cell.below:
        return cell.states
    return frozenset[str]().union(*(_rest(part) for part in cell.below if part.withheld))


def public_figures(rows: Iterable[PeriodRow], window: Window) -> dict[str, Any]:
    """The public figures of a period, unfiltered, as `Closing.public` keeps them.

    `requesting_states`, `demands` and `served` are None where `withheld` says why: "fewer_than_3"
    or "subtraction". Statuses are shown: they do not tell how many asked.
    """
    figures = figures_of_rows(rows, window)
    withhold(figures.whole)
    return {
        **figures.totals,
        **_shown(figures.whole),
        "paragraphs": [
            {
                "number": paragraph.key,
                "status": paragraph.status.value,
                **_shown(paragraph),
                "mandates": [
                    {
                        "identifier": mandate.key,
                        "counted": mandate.counted,
                        "status": mandate.status.value,
                        **_shown(mandate),
                    }
                    for mandate in own
                ],
            }
            for paragraph, own in figures.paragraphs
        ],
    }


def _shown(cell: Cell) -> dict[str, Any]:
    hidden = bool(cell.withheld)
    return {
        "withheld": cell.withheld,
        "requesting_states": None if hidden else len(cell.states),
        "demands": None if hidden else cell.tally.demands,
        "served": None if hidden else cell.tally.served,
    }
