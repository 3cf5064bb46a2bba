"""Counting the rows of the view by mandate: one query, whatever is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import EndedBy
from assistance.coverage.querysets import (
    DemandQuerySet,
    WorkWithoutDemandQuerySet,
    has_ended_in,
    is_counted_in,
    is_open_on,
    is_opened_by,
    status_on,
)
from assistance.coverage.status import OF_DEMANDS, SERVED, Status, roll_up
from assistance.coverage.window import Window


@dataclass(slots=True)
class Tally:
    """How many demands stand where, of one mandate or of several added up.

    `open` are all demands open on the last day, which make the status; `counted` those the figures
    count: open on the last day, less those served before the first. `stages` are the furthest
    stages of work without a demand.
    """

    opened: int = 0
    open: Counter[Status] = field(default_factory=Counter)
    counted: Counter[Status] = field(default_factory=Counter)
    flags: Counter[Flag] = field(default_factory=Counter)
    ended: Counter[EndedBy] = field(default_factory=Counter)
    stages: Counter[Status] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.opened + other.opened,
            self.open + other.open,
            self.counted + other.counted,
            self.flags + other.flags,
            self.ended + other.ended,
            self.stages + other.stages,
        )

    @property
    def demands(self) -> int:
        """How many demands the figures count."""
        return self.counted.total()

    @property
    def served(self) -> int:
        """How many of them are delivered or evidenced."""
        return sum(self.counted[status] for status in SERVED)

    def status(self, *, counted: bool) -> Status:
        """The status of the mandate or paragraph that these demands are owed under."""
        return roll_up(
            self.open,
            counted=counted,
            ever_had_demand=self.opened > 0,
            without_request=next((s for s in Status if self.stages[s]), None),
        )


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them added up."""
    return sum(tallies, Tally())


def tally_by_mandate(
    demands: DemandQuerySet, work: WorkWithoutDemandQuerySet, window: Window
) -> dict[int, Tally]:
    """The tally of each mandate that has rows; two queries."""
    in_figures = is_counted_in(window)
    counts: dict[str, Count] = {"opened": Count("key", filter=is_opened_by(window.last))}
    for status in OF_DEMANDS:
        standing = Q(status=status.value)
        counts[f"open_{status}"] = Count("key", filter=is_open_on(window.last) & standing)
        counts[f"counted_{status}"] = Count("key", filter=in_figures & standing)
    for flag in DEMAND_FLAGS:
        counts[f"flag_{flag}"] = Count("key", filter=in_figures & Q(**{flag.value: True}))
    for reason in EndedBy:
        counts[f"ended_{reason}"] = Count("key", filter=has_ended_in(window) & Q(ended_by=reason))
    rows = demands.as_of(window.last).order_by().values("mandate_id").annotate(**counts)
    tallies = {row["mandate_id"]: _tally(row) for row in rows}
    _add_work(tallies, work, window)
    return tallies


def _tally(row: Mapping[str, Any]) -> Tally:
    """The counts of one row, zeroes left out."""
    return Tally(
        row["opened"],
        Counter({s: n for s in OF_DEMANDS if (n := row[f"open_{s}"])}),
        Counter({s: n for s in OF_DEMANDS if (n := row[f"counted_{s}"])}),
        Counter({f: n for f in DEMAND_FLAGS if (n := row[f"flag_{f}"])}),
        Counter({r: n for r in EndedBy if (n := row[f"ended_{r}"])}),
    )


def _add_work(tallies: dict[int, Tally], work: WorkWithoutDemandQuerySet, window: Window) -> None:
    """Adds the work for which no request is recorded, at its furthest stage."""
    rows: Any = work.without_request(window.last).annotate(status=status_on(window.last))
    rows = rows.order_by().values("mandate_id", "status").annotate(number=Count("key"))
    for row in rows:
        tally = tallies.setdefault(row["mandate_id"], Tally())
        tally.flags[Flag.NO_RECORDED_REQUEST] += row["number"]
        tally.stages[Status(row["status"])] += row["number"]
