"""Rows of a CSV file, whatever its separator, in UTF-8 or as older Excel writes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from assistance.sheets.cells import Formula
from assistance.sheets.problems import SheetRefused
from directory.sheets import FORMULA_STARTS

SEPARATORS = ",;\t"
MAX_FIELD = 100_000


def read_csv(file: IO[bytes]) -> tuple[Iterator[tuple[int, list[Any]]], str]:
    """The rows with their numbers, and the encoding where it was guessed."""
    words, read_as = _decoded(file.read())
    first = words.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    return _rows(words, separator), read_as


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _in(data, "utf-16"), ""
    if guessed := _wide(data):
        return _in(data, guessed), ""
    if b"\x00" in data:
        raise SheetRefused(
            _("This is neither an Excel workbook nor a text."),
            _("Save it as an Excel workbook (.xlsx) or as CSV UTF-8, and upload that."),
        )
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return _in(data, "cp1252"), "Windows-1252"


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain headings is zero."""
    head = data[:200]
    if len(head) >= 20 and not any(head[1::2]) and all(head[::2]):
        return "utf-16-le"
    if len(head) >= 20 and not any(head[::2]) and all(head[1::2]):
        return "utf-16-be"
    return ""


def _in(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetRefused(
            _("The letters of the file can't be read: it is in an unknown encoding."),
            _("Save it as “CSV UTF-8”, or as an Excel workbook (.xlsx), and upload that."),
            row=data[: error.start].count(b"\n") + 1,
        ) from None


def _rows(words: str, separator: str) -> Iterator[tuple[int, list[Any]]]:
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise SheetRefused(
                _("The row can't be read: a quotation mark is missing or one too many."),
                _("Save the sheet as an Excel workbook (.xlsx), and upload that."),
                row=number,
            ) from None
        yield number, [_cell(cell) for cell in row]


def _cell(cell: str) -> Any:
    """The words of a cell; of one that was kept from being a formula, without its mark."""
    if cell.startswith("="):
        return Formula(cell)
    if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS):
        return cell[1:]
    return cell[:MAX_FIELD]
