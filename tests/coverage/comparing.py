"""What the product says beside what the oracle says: rows column by column, figures by name."""

from __future__ import annotations

from typing import Any

from assistance.coverage.figures import MandateFigures, ParagraphFigures

VIEWS = ("coverage_demand", "work_without_demand")
KEEPING = ("part", "stale_on")
"""What the definitions say beside coverage, so that their rows can be kept."""


def rows_of_view(cursor: Any, view: str, condition: str = "TRUE") -> dict[str, dict[str, Any]]:
    cursor.execute(f"SELECT * FROM {view} WHERE {condition}")
    names = [column.name for column in cursor.description]
    found = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    for row in found.values():
        for name in KEEPING:
            row.pop(name, None)
    return found


def differences(said: dict[str, dict[str, Any]], meant: dict[str, dict[str, Any]]) -> list[str]:
    """What a view says otherwise than the oracle."""
    found = [f"{key}: only the view has it" for key in sorted(said.keys() - meant.keys())]
    found += [f"{key}: only the oracle has it" for key in sorted(meant.keys() - said.keys())]
    for key in sorted(said.keys() & meant.keys()):
        assert said[key].keys() == meant[key].keys()
        found += [
            f"{key}.{column}: view {value!r}, oracle {meant[key][column]!r}"
            for column, value in said[key].items()
            if value != meant[key][column]
        ]
    return found


def as_plain(figures: MandateFigures | ParagraphFigures) -> dict[str, Any]:
    """Figures as the oracle writes them."""
    return {
        "status": figures.status,
        "by_status": dict(figures.by_status),
        "demands": figures.demands,
        "served": figures.served,
        "flags": figures.flags,
        "ended": dict(figures.ended),
    }
