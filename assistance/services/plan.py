"""The dates of an activity, and the lock that keeps two writers apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assistance.models import Activity, ActivityStatus
from assistance.services.problems import Problems
from directory.currencies import in_use

IN_FUTURE = _("An actual date can't be still to come; enter it as planned.")


def today_utc() -> dt.date:
    """The current day in UTC, as everything is dated."""
    return dt.datetime.now(dt.UTC).date()


def locked(activity: Activity) -> Activity:
    """The activity as it stands now, locked until the transaction ends."""
    return Activity.objects.select_for_update().get(pk=activity.pk)


def locked_many(keys: Iterable[int]) -> QuerySet[Activity]:
    """Several of them, locked in one order, so that two who do the same wait only once."""
    return Activity.objects.filter(pk__in=list(keys)).select_for_update().order_by("pk")


def dates_by_status(
    status: str, first: dt.date | None, last: dt.date | None
) -> dict[str, dt.date | None]:
    """The two dates of a short form as planned or actual ones.

    Of what is in the pipeline both are planned; of anything else a date that has passed is actual,
    one still to come is planned.
    """
    today = today_utc()
    pipeline = status == ActivityStatus.PIPELINE
    begun = not pipeline and first is not None and first <= today
    ended = begun and last is not None and last <= today
    return {
        "planned_start": None if begun else first,
        "planned_end": None if ended else last,
        "actual_start": first if begun else None,
        "actual_end": last if ended else None,
    }


def check_dates(activity: Activity, problems: Problems) -> None:
    """Dates in order, actual ones not to come, and none that deny the status."""
    today = today_utc()
    for prefix, message in (
        ("planned", _("The planned end must not be before the planned start.")),
        ("actual", _("The actual end must not be before the actual start.")),
    ):
        first, last = (
            getattr(activity, f"{prefix}_start"),
            getattr(activity, f"{prefix}_end"),
        )
        if first and last and last < first:
            problems.add(f"{prefix}_end", message)
    for field in ("actual_start", "actual_end"):
        value = getattr(activity, field)
        if value and value > today:
            problems.add(field, IN_FUTURE)
    if activity.actual_end and not activity.actual_start:
        problems.add("actual_start", _("Enter the actual start of what has ended."))
    if activity.status == ActivityStatus.PIPELINE and activity.actual_start:
        problems.add(
            "status",
            _("It has begun, so it is no longer in the pipeline; choose another status."),
        )


def check_cost(activity: Activity, problems: Problems) -> None:
    """An amount has its currency, and a currency its amount."""
    if activity.cost is None:
        if activity.currency:
            problems.add("cost", _("Give the amount, or no currency."))
    elif activity.cost < 0:
        problems.add("cost", _("The cost is 0 or more."))
    elif not activity.currency:
        problems.add("currency", _("Say in which currency the cost is."))
    elif activity.currency not in in_use():
        problems.add(
            "currency",
            _("“%(value)s” is no currency in use; give its code after ISO 4217.")
            % {"value": activity.currency},
        )
