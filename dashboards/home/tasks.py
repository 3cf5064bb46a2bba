"""One thing that waits for somebody, with the one act that settles it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, QuerySet, Window


@dataclass(frozen=True)
class Task:
    """A row of a home page. `due` orders it; `since` is the day it began to wait."""

    title: str
    words: str
    act: str
    url: str
    due: dt.date | None = None
    since: dt.date | None = None
    thing_url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Some:
    """The first of many, how many there are, of how many the day passed, where all are listed."""

    first: Sequence[Any]
    number: int
    late: int = 0
    url: str = ""

    @property
    def more(self) -> int:
        """How many are not among the first."""
        return self.number - len(self.first)


def some_of(rows: QuerySet[Any], most: int, url: str = "") -> Some:
    """The first of some rows. One query, and its prefetches."""
    found = list(rows.annotate(all_of_them=Window(Count("pk")))[:most])
    return Some(found, found[0].all_of_them if found else 0, url=url)


def due_of(rows: QuerySet[Any], most: int, *, day: dt.date) -> Some:
    """The first of some rows by `due`, which they have as a column. One query."""
    late = Window(Count("pk", filter=Q(due__lt=day)))
    some = some_of(rows.annotate(all_late=late).order_by("due", "pk"), most)
    return replace(some, late=some.first[0].all_late if some.first else 0)


@dataclass(frozen=True)
class Pile:
    """Many things of one kind, to be worked off in one go."""

    number: int
    title: str
    words: str
    act: str
    url: str
