"""The rows of coverage that are kept at hand, as `sql/kept.sql` explains."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import Count, Min
from django.utils import timezone
from psycopg import sql

from assistance.coverage.models import Demand, KeptDemand, KeptWork, Mark, WorkWithoutDemand
from assistance.coverage.window import today

READ: tuple[type[models.Model], ...] = (Demand, WorkWithoutDemand)

LATE = dt.timedelta(minutes=10)
"""What waits longer does so because no worker keeps it: it is tried twice a minute."""


@dataclass(frozen=True)
class Waiting:
    """Changes, and rows that came of age, to be worked out on each reading until they are kept.

    `age` is that of the oldest, zero when nothing waits.
    """

    number: int
    age: dt.timedelta

    @property
    def is_late(self) -> bool:
        """Whether reading stays slow until somebody looks after the worker."""
        return self.age > LATE


def waiting() -> Waiting:
    """What waits to be kept, as the system sees it; three short queries."""
    marks = Mark.objects.aggregate(number=Count("pk"), since=Min("made_at"))
    number, since = marks["number"], [marks["since"]]
    for model in (KeptDemand, KeptWork):
        stale = model.objects.filter(stale_on__lte=today()).aggregate(
            number=Count("pk"), since=Min("stale_on")
        )
        number += stale["number"]
        if stale["since"]:
            since.append(dt.datetime.combine(stale["since"], dt.time(), dt.UTC))
    now = timezone.now()
    return Waiting(number, now - min(filter(None, since), default=now))


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
