"""Files of exactly what a page shows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_file(
    name: str,
    head: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    about: Sequence[tuple[Any, Any]] = (),
) -> HttpResponse:
    """A CSV file that spreadsheets open with its letters right.

    A cell that a spreadsheet would take for a formula is quoted. `about` is what the rows are of:
    pairs of a name and a value, below an empty line.
    """
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_cell(value) for value in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    if about:
        writer.writerow([])
    writer.writerows([_cell(key), _cell(value)] for key, value in about)
    return response


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
