"""A file becomes tables: rows of cells under known columns. What can't be is refused as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from assistance.models import SheetKind
from assistance.sheets.columns import COLUMNS, Column, headings_known, sheet_of
from assistance.sheets.limits import MAX_COLUMNS, MAX_ROWS
from assistance.sheets.problems import SheetRefused
from assistance.sheets.reading_csv import read_csv
from assistance.sheets.reading_xlsx import read_workbook
from assistance.sheets.vocabulary import plain

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
Row = tuple[int, list[Any]]


@dataclass
class RawSheet:
    """A sheet as the file has it: its title, its rows with their numbers, what is odd about it."""

    title: str
    rows: Iterator[Row]
    merged: list[str] = field(default_factory=list)


@dataclass
class Table:
    """A sheet of the template: which column stands where, and the rows below the headings."""

    sheet: str
    title: str
    places: dict[int, Column]
    rows: Iterator[Row]


@dataclass
class ReadFile:
    """The tables of a file, and the encoding it was read in where that had to be guessed."""

    tables: list[Table]
    read_as: str = ""


def read_file(file: IO[bytes]) -> ReadFile:
    """The tables of an XLSX workbook or a CSV file, judged by content; raises `SheetRefused`.

    Rows are read as they are asked for, and refused beyond the limit while reading.
    """
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if head.startswith(OLD_OFFICE):
        raise SheetRefused(
            _("This is an old or an encrypted Excel file."),
            _("Remove its password, save it as an Excel workbook (.xlsx), and upload that."),
        )
    read_as = ""
    if head.startswith(ZIP):
        raw = [RawSheet(*each) for each in read_workbook(file)]
    else:
        rows, read_as = read_csv(file)
        raw = [RawSheet("", rows)]
    tables = [table for each in raw if (table := _table(each, alone=len(raw) == 1))]
    if not tables:
        raise SheetRefused(
            _("The file has no sheet of the template with rows in it."),
            _("Download the template, fill it in, and upload it."),
        )
    _check_titles(tables)
    limited = _Limit()
    for table in tables:
        table.rows = limited.rows(table.rows, table.title)
    return ReadFile(tables, read_as)


class _Limit:
    """Counts the rows of all sheets together."""

    def __init__(self) -> None:
        self.read = 0

    def rows(self, all_rows: Iterator[Row], title: str) -> Iterator[Row]:
        """The rows that are not empty."""
        for number, cells in all_rows:
            if _empty(cells):
                continue
            self.read += 1
            if self.read > MAX_ROWS:
                raise SheetRefused(
                    _("The file has more than %(limit)d rows.") % {"limit": MAX_ROWS},
                    _("Split it, keeping the rows of one activity together."),
                    sheet=title,
                    row=number,
                )
            yield number, cells


def _empty(cells: list[Any]) -> bool:
    return all(cell in (None, "") for cell in cells)


def _table(raw: RawSheet, *, alone: bool) -> Table | None:
    """The sheet as one of the template, or nothing when it is empty."""
    first = next((row for row in raw.rows if not _empty(row[1])), None)
    if first is None:
        return None
    number, cells = first
    sheet = sheet_of(raw.title, cells if alone else [])
    if sheet is None:
        if alone:
            raise SheetRefused(
                _("The first row has not the headings of the template."),
                _("Download the template and copy your rows below its headings."),
                sheet=raw.title,
                row=number,
            )
        raise SheetRefused(
            _("The sheet “%(title)s” is none of the template.") % {"title": raw.title},
            _("Delete it, or name it like the sheet of the template that it is."),
            sheet=raw.title,
        )
    if raw.merged:
        raise SheetRefused(
            _("The cells %(cells)s are merged.") % {"cells": ", ".join(raw.merged[:3])},
            _("Select the sheet, choose “unmerge cells”, and fill in each cell."),
            sheet=raw.title,
        )
    title = raw.title or str(SheetKind(sheet).label)
    return Table(sheet, title, _places(sheet, title, number, cells), raw.rows)


def _places(sheet: str, title: str, number: int, headings: list[Any]) -> dict[int, Column]:
    known = headings_known(sheet)
    places: dict[int, Column] = {}
    for place, heading in enumerate(headings):
        if heading in (None, ""):
            continue
        letter = get_column_letter(place + 1)
        column = known.get(plain(heading).rstrip("* "))
        if column is None:
            raise SheetRefused(
                _("“%(heading)s” is no column of the sheet.") % {"heading": str(heading)[:60]},
                _("Delete the column, or give it the heading of the template."),
                sheet=title,
                row=number,
                column=letter,
            )
        if column in places.values():
            raise SheetRefused(
                _("The column “%(heading)s” stands there twice.") % {"heading": column.heading},
                _("Delete one of the two."),
                sheet=title,
                row=number,
                column=letter,
            )
        places[place] = column
    missing = [one for one in COLUMNS[sheet] if one.required and one not in places.values()]
    if missing:
        raise SheetRefused(
            _("The column “%(heading)s” is missing.") % {"heading": missing[0].heading},
            _("Download the template and copy your rows below its headings."),
            sheet=title,
            row=number,
        )
    if len(headings) > MAX_COLUMNS:
        raise SheetRefused(
            _("The sheet is wider than %(limit)d columns.") % {"limit": MAX_COLUMNS},
            _("Delete what stands beside the table."),
            sheet=title,
        )
    return places


def _check_titles(tables: list[Table]) -> None:
    seen: dict[str, str] = {}
    for table in tables:
        if table.sheet in seen:
            raise SheetRefused(
                _("Two sheets hold the same: “%(first)s” and “%(second)s”.")
                % {"first": seen[table.sheet], "second": table.title},
                _("Move all rows into one of them and delete the other."),
                sheet=table.title,
            )
        seen[table.sheet] = table.title
