"""Which figures are kept back, so that nobody can tell who asked: one threshold, one check.

A figure that stands for one or two requesting States tells who asked, to the one that knows of the
other. So it is kept back, and with it what it could be worked out from (`tells`). Figures that
leave the site come in two shapes: a tree, where each number is that of the numbers below it
(`withhold`), and a table of lines and totals, of which each total can be kept back by itself
(`protect`). `docs/decisions/071-small-numbers-in-two-shapes.md` says why both remain.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from assistance.coverage.frozen import Cell

FEWEST = 3
"""The fewest requesting States whose figures are shown."""
FEWER = "fewer_than_3"
SUBTRACTION = "subtraction"
"""Why a figure is withheld: it stands for too few States, or it would tell of another that does."""


def is_small(states: frozenset[Any]) -> bool:
    """Whether a figure stands for so few requesting States that it tells them apart."""
    return 0 < len(states) < FEWEST


def tells(kept: Iterable[frozenset[Any]]) -> bool:
    """Whether what can be worked out of the figures kept back, their sum, is itself small."""
    return is_small(frozenset[Any]().union(*kept))


def withhold(whole: Cell, changes: Iterable[Cell] = ()) -> None:
    """Marks in a tree of cells what may not be shown, and why (`withheld`).

    What can be worked out from the cells shown are sums of what each of them holds beyond the
    shown cells right below it. So for each cell shown this rest must stand for no State or for
    three or more: else the smallest of those below is kept back too, and joins the rest.

    `changes` are trees of the same cells that hold what came or went since they were shown once
    before; there `withheld` says what was not shown then. Whoever has both can subtract, so what
    changed must not be small either, nor what can be worked out of it.
    """
    cells = {cell.key: cell for cell in whole.all()}
    for cell in cells.values():
        cell.withheld = FEWER if is_small(cell.states) else ""
    changed = list(changes)
    telling = True
    while telling:
        for cell in (cell for tree in changed for cell in tree.all()):
            cell.withheld = cell.withheld or cells[cell.key].withheld
        telling = False
        for tree in (whole, *changed):
            for cell in _telling(tree):
                cell.withheld = cells[cell.key].withheld = SUBTRACTION
                telling = True


def _telling(tree: Cell) -> Iterable[Cell]:
    """One after the other the cells that must be kept back, each before the next is looked for."""
    for cell in tree.all():
        if not cell.withheld and is_small(cell.states):
            yield cell
    for cell in tree.all():
        while not cell.withheld and tells(_rest(cell)):
            asked = [part for part in _shown_below(cell) if part.states]
            yield min(asked, key=lambda part: (len(part.states), part.tally.demands))


def _shown_below(cell: Cell) -> Iterable[Cell]:
    """The uppermost cells below this one that are shown."""
    for part in cell.below:
        if part.withheld:
            yield from _shown_below(part)
        else:
            yield part


def _rest(cell: Cell) -> Iterable[frozenset[str]]:
    """The States of each cell that a shown cell holds beyond the shown cells below it."""
    for part in cell.below:
        if part.withheld:
            yield from _rest(part) if part.below else [part.states]


K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Line:
    """What one line of a table counts.

    `numbers` begins with how many things there are, at least one a State; each further number
    counts some of these things.
    """

    states: frozenset[int]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Shown(Generic[K]):
    """The lines kept back, and whether each total is shown: of States, then of each number."""

    kept_back: frozenset[K]
    totals: tuple[bool, ...]


def protect(
    lines: Mapping[K, Line], *, adds_up: bool = True, withheld: Collection[K] = ()
) -> Shown[K]:
    """Which lines and totals of a table may be shown.

    `adds_up` says that each State stands in one line only, so that lines add up to the number of
    States. Fewest lines are kept back, those with the smallest numbers first. `withheld` are lines
    that are kept back elsewhere: shown here, they would tell of the small ones there.
    """
    kept = [key for key, line in lines.items() if is_small(line.states) or key in withheld]
    others = sorted(
        (key for key, line in lines.items() if len(line.states) >= FEWEST and key not in kept),
        key=lambda key: lines[key].numbers[0],
    )
    best: Shown[K] | None = None
    for more in range(len(others) + 1):
        chosen = [*kept, *others[:more]] if kept else []
        totals = _totals([lines[key] for key in chosen], _width(lines), adds_up)
        if best is None or sum(totals) > sum(best.totals):
            best = Shown(frozenset(chosen), totals)
        if all(totals):
            break
    assert best is not None
    return best


def _width(lines: Mapping[K, Line]) -> int:
    return max((len(line.numbers) for line in lines.values()), default=1)


def _totals(kept: Sequence[Line], width: int, adds_up: bool) -> tuple[bool, ...]:
    """Whether the total of States and of each number leaves every number kept back open."""
    if not kept:
        return (True,) * (width + 1)
    if len(kept) < 2 or tells(line.states for line in kept):
        return (False,) * (width + 1)
    least = sum(1 if is_small(line.states) else FEWEST for line in kept)
    most = (FEWEST - 1) * len(kept) if all(is_small(line.states) for line in kept) else None
    states = sum(len(line.states) for line in kept)
    things, *parts = (sum(line.numbers[n] for line in kept) for n in range(width))
    states_open = (most is None or states < most) and (states > least or not adds_up)
    return (states_open, things > least, *(0 < part < things for part in parts))
