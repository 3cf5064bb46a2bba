"""Against what a period's figures are compared: the one place that chooses the basis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistance.coverage.figures import ResolutionFigures, statuses_on
from assistance.coverage.status import Status
from assistance.coverage.window import Window

if TYPE_CHECKING:
    from directory.policy import Person


@dataclass(frozen=True, slots=True)
class Previous:
    """How things stood on an earlier day; `statuses` are the paragraphs' by key."""

    day: dt.date
    statuses: Mapping[int, Status]


def previous_status(
    figures: ResolutionFigures, *, user: Person, filters: Mapping[str, str] | None = None
) -> Previous | None:
    """What the figures are compared with; None when the period has no earlier day to compare.

    The basis is the last day of the quarter before, as the record stands now.
    """
    day = end_of_quarter_before(figures.window)
    if day is None:
        return None
    return Previous(day, statuses_on(figures, day, user=user, filters=filters))


def end_of_quarter_before(window: Window) -> dt.date | None:
    """The last day of the quarter before that of the period's last day, if it lies within."""
    last = window.last
    first_of_quarter = last.replace(month=3 * ((last.month - 1) // 3) + 1, day=1)
    if first_of_quarter <= window.first:
        return None
    return first_of_quarter - dt.timedelta(days=1)
