"""What the page of an upload shows: its rows cell by cell, and how many there are of each kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from assistance.models import RowOutcome, RowResult, SheetKind, SheetRow, SheetUpload
from assistance.sheets import cells
from assistance.sheets.columns import columns_by_name
from assistance.sheets.vocabulary import Vocabulary
from directory.templatetags.dates import short_day


@dataclass(frozen=True)
class Cell:
    """A cell that is new or differs."""

    heading: str
    before: str
    after: str


@dataclass(frozen=True)
class RowShown:
    """A row as the page shows it."""

    row: SheetRow
    cells: list[Cell]

    @property
    def state(self) -> str:
        """What became of it, or what it is."""
        return self.row.get_result_display() or self.row.get_outcome_display()


@dataclass(frozen=True)
class Counted:
    """How many rows of a sheet are of each outcome."""

    sheet: str
    label: str
    numbers: list[tuple[str, str, int]]


def chosen(upload: SheetUpload, outcome: str, sheet: str) -> QuerySet[SheetRow]:
    """The rows of an outcome or a result, and of a sheet; in the order of the file."""
    rows = upload.rows.order_by("order", "number")
    if outcome == RowOutcome.REFUSED:
        rows = rows.filter(outcome=RowOutcome.REFUSED) | rows.filter(result=RowResult.REFUSED)
    elif outcome in RowOutcome.values:
        rows = rows.filter(outcome=outcome)
    elif outcome in RowResult.values:
        rows = rows.filter(result=outcome)
    return rows.filter(sheet=sheet) if sheet in SheetKind.values else rows


def counted(upload: SheetUpload) -> list[Counted]:
    """The table of numbers, a line for each sheet with rows."""
    found = upload.rows.order_by().values("sheet", "outcome").annotate(number=Count("pk"))
    numbers = {(one["sheet"], one["outcome"]): one["number"] for one in found}
    return [
        Counted(
            sheet.value,
            str(sheet.label),
            [
                (outcome.value, str(outcome.label), numbers.get((sheet.value, outcome.value), 0))
                for outcome in RowOutcome
            ],
        )
        for sheet in SheetKind
        if any(numbers.get((sheet.value, outcome.value)) for outcome in RowOutcome)
    ]


def results(upload: SheetUpload) -> list[tuple[str, str, int]]:
    """What became of the rows that were to be written, without what there is none of."""
    found = upload.rows.order_by().exclude(result="").values("result").annotate(n=Count("pk"))
    numbers = {one["result"]: one["n"] for one in found}
    return [
        (result.value, str(result.label), numbers[result.value])
        for result in RowResult
        if result.value in numbers
    ]


def shown(rows: Iterable[SheetRow], known: Vocabulary) -> list[RowShown]:
    """The rows with their cells in the reader's words."""
    return [RowShown(row, _cells(row, known)) for row in rows]


def _cells(row: SheetRow, known: Vocabulary) -> list[Cell]:
    columns = columns_by_name(row.sheet)
    return [
        Cell(
            str(columns[name].heading),
            _words(row.before.get(name), columns[name], known),
            _words(row.after[name], columns[name], known),
        )
        for name in columns
        if name in row.after
    ]


def _words(value: Any, column: Any, known: Vocabulary) -> str:
    if value in (None, "", [], {}):
        return "–"
    if column.reads is cells.day:
        return short_day(dt.date.fromisoformat(value))
    return str(cells.shown(value, column.words, known))
