"""The figures of a resolution: statuses, "3 of 10 served", flags, what ended. One place counts.

Every page, endpoint, export and report reads these. Each number is a count of rows that
`assistance.coverage.filters` lists.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Count

from assistance.coverage.filters import narrow_demands, narrow_work
from assistance.coverage.flags import Flag
from assistance.coverage.models import Demand, EndedBy, WorkWithoutDemand
from assistance.coverage.status import DEFINITION, SERVED, Status
from assistance.coverage.tally import Tally, tally_by_mandate, total
from assistance.coverage.window import Window, WindowError
from mandates.models import Mandate, Paragraph, ParagraphKind, Resolution

if TYPE_CHECKING:
    from directory.policy import Person

__all__ = [
    "MandateFigures",
    "ParagraphFigures",
    "ResolutionFigures",
    "Totals",
    "Unlinked",
    "Window",
    "WindowError",
    "figures_from",
    "figures_of_mandates",
    "figures_of_resolution",
    "figures_of_resolutions",
    "statuses_on",
    "unlinked",
]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted for a mandate or a paragraph.

    `status` is that of the last day of the window, over all demands open then; `by_status` are the
    demands that the figures count (`demands` in all, `served` of them), `ended` those that ended
    within the window, by reason.
    """

    status: Status
    by_status: Counter[Status]
    demands: int
    served: int
    flags: dict[Flag, int]
    ended: Counter[EndedBy]


@dataclass(frozen=True, slots=True)
class MandateFigures(Figures):
    """The figures of one mandate; all 0 where it is not counted."""

    mandate: Mandate
    identifier: str
    ordinal: int
    kind: str
    counted: bool
    basis: str


