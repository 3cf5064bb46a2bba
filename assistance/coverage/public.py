"""What everybody may be told of a closed period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistance.coverage.frozen import ROOT, Cell, figures_of_rows
from assistance.coverage.models import RowKind
from assistance.coverage.period import PeriodRow
from assistance.coverage.small_numbers import withhold
from assistance.coverage.window import Window

COMPARED = "compared_with"
"""The closings beside which the figures of one were looked at, by their keys."""
NOT_THERE = "not_there"


@dataclass(frozen=True)
class Published:
    """What was public before: of a closing its key, the demands it counts, and `Closing.public`."""

    closing: int
    counted: Sequence[PeriodRow]
    public: Mapping[str, Any]


def public_figures(
    rows: Iterable[PeriodRow], window: Window, earlier: Sequence[Published] = ()
) -> dict[str, Any]:
    """The public figures of a period, unfiltered, as `Closing.public` keeps them.

    `requesting_states`, `demands` and `served` are None where `withheld` says why: "fewer_than_3"
    or "subtraction", also from what is public of `earlier` closings of the resolution; these are
    named in `compared_with`. Statuses are shown: they do not tell how many asked.
    """
    rows = list(rows)
    figures = figures_of_rows(rows, window)
    withhold(figures.whole, [_changes(rows, window, one) for one in earlier])
    compared = {COMPARED: [one.closing for one in earlier]} if earlier else {}
    return {
        **figures.totals,
        **compared,
        **_shown(figures.whole),
        "paragraphs": [
            {
                "number": paragraph.key,
                "status": paragraph.status.value,
                **_shown(paragraph),
                "mandates": [
                    {
                        "identifier": mandate.key,
                        "counted": mandate.counted,
                        "status": mandate.status.value,
                        **_shown(mandate),
                    }
                    for mandate in own
                ],
            }
            for paragraph, own in figures.paragraphs
        ],
    }


def _changes(rows: Sequence[PeriodRow], window: Window, before: Published) -> Cell:
    """The cells of a period with the demands that only one of two periods counts."""
    mandates = [row for row in rows if row.kind == RowKind.MANDATE]
    now = {_asked(row): row for row in rows if row.kind == RowKind.DEMAND and row.row["counted"]}
    then = {_asked(row): row for row in before.counted}
    changed = [(now.get(one) or then[one]) for one in now.keys() ^ then.keys()]
    whole = figures_of_rows([*mandates, *changed], window).whole
    shown = dict(_said(before.public))
    for cell in whole.all():
        cell.withheld = shown.get(cell.key, NOT_THERE)
    return whole


def _asked(row: PeriodRow) -> tuple[str, frozenset[str]]:
    """What a number of States tells of a demand: that it is there, and whose it is."""
    return row.key, frozenset(row.row["states"])


def _said(public: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The key of each cell of `Closing.public`, with why it was withheld."""
    yield ROOT, public["withheld"]
    for paragraph in public["paragraphs"]:
        yield paragraph["number"], paragraph["withheld"]
        for mandate in paragraph["mandates"]:
            yield mandate["identifier"], mandate["withheld"]


def _shown(cell: Cell) -> dict[str, Any]:
    hidden = bool(cell.withheld)
    return {
        "withheld": cell.withheld,
        "requesting_states": None if hidden else len(cell.states),
        "demands": None if hidden else cell.tally.demands,
        "served": None if hidden else cell.tally.served,
    }
