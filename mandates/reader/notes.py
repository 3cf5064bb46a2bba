"""Notes of a resolution: their places in the text and the documents they refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mandates.reader.blocks import Block
from mandates.reader.model import Footnote

CITATION = re.compile(
    r"(?:(?:A|S|E|ST|CEDAW|CERD|CRC|CCPR|CAC|CTOC|FCCC|UNEP|HRI|TD|LC|DP|GC|INFCIRC)(?:/[\w.&-]+"
    r"(?:\([IVXLC\d]+\))?)+(?: \(\d{4}\))?)"
    r"|(?:\*?Treaty Series\*?,\s*)?(?:vols?\.|volumes?)\s*\d+(?:(?:,| y| and| et)\s*\d+)*"
    r"(?:,?\s*(?:núms?\.|Nos?\.|nos?\.?|n[°º])\s*[A-Z]?-?\d+(?:(?:,| y| and| et)\s*\d+)*)?"
    r"|\b\d{1,4}(?:/\d{1,3})(?: [A-Z](?=\b)(?:(?:,| y| and| et| to| a) [A-Z]\b)*)?(?![\d/])"
    r"|\b\d{1,4}(?: [A-Z])? \((?:\d{4}|[IVXLC]+|S-[IVXLC]+)\)"
)


def citations(text: str) -> tuple[str, ...]:
    """Documents a text refers to, as it writes them: symbols, resolutions, treaty series."""
    return tuple(dict.fromkeys(match.group().rstrip(".") for match in CITATION.finditer(text)))


def build_notes(blocks: Iterable[Block], places: Iterable[tuple[str, str]]) -> tuple[Footnote, ...]:
    """The notes in order, each with every place its mark stands at; `places` are (mark, place)."""
    where: dict[str, list[str]] = {}
    for mark, place in places:
        where.setdefault(mark, []).append(place)
    return tuple(
        Footnote(
            mark=block.mark,
            line=block.line,
            text=block.rich.text,
            places=tuple(dict.fromkeys(where.get(block.mark, []))),
            citations=citations(block.rich.text),
        )
        for block in blocks
    )
