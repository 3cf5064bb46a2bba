"""Words of a paragraph by their number, so that a clause can be chosen without a mouse.

A range of words ends before the punctuation that follows it, as the spans of clauses do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"\S+")
_TRAILING = ",.;:"


@dataclass(frozen=True)
class Word:
    """One word with its number (from 1) and its place."""

    number: int
    start: int
    end: int
    words: str


def numbered(text: str) -> list[Word]:
    """Every word of a text."""
    return [
        Word(number, match.start(), match.end(), match.group())
        for number, match in enumerate(_WORD.finditer(text), start=1)
    ]


def numbers_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The numbers of the first and the last word of a range."""
    inside = [word.number for word in numbered(text) if word.end > start and word.start < end]
    return (inside[0], inside[-1]) if inside else (1, 1)


def range_of(text: str, first: int, last: int) -> tuple[int, int]:
    """The range from one word to another; raises `IndexError` for a number that is not there."""
    words = numbered(text)
    if not 1 <= first <= last <= len(words):
        raise IndexError(f"{first}-{last} of {len(words)}")
    start, end = words[first - 1].start, words[last - 1].end
    return start, start + len(text[start:end].rstrip(_TRAILING))
