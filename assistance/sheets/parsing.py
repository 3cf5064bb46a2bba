"""Rows of a file become rows of an upload: cells read into values, what can't be read refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from assistance.models import RowOutcome, SheetKind, SheetRow, SheetUpload
from assistance.sheets.cells import Broken, Formula, Given
from assistance.sheets.columns import IGNORED, columns_by_name
from assistance.sheets.problems import CellRefused, problem
from assistance.sheets.reading import Row, Table
from assistance.sheets.recorded import COUNTS

ORDER = {
    SheetKind.REQUESTS: 0,
    SheetKind.ACTIVITIES: 0,
    SheetKind.LINKS: 1,
    SheetKind.DELIVERIES: 2,
}
FILL_IN = _("Fill in the cell and upload the sheet again.")


def parsed(upload: SheetUpload, tables: list[Table], given: Given) -> Iterator[SheetRow]:
    """The rows of all tables, not saved yet; those that can't be read are refused already."""
    seen: dict[tuple[Any, ...], int] = {}
    for table in tables:
        for row in table.rows:
            read = _read(upload, table, row, given)
            if not read.problems:
                _refuse_twin(read, seen)
            if read.problems:
                read.outcome = RowOutcome.REFUSED
            yield read


def _read(upload: SheetUpload, table: Table, row: Row, given: Given) -> SheetRow:
    number, cells = row
    read = SheetRow(upload=upload, sheet=table.sheet, number=number, problems=[])
    read.order = ORDER[SheetKind(table.sheet)]
    for place, cell in enumerate(cells):
        column = table.places.get(place)
        if column is None:
            if cell not in (None, ""):
                letter = get_column_letter(place + 1)
                reason = _("The column %(letter)s has no heading.") % {"letter": letter}
                read.problems.append(
                    problem(letter, reason, _("Give it the heading of the template, or empty it."))
                )
        elif column not in IGNORED:
            read.cells[column.name] = _kept(cell)
            try:
                read.values[column.name] = column.reads(cell, given)
            except CellRefused as refused:
                read.problems.append(problem(column.heading, refused.reason, refused.remedy))
    _complete(read, table, given)
    return read


def _kept(cell: Any) -> Any:
    """The cell as it goes back to whoever corrects it."""
    if isinstance(cell, Formula | Broken):
        return cell.text
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    return cell if isinstance(cell, int | float | str | None) else str(cell)


def _complete(read: SheetRow, table: Table, given: Given) -> None:
    """What belongs together in a row; cells short of the last heading are empty ones."""
    columns = columns_by_name(table.sheet)
    refused = {one["column"] for one in read.problems}
    for column in table.places.values():
        if column in IGNORED:
            continue
        if column.name not in read.cells:
            read.values[column.name] = column.reads(None, given)
        empty = read.values.get(column.name) in (None, "")
        if column.required and empty and str(column.heading) not in refused:
            reason = _("“%(heading)s” is empty.") % {"heading": column.heading}
            read.problems.append(problem(column.heading, reason, FILL_IN))
    if read.sheet == SheetKind.REQUESTS:
        read.group = f"!{read.values.get('request') or ''}"
    else:
        read.group = read.values.get("activity") or ""
    read.key = _key(read)
    if read.sheet == SheetKind.DELIVERIES:
        _add_up(read, columns["participants"].heading)
    if read.sheet == SheetKind.LINKS and not read.problems:
        _check_ends(read, {name: column.heading for name, column in columns.items()})


def _key(read: SheetRow) -> str:
    values = read.values
    if read.sheet == SheetKind.ACTIVITIES:
        return read.group
    if read.sheet == SheetKind.REQUESTS:
        return f"{values.get('request') or ''}/{values.get('number') or ''}"
    if read.sheet == SheetKind.LINKS:
        return values.get("mandate") or values.get("item") or ""
    natural = (values.get("country"), values.get("on"), values.get("kind"))
    return values.get("key") or " ".join(filter(None, natural))


def _add_up(read: SheetRow, heading: Any) -> None:
    """The participants in all are the sum of the three counts, or stand alone."""
    total = read.values.pop("participants", None)
    counts = [n for name in COUNTS if (n := read.values.get(name)) is not None]
    if total is None:
        return
    if not counts:
        read.values["not_stated"] = total
    elif sum(counts) != total:
        read.problems.append(
            problem(
                heading,
                _("The participants don't add up: %(sum)d by sex, %(total)d in all.")
                % {"sum": sum(counts), "total": total},
                _("Correct one of the numbers, or leave the total empty."),
            )
        )


def _check_ends(read: SheetRow, headings: dict[str, Any]) -> None:
    values = read.values
    mandate, item = values.get("mandate"), values.get("item")
    if bool(mandate) == bool(item):
        read.problems.append(
            problem(
                headings["mandate"],
                _("A link leads to one mandate or to one item."),
                _("Fill in one of the two columns in each row."),
            )
        )
    elif item and (values.get("weight") or values.get("share")):
        name = "share" if values.get("share") else "weight"
        read.problems.append(
            problem(
                headings[name],
                _("Only a link to a mandate has a weight and a share."),
                _("Empty the cell."),
            )
        )


def _refuse_twin(read: SheetRow, seen: dict[tuple[Any, ...], int]) -> None:
    """A thing stands in a file once."""
    values = read.values
    names: list[tuple[Any, ...]] = [(read.sheet, read.group, read.key)]
    if read.sheet == SheetKind.DELIVERIES:
        natural = (values.get("country"), values.get("on"), values.get("kind"))
        names = [(read.sheet, read.group, *natural)]
        if values.get("key"):
            names.append((read.sheet, values["key"]))
    for name in names:
        if name in seen:
            reason = _("The row %(number)d is of the same.") % {"number": seen[name]}
            read.problems.append(
                problem("", reason, _("Delete one of the two, or give it another key."))
            )
            return
    seen.update(dict.fromkeys(names, read.number))
