"""The views say of thousands of random worlds what the oracle says, column by column."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils.functional import cached_property

from assistance.coverage import status as coverage_status
from assistance.coverage.flags import Flag
from assistance.coverage.models import DemandKind, EndedBy
from assistance.models import Verdict
from tests.coverage import oracle
from tests.coverage.conftest import Written
from tests.coverage.mutants import MUTANTS

SQL = Path(coverage_status.__file__).parent / "sql"
VIEWS = ("coverage_demand", "work_without_demand")


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


def rows_of_view(cursor: Any, view: str) -> dict[str, dict[str, Any]]:
    cursor.execute(f"SELECT * FROM {view}")
    names = [column.name for column in cursor.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def differences(cursor: Any, expected: Expected, view: str) -> list[str]:
    """What the view says otherwise than the oracle."""
    said, meant = rows_of_view(cursor, view), expected.rows[view]
    found = [f"{key}: only the view has it" for key in sorted(said.keys() - meant.keys())]
    found += [f"{key}: only the oracle has it" for key in sorted(meant.keys() - said.keys())]
    for key in sorted(said.keys() & meant.keys()):
        assert said[key].keys() == meant[key].keys()
        found += [
            f"{key}.{column}: view {value!r}, oracle {meant[key][column]!r}"
            for column, value in said[key].items()
            if value != meant[key][column]
        ]
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_the_view_says_what_the_oracle_says(many_worlds, expected, view):
    found = differences(many_worlds.cursor, expected, view)
    assert not found, f"{len(found)} differences in {view}:\n" + "\n".join(found[:20])
    assert len(expected.rows[view]) > len(many_worlds.worlds)
