"""Clauses to mandates: conditions, partners, products and reports read from a clause's words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mandates.reader.addressees import find_addressees, name_spans, named_entities
from mandates.reader.front import read_date
from mandates.reader.model import Clause, ConditionSpan, Kind, Mandate, Reporting
from mandates.reader.richtext import RichText
from mandates.reader.vocabulary import Vocabulary

REPORTERS = frozenset(["unodc", "secretary_general", "un_entities"])
PARTNER_CODES = frozenset(
    ["un_entities", "international_organizations", "civil_society", "private_sector"]
)
TITLE_WORDS = 2
LISTED = 600
NAMED = 3000
NAME = r"(?:[A-ZÁÉÍÓÚÑ][\wáéíóúñ’'-]*|\d+)"
SMALL = (
    r"(?:de|del|la|las|los|el|y|e|en|sobre|contra|para|con|"
    r"of|and|the|for|on|in|to|et|des|du|les|sur)"
)
PROPER_NAME = re.compile(rf"{NAME}(?:\s+(?:{SMALL}\s+){{0,3}}{NAME})+")


def read_mandate(rich: RichText, clause: Clause, vocabulary: Vocabulary, office: bool) -> Mandate:
    """A clause with all that its words say; `office` as in `find_addressees`."""
    addressees = find_addressees(rich.text, clause, vocabulary, office)
    return Mandate(
        verb=clause.verb,
        kind=clause.kind,
        start=clause.start,
        end=clause.end,
        verb_start=clause.verb_start,
        addressees=addressees,
        conditions=find_conditions(rich.text, clause, vocabulary),
        partners=find_partners(rich.text, clause, vocabulary),
        products=tuple(dict.fromkeys(_products(rich, clause, vocabulary))),
        reporting=find_reporting(rich.text, clause, addressees, vocabulary),
    )


def find_conditions(text: str, clause: Clause, vocabulary: Vocabulary) -> tuple[ConditionSpan, ...]:
    """Conditions in the clause's words, in order, with their spans in the paragraph."""
    found = (
        ConditionSpan(kind, match.start(), match.end())
        for kind, pattern in vocabulary.conditions
        for match in pattern.finditer(text, clause.start, clause.end)
        if match.group()
    )
    return tuple(sorted(found, key=lambda condition: (condition.start, condition.end)))


def find_partners(text: str, clause: Clause, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Codes of the entities the clause says to work with; one merely mentioned is none."""
    codes: list[str] = []
    entries = (
        *vocabulary.partners,
        *(entry for entry in vocabulary.addressees if entry[0] != "others"),
    )
    own = {code for code, _ in vocabulary.partners} | PARTNER_CODES
    for trigger in vocabulary.partnership["trigger"].finditer(text, clause.start, clause.end):
        words = _listed(text[trigger.end() : clause.end][:LISTED], vocabulary)
        codes.extend(code for _, code in named_entities(words, entries) if code in own)
    return tuple(dict.fromkeys(codes))


def _listed(words: str, vocabulary: Vocabulary) -> str:
    """The list after "in cooperation with", up to the words that go on with the sentence.

    Asides in commas before the first name ("with, when appropriate, X") are passed over; words
    inside a name ("Office on Drugs and Crime") never end the list.
    """
    aside = re.match(r"\s*,[^,;]{1,60},", words)
    words = words[aside.end() :] if aside else words
    names = name_spans(words, (*vocabulary.partners, *vocabulary.addressees))
    masked = list(words)
    for start, end in names:
        masked[start:end] = "_" * (end - start)
    kept = ""
    for segment in re.finditer(r"[^,;:]+", "".join(masked)):
        stop = vocabulary.partnership["stop"].search(segment.group())
        end = segment.start() + stop.start() if stop else segment.end()
        named = any(segment.start() <= start < min(end, segment.start() + 40) for start, _ in names)
        if kept and not named:
            break
        kept += words[segment.start() : end] + ","
        if stop:
            break
    return kept


def _products(rich: RichText, clause: Clause, vocabulary: Vocabulary) -> Iterator[str]:
    """Titles of tools and publications: in italics, in quotation marks, or by name."""
    text, words = rich.text, vocabulary.products
    span = text[clause.verb_start + len(clause.verb) : clause.end][:NAMED]
    titled = False
    for start, end in rich.emphasis:
        title = text[start:end].strip(" ,.;()")
        inside = clause.start <= start and end <= clause.end and start != clause.verb_start
        if inside and len(title.split()) > TITLE_WORDS and not words["not_titles"].match(title):
            titled = True
            yield title
    for noun in re.finditer(rf"\b(?:{words['nouns'].pattern})\b", span, re.IGNORECASE):
        after = span[noun.end() :][:300]
        quoted = re.match(rf"[^“(,;]{{0,200}}{words['titled'].pattern}“([^”]+)”", after)
        bracket = re.match(rf"[^(;]{{0,250}}\(({PROPER_NAME.pattern}(?:: [\w ]+)?)\)", after)
        if quoted and not titled:
            titled = True
            yield quoted.group(1)
        elif bracket and not titled and len(bracket.group(1).split()) > TITLE_WORDS + 1:
            titled = True
            yield bracket.group(1)
    if not titled:
        yield from _named_products(span, vocabulary)


def _named_products(span: str, vocabulary: Vocabulary) -> Iterator[str]:
    words = vocabulary.products
    own = [
        match
        for match in re.finditer(rf"({PROPER_NAME.pattern})", span)
        if re.search(rf"\b(?:{words['named'].pattern})\b", match.group(), re.IGNORECASE)
        and len(match.group().split()) > TITLE_WORDS + 1
    ]
    before = re.search(rf"({PROPER_NAME.pattern})\s+(?:{words['named'].pattern})\b", span)
    after = re.search(
        rf"\b(?i:{words['named'].pattern})\b(?:\s+de\s+[a-záéíóúñ]+){{0,2}}(?:\s+[a-záéíóúñ]+)?"
        rf"\s+({PROPER_NAME.pattern})",
        span,
    )
    made = re.search(
        rf"\b((?:{words['made_nouns'].pattern}))\b[^,;.]{{0,80}}?\s(?:{words['made'].pattern})",
        span,
        re.IGNORECASE,
    )
    for match in (*own[:1], before, after, made):
        if match and len(match.group(1).split()) >= TITLE_WORDS:
            yield match.group(1)
            return


def find_reporting(
    text: str, clause: Clause, addressees: tuple[str, ...], vocabulary: Vocabulary
) -> Reporting | None:
    """The report a clause asks of an entity of the United Nations, with session and day."""
    if clause.kind is not Kind.ACTION or not REPORTERS.intersection(addressees):
        return None
    words = text[clause.verb_start + len(clause.verb) : clause.end]
    asks = vocabulary.reporting["asks"].search(words)
    if not asks:
        return None
    sessions = [
        vocabulary.ordinal(match["ordinal"])
        for match in vocabulary.reporting["session"].finditer(words)
    ]
    due = re.compile(
        rf"(?:{vocabulary.reporting['due'].pattern}){vocabulary.front['date'].pattern}",
        re.IGNORECASE,
    )
    known = [session for session in sessions if session]
    return Reporting(known[0] if known else None, read_date(due, words, vocabulary))
