"""The vocabulary of the matcher: concepts with their terms in three languages, from `data/`.

How a concept is written and what the strengths mean stands in `data/README.md`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from assistance.matching.words import words_of

ANY = "any"
STRENGTHS = {"strong": 3.0, "fair": 2.0, "weak": 0.7}


class Role(StrEnum):
    """What a concept is for."""

    THEME = "theme"
    SUBJECT = "subject"
    OUTSIDE = "outside"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Concept:
    """One notion. `within` names the wider concepts it narrows; `broad` ones yield to others.

    A `firm` concept outside the subject lowers the score however often terrorism is named.
    """

    code: str
    role: Role
    themes: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    broad: bool = False
    firm: bool = False


@dataclass(frozen=True)
class Piece:
    """One word of a phrase: a stem, or the beginning of a word, or a word as it stands."""

    value: str
    kind: str  # "stem", "prefix" or "exact"


Phrase = tuple[Piece, ...]


@dataclass(frozen=True)
class Term:
    """Words that speak for a concept: all phrases, anywhere in one sentence."""

    concept: Concept
    weight: float
    phrases: tuple[int, ...]


@dataclass(frozen=True)
class Lexicon:
    """The terms of one language, ready for lookup by the first word of their phrases."""

    terms: tuple[Term, ...]
    phrases: tuple[Phrase, ...]
    by_stem: dict[str, tuple[int, ...]]
    by_exact: dict[str, tuple[int, ...]]
    by_prefix: dict[str, tuple[int, ...]]
    terms_of_phrase: dict[int, tuple[Term, ...]]


PREFIX_KEY = 3  # letters under which beginnings of words are looked up


@cache
def concepts() -> dict[str, Concept]:
    """All concepts by code, in the order of the files."""
    return {concept.code: concept for concept, _ in _rows()}


@cache
def lexicon(language: str) -> Lexicon:
    """The terms of a language of `LANGUAGES`, with names that are the same in all."""
    terms: list[Term] = []
    numbers: dict[Phrase, int] = {}
    for concept, row in _rows():
        for strength, weight in STRENGTHS.items():
            for source in (language, ANY):
                for written in row.get(strength, {}).get(source, []):
                    phrases = [
                        _phrase(part, language, exact=source == ANY) for part in written.split("+")
                    ]
                    terms.append(
                        Term(
                            concept,
                            weight,
                            tuple(numbers.setdefault(phrase, len(numbers)) for phrase in phrases),
                        )
                    )
    tables: dict[str, dict[str, list[int]]] = {"stem": {}, "exact": {}, "prefix": {}}
    for phrase, number in numbers.items():
        first = phrase[0]
        key = first.value[:PREFIX_KEY] if first.kind == "prefix" else first.value
        tables[first.kind].setdefault(key, []).append(number)
    of_phrase: dict[int, list[Term]] = {}
    for term in terms:
        for number in set(term.phrases):
            of_phrase.setdefault(number, []).append(term)
    return Lexicon(
        terms=tuple(terms),
        phrases=tuple(numbers),
        by_stem=_frozen(tables["stem"]),
        by_exact=_frozen(tables["exact"]),
        by_prefix=_frozen(tables["prefix"]),
        terms_of_phrase={number: tuple(found) for number, found in of_phrase.items()},
    )


def _frozen(table: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(numbers) for key, numbers in table.items()}


def _phrase(written: str, language: str, *, exact: bool) -> Phrase:
    """The pieces to look for; small words count only where a single other word would be left."""
    pieces = []
    for part in written.split():
        for word in words_of(part.strip("=*"), language):
            meant = part.startswith("=")
            if part.endswith("*"):
                piece = Piece(word.folded, "prefix")
            elif exact or word.small or meant:
                piece = Piece(word.folded, "exact")
            else:
                piece = Piece(word.stem, "stem")
            pieces.append((piece, word.small and not meant))
    large = [piece for piece, small in pieces if not small]
    too_short = any(len(piece.value) < PREFIX_KEY for piece in large if piece.kind == "prefix")
    if too_short or (not large and len(pieces) < 2):
        raise ValueError(f"{written!r} ({language}) holds no word to look for")
    return tuple(large) if len(large) > 1 else tuple(piece for piece, _ in pieces)


@cache
def _rows() -> tuple[tuple[Concept, dict[str, Any]], ...]:
    found = []
    for file in sorted((files("assistance.matching") / "data").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["concepts"]:
            concept = Concept(
                code=row["code"],
                role=Role(row.get("role", Role.THEME)),
                themes=tuple(row.get("themes", ())),
                within=tuple(row.get("within", ())),
                broad=row.get("broad", False),
                firm=row.get("firm", False),
            )
            found.append((concept, row))
    return tuple(found)