@dataclass(frozen=True, slots=True)
class ParagraphFigures(Figures):
    """The figures of a paragraph, sub-paragraphs included; `mandates` are its own."""

    paragraph: Paragraph
    number: str
    mandates: Sequence[MandateFigures]


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a resolution, with both denominators.

    `demands` and `served` add up over mandates. Of `mandates`, `counted` are UNODC's, `with_demand`
    have demands in the window, and `delivered` of those have nothing open that is not served.
    """

    mandates: int
    counted: int
    demands: int
    served: int
    with_demand: int
    delivered: int


@dataclass(frozen=True, slots=True)
class ResolutionFigures:
    """All figures of a resolution over a window."""

    resolution: Resolution
    window: Window
    definition: str
    totals: Totals
    by_status: Counter[Status]
    flags: dict[Flag, int]
    ended: Counter[EndedBy]
    paragraphs: Sequence[ParagraphFigures]


@dataclass(frozen=True, slots=True)
class Unlinked:
    """The tray: how many items and activities are tied to no mandate."""

    items: int
    activities: int


def figures_of_resolution(
    resolution: Resolution,
    *,
    user: Person,
    window: Window,
    filters: Mapping[str, str] | None = None,
) -> ResolutionFigures:
    """The figures as this person may see them; four queries, whatever the size.

    `filters` counts only some rows, by the names of `assistance.coverage.filters.NARROWING`.
    """
    mandates = list(
        Mandate.objects.filter(paragraph__resolution=resolution)
        .with_counted()
        .select_related("lead_unit")
        .order_by("paragraph__position", "ordinal")
    )
    tallies = tallies_of(resolution, user=user, window=window, filters=filters)
    return figures_from(resolution, window, mandates, tallies)


def figures_from(
    resolution: Resolution,
    window: Window,
    mandates: Sequence[Mandate],
    tallies: Mapping[int, Tally],
    *,
    definition: str = DEFINITION,
) -> ResolutionFigures:
    """The figures that tallies of mandates (by key, each with `counted`) add up to; one query."""
    paragraphs = list(
        resolution.paragraphs.filter(kind=ParagraphKind.OPERATIVE).order_by("position")
    )
    rows = _paragraph_figures(paragraphs, mandates, tallies)
    every = total(tallies.values())
    return ResolutionFigures(
        resolution=resolution,
        window=window,
        definition=definition,
        totals=_totals(row for paragraph in rows for row in paragraph.mandates),
        by_status=every.counted,
        flags=_sorted_flags(every),
        ended=every.ended,
        paragraphs=rows,
    )


def statuses_on(
    figures: ResolutionFigures,
    day: dt.date,
    *,
    user: Person,
    filters: Mapping[str, str] | None = None,
) -> dict[int, Status]:
    """The status on an earlier day of the paragraphs of these figures, by key; two queries."""
    tallies = tallies_of(
        figures.resolution, user=user, window=replace(figures.window, last=day), filters=filters
    )
    mandates = [row.mandate for paragraph in figures.paragraphs for row in paragraph.mandates]
    paragraphs = [row.paragraph for row in figures.paragraphs]
    return {
        row.paragraph.pk: row.status for row in _paragraph_figures(paragraphs, mandates, tallies)
    }


def tallies_of(
    resolution: Resolution,
    *,
    user: Person,
    window: Window,
    filters: Mapping[str, str] | None,
) -> dict[int, Tally]:
    """The tally of each mandate of a resolution that has rows this person may see; two queries."""
    wanted = filters or {}
    return tally_by_mandate(
        narrow_demands(Demand.objects.visible_to(user).filter(resolution=resolution), wanted),
        narrow_work(
            WorkWithoutDemand.objects.visible_to(user).filter(resolution=resolution), wanted
        ),
        window,
    )


def figures_of_resolutions(
    resolutions: Iterable[Resolution], *, user: Person, day: dt.date | None = None
) -> dict[int, Totals]:
    """The totals of several resolutions from adoption to a day, by primary key; three queries."""
    wanted = [resolution.pk for resolution in resolutions]
    window = Window.of(None, last=day)
    mandates: defaultdict[int, list[Mandate]] = defaultdict(list)
    for mandate in (
        Mandate.objects.filter(
            paragraph__resolution__in=wanted, paragraph__kind=ParagraphKind.OPERATIVE
        )
        .with_counted()
        .select_related("paragraph")
        .order_by()
    ):
        mandates[mandate.paragraph.resolution_id].append(mandate)
    tallies = tally_by_mandate(
        Demand.objects.visible_to(user).filter(resolution__in=wanted),
        WorkWithoutDemand.objects.visible_to(user).filter(resolution__in=wanted),
        window,
    )
    return {
        pk: _totals(_mandate_figures(mandate, tallies) for mandate in mandates[pk]) for pk in wanted
    }


def figures_of_mandates(
    mandates: Iterable[Mandate], *, user: Person, day: dt.date | None = None
) -> list[MandateFigures]:
    """The figures of some mandates, of whatever resolutions, from adoption to a day.

    The mandates come from `with_counted`, with their paragraphs; two queries beside theirs.
    """
    wanted = list(mandates)
    tallies = tally_by_mandate(
        Demand.objects.visible_to(user).filter(mandate__in=wanted),
        WorkWithoutDemand.objects.visible_to(user).filter(mandate__in=wanted),
        Window.of(None, last=day),
    )
    return [_mandate_figures(mandate, tallies) for mandate in wanted]


def unlinked(user: Person) -> Unlinked:
    """How much stands in the tray of what is tied to no mandate, as of today."""
    tray = WorkWithoutDemand.objects.visible_to(user).unlinked()
    found = tray.aggregate(items=Count("item"), activities=Count("activity"))
    return Unlinked(items=found["items"], activities=found["activities"])


def _mandate_figures(mandate: Mandate, tallies: Mapping[int, Tally]) -> MandateFigures:
    tally = tallies.get(mandate.pk, Tally())
    counted = bool(mandate.counted)  # type: ignore[attr-defined]  # annotated by with_counted
    return MandateFigures(
        status=tally.status(counted=counted),
        by_status=tally.counted,
        demands=tally.demands,
        served=tally.served,
        flags=_sorted_flags(tally),
        ended=tally.ended,
        mandate=mandate,
        identifier=mandate.identifier,
        ordinal=mandate.ordinal,
        kind=mandate.kind,
        counted=counted,
        basis=mandate.basis,
    )


def _paragraph_figures(
    paragraphs: Sequence[Paragraph], mandates: Iterable[Mandate], tallies: Mapping[int, Tally]
) -> list[ParagraphFigures]:
    own: defaultdict[int, list[MandateFigures]] = defaultdict(list)
    for mandate in mandates:
        own[mandate.paragraph_id].append(_mandate_figures(mandate, tallies))
    parents = {paragraph.pk: paragraph.parent_id for paragraph in paragraphs}
    below: defaultdict[int, list[MandateFigures]] = defaultdict(list)
    for paragraph in paragraphs:
        place: int | None = paragraph.pk
        while place is not None:
            below[place].extend(own[paragraph.pk])
            place = parents.get(place)
    rows = []
    for paragraph in paragraphs:
        tally = total(tallies.get(row.mandate.pk, Tally()) for row in below[paragraph.pk])
        rows.append(
            ParagraphFigures(
                status=tally.status(counted=any(row.counted for row in below[paragraph.pk])),
                by_status=tally.counted,
                demands=tally.demands,
                served=tally.served,
                flags=_sorted_flags(tally),
                ended=tally.ended,
                paragraph=paragraph,
                number=paragraph.number,
                mandates=own[paragraph.pk],
            )
        )
    return rows


def _totals(rows: Iterable[MandateFigures]) -> Totals:
    mandates = list(rows)
    with_demand = [row for row in mandates if row.demands]
    return Totals(
        mandates=len(mandates),
        counted=sum(row.counted for row in mandates),
        demands=sum(row.demands for row in mandates),
        served=sum(row.served for row in mandates),
        with_demand=len(with_demand),
        delivered=sum(row.status in SERVED for row in with_demand),
    )


def _sorted_flags(tally: Tally) -> dict[Flag, int]:
    """The flags that have rows, in the order of the enumeration."""
    return {flag: tally.flags[flag] for flag in Flag if tally.flags[flag]}
