"""Pictures of figures as plain shapes: bars, columns, a map. Templates draw them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from directory.centres import Point
from directory.statuses import Status

WIDTH = 640
LABEL, BAR = 210, 310
ROW = 24


@dataclass(frozen=True)
class Picture:
    """What every picture has: a title, the same in a sentence, and its size."""

    title: str
    summary: str
    template: ClassVar[str]

    @property
    def width(self) -> int:
        """In units of the drawing."""
        return WIDTH

    @property
    def height(self) -> int:
        """In units of the drawing."""
        raise NotImplementedError


@dataclass(frozen=True)
class Part:
    """A piece of a bar: its status, where it begins, how long it is."""

    css: str
    x: float
    width: float
    title: str


@dataclass(frozen=True)
class Row:
    """A bar with its words before and its number behind."""

    label: str
    words: str
    parts: Sequence[Part]
    y: int

    @property
    def text_y(self) -> int:
        """The line on which its words stand."""
        return self.y + 15

    @property
    def end(self) -> float:
        """Where the words behind the bar begin."""
        return max([part.x + part.width for part in self.parts] + [LABEL]) + 8


@dataclass(frozen=True)
class Bars(Picture):
    """Horizontal bars of one scale, each made of its demands by status."""

    rows: Sequence[Row]
    template: ClassVar[str] = "dashboards/charts/bars.html"

    @property
    def height(self) -> int:
        """A line for each bar."""
        return ROW * len(self.rows) + 8


@dataclass(frozen=True)
class Segment:
    """A piece of a bar, before it is laid out."""

    css: str
    number: int
    title: str


@dataclass(frozen=True)
class Bar:
    """What a bar shows, before it is laid out."""

    label: str
    words: str
    segments: Sequence[Segment]


def by_status(counts: Mapping[Status, int]) -> list[Segment]:
    """A segment a status, furthest first."""
    return [
        Segment(status.css, number, f"{status.label}: {number}")
        for status in Status
        if (number := counts.get(status, 0))
    ]


def bars(title: str, summary: str, wanted: Sequence[Bar]) -> Bars:
    """Bars on one scale, each as long as its segments together."""
    top = max([sum(one.number for one in bar.segments) for bar in wanted] + [1])
    rows = []
    for place, bar in enumerate(wanted):
        parts, start = [], float(LABEL)
        for one in bar.segments:
            width = BAR * one.number / top
            parts.append(Part(one.css, round(start, 1), round(max(width - 1, 1), 1), one.title))
            start += width
        rows.append(Row(bar.label, bar.words, parts, ROW * place + 4))
    return Bars(title, summary, rows)


@dataclass(frozen=True)
class Column:
    """A column with its number above it."""

    x: float
    y: float
    width: float
    height: float
    number: int
    title: str

    @property
    def middle(self) -> float:
        """The middle, for what stands above."""
        return round(self.x + self.width / 2, 1)

    @property
    def number_y(self) -> float:
        """The line on which the number stands."""
        return self.y - 4


@dataclass(frozen=True)
class Mark:
    """A word on the axis."""

    x: float
    words: str


@dataclass(frozen=True)
class Columns(Picture):
    """A column a quarter over an axis of years."""

    columns: Sequence[Column]
    marks: Sequence[Mark]
    template: ClassVar[str] = "dashboards/charts/columns.html"
    ground: ClassVar[int] = 140

    @property
    def height(self) -> int:
        """Room for the axis below the ground."""
        return self.ground + 24


def columns(
    title: str, summary: str, wanted: Sequence[tuple[int, str]], marks: Mapping[int, str]
) -> Columns:
    """Columns for (number, title); `marks` are words under some of them, by place."""
    top = max([number for number, _title in wanted] + [1])
    step = WIDTH / max(len(wanted), 1)
    drawn = []
    for place, (number, said) in enumerate(wanted):
        height = round((Columns.ground - 20) * number / top, 1)
        drawn.append(
            Column(
                round(place * step + step * 0.1, 1),
                round(Columns.ground - height, 1),
                round(min(step * 0.8, 48), 1),
                height,
                number,
                said,
            )
        )
    words = [Mark(round(place * step, 1), text) for place, text in marks.items()]
    return Columns(title, summary, drawn, words)


@dataclass(frozen=True)
class Place:
    """A State's mark: at its centre, as large as what it asked for."""

    words: str
    x: float
    y: float
    radius: float
    css: str
    label: str

    @property
    def text_x(self) -> float:
        """Where its letters begin."""
        return round(self.x + self.radius + 2, 1)

    @property
    def text_y(self) -> float:
        """The line of its letters."""
        return round(self.y + 3.5, 1)


@dataclass(frozen=True)
class Map(Picture):
    """One mark a State at its centre, without any boundary."""

    places: Sequence[Place]
    parallels: Sequence[float]
    notice: str
    template: ClassVar[str] = "dashboards/charts/map.html"

    @property
    def width(self) -> int:
        """Two units a degree."""
        return 720

    @property
    def height(self) -> int:
        """From 72 degrees north to 50 degrees south."""
        return round((NORTH - SOUTH) * SCALE)


NORTH, SOUTH, SCALE = 72, -50, 2.0


def across(point: Point) -> tuple[float, float]:
    """Where a point stands on the map: equal steps for equal degrees."""
    return round((point.longitude + 180) * SCALE, 1), round((NORTH - point.latitude) * SCALE, 1)


def radius_of(number: int) -> float:
    """As large as the number: its area, not its width."""
    return round(3.5 * math.sqrt(number), 1)
