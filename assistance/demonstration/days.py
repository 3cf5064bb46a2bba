"""Days as the data files write them: a date, days before today (-41), days to come ("+75")."""

import datetime as dt

from django.utils import timezone

Day = dt.date | int | str


def day_of(written: Day) -> dt.date:
    """The date that is meant, counted from today in UTC."""
    if isinstance(written, dt.date):
        return written
    if isinstance(written, str) and not written.startswith(("+", "-")):
        return dt.date.fromisoformat(written)
    return timezone.now().date() + dt.timedelta(days=int(written))


def moment_of(written: Day, *, hour: int = 9) -> dt.datetime:
    """A moment in office hours of that day, never one to come."""
    day = day_of(written)
    moment = dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)
    return min(moment, timezone.now())
