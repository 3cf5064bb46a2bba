"""Cells read into plain values that JSON can keep, each refusal with what to do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from assistance.sheets.problems import CellRefused
from assistance.sheets.vocabulary import Vocabulary

ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
LOCAL_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
KEY = re.compile(r"[A-Z0-9][A-Z0-9 ._/-]{0,39}")
THOUSANDS = r"[1-9]\d{0,2}(?P<by>[ .,'’])\d{3}(?:(?P=by)\d{3})*"
AMOUNT = re.compile(rf"({THOUSANDS}|\d+)(?:(?!(?P=by))[.,](\d{{1,2}}))?")
ITEM = re.compile(r"(TA-\d{4}-\d{5,})\s*[/,]\s*(\d{1,3})", re.IGNORECASE)
WRITE_ISO = _("Write it as year-month-day, such as 2026-04-25.")


@dataclass(frozen=True)
class Formula:
    """A cell that computes its value."""

    text: str


@dataclass(frozen=True)
class Broken:
    """A cell that shows an error of the spreadsheet, such as #REF!."""

    text: str


@dataclass(frozen=True)
class Given:
    """What reading a cell may need: the words that are known, and the reader's language."""

    words: Vocabulary
    language: str


Reads = Callable[[Any, Given], Any]


def text_of(cell: Any) -> str:
    """What a cell says, on the way to any other value."""
    if isinstance(cell, Formula):
        raise CellRefused(
            _("The cell holds a formula."), _("Copy it and paste it again as values only.")
        )
    if isinstance(cell, Broken):
        raise CellRefused(
            _("The cell shows the error %(error)s.") % {"error": cell.text},
            _("Write the value itself."),
        )
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    text = str(cell).strip()
    if CONTROLS.search(text):
        raise CellRefused(
            _("The cell holds a character that can't be read."), _("Type the words anew.")
        )
    return text


def text(cell: Any, _given: Given) -> str:
    """Words as they stand."""
    return text_of(cell)


def day(cell: Any, given: Given) -> str | None:
    """A day in ISO form: a real date, an ISO day, or day/month/year where nothing is unsure."""
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise CellRefused(
            _("%(number)s is a number, not a date.") % {"number": text_of(cell)},
            _("Format the cell as a date, or write it as year-month-day."),
        )
    words = text_of(cell)
    if not words:
        return None
    if found := ISO_DAY.fullmatch(words):
        return _real_day(words, *map(int, found.groups()))
    if found := LOCAL_DAY.fullmatch(words):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if given.language == "en" and found[2] != ".":
            if first <= 12 and second <= 12 and first != second:
                raise CellRefused(
                    _("%(day)s can be read in two ways: day or month first.") % {"day": words},
                    WRITE_ISO,
                )
            if second > 12:
                first, second = second, first
        return _real_day(words, year, second, first)
    raise CellRefused(_("“%(word)s” is not a date.") % {"word": words[:60]}, WRITE_ISO)


def _real_day(words: str, year: int, month: int, day: int) -> str:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        raise CellRefused(
            _("There is no such day as %(day)s.") % {"day": words}, WRITE_ISO
        ) from None


def count(cell: Any, _given: Given) -> int | None:
    """A whole number from 0."""
    words = text_of(cell)
    if not words:
        return None
    if not re.fullmatch(r"\d{1,9}", words):
        raise CellRefused(
            _("“%(word)s” is not a whole number.") % {"word": words[:60]},
            _("Write digits only, such as 40."),
        )
    return int(words)


