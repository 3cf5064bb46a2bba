"""What was said on a day: each night the demands whose row changed are recorded.

"As of a day" reads the record as it stands now; "what did we say on a day" reads these.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from assistance.coverage.models import CoverageRecord, Demand
from assistance.coverage.status import DEFINITION, status_of_demand
from directory.viewer import SYSTEM, viewing_as
from mandates.models import Resolution

COLUMNS = [field.attname for field in Demand._meta.concrete_fields]


def record_changes(day: dt.date) -> int:
    """Record, as of a day, the demands that changed since their last record; how many did.

    Run again on the same day it replaces what it recorded. A demand that is no longer there is
    recorded once as gone, with its last row.
    """
    with viewing_as(SYSTEM):  # a demand that is hidden from somebody must not be recorded as gone
        return sum(_record_resolution(resolution, day) for resolution in Resolution.objects.all())


@transaction.atomic
def _record_resolution(resolution: Resolution, day: dt.date) -> int:
    """The changes of one resolution: three statements, whatever its size."""
    last = {
        record.demand: record
        for record in CoverageRecord.objects.filter(resolution=resolution).latest_by(day)
    }
    changed = []
    for demand in Demand.objects.filter(resolution=resolution).order_by("key"):
        status = status_of_demand(demand, day).value
        row = as_json(demand)
        known = last.pop(demand.key, None)
        if known is None or _differs(known, status, row):
            changed.append(_record(resolution, day, demand.key, status, row))
    changed += [
        _record(resolution, day, known.demand, known.status, known.row, gone=True)
        for known in last.values()
        if not known.gone
    ]
    CoverageRecord.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["demand", "recorded_on"],
        update_fields=["definition", "status", "gone", "row"],
        batch_size=1000,
    )
    return len(changed)


def as_json(demand: Demand) -> dict[str, Any]:
    """The row of the view as it is kept: days as text."""
    values = {name: getattr(demand, name) for name in COLUMNS}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in values.items()
    }


def _differs(known: CoverageRecord, status: str, row: dict[str, Any]) -> bool:
    return (known.gone, known.definition, known.status, known.row) != (
        False,
        DEFINITION,
        status,
        row,
    )


def _record(
    resolution: Resolution,
    day: dt.date,
    demand: str,
    status: str,
    row: dict[str, Any],
    *,
    gone: bool = False,
) -> CoverageRecord:
    return CoverageRecord(
        recorded_on=day,
        definition=DEFINITION,
        demand=demand,
        resolution=resolution,
        status=status,
        gone=gone,
        row=row,
    )
