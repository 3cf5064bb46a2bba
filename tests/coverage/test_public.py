"""Small numbers: whatever can be worked out from public figures stands for none or three States."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest

from assistance.coverage.models import RowKind
from assistance.coverage.period import PeriodRow
from assistance.coverage.public import Published, public_figures
from assistance.coverage.small_numbers import FEWER, FEWEST, SUBTRACTION
from assistance.coverage.status import Status
from assistance.coverage.window import Window, today

WINDOW = Window(today().replace(year=2020), today())
STATES = ["KE", "CO", "NE", "PE"]


def mandate(identifier: str, *paragraphs: str, position: int = 1) -> PeriodRow:
    return PeriodRow(
        RowKind.MANDATE,
        identifier,
        Status.NO_DEMAND,
        {
            "paragraphs": list(paragraphs),
            "position": position,
            "ordinal": 1,
            "counted": True,
        },
    )


def demand(key: str, of: str, *states: str, status: str = "unmet") -> PeriodRow:
    row = {
        "mandate": of,
        "states": list(states),
        "counted": True,
        "ended_on": None,
        "flags": [],
    }
    return PeriodRow(RowKind.DEMAND, key, Status(status), row)


def cells(public: dict[str, Any]) -> dict[str, str]:
    """Why each cell is withheld, by mandate, by paragraph and for the whole (`""`)."""
    found = {"": public["withheld"]}
    for paragraph in public["paragraphs"]:
        found[paragraph["number"]] = paragraph["withheld"]
        found |= {one["identifier"]: one["withheld"] for one in paragraph["mandates"]}
    return found


def test_fewer_than_three_states_are_said_as_such():
    rows = [mandate("m1", "1"), demand("a", "m1", "KE"), demand("b", "m1", "CO")]
    public = public_figures(rows, WINDOW)
    assert cells(public) == {"": FEWER, "1": FEWER, "m1": FEWER}
    assert (public["requesting_states"], public["demands"], public["served"]) == (None,) * 3
    assert public["paragraphs"][0]["status"] == "unmet"


def test_three_states_and_none_are_shown():
    rows = [mandate("m1", "1"), mandate("m2", "2", position=2)]
    rows += [demand(iso, "m1", iso, status="delivered") for iso in STATES[:3]]
    rows += [demand("need", "m2")]
    public = public_figures(rows, WINDOW)
    assert set(cells(public).values()) == {""}
    assert (public["requesting_states"], public["demands"], public["served"]) == (3, 4, 3)
    assert (public["with_demand"], public["delivered"]) == (2, 1)


def test_what_could_be_worked_out_by_subtraction_is_kept_back_too():
    rows = [mandate("m1", "1"), mandate("m2", "2", position=2), mandate("m3", "3", position=3)]
    rows += [demand("few", "m1", "KE")]
    rows += [demand(f"a{iso}", "m2", iso) for iso in STATES[:3]]
    rows += [demand(f"b{iso}", "m3", iso) for iso in STATES]
    found = cells(public_figures(rows, WINDOW))
    # The total less paragraph 3 stands for paragraphs 1 and 2 together: three States.
    assert found == {
        "": "",
        "1": FEWER,
        "m1": FEWER,
        "2": SUBTRACTION,
        "m2": SUBTRACTION,
        "3": "",
        "m3": "",
    }


def published(rows: list[PeriodRow], public: dict[str, Any] | None = None) -> Published:
    """An earlier closing of these rows."""
    counted = [row for row in rows if row.kind == RowKind.DEMAND]
    return Published(1, counted, public or public_figures(rows, WINDOW))


def test_a_number_that_tells_of_one_state_beside_an_earlier_one_is_kept_back():
    rows = [mandate("m1", "1"), mandate("m2", "2", position=2)]
    rows += [demand(f"{of}{iso}", of, iso) for of in ("m1", "m2") for iso in STATES[:3]]
    before = published(rows)
    assert set(cells(before.public).values()) == {""}
    later = public_figures([*rows, demand("new", "m1", "PE")], WINDOW, [before])
    shown = {name for name, why in cells(later).items() if not why}
    assert shown == {"2", "m2"}
    assert set(cells(later).values()) == {"", SUBTRACTION}
    assert later["compared_with"] == [1]
    need = public_figures([*rows, demand("need", "m1")], WINDOW, [before])
    assert set(cells(need).values()) == {""}, "a need tells of no State"


def test_what_came_for_three_states_is_shown_beside_an_earlier_number():
    rows = [mandate("m1", "1"), *(demand(iso, "m1", iso) for iso in STATES[:3])]
    more = [demand(f"again{iso}", "m1", iso) for iso in STATES[:3]]
    assert set(cells(public_figures([*rows, *more], WINDOW, [published(rows)])).values()) == {""}


def test_a_number_that_was_not_public_before_can_be_public_now():
    rows = [mandate("m1", "1"), *(demand(iso, "m1", iso) for iso in STATES[:2])]
    before = published(rows)
    assert set(cells(before.public).values()) == {FEWER}
    later = public_figures([*rows, demand("third", "m1", "NE")], WINDOW, [before])
    assert set(cells(later).values()) == {""}


def can_be_worked_out(shown: list[frozenset[str]], wanted: frozenset[str]) -> bool:
    """Whether the sum over some mandates is a combination of the sums shown."""
    names = sorted({name for one in [*shown, wanted] for name in one})
    rows = [[Fraction(name in one) for name in names] for one in shown]

    def rank(matrix: list[list[Fraction]]) -> int:
        matrix, done = [row[:] for row in matrix], 0
        for column in range(len(names)):
            pivot = next((r for r in range(done, len(matrix)) if matrix[r][column]), None)
            if pivot is None:
                continue
            matrix[done], matrix[pivot] = matrix[pivot], matrix[done]
            for r in range(done + 1, len(matrix)):
                factor = matrix[r][column] / matrix[done][column]
                matrix[r] = [a - factor * b for a, b in zip(matrix[r], matrix[done], strict=True)]
            done += 1
        return done

    return rank(rows) == rank([*rows, [Fraction(name in wanted) for name in names]])


@pytest.mark.parametrize("seed", range(60))
def test_no_combination_of_what_is_shown_stands_for_one_or_two_states(seed):
    rng = random.Random(seed)
    rows, below = [], {"": frozenset[str]()}
    for n in range(rng.randint(2, 6)):
        number = str(rng.randint(1, 3))
        above = [number] if rng.random() < 0.6 else [f"{number} (a)", number]
        rows.append(mandate(f"m{n}", *above, position=int(number)))
        for place in ["", f"m{n}", *above]:
            below[place] = below.get(place, frozenset()) | {f"m{n}"}
        for one in range(rng.randint(0, 3)):
            rows.append(
                demand(f"{n}-{one}", f"m{n}", *rng.sample(STATES, rng.choice([0, 1, 1, 2])))
            )
    asked = {
        name: {
            iso
            for row in rows
            if row.kind == RowKind.DEMAND and row.row["mandate"] == name
            for iso in row.row["states"]
        }
        for name in below[""]
    }
    withheld = cells(public_figures(rows, WINDOW))
    shown = [below[place] for place, why in withheld.items() if not why]
    for size in range(1, len(below[""]) + 1):
        for some in combinations(sorted(below[""]), size):
            states = set().union(*(asked[name] for name in some))
            if 0 < len(states) < FEWEST:
                assert not can_be_worked_out(shown, frozenset(some)), some
    everyone = set().union(*asked.values())
    assert withheld[""] == (FEWER if 0 < len(everyone) < FEWEST else "")


@pytest.mark.parametrize("seed", range(60))
def test_no_number_less_an_earlier_one_stands_for_one_or_two_states(seed):
    """What changed of the cells public twice, and each combination of these changes."""
    rng = random.Random(seed)
    names = [f"m{n}" for n in range(rng.randint(2, 5))]
    places = {name: str(rng.randint(1, 2)) for name in names}
    clauses = [mandate(name, places[name], position=int(places[name])) for name in names]
    asked = [
        demand(f"{name}-{n}", name, *rng.sample(STATES, rng.choice([0, 1, 1, 2])))
        for name in names
        for n in range(rng.randint(0, 4))
    ]
    then = [row for row in asked if rng.random() < 0.7]
    now = [row for row in asked if row not in then or rng.random() < 0.9]
    before = published([*clauses, *then])
    twice = [
        place
        for place, why in cells(public_figures([*clauses, *now], WINDOW, [before])).items()
        if not why and not cells(before.public)[place]
    ]
    changed = [row for row in asked if (row in then) != (row in now)]
    below = {
        place: frozenset(name for name in names if place in ("", name, places[name]))
        for place in twice
    }
    for size in range(1, len(names) + 1):
        for some in combinations(names, size):
            states = {
                iso for row in changed if row.row["mandate"] in some for iso in row.row["states"]
            }
            if 0 < len(states) < FEWEST:
                assert not can_be_worked_out(list(below.values()), frozenset(some)), some
