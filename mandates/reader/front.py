"""What stands before and after the paragraphs: symbol, title, session, agenda item, dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mandates.reader.model import Organ
from mandates.reader.vocabulary import Pattern, Vocabulary

SYMBOL = re.compile(
    r"\b(?:A/RES/[\w()-]+(?:/\d+)?(?: ?[A-Z])?|S/RES/\d+ ?\(\d{4}\)|E/RES/\d{4}/\d+|"
    r"A/HRC/RES/[\w-]+/\d+|A/HRC/[\w/.]+|A/C\.\d/\d+/L\.\d+(?:/Rev\.\d+)?|A/\d+/L\.\d+(?:/Rev\.\d+)?|"
    r"E/CN\.\d+/(?:RES/)?[\w/.]+|E/\d{4}/L\.\d+(?:/Rev\.\d+)?|S/\d{4}/\d+)"
)
TITLE = re.compile(
    r"^(?P<session>(?:S-|ES-)?\d{1,4})/(?P<number>\d{1,4})(?P<part>(?: [A-Z](?=\.))?)\.?(?:\s+|$)"
)
OLD_TITLE = re.compile(
    r"^(?P<number>\d{1,4}(?: [A-Z])?) ?(?P<session>\((?:[IVXLC]+|S-[IVXLC]+|ES-[IVXLC]+)\))\.\s+"
)
OPENING_SYMBOL = {
    Organ.GENERAL_ASSEMBLY: "A/RES/{session}/{number}{part}",
    Organ.HUMAN_RIGHTS_COUNCIL: "A/HRC/RES/{session}/{number}{part}",
    Organ.ECONOMIC_AND_SOCIAL_COUNCIL: "E/RES/{session}/{number}{part}",
}
OLD_PREFIX = {Organ.GENERAL_ASSEMBLY: "A", Organ.ECONOMIC_AND_SOCIAL_COUNCIL: "E"}
LINE = 600
BASIS = re.compile(r"\[[^\]]*?\b([AES]/[\w./()-]*\w)")


@dataclass(frozen=True)
class Front:
    """The facts of the first page and the last lines."""

    symbol: str
    session: int | None
    agenda_item: str | None
    title: str
    adopted_on: str | None
    plenary_meeting: int | None
    basis: str | None


def read_front(
    front: Sequence[str], closing: Sequence[str], organ: Organ, vocabulary: Vocabulary
) -> Front:
    """The facts in the blocks before the opening line and after the last paragraph."""
    front = [text[:LINE] for text in front]
    whole = " ".join(front)
    end = " ".join(closing)
    words = vocabulary.front
    number, title = _title(front, vocabulary)
    symbol = _symbol(front, number, organ)
    session = _session(front, vocabulary)
    if session is None and number and organ is not Organ.ECONOMIC_AND_SOCIAL_COUNCIL:
        session = int(number["session"]) if number.get("session", "").isdigit() else None
    agenda = words["agenda"].search(whole)
    meeting = words["meeting"].search(end) or words["adopted_meeting"].search(whole)
    basis = BASIS.search(whole)
    return Front(
        symbol=symbol,
        session=session,
        agenda_item=agenda["item"] if agenda else None,
        title=title,
        adopted_on=read_date(words["adopted"], whole, vocabulary)
        or read_date(words["date"], end, vocabulary),
        plenary_meeting=int(meeting["meeting"]) if meeting else None,
        basis=basis.group(1) if basis else None,
    )


def read_date(pattern: Pattern, text: str, vocabulary: Vocabulary) -> str | None:
    """The first date that matches, as ISO; words that are no month, or no day of it, give None."""
    match = pattern.search(text)
    if not match or match["month"].lower() not in vocabulary.months:
        return None
    month = vocabulary.months.index(match["month"].lower()) + 1
    try:
        return date(int(match["year"]), month, int(match["day"])).isoformat()
    except ValueError:
        return None


def _title(front: Sequence[str], vocabulary: Vocabulary) -> tuple[dict[str, str], str]:
    for at, text in enumerate(front):
        match = TITLE.match(text) or OLD_TITLE.match(text)
        if match:
            rest = [text[match.end() :], *front[at + 1 :]]
            return match.groupdict(), " ".join(part for part in rest if part)
    for text in front:
        match = vocabulary.front["title_number"].fullmatch(text.strip())
        if match:
            return match.groupdict(), text.strip()
    plain = [text for text in front if not SYMBOL.search(text)]
    return {}, plain[-1] if plain else ""


def _symbol(front: Sequence[str], number: dict[str, str], organ: Organ) -> str:
    if number.get("session", "").startswith("(") and organ in OLD_PREFIX:
        return f"{OLD_PREFIX[organ]}/RES/{number['number']}{number['session']}"
    if "session" in number and organ in OPENING_SYMBOL:
        return OPENING_SYMBOL[organ].format(**number)
    if "year" in number:
        return "S/RES/{number} ({year})".format(**number)
    for text in front:
        match = SYMBOL.search(text)
        if match and "[" not in text:
            return match.group()
    return ""


def _session(front: Sequence[str], vocabulary: Vocabulary) -> int | None:
    for text in front:
        match = vocabulary.front["session"].search(text)
        if match and (session := vocabulary.ordinal(match["ordinal"])):
            return session
    return None
