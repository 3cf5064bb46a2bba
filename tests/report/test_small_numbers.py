"""What is kept back can't be worked out: tried by listing every table that looks the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assistance.coverage.small_numbers import FEWEST, Line, Shown, is_small, protect

MOST_STATES, MOST_THINGS = 4, 5


def cells_of(lines: list[tuple[int, int, int]]) -> dict[int, Line]:
    """Lines of (States, things, things served), each State in one line only."""
    cells, next_state = {}, 0
    for number, (states, things, served) in enumerate(lines):
        named = frozenset(range(next_state, next_state + states))
        next_state += states
        cells[number] = Line(named, (things, served))
    return cells


@st.composite
def tables(draw: Any) -> dict[int, Line]:
    lines = []
    for _line in range(draw(st.integers(1, 3))):
        states = draw(st.integers(0, MOST_STATES))
        things = draw(st.integers(states, MOST_THINGS)) if states else 0
        lines.append((states, things, draw(st.integers(0, things))))
    return cells_of(lines)


def lookalikes(cells: dict[int, Line], shown: Shown[int]) -> Iterator[dict[int, tuple[int, ...]]]:
    """Every table of which the reader would see the same: lines, marks and totals."""
    kept = sorted(shown.kept_back)
    possible = []
    for key in kept:
        small = is_small(cells[key].states)
        states = range(1, FEWEST) if small else range(FEWEST, MOST_STATES + 2)
        possible.append(
            [
                (s, things, served)
                for s in states
                for things in range(s, MOST_THINGS + 3)
                for served in range(things + 1)
            ]
        )
    true = [sum(_numbers(cells[key])[n] for key in kept) for n in range(3)]
    for combination in itertools.product(*possible):
        sums = [sum(line[n] for line in combination) for n in range(3)]
        if all(sums[n] == true[n] for n in range(3) if shown.totals[n]):
            yield dict(zip(kept, combination, strict=True))


def _numbers(cell: Line) -> tuple[int, ...]:
    return (len(cell.states), *cell.numbers)


def assert_open(cells: dict[int, Line]) -> None:
    shown = protect(cells)
    assert {key for key, cell in cells.items() if is_small(cell.states)} <= shown.kept_back
    seen: dict[tuple[int, int], set[int]] = {}
    wanted = {(key, n) for key in shown.kept_back for n in range(3)}
    for table in lookalikes(cells, shown):
        for key, line in table.items():
            for n, number in enumerate(line):
                seen.setdefault((key, n), set()).add(number)
        if all(len(seen.get(place, ())) > 1 for place in wanted):
            return
    assert not wanted, f"{cells} tells {wanted}"


@settings(max_examples=40, deadline=None)
@given(tables())
def test_every_number_kept_back_stays_open(cells: dict[int, Line]) -> None:
    assert_open(cells)


def test_a_table_without_small_lines_is_shown_whole() -> None:
    shown = protect(cells_of([(3, 4, 2), (0, 0, 0), (5, 5, 5)]))

    assert not shown.kept_back
    assert shown.totals == (True, True, True)


def test_one_small_line_takes_another_with_it_so_that_the_total_stays() -> None:
    """40 in all less 38 elsewhere would tell of the one State behind the third line."""
    cells = cells_of([(12, 20, 9), (4, 8, 3), (1, 2, 1), (9, 10, 4)])

    shown = protect(cells)

    assert shown.kept_back == {1, 2}
    assert shown.totals == (True, True, True)
    assert_open(cells_of([(4, 4, 2), (4, 5, 3), (1, 2, 1)]))


def test_a_small_line_alone_keeps_back_the_total() -> None:
    assert protect(cells_of([(1, 2, 1)])) == Shown(frozenset({0}), (False, False, False))


def test_a_number_that_says_none_or_all_of_what_is_kept_back_is_not_told() -> None:
    shown = protect(cells_of([(1, 2, 0), (2, 3, 0), (1, 1, 0)]))

    assert shown.kept_back == {0, 1, 2}
    assert shown.totals == (True, True, False)
