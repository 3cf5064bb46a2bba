"""Asked and served over time: the figures of each quarter's last day, drawn as two areas."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from assistance.coverage.window import Window

WIDTH, HEIGHT = 320, 116


class Life(Protocol):
    """The days of a demand that the picture needs."""

    opened_on: dt.date
    ended_on: dt.date | None
    delivered_on: dt.date | None


@dataclass(frozen=True)
class Point:
    """The figures as of one day."""

    day: dt.date
    asked: int
    served: int


@dataclass(frozen=True)
class Tick:
    """A year on the axis."""

    year: int
    x: float


@dataclass(frozen=True)
class Chart:
    """The picture and the table beside it."""

    points: list[Point]
    asked_area: str
    served_area: str
    ticks: list[Tick]
    asked_y: float
    served_y: float

    @property
    def served_label_y(self) -> float:
        """Where the word of the lower area stands: level with it, clear of the axis."""
        return min(max(self.served_y + 4, 10), HEIGHT)

    @property
    def asked_label_y(self) -> float:
        """Where the word of the upper area stands: level with it, clear of the lower one's."""
        return max(min(self.asked_y + 4, self.served_label_y - 15), 10)

    @property
    def last(self) -> Point:
        """The figures of the last day."""
        return self.points[-1]

    @property
    def table(self) -> list[Point]:
        """One row a year, and the last day."""
        return [p for p in self.points[:-1] if (p.day.month, p.day.day) == (12, 31)] + [self.last]


def asked_and_served(lives: Iterable[Life], window: Window) -> Chart:
    """The figures of the period as they grew, quarter by quarter."""
    growth = _Growth(lives, window.first)
    points = [growth.on(day) for day in _days(window)]
    top = max([point.asked for point in points] + [1])
    length = max((window.last - window.first).days, 1)

    def x(day: dt.date) -> float:
        return round(WIDTH * (day - window.first).days / length, 1)

    def y(number: int) -> float:
        return round(HEIGHT - (HEIGHT - 8) * number / top, 1)

    def area(name: str) -> str:
        line = [f"{x(point.day)},{y(getattr(point, name))}" for point in points]
        return " ".join([f"0,{HEIGHT}", *line, f"{x(points[-1].day)},{HEIGHT}"])

    return Chart(
        points=points,
        asked_area=area("asked"),
        served_area=area("served"),
        ticks=_ticks(window, x),
        asked_y=y(points[-1].asked),
        served_y=y(points[-1].served),
    )


class _Growth:
    """How many demands the figures count on a day, and how many of those are served.

    A demand counts from the day it opens to the day it ends, and is served from its delivery on;
    with the days in order, each figure is a difference of two places.
    """

    def __init__(self, lives: Iterable[Life], first: dt.date) -> None:
        counted = [one for one in lives if one.delivered_on is None or one.delivered_on >= first]
        served = [
            (max(one.opened_on, one.delivered_on), one.ended_on)
            for one in counted
            if one.delivered_on
        ]
        self._asked = _Spans((one.opened_on, one.ended_on) for one in counted)
        self._served = _Spans(served)

    def on(self, day: dt.date) -> Point:
        """The figures as of a day."""
        return Point(day, self._asked.on(day), self._served.on(day))


class _Spans:
    """How many spans hold a day; one ends before its last day, or never."""

    def __init__(self, spans: Iterable[tuple[dt.date, dt.date | None]]) -> None:
        real = [(begin, end) for begin, end in spans if end is None or begin < end]
        self._begins = sorted(begin for begin, _end in real)
        self._ends = sorted(end for _begin, end in real if end)

    def on(self, day: dt.date) -> int:
        return bisect_right(self._begins, day) - bisect_right(self._ends, day)


def _days(window: Window) -> list[dt.date]:
    """The first day, the last of each quarter, the last day."""
    ends = [
        end
        for year in range(window.first.year, window.last.year + 1)
        for end in (dt.date(year, 3, 31), dt.date(year, 6, 30), dt.date(year, 9, 30))
    ] + [dt.date(year, 12, 31) for year in range(window.first.year, window.last.year + 1)]
    inside = sorted(end for end in ends if window.first < end < window.last)
    return sorted({window.first, *inside, window.last})


def _ticks(window: Window, x: Callable[[dt.date], float]) -> list[Tick]:
    years = [
        year
        for year in range(window.first.year + 1, window.last.year + 1)
        if dt.date(year, 1, 1) <= window.last
    ]
    step = max(1, -(-len(years) // 4))
    return [Tick(year, x(dt.date(year, 1, 1))) for year in years[::step]]
