"""Random worlds in the tables, and how many of them to make."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from config.owner_connection import connected_as_owner
from tests.coverage.world import Setting, World, WorldMaker, write_setting, write_worlds

SEED = int(os.environ.get("COVERAGE_SEED", "74175"))
WORLDS = int(os.environ.get("COVERAGE_WORLDS", "2000"))
"""How many random worlds the comparison makes: set the variable to make more."""
CLOSED_WORLDS = int(os.environ.get("COVERAGE_CLOSED_WORLDS", "240"))
"""The same for periods that are closed through the product's own code."""
SIDE_BY_SIDE = (1, 2, 8, 64, 128)
"""So many of these worlds stand in the same resolutions: each closing takes its time."""


TABLES = (
    "mandates_mandate",
    "mandates_facet",
    "mandates_need",
    "assistance_assistancerequest",
    "assistance_requestitem",
    "assistance_activity",
    "assistance_delivery",
    "assistance_deliveryitem",
    "assistance_deliveryneed",
    "assistance_evidence",
    "assistance_reply",
    "assistance_itemmandate",
    "assistance_activitymandate",
    "assistance_activityitem",
)


@dataclass
class Written:
    """Worlds that stand in the tables, seen through `cursor`."""

    cursor: Any
    worlds: list[World]
    today: dt.date
    setting: Setting


@dataclass
class Groups(Written):
    """Worlds in groups, each of which shares its resolutions."""

    groups: list[list[World]]


def _owner() -> psycopg.Connection[Any]:
    """A connection of the owner of the tables, who may change views, to the test database."""
    address = settings.DATABASE_OWNER
    return psycopg.connect(
        host=address["HOST"] or None,
        port=address["PORT"] or None,
        user=address["USER"],
        password=address["PASSWORD"] or None,
        dbname=connection.settings_dict["NAME"],
    )


@pytest.fixture(scope="module")
def many_worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[Written]:
    """Thousands of random worlds, written by the owner in a transaction that is undone."""
    with django_db_blocker.unblock(), _owner() as owner, owner.cursor() as cursor:
        _without_history(cursor)
        written = _written(cursor, SEED, WORLDS)
        cursor.execute("ANALYZE")
        cursor.execute("SELECT coverage_keep()")
        yield written
        owner.rollback()
        # What ANALYZE said of the size of the tables outlives the rollback and would mislead the
        # planner in every test after these.
        owner.autocommit = True
        cursor.execute("VACUUM (ANALYZE)")


@pytest.fixture
def some_worlds(db: None) -> Written:
    """Random worlds in the connection of the web, for what is read through Django."""
    with connection.cursor() as cursor:
        return _written(cursor, SEED + 1, 16)


@pytest.fixture
def worlds_to_close(django_db_setup: None, django_db_blocker: Any) -> Iterator[Groups]:
    """Worlds side by side in resolutions, which Django reads as the owner; undone after."""
    with (
        django_db_blocker.unblock(),
        connected_as_owner(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        _without_history(cursor)
        setting, today = write_setting(cursor), _today(cursor)
        maker, groups, left = WorldMaker(SEED + 2, setting.countries, today), [], CLOSED_WORLDS
        while left:
            groups.append(maker.worlds_side_by_side(min(left, maker.random.choice(SIDE_BY_SIDE))))
            left -= len(groups[-1])
        worlds = [world for group in groups for world in group]
        write_worlds(cursor, setting, worlds)
        cursor.execute("ANALYZE")  # the planner must know of so many rows
        cursor.execute("SELECT coverage_keep()")
        yield Groups(cursor, worlds, today, setting, groups)
        transaction.set_rollback(True)


def _today(cursor: Any) -> dt.date:
    cursor.execute("SELECT (now() AT TIME ZONE 'UTC')::date")
    (today,) = cursor.fetchone()
    assert isinstance(today, dt.date)
    return today


def _written(cursor: Any, seed: int, number: int) -> Written:
    setting, today = write_setting(cursor), _today(cursor)
    maker = WorldMaker(seed, setting.countries, today)
    worlds = [maker.world() for _each in range(number)]
    write_worlds(cursor, setting, worlds)
    return Written(cursor, worlds, today, setting)


def _without_history(cursor: Any) -> None:
    """History is not what is tested, and takes most of the time."""
    cursor.execute(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relname = ANY (%s) AND t.tgname NOT LIKE 'coverage%%'",
        [list(TABLES)],
    )
    for table, trigger in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