def amount(cell: Any, _given: Given) -> str | None:
    """A sum of money from 0 with two decimals, as text; as a number, or written in any language."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell >= 0:
        return f"{Decimal(str(cell)):.2f}"
    words = " ".join(text_of(cell).split())
    if not words:
        return None
    found = AMOUNT.fullmatch(words)
    if not found:
        raise CellRefused(
            _("“%(word)s” is no amount.") % {"word": words[:60]},
            _("Write the number alone, such as 12500.00; the currency has a column of its own."),
        )
    return f"{re.sub('[^0-9]', '', found[1])}.{(found[3] or '').ljust(2, '0')}"


def share(cell: Any, _given: Given) -> str | None:
    """A percentage with at most two decimals, as text; decimal comma and percent sign allowed."""
    words = text_of(cell).removesuffix("%").strip().replace(",", ".")
    if not words:
        return None
    try:
        number = round(Decimal(words), 2)
        fits = 0 < number <= 100
    except InvalidOperation:
        fits = False
    if not fits:
        raise CellRefused(
            _("“%(word)s” is no share between 0 and 100.") % {"word": words[:60]},
            _("Write a percentage, such as 40, or leave all shares of the activity empty."),
        )
    return f"{number:.2f}"


def key(cell: Any, _given: Given) -> str:
    """A key in capitals: letters of A to Z, digits and some signs."""
    words = " ".join(text_of(cell).upper().split())
    if words and not KEY.fullmatch(words):
        raise CellRefused(
            _("“%(word)s” can't be a key.") % {"word": words[:60]},
            _("Use at most 40 letters from A to Z, digits, spaces and . _ / -"),
        )
    return words


def one_of(words: str) -> Reads:
    """A reader of one word of a list."""

    def read(cell: Any, given: Given) -> str:
        said = text_of(cell)
        return given.words.code(words, said) if said else ""

    return read


def several(words: str) -> Reads:
    """A reader of words of a list, separated by semicolons."""

    def read(cell: Any, given: Given) -> list[str]:
        parts = [part.strip() for part in re.split(r"[;\n]", text_of(cell))]
        return sorted({given.words.code(words, part) for part in parts if part})

    return read


def counted(words: str, number: Callable[[Any, Given], Any]) -> Reads:
    """A reader of words of a list, each with its number: `Kenya: 60; Colombia: 40`."""

    def read(cell: Any, given: Given) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in re.split(r"[;\n]", text_of(cell)):
            word, _colon, said = part.rpartition(":")
            if not part.strip():
                continue
            if not word.strip() or not said.strip():
                raise CellRefused(
                    _("“%(word)s” has no number.") % {"word": part.strip()[:60]},
                    _("Write a colon and the number after each."),
                )
            code = given.words.code(words, word)
            if code in found:
                raise CellRefused(
                    _("“%(word)s” stands there twice.") % {"word": word.strip()[:60]},
                    _("Delete one of the two."),
                )
            found[code] = number(said.strip(), given)
        return {code: number for code, number in sorted(found.items()) if number}

    return read


states = several("states")
"""ISO codes of States, by name in any language or by code."""
partners = several("partners")
shares = counted("states", share)
"""Percentages by the ISO code of the State."""


def needs(cell: Any, given: Given) -> list[str]:
    """Published needs as `N-12`, each with its words or without, separated by semicolons."""
    parts = [part.split()[0] for part in re.split(r"[;\n]", text_of(cell)) if part.strip()]
    return sorted({given.words.code("needs", part) for part in parts})


def addresses(cell: Any, _given: Given) -> list[str]:
    """Addresses of the web, separated by spaces or lines."""
    return sorted({part.rstrip(";,") for part in text_of(cell).split()})


def mandate(cell: Any, given: Given) -> str:
    """The identifier of a counted mandate; its label may follow."""
    said = text_of(cell)
    if not said:
        return ""
    identifier = said.split()[0]
    try:
        return given.words.code("mandates", identifier)
    except CellRefused:
        raise CellRefused(
            _("“%(word)s” is no mandate for UNODC.") % {"word": identifier[:60]},
            _("Choose from the list of the template."),
        ) from None


def item(cell: Any, _given: Given) -> str:
    """An item of a request as `TA-2026-00042/1`."""
    said = text_of(cell)
    if not said:
        return ""
    found = ITEM.fullmatch(said)
    if not found:
        raise CellRefused(
            _("“%(word)s” is no item of a request.") % {"word": said[:60]},
            _("Write reference and number of the item, such as TA-2026-00042/1."),
        )
    return f"{found[1].upper()}/{int(found[2])}"


def nothing(_cell: Any, _given: Given) -> None:
    """What the site wrote for people to read, and does not read back."""
    return


def shown(value: Any, words: str, known: Vocabulary) -> Any:
    """A value as a cell shows it, in the reader's language."""
    if value in (None, "", [], {}):
        return None
    if isinstance(value, list) and not words:
        return "\n".join(value)
    if isinstance(value, dict):
        return "; ".join(f"{known.label(words, code)}: {one}" for code, one in value.items())
    if isinstance(value, list):
        return "; ".join(known.label(words, code) for code in value)
    return known.label(words, str(value)) if words else value
