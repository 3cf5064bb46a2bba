"""Pictures of figures as plain shapes: bars, columns, a map. Templates draw them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from directory.centres import Point
from directory.statuses import Status

WIDTH = 640
LABEL, FIGURE, BAR = 190, 145, 300
"""Widths of a bar's name, of its number, and of the longest bar; they fill the picture."""
ROW = 24
KEY, KEY_ROW, KEYS_A_ROW = 128, 18, 3
"""The words below a picture, so few in a row that a phone shows them all."""
Box = tuple[float, float, float, float]


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
class Key:
    """What a colour and a line stand for, and where that is said below the picture."""

    css: str
    words: str
    x: int
    y: int


def keys_of(css: Iterable[str], top: int) -> list[Key]:
    """The statuses that a picture shows, furthest first, in rows from `top` on."""
    shown = set(css)
    found = enumerate(status for status in Status if status.css in shown)
    return [
        Key(one.css, one.label, KEY * (n % KEYS_A_ROW), top + KEY_ROW * (n // KEYS_A_ROW))
        for n, one in found
    ]


def below_keys(keys: Sequence[Key], top: int) -> int:
    """Where a picture ends that has these words below `top`."""
    return max([key.y + KEY_ROW for key in keys], default=top)


@dataclass(frozen=True)
class Part:
    """A piece of a bar: its status, where it begins, how long it is."""

    css: str
    x: float
    width: float
    title: str


@dataclass(frozen=True)
class Row:
    """A bar with its words and its number before it."""

    figure_x: ClassVar[int] = LABEL

    label: str
    words: str
    parts: Sequence[Part]
    y: int

    @property
    def text_y(self) -> int:
        """The line on which its words stand."""
        return self.y + 15


@dataclass(frozen=True)
class Bars(Picture):
    """Horizontal bars of one scale, each made of its demands by status."""

    rows: Sequence[Row]
    template: ClassVar[str] = "dashboards/charts/bars.html"

    @property
    def keys(self) -> list[Key]:
        """What the pieces stand for; none where they are of one kind."""
        css = [part.css for row in self.rows for part in row.parts]
        return keys_of(css, ROW * len(self.rows) + 10)

    @property
    def height(self) -> int:
        """A line for each bar, and what the pieces stand for."""
        return below_keys(self.keys, ROW * len(self.rows) + 8)


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
        parts, start = [], float(LABEL + FIGURE)
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
    status: Status
    label: str
    letters: tuple[float, float] | None = None
    """The middle of its letters; none where they would cover a mark or other letters."""


@dataclass(frozen=True)
class Map(Picture):
    """One mark a State at its centre, without any boundary."""

    places: Sequence[Place]
    parallels: Sequence[float]
    notice: str
    template: ClassVar[str] = "dashboards/charts/map.html"

    @property
    def keys(self) -> list[Key]:
        """What the marks stand for, below them."""
        css = [place.status.css for place in self.places]
        return keys_of(css, self.ground + 8)

    @property
    def width(self) -> int:
        """Two units a degree."""
        return 720

    @property
    def ground(self) -> int:
        """From 72 degrees north to 50 degrees south."""
        return round((NORTH - SOUTH) * SCALE)

    @property
    def height(self) -> int:
        """The ground, and what the marks stand for."""
        return below_keys(self.keys, self.ground)


NORTH, SOUTH, SCALE = 72, -50, 2.0
LETTERS = (15.0, 8.0)
"""Width and height of two small letters."""


def lettered(marks: Iterable[Place]) -> list[Place]:
    """The marks, the largest first, their letters on a side where they cover nothing."""
    placed: list[Place] = []
    ordered = sorted(marks, key=lambda mark: -mark.radius)
    taken = [_box(one.x, one.y, 2 * one.radius, 2 * one.radius) for one in ordered]
    for mark in ordered:
        free = next((at for at in _sides(mark) if not _covers(_box(*at, *LETTERS), taken)), None)
        if free:
            taken.append(_box(*free, *LETTERS))
        placed.append(replace(mark, letters=free))
    return placed


def _sides(mark: Place) -> Iterable[tuple[float, float]]:
    """The middle of the letters at the end, at the start, above, below, then at the corners."""
    along, up = mark.radius + LETTERS[0] / 2 + 1, mark.radius + LETTERS[1] / 2 + 1
    for x, y in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)):
        near = 0.75 if x and y else 1
        yield round(mark.x + x * along * near, 1), round(mark.y + y * up * near, 1)


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _covers(box: Box, others: Iterable[Box]) -> bool:
    left, top, right, bottom = box
    return any(left < r and x < right and top < b and y < bottom for x, y, r, b in others)


def across(point: Point) -> tuple[float, float]:
    """Where a point stands on the map: equal steps for equal degrees."""
    return round((point.longitude + 180) * SCALE, 1), round((NORTH - point.latitude) * SCALE, 1)


def radius_of(number: int) -> float:
    """As large as the number: its area, not its width."""
    return round(3.5 * math.sqrt(number), 1)
