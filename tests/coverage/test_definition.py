"""The views say of thousands of random worlds what the oracle says, column by column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils.functional import cached_property

from assistance.coverage import status as coverage_status
from tests.coverage import oracle
from tests.coverage.cases import EVERY, Reached, add, cases_of, missing, tell
from tests.coverage.comparing import VIEWS, differences, rows_of_view
from tests.coverage.conftest import Written
from tests.coverage.mutants import MUTANTS
from tests.coverage.oracle import Row
from tests.coverage.world import World

SQL = Path(coverage_status.__file__).parent / "sql"
FILES = {
    "approved_delivery": ("delivery_defined.sql", "coverage_demand"),
    "coverage_demand_defined": ("demand_defined.sql", "coverage_demand"),
    "work_without_demand_defined": ("work_defined.sql", "work_without_demand"),
}
"""Where a definition stands, and whose rows tell of a change of it."""
WORLDS_FOR_MUTANTS = 400


class Expected:
    """What the oracle says of all worlds, by view and key; worked out once."""

    def __init__(self, written: Written) -> None:
        self.written = written

    @cached_property
    def by_world(self) -> list[tuple[World, list[Row], list[Row]]]:
        """Each world with its demands and its work without one."""
        found = []
        for world in self.written.worlds:
            demands = oracle.demand_rows(world, self.written.today)
            found.append((world, demands, oracle.work_rows(world, demands)))
        return found

    @cached_property
    def rows(self) -> dict[str, dict[str, Row]]:
        """All rows of each view."""
        return {
            view: {row["key"]: row for _world, *both in self.by_world for row in both[place]}
            for place, view in enumerate(VIEWS)
        }


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


def test_the_worlds_reach_every_case(many_worlds, expected, capsys):
    reached: Reached = {}
    for world, rows, work in expected.by_world:
        add(reached, cases_of(world, rows, work, many_worlds.today))
    tell(f"{len(many_worlds.worlds):,} worlds, view and oracle", reached, capsys)
    assert missing(reached, EVERY) == []


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
        results.append((wrong, view, len(differences(said, meant[FILES[view][1]]))))
    with capsys.disabled():
        print(f"\n{len(results)} mutants, with the number of differences that tell")
        for wrong, view, number in results:
            print(f"  {number:6}  {wrong} ({view})")
    assert [wrong for wrong, _view, number in results if not number] == []


def rows_of_mutant(
    cursor: Any, view: str, before: str, after: str, condition: str
) -> dict[str, dict[str, Any]]:
    """What a definition says with one change of its text; undone at once."""
    file, tells = FILES[view]
    text = (SQL / file).read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    changed = text.replace(before, after).replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
    with cursor.connection.transaction(force_rollback=True):
        cursor.execute(changed)
        return rows_of_view(cursor, f"{tells}_defined", condition)
