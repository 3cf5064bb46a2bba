"""What the mandates of one resolution are about, in the terms of the vocabulary."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistance.matching.evidence import Source, evidence_of
from assistance.matching.vocabulary import Role, concepts


@dataclass(frozen=True)
class MandateWords:
    """A mandate as the matcher needs it: where it stands, its themes, its words.

    `labels` (its short names) and `words` (of its paragraph) are pairs of language and words;
    `products` and `partners` are names as they may stand in any text.
    """

    identifier: str
    paragraph: str
    themes: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    products: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A mandate in the index: what its themes say, what its words add, which stems are its own."""

    mandate: MandateWords
    own: frozenset[str]
    mentioned: dict[str, float]
    stems: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Index:
    """All mandates of a resolution that can be suggested."""

    entries: tuple[Entry, ...]


def build_index(mandates: Sequence[MandateWords]) -> Index:
    """The index of some mandates; what many of them say tells little of any.

    A concept is a mandate's own when its theme is one of the mandate's, or, for a mandate without
    themes, when its words say it more than those of others.
    """
    mentioned = [_mentioned(mandate) for mandate in mandates]
    spread = Counter(code for found in mentioned for code in found)
    rarity = {code: _rarity(len(mandates), count) for code, count in spread.items()}
    stems = [_stems(mandate) for mandate in mandates]
    stem_spread = Counter(
        (language, stem) for found in stems for language in found for stem in found[language]
    )
    entries = []
    for mandate, found, own_stems in zip(mandates, mentioned, stems, strict=True):
        weighted = {code: weight * rarity[code] for code, weight in found.items()}
        entries.append(
            Entry(
                mandate=mandate,
                own=_own(mandate, weighted),
                mentioned=weighted,
                stems={
                    language: {
                        stem: _rarity(len(mandates), stem_spread[language, stem]) * weight
                        for stem, weight in found_here.items()
                    }
                    for language, found_here in own_stems.items()
                },
            )
        )
    return Index(tuple(entries))


def _own(mandate: MandateWords, weighted: dict[str, float]) -> frozenset[str]:
    themes = set(mandate.themes)
    own = {code for code, concept in concepts().items() if themes & set(concept.themes)}
    if not own and weighted:
        most = max(weighted.values())
        own = {code for code, weight in weighted.items() if most > 0 and weight >= most / 2}
    return frozenset(own)


def _mentioned(mandate: MandateWords) -> dict[str, float]:
    """The concepts in a mandate's own words, each between 0 and 1."""
    found: dict[str, float] = {}
    languages = {language for language, _ in (*mandate.labels, *mandate.words)}
    for language in sorted(languages):
        evidence = evidence_of(
            Source(
                title=_joined(mandate.labels, language),
                description=_joined(mandate.words, language),
                language=language,
            )
        )
        for code, here in evidence.found.items():
            if concepts()[code].role == Role.THEME:
                found[code] = max(found.get(code, 0.0), here.weight / (here.weight + 4.0))
    return found


def _stems(mandate: MandateWords) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for language in sorted({language for language, _ in (*mandate.labels, *mandate.words)}):
        labels = evidence_of(Source(_joined(mandate.labels, language), language=language))
        words = evidence_of(Source("", _joined(mandate.words, language), language=language))
        stems = dict.fromkeys(words.stems, 1.0)
        stems.update(dict.fromkeys(labels.stems, 2.0))
        found[language] = stems
    return found


def _joined(pairs: tuple[tuple[str, str], ...], language: str) -> str:
    return ". ".join(words for its, words in pairs if its == language)


def _rarity(total: int, having: int) -> float:
    """Between 0 (all have it) and 1 (one of many has it)."""
    if total < 2:
        return 1.0
    return math.log(total / having) / math.log(total)
