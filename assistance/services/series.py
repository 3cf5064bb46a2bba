"""Copies of an activity and series of them, and links copied from one activity to others."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    ActivityStatus,
    LinkState,
    RequestOutcome,
    Series,
)
from assistance.services.activities import log_activity, send_for_approval
from assistance.services.links import WHOLE, item_fits, propose_link, share_out
from assistance.services.parts import MandateLink
from assistance.services.plan import locked, locked_many
from directory import policy
from mandates.services.lineage import is_superseded

if TYPE_CHECKING:
    from directory.models import User

MOST_COPIES = 24
NUMBERED = re.compile(r" \(\d+\)$")
COPIED = (
    *("description", "kind", "unit", "project_code", "place", "language", "visibility"),
    *("cost", "currency"),
)


class Every(models.TextChoices):
    """The unit in which the copies of a series follow each other."""

    WEEKS = "weeks", _("weeks")
    MONTHS = "months", _("months")


@dataclass(frozen=True)
class Copy:
    """A copy to make: its title and planned days, if any."""

    title: str
    planned_start: dt.date | None
    planned_end: dt.date | None


def planned_copies(
    activity: Activity,
    *,
    number: int = 1,
    first: dt.date | None = None,
    every: int = 1,
    unit: str = Every.MONTHS,
) -> list[Copy]:
    """What `make_copies` would make: titles numbered, each as long as the original.

    `first` is the planned start of the first copy; without it the copies have no days.
    """
    start = activity.actual_start or activity.planned_start
    end = activity.actual_end or activity.planned_end
    length = end - start if start and end and end >= start else None
    base = NUMBERED.sub("", activity.title)
    taken = activity.series.activities.count() if activity.series else 1
    copies = []
    for n in range(number):
        mark = f" ({taken + n + 1})"
        begins = _later(first, n * every, unit) if first else None
        copies.append(
            Copy(
                title=base[: 250 - len(mark)] + mark,
                planned_start=begins,
                planned_end=begins + length if begins and length is not None else None,
            )
        )
    return copies


def links_to_copy(
    activity: Activity,
) -> tuple[Sequence[ActivityMandate], Sequence[ActivityItem]]:
    """The links others take over: to mandates in force and to open items, but for rejected ones."""
    mandates = activity.mandate_links.exclude(state=LinkState.REJECTED)
    items = activity.item_links.exclude(state=LinkState.REJECTED)
    return (
        [
            link
            for link in mandates.select_related("mandate__paragraph__resolution")
            if not is_superseded(link.mandate)
        ],
        list(items.filter(item__outcome=RequestOutcome.OPEN).select_related("item__request")),
    )


@transaction.atomic
def make_copies(
    *,
    activity: Activity,
    by: User,
    number: int = 1,
    first: dt.date | None = None,
    every: int = 1,
    unit: str = Every.MONTHS,
    send: bool = False,
) -> list[Activity]:
    """Copies in the pipeline with plan, shares and links, without deliveries, evidence or yes.

    Their links are proposed anew. Several copies are one series with the original, and so is any
    copy of what is in one already.
    """
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, activity)
    if not 1 <= number <= MOST_COPIES or every < 1:
        raise ValidationError(
            {"number": _("Make 1 to %(most)d copies at once.") % {"most": MOST_COPIES}}
        )
    original = locked(activity)
    copies = planned_copies(original, number=number, first=first, every=every, unit=unit)
    if number > 1 and original.series is None:
        original.series = Series.objects.create(created_by=by)
        original.save(update_fields=["series"])
    mandates, items = links_to_copy(original)
    split = sum(link.share or 0 for link in mandates) == WHOLE
    states = {row.country: row.share for row in original.country_rows.select_related("country")}
    made = []
    for one in copies:
        copy = log_activity(
            by=by,
            title=one.title,
            status=ActivityStatus.PIPELINE,
            planned_start=one.planned_start,
            planned_end=one.planned_end,
            countries=list(states),
            partners=list(original.partners.all()),
            mandates=[
                MandateLink(link.mandate, link.weight, link.share if split else None, link.reason)
                for link in mandates
            ],
            items=[link.item for link in items],
            series=original.series,
            demonstration=original.demonstration,
            **{name: getattr(original, name) for name in COPIED},  # type: ignore[arg-type]
        )
        share_out(activity=copy, by=by, states=states)
        made.append(send_for_approval(activity=copy, by=by) if send else copy)
    return made


@transaction.atomic
def copy_links(
    *, from_activity: Activity, to_activities: Iterable[Activity], by: User
) -> dict[Activity, list[ActivityMandate | ActivityItem]]:
    """The links of one activity (`links_to_copy`) proposed for others; gives each one's new links.

    Weights go along, shares do not: an activity that is split over mandates by shares is left as it
    is. So are links that are there already, whatever was decided of them, and items that do not fit
    the other: of a State it does not name, or confidential while it is public.
    """
    policy.authorise(by, policy.Permission.LINK)
    mandates, items = links_to_copy(from_activity)
    reason = gettext("As for “%(title)s”.") % {"title": from_activity.title}
    copied: dict[Activity, list[ActivityMandate | ActivityItem]] = {}
    for other in locked_many(one.pk for one in to_activities):
        there = list(other.mandate_links.all())
        copied[other] = []
        if other == from_activity or any(link.share is not None for link in there):
            continue
        taken = {link.mandate_id for link in there}
        answered = set(other.item_links.values_list("item_id", flat=True))
        things: list[dict[str, Any]] = [
            {"mandate": link.mandate, "weight": link.weight}
            for link in mandates
            if link.mandate_id not in taken
        ]
        things += [
            {"item": link.item}
            for link in items
            if link.item_id not in answered and item_fits(link.item, other)
        ]
        copied[other] = [
            propose_link(by=by, activity=other, reason=reason, **thing)  # type: ignore[misc]
            for thing in things
        ]
    return copied


def _later(day: dt.date, steps: int, unit: str) -> dt.date:
    """A day some weeks or months on; the last of a month where it has no such day."""
    if unit == Every.WEEKS:
        return day + dt.timedelta(weeks=steps)
    years, month = divmod(day.month - 1 + steps, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
