"""Figures side by side: of two resolutions, or of one on two days."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assistance.coverage.figures import ResolutionFigures, figures_of_resolution
from assistance.coverage.flags import Flag
from assistance.coverage.window import Window
from dashboards.links import Rows, address
from directory.policy import Person
from directory.sheets import Figure
from directory.statuses import Status
from mandates.models import Resolution


@dataclass(frozen=True)
class Side:
    """One of the two."""

    figures: ResolutionFigures
    rows: Rows

    @classmethod
    def of(cls, resolution: Resolution, window: Window, user: Person) -> Side:
        """The figures that this person may know of."""
        return cls(
            figures_of_resolution(resolution, user=user, window=window), Rows(resolution, window)
        )

    @property
    def resolution(self) -> Resolution:
        """The resolution."""
        return self.figures.resolution

    @property
    def day(self) -> dt.date:
        """The day whose statuses these are."""
        return self.rows.window.last

    @property
    def url(self) -> str:
        """The resolution as of that day."""
        return address("resolution", self.resolution.slug, to=self.day.isoformat())

    def paragraphs(self, status: Status) -> Figure:
        """The paragraphs of a status."""
        found = Counter(row.status for row in self.figures.paragraphs)
        return Figure(found[status], self.rows.paragraphs(status=status.value))


@dataclass(frozen=True)
class Fact:
    """A line of the comparison: one figure a side, `of` its denominator where there is one."""

    words: str
    cells: Sequence[tuple[Figure, Figure | None]]
    status: Status | None = None


@dataclass(frozen=True)
class Section:
    """Lines under one head."""

    words: str
    facts: Sequence[Fact]


def sections(sides: Sequence[Side]) -> list[Section]:
    """All that is compared: what was asked and served, the paragraphs by status, flags."""

    def fact(words: Any, cell: Any, status: Status | None = None) -> Fact:
        return Fact(str(words), [cell(side) for side in sides], status)

    flags = [
        flag
        for flag in Flag
        if flag != Flag.UNLINKED and any(side.figures.flags.get(flag) for side in sides)
    ]
    found = [
        Section(
            _("Asked and served"),
            [
                fact(_("Demands served"), _served),
                fact(_("Mandates in full"), _in_full),
                fact(_("Mandates of UNODC"), _counted),
                fact(_("Ended within the period"), _ended),
            ],
        ),
        Section(
            _("Paragraphs by status"),
            [fact(one.label, lambda s, one=one: (s.paragraphs(one), None), one) for one in Status],
        ),
        Section(
            _("Demands by status"),
            [
                fact(one.label, lambda s, one=one: (_of_status(s, one), None), one)
                for one in tuple(Status)[:5]
            ],
        ),
        Section(_("Look at"), [fact(f.label, lambda s, f=f: (_flag(s, f), None)) for f in flags]),
    ]
    return [section for section in found if section.facts]


def _served(side: Side) -> tuple[Figure, Figure]:
    totals = side.figures.totals
    return (
        Figure(totals.served, side.rows.demands(served="true")),
        Figure(totals.demands, side.rows.demands()),
    )


def _in_full(side: Side) -> tuple[Figure, Figure]:
    totals = side.figures.totals
    return (
        Figure(totals.delivered, side.rows.mandates(show="asked", status="in_full")),
        Figure(totals.with_demand, side.rows.mandates(show="asked")),
    )


def _counted(side: Side) -> tuple[Figure, Figure]:
    totals = side.figures.totals
    return (
        Figure(totals.counted, side.rows.mandates(show="counted")),
        Figure(totals.mandates, side.rows.mandates()),
    )


def _ended(side: Side) -> tuple[Figure, None]:
    return Figure(side.figures.ended.total(), side.rows.demands(ended="any")), None


def _of_status(side: Side, status: Status) -> Figure:
    return Figure(side.figures.by_status[status], side.rows.demands(status=status.value))


def _flag(side: Side, flag: Flag) -> Figure:
    return Figure(side.figures.flags.get(flag, 0), side.rows.flagged(flag))
