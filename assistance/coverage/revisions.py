"""What was corrected since a period was closed: row by row, before and after, and by which act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from assistance.coverage.acts import Act, Rests, done
from assistance.coverage.made import rows_now, rows_of
from assistance.coverage.models import Closing, RowKind
from assistance.coverage.period import PeriodRow, rows_of_closing, rows_of_period
from assistance.coverage.window import Window
from mandates.models import Mandate

# The parts of a row that are the period's own. Flags stand as of the day of closing, and plans and
# starts are told by the status: an activity that is closed in good time has revised nothing.
TOLD = (
    *("counted", "kind_of_clause", "basis"),
    *("opened_on", "ended_on", "ended_by", "delivered_on", "evidenced_on"),
    *("states", "deliveries"),
    *("mandates", "began_on", "on", "kind_of_delivery"),
)

MAY_BE_REVISED = Path(__file__).parent / "sql" / "may_be_revised.sql"
LONGEST_ACT = dt.timedelta(minutes=1)
"""History carries the moment an act began: one under way while the period was closed comes too."""


@dataclass(frozen=True)
class Revision:
    """A row that is no longer as it was closed; `before` or `after` is None where it is not there.

    `changed` names the parts that differ, `acts` what was done since to what it rests on.
    """

    key: str
    kind: RowKind
    before: PeriodRow | None
    after: PeriodRow | None
    changed: Sequence[str]
    acts: Sequence[Act]

    @property
    def row(self) -> PeriodRow:
        """The row as it is now, else as it was."""
        row = self.after or self.before
        assert row is not None
        return row


def revisions_of(closing: Closing) -> list[Revision]:
    """The rows of a closing that differ when the period is worked out today."""
    window = Window(closing.first, closing.last)
    keys = _worth_comparing(closing)
    was = {(row.kind, row.key): row for row in rows_of_closing(closing, keys)}
    today = rows_of_period(closing.resolution, window, keys)
    if closing.keeps_deliveries:
        today += rows_of(rows_now(closing.resolution, window).filter(key__in=keys))
    now = {(row.kind, row.key): row for row in today}
    pairs = {place: (was.get(place), now.get(place)) for place in sorted({*was, *now})}
    changed = {place: _changed(*pair) for place, pair in pairs.items()}
    pairs = {place: pair for place, pair in pairs.items() if changed[place]}
    mandates = dict(
        Mandate.objects.filter(paragraph__resolution=closing.resolution_id).values_list(
            "identifier", "pk"
        )
    )
    acts = done(
        {key: _rests(pair, mandates) for (_kind, key), pair in pairs.items()},
        since=closing.closed_at - LONGEST_ACT,
    )
    return [
        Revision(key, kind, before, after, changed[kind, key], acts.get(key, []))
        for (kind, key), (before, after) in pairs.items()
    ]


def _worth_comparing(closing: Closing) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            MAY_BE_REVISED.read_text(encoding="utf-8"),
            {
                "closing": closing.pk,
                "resolution": closing.resolution_id,
                "last": closing.last,
            },
        )
        found = [key for (key,) in cursor.fetchall()]
    return [*found, *_deliveries_worth_comparing(closing)] if closing.keeps_deliveries else found


def _deliveries_worth_comparing(closing: Closing) -> list[str]:
    now = rows_now(closing.resolution, Window(closing.first, closing.last))
    worked_out, given = now.order_by().values("key", "status", "row").query.sql_with_params()
    compared = f"""
        SELECT key
        FROM (
            SELECT key, status::text, "row" FROM coverage_closedrow
            WHERE closing_id = %s AND kind = %s
        ) AS was
        FULL JOIN ({worked_out}) AS now USING (key)
        WHERE (was.status, was."row") IS DISTINCT FROM (now.status, now."row")
    """  # noqa: S608  (what is put in was written by Django)
    with connection.cursor() as cursor:
        cursor.execute(compared, [closing.pk, RowKind.DELIVERY.value, *given])
        return [key for (key,) in cursor.fetchall()]


def _changed(before: PeriodRow | None, after: PeriodRow | None) -> list[str]:
    """The parts that differ; "row" when it is there only before or only after."""
    if before is None or after is None:
        return ["row"]
    found = ["status"] if before.status != after.status else []
    return found + [name for name in TOLD if before.row.get(name) != after.row.get(name)]


def _rests(pair: tuple[PeriodRow | None, PeriodRow | None], mandates: dict[str, int]) -> Rests:
    rests = Rests()
    for row in pair:
        if row is None:
            continue
        clauses = row.row.get("mandates") or [row.row.get("mandate", row.key)]
        rests.mandate |= {mandates[one] for one in clauses if one in mandates}
        rests.item |= {row.row["item"]} if row.row.get("item") else set()
        rests.need |= {row.row["need"]} if row.row.get("need") else set()
        rests.activities |= set(row.row.get("activities", ()))
        rests.deliveries |= set(row.row.get("deliveries", ()))
    return rests
