"""Currencies in use today by their codes after ISO 4217, as CLDR has them."""

from __future__ import annotations

from functools import cache

from babel.core import get_global

FIRST = ("USD", "EUR", "CHF", "GBP")


@cache
def in_use() -> tuple[str, ...]:
    """Those that are tender somewhere today; first those that UNODC mostly counts in."""
    now = {
        code
        for currencies in get_global("territory_currencies").values()
        for code, _start, end, tender in currencies
        if tender and end is None
    }
    return (*FIRST, *sorted(now - set(FIRST)))
