"""How alike two texts are, across languages: for finding what was asked twice."""

from __future__ import annotations

import math
from collections.abc import Mapping

from assistance.matching.evidence import Evidence, Source, evidence_of
from assistance.matching.vocabulary import Role, concepts

SUBJECTS = 0.6  # the share of what both are about; the rest is the words themselves
ACROSS = 0.9  # the share when the languages differ, so that few words can be the same


def similarity(left: Source, right: Source) -> float:
    """Between 0 (nothing in common) and 1 (the same subject in the same words)."""
    return round(alike(evidence_of(left), evidence_of(right)), 3)


def alike(first: Evidence, second: Evidence) -> float:
    """The similarity of two texts whose evidence was gathered."""
    left, right = _subjects(first), _subjects(second)
    subjects, words = _cosine(left, right), _cosine(first.stems, second.stems)
    if not left and not right:
        return words
    share = SUBJECTS if first.language == second.language else ACROSS
    return share * subjects + (1 - share) * words


def _subjects(evidence: Evidence) -> dict[str, float]:
    table = concepts()
    return {
        code: found.weight
        for code, found in evidence.found.items()
        if table[code].role in (Role.THEME, Role.OUTSIDE)
    }


def _cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    product = sum(weight * right[key] for key, weight in left.items() if key in right)
    lengths = math.hypot(*left.values()) * math.hypot(*right.values())
    return product / lengths if lengths else 0.0
