"""The terms of the vocabulary that stand in a text, with how much each says there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistance.matching.vocabulary import (
    PREFIX_KEY,
    Lexicon,
    Phrase,
    Piece,
    Role,
    concepts,
    lexicon,
)
from assistance.matching.words import Word, fold, language_of, sentences, words_of


@dataclass(frozen=True)
class Source:
    """What is matched: words of an activity or a request item.

    `themes` are codes of themes that whoever asks ticked; each speaks for its concepts.
    """

    title: str
    description: str = ""
    language: str = ""
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Places:
    """How much a word says by its place: the main object stands in the title."""

    title: float = 2.0
    first: float = 1.3
    rest: float = 1.0
    again: float = 0.25


@dataclass
class Found:
    """The evidence for one concept: the words found, each with what it adds."""

    words: dict[str, float] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        return sum(self.words.values())


@dataclass(frozen=True)
class Evidence:
    """What stands in a text: `found` by code of a concept, `stems` of its words with weights."""

    language: str
    found: dict[str, Found]
    stems: dict[str, float]
    surface: dict[str, str]
    ticked: frozenset[str]
    folded: str

    def strongest(self, code: str, limit: int) -> list[str]:
        """The words found for a concept, those that say most first."""
        words = self.found[code].words if code in self.found else {}
        return sorted(words, key=lambda written: (-words[written], written))[:limit]

    def named(self, names: tuple[str, ...]) -> list[str]:
        """Those of some names that stand in the text."""
        return [name for name in names if _stands_in(name, self.folded)]

    def weight(self, code: str) -> float:
        """How much speaks for a concept; 0 when nothing does."""
        return self.found[code].weight if code in self.found else 0.0


@dataclass(frozen=True)
class _Hit:
    concept: str
    role: Role
    term: tuple[int, ...]
    weight: float
    start: int
    end: int


def evidence_of(source: Source, places: Places | None = None) -> Evidence:
    """The evidence of a text, title and first sentence weighing more than the rest."""
    places = places or Places()
    language = language_of(f"{source.title}. {source.description}", source.language)
    ticked = {
        code for code, concept in concepts().items() if set(concept.themes) & set(source.themes)
    }
    folded = fold(f"{source.title}\n{source.description}")
    evidence = Evidence(language, {}, {}, {}, frozenset(ticked), folded)
    seen: dict[tuple[str, tuple[int, ...]], int] = {}
    for weight, text in _parts(source, places):
        words = words_of(text, language)
        _add_stems(evidence, words, text, weight)
        for hit in _hits(words, lexicon(language)):
            times = seen.get((hit.concept, hit.term), 0)
            seen[hit.concept, hit.term] = times + 1
            if times > 2:
                continue
            factor = weight if times == 0 else places.again
            found = evidence.found.setdefault(hit.concept, Found())
            surface = " ".join(text[hit.start : hit.end].split()).lower()
            found.words[surface] = found.words.get(surface, 0.0) + hit.weight * factor
    return evidence


def _stands_in(name: str, folded: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(fold(name))}(?!\w)", folded))


def _parts(source: Source, places: Places) -> Iterable[tuple[float, str]]:
    for _, text in sentences(source.title):
        yield places.title, text
    for number, (_, text) in enumerate(sentences(source.description)):
        yield (places.first if number == 0 else places.rest), text


def _add_stems(evidence: Evidence, words: list[Word], text: str, weight: float) -> None:
    for word in (word for word in words if not word.small):
        evidence.stems[word.stem] = max(evidence.stems.get(word.stem, 0.0), weight)
        evidence.surface.setdefault(word.stem, text[word.start : word.end].lower())


def _hits(words: list[Word], table: Lexicon) -> list[_Hit]:
    """The terms in one sentence; one inside a longer one of its concept adds nothing."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for at, word in enumerate(words):
        for number in _starting_with(word, table):
            phrase = table.phrases[number]
            end = _end_of(phrase, words, at)
            if end is not None:
                spans.setdefault(number, []).append((word.start, end))
    hits: list[_Hit] = []
    for number in spans:
        for term in table.terms_of_phrase[number]:
            if number != term.phrases[0] or not all(part in spans for part in term.phrases):
                continue
            for start, end in spans[number]:
                hits.append(
                    _Hit(
                        term.concept.code, term.concept.role, term.phrases, term.weight, start, end
                    )
                )
    ignored = [hit for hit in hits if hit.role == Role.IGNORED]
    return sorted(
        (
            hit
            for hit in hits
            if hit.role != Role.IGNORED
            and not any(_inside(hit, other) for other in ignored)
            and not any(_outdone(hit, other) for other in hits)
        ),
        key=lambda hit: (hit.start, hit.end, hit.concept, hit.term),
    )


def _inside(hit: _Hit, other: _Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end


def _outdone(hit: _Hit, other: _Hit) -> bool:
    """Whether the other says the same concept in more words, or more strongly in the same."""
    if hit is other or hit.concept != other.concept or not _inside(hit, other):
        return False
    mine = (hit.end - hit.start, hit.weight, hit.term)
    return (other.end - other.start, other.weight, other.term) > mine


def _starting_with(word: Word, table: Lexicon) -> Iterable[int]:
    yield from table.by_stem.get(word.stem, ())
    yield from table.by_exact.get(word.folded, ())
    yield from table.by_prefix.get(word.folded[:PREFIX_KEY], ())


def _end_of(phrase: Phrase, words: list[Word], at: int) -> int | None:
    """Where a phrase ends that begins at a word; small words in between may be passed over."""
    end = 0
    for piece in phrase:
        while at < len(words) and words[at].small and not _fits(piece, words[at]):
            at += 1
        if at == len(words) or not _fits(piece, words[at]):
            return None
        end = words[at].end
        at += 1
    return end


def _fits(piece: Piece, word: Word) -> bool:
    if piece.kind == "stem":
        return piece.value == word.stem
    if piece.kind == "prefix":
        return word.folded.startswith(piece.value)
    return piece.value == word.folded
