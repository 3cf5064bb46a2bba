"""Statuses and the rules that roll them up: from demands to mandates, paragraphs, resolutions.

The stage days come from the view `coverage_demand`; what follows from them stands here, once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from directory.statuses import Status

__all__ = [
    "DEFINITION",
    "OF_DEMANDS",
    "SERVED",
    "STAGES",
    "Dated",
    "Status",
    "furthest_stage",
    "roll_up",
    "status_of_demand",
]

DEFINITION = "1.0"
"""The version of the definition, printed with every export."""

SERVED = frozenset({Status.EVIDENCED, Status.DELIVERED})
OF_DEMANDS = (
    Status.EVIDENCED,
    Status.DELIVERED,
    Status.UNDER_WAY,
    Status.PLANNED,
    Status.UNMET,
)
"""The statuses a demand can have, furthest first."""

STAGES: Mapping[Status, str] = {
    Status.EVIDENCED: "evidenced_on",
    Status.DELIVERED: "delivered_on",
    Status.UNDER_WAY: "started_on",
    Status.PLANNED: "planned_on",
}
"""The day that makes each status true, furthest stage first."""


class Dated(Protocol):
    """Anything with the stage days of the view."""

    planned_on: dt.date | None
    started_on: dt.date | None
    delivered_on: dt.date | None
    evidenced_on: dt.date | None


def furthest_stage(row: Dated, day: dt.date) -> Status | None:
    """The highest stage whose day is on or before `day`, or None when none is."""
    for status, attribute in STAGES.items():
        reached: dt.date | None = getattr(row, attribute)
        if reached is not None and reached <= day:
            return status
    return None


def status_of_demand(row: Dated, day: dt.date) -> Status:
    """The status of a demand on a day."""
    return furthest_stage(row, day) or Status.UNMET


def roll_up(
    open_demands: Mapping[Status, int] | Iterable[Status],
    *,
    counted: bool = True,
    ever_had_demand: bool = True,
    without_request: Status | None = None,
) -> Status:
    """The status of a mandate or paragraph, from how many open demands stand at each status.

    `without_request` is the furthest stage of approved activities linked to it, which speaks only
    when it never had a demand.
    """
    if not counted:
        return Status.NOT_APPLICABLE
    counts = Counter(
        dict(open_demands) if isinstance(open_demands, Mapping) else Counter(open_demands)
    )
    total = counts.total()
    if total == 0:
        if ever_had_demand or without_request is None:
            return Status.NO_DEMAND
        return without_request
    if counts[Status.EVIDENCED] == total:
        return Status.EVIDENCED
    served = counts[Status.EVIDENCED] + counts[Status.DELIVERED]
    if served == total:
        return Status.DELIVERED
    if served or counts[Status.UNDER_WAY]:
        return Status.UNDER_WAY
    return Status.PLANNED if counts[Status.PLANNED] else Status.UNMET
