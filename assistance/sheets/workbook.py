"""Workbooks of the template: empty, with what is recorded, or with the rows that were refused."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from assistance.models import SheetKind
from assistance.sheets.columns import COLUMNS, PROBLEM, Column
from assistance.sheets.limits import MAX_ROWS
from assistance.sheets.vocabulary import LANGUAGES, Vocabulary
from directory.sheets import FORMULA_STARTS

LISTS = "Lists"
INSTRUCTIONS = gettext_noop("Instructions")
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDER = (SheetKind.ACTIVITIES, SheetKind.DELIVERIES, SheetKind.LINKS, SheetKind.REQUESTS)
SEVERAL = {
    *("states", "state_shares", "partners", "by_age", "by_function"),
    *("mandate", "needs", "help_kinds", "themes"),
}
"""Columns whose cells hold more than a word of the list."""
HEAD_FILL = PatternFill("solid", fgColor="F3F6F9")

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


def titles_of(message: str) -> set[str]:
    """A title in each language of the site."""
    titles = set()
    for language in LANGUAGES:
        with translation.override(language):
            titles.add(translation.gettext(message))
    return titles


def sheet_file(name: str, rows: Rows, *, problems: bool = False) -> HttpResponse:
    """The workbook as a download."""
    response = HttpResponse(workbook(rows, problems=problems), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def workbook(rows: Rows, *, problems: bool = False) -> bytes:
    """The template in the reader's language with rows by sheet: cells by the column's name.

    `problems` adds a column for what is wrong, and leaves out sheets without rows.
    """
    known = Vocabulary()
    book = Workbook(write_only=True)
    lists = _Lists(known)
    for sheet in ORDER:
        given = list(rows.get(sheet, ()))
        if given or not problems:
            _write_sheet(book, sheet, given, lists, problems=problems)
    _write_instructions(book)
    lists.write(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_sheet(
    book: Workbook,
    sheet: SheetKind,
    rows: Sequence[Mapping[str, Any]],
    lists: _Lists,
    *,
    problems: bool,
) -> None:
    page = book.create_sheet(str(sheet.label))
    columns = (*COLUMNS[sheet], PROBLEM) if problems else COLUMNS[sheet]
    page.freeze_panes = "B2"
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = column.width
        page.column_dimensions[letter].hidden = column.hidden
        if column.words:
            page.data_validations.append(lists.validation(column, letter))
    page.append([_head(page, column) for column in columns])
    for row in rows:
        page.append([cell(page, row.get(column.name)) for column in columns])


def _head(page: Any, column: Column) -> Any:
    head = cell(page, str(column.heading) + (" *" if column.required else ""))
    head.font, head.fill = Font(bold=True), HEAD_FILL
    return head


def cell(page: Any, value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; days are real dates."""
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    made = WriteOnlyCell(page, value=None if value == "" else value)
    if isinstance(value, str):
        made.data_type = "s"
        made.quotePrefix = value.startswith(FORMULA_STARTS)
    return made


def _write_instructions(book: Workbook) -> None:
    page = book.create_sheet(_("Instructions"))
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 24, 110
    for words in _instructions():
        page.append([None, cell(page, words)])
    for sheet in ORDER:
        page.append([])
        title = cell(page, str(sheet.label))
        title.font = Font(bold=True)
        page.append([title])
        for column in COLUMNS[sheet]:
            if not column.hidden:
                says = str(column.says) or (_("Required.") if column.required else "")
                page.append([cell(page, str(column.heading)), cell(page, says)])


def _instructions() -> list[str]:
    return [
        _("Fill in a row for each activity, delivery and link. Columns with * must be filled."),
        _("The key of the activity ties the three sheets together, and finds it again: uploaded a"
          " second time, a row changes what the first made."),
        _("Each row of requests is one thing that a State asked for, in a letter or a meeting."
          " Written, it is sent in the name of the State, which is told."),
        _("Days are dates, or written as year-month-day. Choose words from the lists."),
        _("An empty cell empties what is recorded; a column you delete is left as it is. Rows that"
          " are not in the sheet are left as they are."),
        _("Formulas, merged cells and other sheets are not read. At most %(limit)d rows.")
        % {"limit": MAX_ROWS},
        _("Nothing is written before you have seen, row by row, what would change."),
    ]  # fmt: skip


class _Lists:
    """The hidden sheet of words that the drop-downs offer."""

    def __init__(self, known: Vocabulary) -> None:
        self._known = known
        self._columns: dict[str, list[str]] = {}

    def validation(self, column: Column, letter: str) -> DataValidation:
        """The drop-down of a column; where several words may stand in a cell it only offers."""
        words = column.words
        if words not in self._columns:
            self._columns[words] = self._known.options(words)
        check = DataValidation(
            type="list",
            formula1=f"={self._name(words)}",
            allow_blank=True,
            showErrorMessage=column.name not in SEVERAL,
            errorTitle=str(column.heading),
            error=_("Choose from the list."),
        )
        check.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
        return check

    @staticmethod
    def _name(words: str) -> str:
        return f"list_{words}"

    def write(self, book: Workbook) -> None:
        """The words, each list in a column of its own under a name."""
        page = book.create_sheet(LISTS)
        page.sheet_state = "hidden"
        length = max(map(len, self._columns.values()), default=0)
        for place, (words, options) in enumerate(self._columns.items(), start=1):
            letter = get_column_letter(place)
            book.defined_names[self._name(words)] = DefinedName(
                self._name(words),
                attr_text=f"{LISTS}!${letter}$1:${letter}${max(1, len(options))}",
            )
        for place in range(length):
            page.append(
                [
                    cell(page, options[place] if place < len(options) else None)
                    for options in self._columns.values()
                ]
            )
