"""The rows of coverage that are kept at hand, as `sql/kept.sql` explains."""

from __future__ import annotations

from django.db import connection, models
from psycopg import sql

from assistance.coverage.models import Demand, WorkWithoutDemand

READ: tuple[type[models.Model], ...] = (Demand, WorkWithoutDemand)


def keep() -> int:
    """Work out again what was changed, and keep it; how many parts that were.

    0 when nothing was, or when another does it just now.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coverage_keep()")
        (number,) = cursor.fetchone()
    return int(number)


def keep_all() -> int:
    """The same for every part: after rows were written with triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coverage_mark_all()")
    return keep()


def disagreements() -> list[str]:
    """The keys whose row is read otherwise than the definition says: none, unless there is a bug.

    Works out every row there is.
    """
    found: list[str] = []
    for model in READ:
        view = model._meta.db_table
        query = sql.SQL(
            "WITH said AS (SELECT {columns} FROM {view}),"
            " meant AS (SELECT {columns} FROM {defined})"
            " SELECT key FROM (TABLE said EXCEPT TABLE meant) AS more"
            " UNION SELECT key FROM (TABLE meant EXCEPT TABLE said) AS less ORDER BY key"
        ).format(
            columns=sql.SQL(", ").join(
                [sql.Identifier(str(field.column)) for field in model._meta.concrete_fields]
            ),
            view=sql.Identifier(view),
            defined=sql.Identifier(f"{view}_defined"),
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            found += [f"{view} {key}" for (key,) in cursor.fetchall()]
    return found
