"""The views say of thousands of random worlds what the oracle says, column by column."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.utils.functional import cached_property

from assistance.coverage import status as coverage_status
from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import DemandKind, EndedBy
from assistance.coverage.status import OF_DEMANDS, Status
from tests.coverage import oracle
from tests.coverage.comparing import VIEWS, differences, rows_of_view
from tests.coverage.conftest import Written
from tests.coverage.mutants import MUTANTS

SQL = Path(coverage_status.__file__).parent / "sql"
FILES = {"coverage_demand": "demand_defined.sql", "work_without_demand": "work_defined.sql"}
WORLDS_FOR_MUTANTS = 400


class Expected:
    """What the oracle says of all worlds, by view and key; worked out once."""

    def __init__(self, written: Written) -> None:
        self.written = written

    @cached_property
    def rows(self) -> dict[str, dict[str, dict[str, Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {view: {} for view in VIEWS}
        for world in self.written.worlds:
            demands = oracle.demand_rows(world, self.written.today)
            found["coverage_demand"].update((row["key"], row) for row in demands)
            found["work_without_demand"].update(
                (row["key"], row) for row in oracle.work_rows(world, demands)
            )
        return found


@pytest.fixture(scope="module")
def expected(many_worlds: Written) -> Expected:
    return Expected(many_worlds)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("read", ["", "_defined"], ids=["as kept", "as defined"])
def test_the_view_says_what_the_oracle_says(many_worlds, expected, view, read):
    meant = expected.rows[view]
    found = differences(rows_of_view(many_worlds.cursor, view + read), meant)
    assert not found, f"{len(found)} differences in {view}:\n" + "\n".join(found[:20])
    assert len(meant) > len(many_worlds.worlds)


def test_the_worlds_reach_every_status_flag_kind_ending_and_objection(
    many_worlds, expected, capsys
):
    reached = reach(many_worlds, expected)
    every = {
        "demand": set(OF_DEMANDS),
        "mandate": set(Status),
        "flag": set(Flag),
        "kind": set(DemandKind),
        "ended": set(EndedBy),
        "objection": {"partly", "disputed"},
    }
    with capsys.disabled():
        print(f"\n{len(many_worlds.worlds)} worlds reach")
        for subject, counts in reached.items():
            print(f"  {subject:10}", ", ".join(f"{k} {n}" for k, n in counts.most_common()))
    for subject, names in every.items():
        assert {name for name, number in reached[subject].items() if number} == names


def reach(written: Written, expected: Expected) -> dict[str, Counter[str]]:
    """How often each value occurs in what the oracle says as of today."""
    demands = expected.rows["coverage_demand"].values()
    work = expected.rows["work_without_demand"].values()
    by_mandate: dict[int, list[dict[str, Any]]] = {}
    for row in demands:
        by_mandate.setdefault(row["mandate_id"], []).append(row)
    return {
        "demand": Counter(oracle.demand_status(row, written.today) for row in demands),
        "mandate": Counter(
            oracle.status_of_mandates(
                world, [mandate], by_mandate.get(mandate.id, []), written.today
            )
            for world in written.worlds
            for mandate in world.mandates
        ),
        "flag": Counter(flag for row in demands for flag in DEMAND_FLAGS if row[flag])
        + Counter(row["flag"] for row in work),
        "kind": Counter(row["kind"] for row in demands),
        "ended": Counter(row["ended_by"] for row in demands if row["ended_by"]),
        "objection": Counter(
            verdict
            for world in written.worlds
            for delivery in world.deliveries
            if (verdict := oracle.last_verdict(delivery)) in ("partly", "disputed")
        ),
    }


def test_single_changes_of_the_views_are_noticed(many_worlds, expected, capsys):
    resolutions = [
        r.id for world in many_worlds.worlds[:WORLDS_FOR_MUTANTS] for r in world.resolutions
    ]
    condition = f"resolution_id <= {max(resolutions)} OR resolution_id IS NULL"
    meant = {
        view: {
            key: row
            for key, row in rows.items()
            if row["resolution_id"] is None or row["resolution_id"] <= max(resolutions)
        }
        for view, rows in expected.rows.items()
    }
    results = []
    for view, wrong, before, after in MUTANTS:
        said = rows_of_mutant(many_worlds.cursor, view, before, after, condition)
        results.append((wrong, view, len(differences(said, meant[view]))))
    with capsys.disabled():
        print(f"\n{len(results)} mutants, with the number of differences that tell")
        for wrong, view, number in results:
            print(f"  {number:6}  {wrong} ({view})")
    assert [wrong for wrong, _view, number in results if not number] == []


def rows_of_mutant(
    cursor: Any, view: str, before: str, after: str, condition: str
) -> dict[str, dict[str, Any]]:
    """What a definition says with one change of its text; undone at once."""
    text = (SQL / FILES[view]).read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    with cursor.connection.transaction(force_rollback=True):
        cursor.execute(f"DROP VIEW {view}_defined")
        cursor.execute(text.replace(before, after))
        return rows_of_view(cursor, f"{view}_defined", condition)
