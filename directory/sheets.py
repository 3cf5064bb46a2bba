"""Files of exactly what a page shows: CSV and Excel workbooks from the same rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Figure:
    """A number of a file with the whole address that lists its rows."""

    number: int
    url: str


def csv_file(
    name: str,
    head: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    about: Sequence[tuple[Any, Any]] = (),
) -> HttpResponse:
    """A CSV file that spreadsheets open with its letters right.

    A cell that a spreadsheet would take for a formula is quoted. `about` is what the rows are of:
    pairs of a name and a value, below an empty line. A column of `Figure` has its addresses in a
    column at the end.
    """
    response = _attachment(f"{name}.csv", "text/csv; charset=utf-8")
    response.write("\ufeff")
    writer = csv.writer(response)
    for row in _with_addresses(head, rows):
        writer.writerow([_cell(value) for value in row])
    if about:
        writer.writerow([])
    writer.writerows([_cell(key), _cell(value)] for key, value in about)
    return response


def xlsx_file(
    name: str,
    head: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    about: Sequence[tuple[Any, Any]] = (),
) -> HttpResponse:
    """The same as a workbook: numbers and days are such, a `Figure` links to its rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Figures"))
    sheet.freeze_panes = "A2"
    sheet.append([_xlsx_cell(sheet, value, bold=True) for value in head])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    facts = book.create_sheet(_("About"))
    for key, value in about:
        facts.append([_xlsx_cell(facts, key, bold=True), _xlsx_cell(facts, value)])
    written = io.BytesIO()
    book.save(written)
    response = _attachment(f"{name}.xlsx", XLSX)
    response.write(written.getvalue())
    return response


def _attachment(filename: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _with_addresses(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows below their head, the addresses of figures in columns of their own at the end."""
    lines = list(rows)
    linked = [
        place for place in range(len(head)) if any(isinstance(row[place], Figure) for row in lines)
    ]
    yield [*head, *(_("Rows: {column}").format(column=head[place]) for place in linked)]
    for row in lines:
        numbers = [value.number if isinstance(value, Figure) else value for value in row]
        yield [*numbers, *(getattr(row[place], "url", "") for place in linked)]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _xlsx_cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A cell that is never a formula: words are written as words."""
    url = value.url if isinstance(value, Figure) else ""
    content = value.number if isinstance(value, Figure) else value
    if not isinstance(content, (int, float)) and not hasattr(content, "isoformat"):
        content = ILLEGAL_CHARACTERS_RE.sub("", "" if content is None else str(content))
    if isinstance(content, dt.datetime) and content.tzinfo:
        content = content.astimezone(dt.UTC).replace(tzinfo=None)  # Excel knows no time zones
    cell = WriteOnlyCell(sheet, value=content)
    if isinstance(content, str):
        cell.data_type = "s"
    if url:
        cell.hyperlink = url
        cell.font = Font(underline="single", color="005A94")
    if bold:
        cell.font = Font(bold=True)
    return cell
