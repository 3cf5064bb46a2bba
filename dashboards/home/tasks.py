"""One thing that waits for somebody, with the one act that settles it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


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

    def is_late(self, day: dt.date) -> bool:
        """Whether its day has passed."""
        return self.due is not None and self.due < day


@dataclass(frozen=True)
class Pile:
    """Many things of one kind, to be worked off in one go."""

    number: int
    title: str
    words: str
    act: str
    url: str
