"""What everybody may be told of a closed period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assistance.coverage.frozen import Cell, figures_of_rows
from assistance.coverage.period import PeriodRow
from assistance.coverage.small_numbers import withhold
from assistance.coverage.window import Window


def public_figures(rows: Iterable[PeriodRow], window: Window) -> dict[str, Any]:
    """The public figures of a period, unfiltered, as `Closing.public` keeps them.

    `requesting_states`, `demands` and `served` are None where `withheld` says why: "fewer_than_3"
    or "subtraction". Statuses are shown: they do not tell how many asked.
    """
    figures = figures_of_rows(rows, window)
    withhold(figures.whole)
    return {
        **figures.totals,
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


def _shown(cell: Cell) -> dict[str, Any]:
    hidden = bool(cell.withheld)
    return {
        "withheld": cell.withheld,
        "requesting_states": None if hidden else len(cell.states),
        "demands": None if hidden else cell.tally.demands,
        "served": None if hidden else cell.tally.served,
    }
