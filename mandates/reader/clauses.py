"""Paragraphs to clauses: a clause begins at a verb in the third person whose subject is the organ.

The rules are those by which people annotate United Nations resolutions: verbs of those addressed
are content, a gerund of the organ is a recital inside its clause, joining words stand between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mandates.reader.model import Clause, Kind
from mandates.reader.richtext import RichText
from mandates.reader.vocabulary import Vocabulary

TRAILING = " ,;:.\u00a0"
BRACKETS = {"(": ")", "“": "”", "«": "»", "[": "]"}
EMPHASISED_WORDS = 6
SENTENCE = 400
STRENGTH = (Kind.ACTION, Kind.DECISION, Kind.STATEMENT)


@dataclass(frozen=True)
class _Verb:
    start: int
    end: int
    kind: Kind
    joint: int


def find_clauses(rich: RichText, vocabulary: Vocabulary) -> tuple[Clause, ...]:
    """The clauses of an operative paragraph in order; none where the organ says nothing."""
    text = rich.text
    first = _first_verb(rich, vocabulary)
    later = list(_later_verbs(text, first.end if first else 0, vocabulary))
    verbs = [first, *later] if first else later
    if not verbs:
        return ()
    starts = [verb.start for verb in verbs]
    if first is None:
        starts[0] = 0
    ends = [*(verb.joint for verb in verbs[1:]), len(text)]
    return tuple(
        Clause(
            verb=text[verb.start : verb.end],
            verb_start=verb.start,
            kind=verb.kind,
            start=start,
            end=len(text[:end].rstrip(TRAILING)),
        )
        for verb, start, end in zip(verbs, starts, ends, strict=True)
    )


def opens_with_verb(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a sub-paragraph begins with a verb of the organ and so has clauses of its own."""
    return vocabulary.verb_phrase.match(text) is not None


def _first_verb(rich: RichText, vocabulary: Vocabulary) -> _Verb | None:
    adjunct = vocabulary.adjunct.match(rich.text)
    start = adjunct.end() if adjunct else 0
    match = vocabulary.verb_phrase.match(rich.text, start)
    if match and not vocabulary.structure["recital"].match(rich.text):
        return _Verb(start, match.end(), _kind(rich.text, match.span(), vocabulary), start)
    return _emphasised(rich, vocabulary)


def _emphasised(rich: RichText, vocabulary: Vocabulary) -> _Verb | None:
    """An opening in italics that the vocabulary lacks is a verb of the organ, a statement."""
    recital = vocabulary.structure["recital"].match(rich.text)
    if recital or not rich.emphasis or rich.emphasis[0][0] > 0:
        return None
    end = len(rich.text[: rich.emphasis[0][1]].rstrip(TRAILING))
    if not 0 < len(rich.text[:end].split()) <= EMPHASISED_WORDS:
        return None
    return _Verb(0, end, Kind.STATEMENT, 0)


def _later_verbs(text: str, start: int, vocabulary: Vocabulary) -> Iterator[_Verb]:
    enclosed = _enclosed(text)
    last = start
    for match in vocabulary.joint.finditer(text, start):
        at = match.start("verb")
        sentence = text[match.start()] == "."
        if enclosed[at] or (sentence and not text[at].isupper()):
            continue
        if match["bare"] and _in_relative(
            text[max(last, match.start() - SENTENCE) : match.start()], vocabulary
        ):
            continue
        last = match.end()
        yield _Verb(at, match.end(), _kind(text, match.span("verb"), vocabulary), match.start())


def _in_relative(before: str, vocabulary: Vocabulary) -> bool:
    """Whether "and" + verb goes on with a relative clause ("who notes ... and stresses")."""
    relatives = list(vocabulary.relative.finditer(before))
    if not relatives:
        return False
    tail = before[relatives[-1].end() :]
    if "," in tail:
        return False
    words = re.split(r"\s+", tail.strip())
    return any(
        vocabulary.verb_phrase.match(" ".join(words[skip:])) for skip in range(min(3, len(words)))
    )


def _kind(text: str, phrase: tuple[int, int], vocabulary: Vocabulary) -> Kind:
    """The strongest kind of the verbs in a phrase: asking before deciding before stating.

    Of verbs that begin at one word the longest counts: "reiterates its call" asks.
    """
    kinds = vocabulary.kinds_in(text, *phrase)
    return next(kind for kind in STRENGTH if kind in kinds)


def _enclosed(text: str) -> list[bool]:
    """For each character, whether it stands inside brackets or quotation marks."""
    closing: list[str] = []
    inside: list[bool] = []
    for char in text:
        if closing and char == closing[-1]:
            closing.pop()
        inside.append(bool(closing))
        if char in BRACKETS:
            closing.append(BRACKETS[char])
    # A bracket that never closes encloses nothing.
    return inside if not closing else [False] * len(text)
