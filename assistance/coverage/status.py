"""Statuses and the rules that roll them up: from demands to mandates, paragraphs, resolutions.

The stage days come from the view `coverage_demand`; what follows from them stands here, once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from assistance.coverage.versions import VERSIONS
from directory.statuses import Status

__all__ = [
    "DEFINITION",
    "OF_DEMANDS",
    "SERVED",
    "STAGES",
    "Dated",
    "Status",
    "Tested",
    "furthest_stage",
    "roll_up",
    "status_of_demand",
    "tests_of",
]

DEFINITION = VERSIONS[-1].number
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
    tested = tests_of(open_demands)
    if not tested:
        if ever_had_demand or without_request is None:
            return Status.NO_DEMAND
        return without_request
    return next(test.status for test in tested if test.holds)


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of the rule: the status it gives, how many demands speak for it, the answer."""

    status: Status
    number: int
    holds: bool


def tests_of(open_demands: Mapping[Status, int] | Iterable[Status]) -> list[Tested]:
    """The tests of the rule in their order; the first that holds gives the status.

    Nothing where no demand is open.
    """
    counts = Counter(
        dict(open_demands) if isinstance(open_demands, Mapping) else Counter(open_demands)
    )
    total = counts.total()
    if total == 0:
        return []
    shown = counts[Status.EVIDENCED]
    served = shown + counts[Status.DELIVERED]
    begun = served + counts[Status.UNDER_WAY]
    planned = begun + counts[Status.PLANNED]
    return [
        Tested(Status.EVIDENCED, shown, shown == total),
        Tested(Status.DELIVERED, served, served == total),
        Tested(Status.UNDER_WAY, begun, begun > 0),
        Tested(Status.PLANNED, planned, planned > 0),
        Tested(Status.UNMET, total, True),
    ]
