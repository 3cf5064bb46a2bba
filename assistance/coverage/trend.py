"""Against what a period's figures are compared: the one place that chooses the basis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistance.coverage.closing import latest_closing
from assistance.coverage.figures import ResolutionFigures, statuses_on
from assistance.coverage.models import Closing
from assistance.coverage.status import Status
from assistance.coverage.window import Window
from directory import policy

if TYPE_CHECKING:
    from directory.policy import Person


@dataclass(frozen=True, slots=True)
class Previous:
    """How things stood on an earlier day; `statuses` are the paragraphs' by key.

    `closing` is the closed period that ends on the day, if it was chosen for that.
    """

    day: dt.date
    statuses: Mapping[int, Status]
    closing: Closing | None = None


def previous_status(
    figures: ResolutionFigures, *, user: Person, filters: Mapping[str, str] | None = None
) -> Previous | None:
    """What the figures are compared with; None when the period has no earlier day to compare.

    The basis is the last day of the last closed period, if it lies within the period and before its
    last day, else that of the quarter before. The statuses are those that were closed; with
    `filters`, for those who read their own rows only, and without a closing they are those of the
    record as it stands now.
    """
    window = figures.window
    closing = latest_closing(figures.resolution, before=window.last)
    if closing is None or closing.last < window.first:
        day = end_of_quarter_before(window)
        if day is None:
            return None
        return Previous(day, statuses_on(figures, day, user=user, filters=filters))
    if filters or not policy.may(user, policy.Permission.READ_ALL_REQUESTS):
        statuses = statuses_on(figures, closing.last, user=user, filters=filters)
    else:
        closed = {one["number"]: Status(one["status"]) for one in closing.public["paragraphs"]}
        statuses = {
            row.paragraph.pk: closed.get(row.number, Status.NOT_APPLICABLE)
            for row in figures.paragraphs
        }
    return Previous(closing.last, statuses, closing)


def end_of_quarter_before(window: Window) -> dt.date | None:
    """The last day of the quarter before that of the period's last day, if it lies within."""
    last = window.last
    first_of_quarter = last.replace(month=3 * ((last.month - 1) // 3) + 1, day=1)
    if first_of_quarter <= window.first:
        return None
    return first_of_quarter - dt.timedelta(days=1)
