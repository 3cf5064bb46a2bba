"""Lines to blocks: furniture and notes set apart, paragraphs cut by lines and pages joined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mandates.reader.extract.line import Line, Role
from mandates.reader.richtext import RichText, join
from mandates.reader.vocabulary import Vocabulary

NUMBER = re.compile(r"^(?:OP ?)?(\d{1,3})\s?[.)](?:\s+|(?=[^\W\d_]))")
LABEL = re.compile(r"^(?:\(([a-z]{1,2}|[ivx]{1,5}|[A-Z]|\d{1,2})\)|([a-z]{1,2}|[ivx]{1,5})\))\s+")
FURNITURE = re.compile(
    r"^(?:\d{2}-\d{5}(?: \([A-Z]\))?(?: \d{6})?|\*\d{7}\*|/\s*[.…]+|"
    r"(?:page|página|pagina|p\.)\s*\d{1,3}|-\s*\d{1,3}\s*-|GE\.\d{2}-\d{5}.{0,20}|"
    r"\d{2}-\d{5}\s+\d{1,3}/\d{1,3}|\d{1,3}/\d{1,3}\s+\d{2}-\d{5})$",
    re.IGNORECASE,
)
PAGE_OF_PAGES = re.compile(r"^(\d{1,3})\s*/\s*(\d{1,3})$")
SYMBOL_LINE = re.compile(r"^[ASE]/(?:[A-Z0-9.()-]+/?)+(?: \(\d{4}\))?$")


@dataclass(frozen=True)
class Block:
    """A paragraph-like piece of a source, or a note, or furniture, from its first line on."""

    line: int
    rich: RichText
    role: Role = Role.BODY
    bold: bool = False
    mark: str = ""


def build_blocks(lines: Iterable[Line], vocabulary: Vocabulary) -> tuple[Block, ...]:
    """Body blocks, notes and furniture, each in the order of the source.

    A line opens a block where the layout says so, where it is numbered, or where it opens like a
    recital or an operative paragraph after a finished one; all else continues.
    """
    groups: list[list[Line]] = []
    notes: list[list[Line]] = []
    furniture: list[Line] = []
    seen_symbol = False
    for line in lines:
        text = line.rich.text
        symbol = line.role is Role.BODY and bool(SYMBOL_LINE.match(text))
        repeated = (symbol and seen_symbol) or (len(groups) > 1 and _is_page_number(text))
        if line.role is Role.FURNITURE or FURNITURE.match(text) or repeated:
            furniture.append(line)
        elif line.role is Role.NOTE and (line.mark or not notes):
            notes.append([line])
        elif line.role is Role.NOTE:
            notes[-1].append(line)
        elif groups and (not text or not _opens(line, groups[-1], vocabulary)):
            groups[-1].append(line)
        else:
            groups.append([line])
        seen_symbol = seen_symbol or symbol
    blocks = [
        *(_block(group) for group in groups),
        *(_block(group) for group in notes),
        *(_block([line], Role.FURNITURE) for line in furniture if line.rich.text),
    ]
    return tuple(blocks)


def _is_page_number(text: str) -> bool:
    """ "2/5" is a page; "15/5", which has no such page, is the number of a resolution."""
    match = PAGE_OF_PAGES.match(text)
    return match is not None and 1 < int(match.group(1)) <= int(match.group(2))


def _opens(line: Line, group: list[Line], vocabulary: Vocabulary) -> bool:
    last = group[-1]
    if line.starts or last.bold != line.bold:
        return True
    if not last.rich.finished:
        return False
    text = line.rich.text
    return bool(NUMBER.match(text) or LABEL.match(text)) or opens_paragraph(text, vocabulary)


def opens_paragraph(text: str, vocabulary: Vocabulary) -> bool:
    """Whether words open as a recital or an operative paragraph does."""
    if not text[:1].isupper():
        return False
    recital = vocabulary.structure["recital"].match(text)
    return bool(recital or vocabulary.verb_phrase.match(text))


def _block(lines: list[Line], role: Role | None = None) -> Block:
    first = lines[0]
    rich = join(line.rich for line in lines)
    bold = all(line.bold for line in lines)
    return Block(first.number, rich, role or first.role, bold, first.mark)
