"""Whom a clause asks: codes of the addressees named between the verb and what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mandates.reader.model import Clause, Kind
from mandates.reader.vocabulary import Pattern, Vocabulary

# How many characters from the verb the first name may stand: after "calls for", where nothing
# says what is asked, before "to act", and in "that X act" or "the efforts of X".
NEXT = 12
CLOSE = 22
DIRECT = 45
NEAR = 70
LIMIT = 600
# "Its call upon X" names whom it asks; "its call for X" may name a thing.
UPON = re.compile(r"\s*(?:upon|on|to|à|aux?)\s", re.IGNORECASE)
PREPOSITION = re.compile(r"^\s*(?:for|upon|on|to|à|aux?)\s", re.IGNORECASE)


def find_addressees(
    text: str, clause: Clause, vocabulary: Vocabulary, office: bool
) -> tuple[str, ...]:
    """The codes of all joint addressees in order; none for statements, decisions and nobody.

    `office`: whether "the Office" is the United Nations Office on Drugs and Crime here.
    """
    if clause.kind is not Kind.ACTION:
        return ()
    rest = text[clause.verb_start + len(clause.verb) : clause.end][:LIMIT]
    words, near = _window(rest, clause.verb, vocabulary)
    found = named_entities(_without_asides(words, vocabulary), vocabulary.addressees, office)
    if found and found[0][0] > near:
        return ()
    codes = tuple(dict.fromkeys(code for _, code in found))
    nobody = not words.strip(" ,") or vocabulary.complement["nobody"].match(words)
    if not codes and near == DIRECT and not nobody:
        return ("others",)
    return codes


def named_entities(
    words: str, entries: Sequence[tuple[str, Pattern]], office: bool = False
) -> list[tuple[int, str]]:
    """Places and codes of entities named, each word claimed by the first entry that has it."""
    found = [(start, code) for start, _, code in _names(words, entries)]
    claimed = name_spans(words, entries)
    found.extend(
        (match.start(), "unodc" if office else "un_entities")
        for match in THE_OFFICE.finditer(words)
        if not any(start < match.end() and match.start() < end for start, end in claimed)
    )
    return sorted(found)


def name_spans(words: str, entries: Sequence[tuple[str, Pattern]]) -> list[tuple[int, int]]:
    """Where entities are named, in no order."""
    return [(start, end) for start, end, _ in _names(words, entries)]


def _names(words: str, entries: Sequence[tuple[str, Pattern]]) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for code, pattern in entries:
        for match in pattern.finditer(words):
            start, end = match.span()
            if start < end and not any(start < late and early < end for early, late, _ in found):
                found.append((start, end, code))
    return found


# "The Office" alone; with more to its name it is another office.
THE_OFFICE = re.compile(
    r"\b(?:(?:la|dicha) Oficina|the Office|l[’']Office)\b(?! (?:of|for|on|de|du|des|pour)\b)"
)


def is_unodc_office(before: str) -> bool:
    """Whether the last office named in full before a place is the one on drugs and crime."""
    names = list(OFFICE_NAMES.finditer(before))
    return bool(names) and bool(UNODC_NAME.match(names[-1].group()))


OFFICE_NAMES = re.compile(
    r"(?:United Nations )?Office (?:on|of|for) \w+(?: \w+){0,3}|"
    r"Oficina de (?:las Naciones Unidas contra|(?:la |el |los |las )?\w+)(?: \w+){0,3}|"
    r"Office des Nations Unies contre \w+"
)
UNODC_NAME = re.compile(
    r"(?:United Nations )?Office on Drugs and|Oficina de las Naciones Unidas contra|"
    r"Office des Nations Unies contre"
)


def _window(rest: str, verb: str, vocabulary: Vocabulary) -> tuple[str, int]:
    """The words that name the addressee, and how near the verb the first name must stand."""
    rules = vocabulary.complement
    subject = rules["clause_subject"].match(rest)
    if subject:
        tail = rest[subject.end() :]
        end = rules["subject_end"].search(tail, 1)
        return tail[: end.start() if end else len(tail)], NEAR
    efforts = rules["efforts"].match(rest)
    if not efforts and not rules["opens"].match(rest):
        return "", NEAR
    stop = rules["que" if vocabulary.that_verb.search(verb) else "first"].search(rest)
    if rules["near"].search(verb):
        words = PREPOSITION.sub("", rest[: stop.start()]) if stop else ""
        return words, DIRECT if UPON.match(rest) else NEXT
    if stop:
        return rest[: stop.start()], NEAR if efforts else DIRECT
    if efforts:
        rest = rest[efforts.end() :]
    return re.split(r"[,;:]", rest)[0], NEAR if efforts else CLOSE


def _without_asides(words: str, vocabulary: Vocabulary) -> str:
    """The words without phrases in commas or after "in cooperation with" that name others."""
    drop, resume = vocabulary.complement["drop"], vocabulary.complement["resume"]
    kept: list[str] = []
    aside = False
    for segment in words.split(","):
        stripped = segment.strip()
        if drop.match(stripped):
            aside = True
        elif aside and resume.match(stripped):
            aside = False
        if not aside:
            kept.append(_without_modifier(segment, vocabulary))
    return ",".join(kept)


def _without_modifier(segment: str, vocabulary: Vocabulary) -> str:
    """A segment without "that have not yet done so", "in cooperation with X", up to the next
    joint addressee."""
    starts = [
        match.start()
        for match in (
            vocabulary.partnership["trigger"].search(segment),
            vocabulary.complement["modifier"].search(segment),
        )
        if match
    ]
    if not starts:
        return segment
    start = min(starts)
    resume = re.compile(rf"\s(?:{vocabulary.complement['resume'].pattern})", re.IGNORECASE)
    again = resume.search(segment, start)
    return segment[:start] + (segment[again.start() :] if again else "")
