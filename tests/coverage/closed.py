"""What a closed period freezes and what counts as revised since, from the sentences of the design.

The second writing of `assistance/coverage/period.py` and `revisions.py`, as `oracle` is of the
view.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.coverage import oracle
from tests.coverage.oracle import Row
from tests.coverage.world import Paragraph, Resolution, World

Place = tuple[str, str]
"""The kind and the key of a row."""

STAGES = ("planned_on", "started_on", "delivered_on", "evidenced_on")


@dataclass(frozen=True)
class Period:
    """A period of a resolution, both days inclusive."""

    resolution: Resolution
    first: dt.date
    last: dt.date

    def by_then(self, day: dt.date | None) -> str | None:
        """ "What came after the last day is cut off"."""
        return day.isoformat() if day is not None and day <= self.last else None


def closed_rows(
    world: World, demands: list[Row], work: list[Row], period: Period, states: Mapping[int, str]
) -> dict[Place, Row]:
    """ "A row for each mandate, each demand that had opened by the last day, each activity under a
    mandate without a recorded request, and each delivery of the period that counts under a
    mandate". `states` are ISO codes by key."""
    found: dict[Place, Row] = {}
    mandates = {m.id: m for m in world.mandates if m.paragraph.resolution is period.resolution}
    for mandate in mandates.values():
        counted = oracle.is_counted(mandate)
        found["mandate", f"m{mandate.id}"] = {
            "status": "no_demand" if counted else "not_applicable",
            "paragraphs": [one.number for one in lineage_of(mandate.paragraph)],
            "position": 2 * int(mandate.paragraph.number.split()[0])
            + ("(" in mandate.paragraph.number),
            "ordinal": mandate.ordinal,
            "kind_of_clause": mandate.kind,
            "basis": mandate.basis,
            "counted": counted,
        }
    for row in demands:
        if row["mandate_id"] in mandates and row["opened_on"] <= period.last:
            paragraph = mandates[row["mandate_id"]].paragraph.number
            found["demand", row["key"]] = {
                "mandate": f"m{row['mandate_id']}",
                "paragraph": paragraph,
                **_demand(world, row, period, states),
            }
    for row in work:
        stage = oracle.stage_on(row, period.last)
        alone = row["until"] is None or row["until"] > period.last
        if row["mandate_id"] in mandates and alone and stage is not None:
            found["work", row["key"]] = {
                "status": stage,
                "mandate": f"m{row['mandate_id']}",
                "paragraph": mandates[row["mandate_id"]].paragraph.number,
                "activities": [row["activity_id"]],
                **{name: period.by_then(row[name]) for name in STAGES},
            }
    for delivery in world.deliveries:
        under = [
            mandate
            for mandate in mandates.values()
            if oracle.is_counted(mandate)
            and delivery.activity in oracle.serving_activities(world, mandate, None)
            and mandate.paragraph.resolution.adopted_on <= delivery.on
            and not oracle.is_superseded(mandate, delivery.on)
        ]
        within = period.first <= delivery.on <= period.last
        approved = oracle.is_approved_delivery(delivery)
        if under and within and approved and not oracle.is_objected(delivery):
            found["delivery", f"d{delivery.id}"] = {
                "status": "evidenced" if oracle.is_evidenced(delivery) else "delivered",
                "mandates": sorted(f"m{mandate.id}" for mandate in under),
                "activities": [delivery.activity.id],
                "deliveries": [delivery.id],
                "states": [states[delivery.country]] if delivery.country else [],
                "began_on": None,
                "on": delivery.on.isoformat(),
                "kind_of_delivery": delivery.kind,
                "visibility": "internal",
            }
    return found


def lineage_of(paragraph: Paragraph) -> list[Paragraph]:
    """The paragraph and those it stands in."""
    return [paragraph] + (lineage_of(paragraph.parent) if paragraph.parent else [])


def _demand(world: World, row: Row, period: Period, states: Mapping[int, str]) -> Row:
    item = next((one for one in world.items if one.id == row["item_id"]), None)
    made = [
        one for one in world.deliveries if one.id in row["delivery_ids"] and one.on <= period.last
    ]
    approved = {
        one.id
        for one in world.activities
        if any(on <= period.last for on, _itself in one.approvals)
    }
    ended = period.by_then(row["ended_on"])
    return {
        "status": oracle.demand_status(row, period.last),
        "owed_for": row["kind"],
        "request": f"TA-1999-{item.request.id}" if item else None,
        "n": item.id % 30_000 if item else None,
        "item": row["item_id"],
        "need": row["need_id"],
        "round": row["round"],
        "states": sorted(states[pk] for pk in row["country_ids"]),
        "opened_on": row["opened_on"].isoformat(),
        "ended_on": ended,
        "ended_by": row["ended_by"] if ended else "",
        "counted": oracle.is_in_figures(row, period.first, period.last),
        **{name: period.by_then(row[name]) for name in STAGES},
        "activities": [
            pk for pk in row["activity_ids"] if pk in approved | {one.activity.id for one in made}
        ],
        "deliveries": sorted(one.id for one in made),
        "flags": [flag for flag in oracle.FLAGS if row[flag]],
    }


def hash_of(symbol: str, definition: str, period: Period, rows: Mapping[Place, Row]) -> str:
    """ "SHA-256 over lines of JSON in UTF-8, joined by a line feed" (docs/coverage.md)."""
    lines: list[dict[str, Any]] = [
        {
            "definition": definition,
            "from": period.first.isoformat(),
            "resolution": symbol,
            "to": period.last.isoformat(),
        }
    ]
    lines += [{"kind": kind, "key": key, **rows[kind, key]} for kind, key in sorted(rows)]
    written = [
        json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for line in lines
    ]
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


TELLING = (
    *("status", "counted", "kind_of_clause", "basis", "opened_on", "ended_on", "ended_by"),
    *("delivered_on", "evidenced_on", "states", "deliveries", "mandates", "on"),
)


def revised(before: Mapping[Place, Row], after: Mapping[Place, Row]) -> dict[Place, list[str]]:
    """ "the rows whose status, days, States, deliveries, clauses, basis or counting differ", and
    in what."""
    found = {}
    for place in before.keys() | after.keys():
        was, now = before.get(place), after.get(place)
        if was is None or now is None:
            found[place] = ["row"]
        elif differs := [name for name in TELLING if was.get(name) != now.get(name)]:
            found[place] = differs
    return found
