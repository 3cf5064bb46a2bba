"""Which figures of a table are kept back, so that nobody can tell who asked.

A cell that rests on the requests of one or two States is kept back. So that it can't be worked out
from the total and the other cells either, further cells or the total itself are kept back with it:
whoever reads the table and knows these rules still finds at least two values possible for each
number kept back.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

FEWEST = 3
"""States that a figure rests on, at least, when it is shown."""

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Cell:
    """What one line of a table counts.

    `numbers` begins with how many things there are, at least one a State; each further number
    counts some of these things.
    """

    states: frozenset[int]
    numbers: tuple[int, ...]

    @property
    def is_small(self) -> bool:
        """Whether so few States stand behind it that it tells them apart."""
        return 0 < len(self.states) < FEWEST


@dataclass(frozen=True)
class Shown(Generic[K]):
    """The lines kept back, and whether each total is shown: of States, then of each number."""

    kept_back: frozenset[K]
    totals: tuple[bool, ...]


def protect(cells: Mapping[K, Cell], *, adds_up: bool = True) -> Shown[K]:
    """Which lines and totals of a table may be shown.

    `adds_up` says that each State stands in one line only, so that lines add up to the number of
    States. Fewest lines are kept back, those with the smallest numbers first.
    """
    kept = [key for key, cell in cells.items() if cell.is_small]
    others = sorted(
        (key for key, cell in cells.items() if len(cell.states) >= FEWEST),
        key=lambda key: cells[key].numbers[0],
    )
    best: Shown[K] | None = None
    for more in range(len(others) + 1):
        chosen = [*kept, *others[:more]] if kept else []
        totals = _totals([cells[key] for key in chosen], _width(cells), adds_up)
        if best is None or sum(totals) > sum(best.totals):
            best = Shown(frozenset(chosen), totals)
        if all(totals):
            break
    assert best is not None
    return best


def _width(cells: Mapping[K, Cell]) -> int:
    return max((len(cell.numbers) for cell in cells.values()), default=1)


def _totals(kept: Sequence[Cell], width: int, adds_up: bool) -> tuple[bool, ...]:
    """Whether the total of States and of each number leaves every number kept back open."""
    if not kept:
        return (True,) * (width + 1)
    together = frozenset[int]().union(*(cell.states for cell in kept))
    if len(kept) < 2 or len(together) < FEWEST:
        return (False,) * (width + 1)
    least = sum(1 if cell.is_small else FEWEST for cell in kept)
    most = (FEWEST - 1) * len(kept) if all(cell.is_small for cell in kept) else None
    states = sum(len(cell.states) for cell in kept)
    things, *parts = (sum(cell.numbers[n] for cell in kept) for n in range(width))
    states_open = (most is None or states < most) and (states > least or not adds_up)
    return (states_open, things > least, *(0 < part < things for part in parts))
