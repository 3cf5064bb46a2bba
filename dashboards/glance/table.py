"""The table of paragraphs: one line each, with everything that makes its links."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Left
from django.utils.translation import get_language, ngettext

from assistance.coverage.figures import ParagraphFigures, ResolutionFigures
from assistance.coverage.flags import Flag
from dashboards.glance.trend import Trend
from dashboards.glance.whose import Whose, addressees_by_mandate, whose_work
from dashboards.links import Rows
from directory.statuses import Status
from mandates.models import Mandate, Paragraph, ParagraphText

OPENING_WORDS, OPENING_LETTERS = 5, 120


@dataclass(frozen=True)
class FlagLink:
    """A flag of a paragraph with how many rows it opens."""

    flag: Flag
    number: int
    words: str
    url: str


@dataclass(frozen=True)
class Opening:
    """The first words of a paragraph that has no label, in their language."""

    language: str
    words: str


@dataclass(frozen=True)
class Line:
    """A paragraph in the table."""

    figures: ParagraphFigures
    whose: Whose
    wait: int | None
    url: str
    demands_url: str
    unmet_url: str
    ended_url: str
    without_evidence_url: str
    flags: list[FlagLink]
    trend: Trend | None
    opening: Opening | None

    @property
    def paragraph(self) -> Paragraph:
        """The paragraph itself."""
        return self.figures.paragraph

    @property
    def status(self) -> Status:
        """The status on the last day."""
        return self.figures.status

    @property
    def is_others(self) -> bool:
        """Whether nothing in it counts for UNODC."""
        return self.figures.status == Status.NOT_APPLICABLE

    @property
    def unmet(self) -> int:
        """Demands with nothing planned."""
        return self.figures.by_status[Status.UNMET]

    @property
    def without_evidence(self) -> int:
        """Demands delivered whose evidence nobody has verified."""
        return self.figures.by_status[Status.DELIVERED]

    @property
    def ended(self) -> int:
        """Demands that ended within the period."""
        return self.figures.ended.total()

    @property
    def unmet_words(self) -> str:
        """How many are unmet and how long the longest waits."""
        if self.unmet == 1:
            return ngettext("1 unmet, {days} day", "1 unmet, {days} days", self.wait or 0).format(
                days=self.wait
            )
        return ngettext(
            "{number} unmet, longest {days} day",
            "{number} unmet, longest {days} days",
            self.wait or 0,
        ).format(number=self.unmet, days=self.wait)

    @property
    def report(self) -> Mandate | None:
        """The mandate of this paragraph that asks for a report."""
        return next(
            (row.mandate for row in self.figures.mandates if row.mandate.report_session), None
        )


WORDS: Mapping[Flag, Callable[[int], str]] = {
    Flag.NO_RECORDED_REQUEST: lambda n: ngettext("{number} no request", "{number} no request", n),
    Flag.DISPUTED: lambda n: ngettext("{number} disputed", "{number} disputed", n),
    Flag.OVERDUE: lambda n: ngettext("{number} overdue", "{number} overdue", n),
    Flag.CLOSED_SHORT: lambda n: ngettext("{number} closed short", "{number} closed short", n),
    Flag.CLOSED_WITHOUT_DELIVERY: lambda n: ngettext(
        "{number} closed empty", "{number} closed empty", n
    ),
    Flag.SUSPECT_LINK: lambda n: ngettext("{number} suspect link", "{number} suspect links", n),
    Flag.SELF_APPROVED: lambda n: ngettext("{number} self-approved", "{number} self-approved", n),
}


def flag_words(flag: Flag, number: int) -> str:
    """A flag in a few words, with its number."""
    return WORDS[flag](number).format(number=number)


def lines(
    figures: ResolutionFigures,
    rows: Rows,
    waits: Mapping[int, dt.date],
    trends: Mapping[int, Trend],
    *,
    status: str = "",
) -> list[Line]:
    """A line for each paragraph, in the order of the text; `waits` is the first unmet day."""
    addressees = addressees_by_mandate(figures.resolution)
    openings = _openings([row.paragraph for row in figures.paragraphs])
    return [
        _line(
            row,
            rows,
            waits,
            whose_work(row, addressees),
            trends.get(row.paragraph.pk),
            openings.get(row.paragraph.pk),
        )
        for row in figures.paragraphs
        if not status or row.status == status
    ]


def _openings(paragraphs: Iterable[Paragraph]) -> dict[int, Opening]:
    """How those without a label begin, in the reader's language if it is loaded; one query."""
    unnamed = [paragraph.pk for paragraph in paragraphs if not paragraph.label]
    found: dict[int, Opening] = {}
    reader = (get_language() or "").partition("-")[0]
    for paragraph, language, words in (
        ParagraphText.objects.filter(paragraph__in=unnamed)
        .order_by("text__language")
        .values_list("paragraph", "text__language", Left("words", OPENING_LETTERS))
    ):
        if paragraph not in found or language == reader:
            every = words.split()
            more = "\N{NO-BREAK SPACE}…" if len(every) > OPENING_WORDS else ""
            found[paragraph] = Opening(language, " ".join(every[:OPENING_WORDS]) + more)
    return found


def _line(
    row: ParagraphFigures,
    rows: Rows,
    waits: Mapping[int, dt.date],
    whose: Whose,
    trend: Trend | None,
    opening: Opening | None,
) -> Line:
    since = waits.get(row.paragraph.pk)
    here = {"paragraph": row.number}
    return Line(
        figures=row,
        whose=whose,
        wait=(rows.window.last - since).days if since else None,
        url=rows.paragraph(row.number),
        demands_url=rows.demands(**here),
        unmet_url=rows.demands(status=Status.UNMET.value, **here),
        ended_url=rows.demands(ended="any", **here),
        without_evidence_url=rows.demands(status=Status.DELIVERED.value, **here),
        flags=[
            FlagLink(flag, number, flag_words(flag, number), rows.flagged(flag, **here))
            for flag, number in row.flags.items()
        ],
        trend=trend,
        opening=opening,
    )


ORDER = list(Status)
SORTS: Mapping[str, Callable[[Line], Any]] = {
    "number": lambda line: line.paragraph.position,
    "status": lambda line: (ORDER.index(line.status), line.paragraph.position),
    "served": lambda line: (
        line.figures.demands - line.figures.served,
        line.paragraph.position,
    ),
    "look": lambda line: (line.unmet, line.wait or 0, len(line.flags), -line.paragraph.position),
}


def in_order(table: Sequence[Line], sort: str) -> list[Line]:
    """The lines by `number`, `status`, `served` (open demands) or `look`, `-` in front reverses."""
    key = SORTS.get(sort.lstrip("-"), SORTS["number"])
    return sorted(table, key=key, reverse=sort.startswith("-"))
