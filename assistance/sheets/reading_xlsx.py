"""Rows of an Excel workbook, read piece by piece within limits."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from assistance.sheets.cells import Broken, Formula
from assistance.sheets.limits import MAX_COLUMNS, MAX_MEGABYTES, MAX_SHEETS, MAX_UNPACKED
from assistance.sheets.problems import SheetRefused
from assistance.sheets.workbook import INSTRUCTIONS, LISTS, titles_of

MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+\d+:[A-Z]+\d+)\"")
BLOCK = 1 << 20
UNREADABLE = (
    zipfile.BadZipFile,
    InvalidFileException,
    DefusedXmlException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
)
"""What openpyxl raises on archives that are damaged or no workbooks."""

Raw = tuple[str, Iterator[tuple[int, list[Any]]], list[str]]


def read_workbook(file: IO[bytes]) -> list[Raw]:
    """Title, rows and merged cells of each sheet that the site did not write itself."""
    try:
        archive = zipfile.ZipFile(file)
        _check_archive(archive)
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except UNREADABLE:
        raise damaged() from None
    if len(book.sheetnames) > MAX_SHEETS:
        raise SheetRefused(
            _("The workbook has more than %(limit)d sheets.") % {"limit": MAX_SHEETS},
            _("Delete all sheets but those of the template."),
        )
    ours = {LISTS, *titles_of(INSTRUCTIONS)}
    return [
        (sheet.title, _rows(sheet), _merged(archive, sheet))
        for sheet in book.worksheets
        if sheet.title not in ours
    ]


def damaged() -> SheetRefused:
    """The refusal of an archive that is no workbook."""
    return SheetRefused(
        _("The file is damaged, or no Excel workbook."),
        _("Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), upload that."),
    )


def _check_archive(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise SheetRefused(
            _("The workbook holds macros."),
            _("Save it as an Excel workbook without macros (.xlsx), and upload that."),
        )
    # An archive gives out no more of a part than it declares.
    if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
        raise SheetRefused(
            _("The workbook is too large when unpacked."),
            _("Copy the rows into a fresh template of at most %(limit)d MB.")
            % {"limit": MAX_MEGABYTES},
        )
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise zipfile.BadZipFile("no workbook")


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    # What a sheet says of its own size may be wrong.
    sheet.reset_dimensions()
    try:
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
            cells = [_value(cell) for cell in row]
            while cells and cells[-1] in (None, ""):
                cells.pop()
            yield number, cells
    except UNREADABLE:
        raise damaged() from None


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        return Formula(str(cell.value))
    if cell.data_type == "e":
        return Broken(str(cell.value))
    if isinstance(cell.value, int | float) and "%" in str(cell.number_format):
        # A cell that shows 40 % holds 0.4.
        return f"{100 * cell.value:.10g}%"
    return cell.value


def _merged(archive: zipfile.ZipFile, sheet: Any) -> list[str]:
    """The merged ranges of a sheet, which reading piece by piece does not tell."""
    found: list[str] = []
    rest = b""
    with archive.open(sheet._worksheet_path.lstrip("/")) as part:
        while block := part.read(BLOCK):
            text = rest + block
            matches = list(MERGED.finditer(text))
            found += [one[1].decode() for one in matches]
            rest = text[max(len(text) - 200, matches[-1].end() if matches else 0) :]
    return found
