"""Blocks to the parts of a resolution: front, recitals, operative paragraphs, annexes, closing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mandates.reader.blocks import LABEL, NUMBER, Block, opens_paragraph
from mandates.reader.errors import NotAResolution
from mandates.reader.model import Diagnostic, DiagnosticCode, Organ, Passage
from mandates.reader.richtext import RichText, join
from mandates.reader.vocabulary import Vocabulary

HEADING_LENGTH = 220
LARGEST_GAP = 5
AHEAD = 4
LONGEST = 30_000
BARE_NUMBER = re.compile(r"^(\d{1,3})\s+")
ROMAN = re.compile(r"^[ivx]+$")


@dataclass(frozen=True)
class Item:
    """A paragraph before its clauses are read: number, label of a sub-paragraph, words."""

    number: str
    line: int
    rich: RichText
    label: str = ""
    children: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Parts:
    """A resolution cut into its parts, in the order of the source."""

    organ: Organ
    front: tuple[Block, ...]
    opening: Block | None
    recitals: tuple[Item, ...]
    operative: tuple[Item, ...]
    headings: tuple[Passage, ...]
    annexes: tuple[Block, ...]
    closing: tuple[Block, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass
class _Draft:
    recitals: list[Item] = field(default_factory=list)
    operative: list[list[Item]] = field(default_factory=list)
    headings: list[Block] = field(default_factory=list)
    heading_before: list[str] = field(default_factory=list)
    annexes: list[Block] = field(default_factory=list)
    closing: list[Block] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def doubt(self, line: int, code: DiagnosticCode, message: str, **parameters: str) -> None:
        self.diagnostics.append(Diagnostic(line, code, message, tuple(parameters.items())))

    @property
    def last(self) -> list[Item] | None:
        """The list whose last item a continuation belongs to."""
        if self.operative:
            return self.operative[-1]
        return self.recitals or None

    def number(self) -> int:
        return int(self.operative[-1][0].number) if self.operative else 0


def split_parts(blocks: Sequence[Block], vocabulary: Vocabulary) -> Parts:
    """The parts of a resolution; `blocks` are body blocks only, in order."""
    at, organ, opening, blocks = _find_opening(blocks, vocabulary)
    draft = _Draft()
    if opening is None:
        line = blocks[at].line
        draft.doubt(line, DiagnosticCode.NO_OPENING_LINE, "no opening line of an organ")
    front = tuple(blocks[:at])
    body = blocks[at + 1 :] if opening else blocks[at:]
    for position, block in enumerate(body):
        _check_length(block.rich, block.line)
        _place(block, body[position + 1 :], draft, vocabulary)
    if not draft.operative:
        line = opening.line if opening else blocks[at].line
        raise NotAResolution(line, "no operative paragraph follows the opening line")
    end = draft.operative[-1][-1]
    if not end.rich.finished:
        message = "the last paragraph ends in the middle of a sentence"
        draft.doubt(end.line, DiagnosticCode.UNFINISHED, message)
    return Parts(
        organ=organ,
        front=front,
        opening=opening,
        recitals=tuple(draft.recitals),
        operative=tuple(_tree(items) for items in draft.operative),
        headings=tuple(
            Passage(block.line, block.rich.text, before)
            for block, before in zip(draft.headings, _headed(draft), strict=True)
        ),
        annexes=tuple(draft.annexes),
        closing=tuple(draft.closing),
        diagnostics=tuple(draft.diagnostics),
    )


def _find_opening(
    blocks: Sequence[Block], vocabulary: Vocabulary
) -> tuple[int, Organ, Block | None, Sequence[Block]]:
    """Where the paragraphs begin: at "The General Assembly," or, if a source lacks that line, at
    the first recital after the words "Resolution adopted by"."""
    for at, block in enumerate(blocks):
        text = block.rich.text
        for organ, pattern in vocabulary.organs:
            match = pattern.match(text)
            comma = match and re.compile(r"\s*[,:]|$").match(text, match.end())
            if not comma or (not comma.group() and organ is Organ.OTHER):
                continue
            end = comma.end()
            rest = text[end:].strip()
            following = [rest] if rest else [b.rich.text for b in blocks[at + 1 : at + AHEAD]]
            if not any(NUMBER.match(t) or opens_paragraph(t, vocabulary) for t in following):
                continue
            if rest:
                head = replace(block, rich=RichText(text[:end]))
                tail = replace(block, rich=block.rich.slice(text.index(rest, end)))
                return at, organ, head, [*blocks[:at], head, tail, *blocks[at + 1 :]]
            return at, organ, block, blocks
    return _find_adoption(blocks, vocabulary)


def _find_adoption(
    blocks: Sequence[Block], vocabulary: Vocabulary
) -> tuple[int, Organ, Block | None, Sequence[Block]]:
    organ: Organ | None = None
    for at, block in enumerate(blocks):
        text = block.rich.text
        adopted = vocabulary.front["adopted_by"].match(text)
        if adopted:
            names = (code for code, name in vocabulary.organs if name.match(adopted["organ"]))
            organ = next(names, Organ.OTHER)
        elif organ and opens_paragraph(text, vocabulary) and block.rich.finished:
            return at, organ, None, blocks
    line = blocks[0].line if blocks else 1
    raise NotAResolution(line, "no opening line of an organ, such as 'The General Assembly,'")


def _place(block: Block, following: Sequence[Block], draft: _Draft, vocabulary: Vocabulary) -> None:
    text = block.rich.text
    if draft.annexes or (
        vocabulary.structure["annex"].fullmatch(text.strip(" .")) and draft.operative
    ):
        draft.annexes.append(block)
    elif (
        draft.operative and vocabulary.structure["closing"].match(text) and not _open(draft)
    ) or draft.closing:
        draft.closing.append(block)
    elif _numbered(block, draft, vocabulary):
        pass
    elif draft.operative and (label := LABEL.match(text)):
        _add_label(block, label, draft)
    elif _open(draft) or (text[:1].islower() and draft.last):
        _continue(block, draft)
    elif _is_heading(block, following, vocabulary):
        draft.headings.append(block)
        draft.heading_before.append(_next_place(draft))
    elif draft.operative and not vocabulary.verb_phrase.match(text):
        _continue(block, draft)
    elif vocabulary.verb_phrase.match(text) and not vocabulary.structure["recital"].match(text):
        number = draft.number() + 1
        draft.operative.append([Item(str(number), block.line, block.rich)])
        draft.doubt(
            block.line,
            DiagnosticCode.UNNUMBERED_PARAGRAPH,
            f"an operative paragraph without a number, counted as {number}",
            number=str(number),
        )
    else:
        number = len(draft.recitals) + 1
        draft.recitals.append(Item(f"pp{number}", block.line, block.rich))


def _open(draft: _Draft) -> bool:
    """Whether the last paragraph ends in the middle of a sentence, as a page break leaves it."""
    return draft.last is not None and not draft.last[-1].rich.finished


def _numbered(block: Block, draft: _Draft, vocabulary: Vocabulary) -> bool:
    """Adds a numbered operative paragraph; a number out of order is none."""
    match = NUMBER.match(block.rich.text) or _bare_number(block.rich.text, vocabulary)
    if not match:
        return False
    number, last = int(match.group(1)), draft.number()
    verb = vocabulary.verb_phrase.match(block.rich.text, match.end())
    if draft.operative and number == _next_in_list(draft.operative[-1]) and not verb:
        item = Item("", block.line, block.rich.slice(match.end()), str(number))
        draft.operative[-1].append(item)
        return True
    if number == last + 1 or (last < number <= last + LARGEST_GAP and not _open(draft)):
        if number > last + 1:
            draft.doubt(
                block.line,
                DiagnosticCode.NUMBER_MISSING,
                f"paragraph {number} follows {last}",
                number=str(number),
                previous=str(last),
            )
        item = Item(str(number), block.line, block.rich.slice(match.end()))
        draft.operative.append([item])
        return True
    if number == 1 and last > 1 and not _open(draft):
        draft.doubt(
            block.line,
            DiagnosticCode.NUMBERING_RESTARTS,
            f"numbers begin again after {last}; read as an annex",
            previous=str(last),
        )
        draft.annexes.append(block)
        return True
    return False


def _next_in_list(items: Sequence[Item]) -> int | None:
    """The number that a numbered list inside the paragraph would go on with, if it has one."""
    if items[-1].label.isdigit():
        return int(items[-1].label) + 1
    return 1 if items[-1].rich.text.endswith(":") else None


def _bare_number(text: str, vocabulary: Vocabulary) -> re.Match[str] | None:
    """A number that lost its full stop, before a verb of the organ."""
    match = BARE_NUMBER.match(text)
    return match if match and vocabulary.verb_phrase.match(text, match.end()) else None


def _add_label(block: Block, label: re.Match[str], draft: _Draft) -> None:
    name = label.group(1) or label.group(2)
    rich = block.rich.slice(label.end())
    draft.operative[-1].append(Item("", block.line, rich, name))


def _continue(block: Block, draft: _Draft) -> None:
    items = draft.last
    assert items is not None
    _check_length(items[-1].rich, block.line)
    items[-1] = replace(items[-1], rich=join([items[-1].rich, block.rich]))


def _check_length(rich: RichText, line: int) -> None:
    if len(rich.text) > LONGEST:
        raise NotAResolution(line, f"a paragraph of more than {LONGEST} characters")


def _is_heading(block: Block, following: Sequence[Block], vocabulary: Vocabulary) -> bool:
    text = block.rich.text
    if block.rich.finished and not re.match(r"^[IVXA-Z]{1,5}\.$", text):
        return False
    short = len(text) <= HEADING_LENGTH and not opens_paragraph(text, vocabulary)
    follower = following[0].rich.text if following else ""
    leads = bool(NUMBER.match(follower)) or opens_paragraph(follower, vocabulary)
    return (short and (leads or bool(text))) or (block.bold and leads)


def _next_place(draft: _Draft) -> str:
    if draft.operative:
        return f"op{draft.number() + 1}"
    return f"pp{len(draft.recitals) + 1}"


def _headed(draft: _Draft) -> list[str]:
    """The paragraph below each heading; one before the first number heads paragraph 1."""
    recitals = len(draft.recitals)
    first = f"op{draft.operative[0][0].number}"
    return [first if place == f"pp{recitals + 1}" else place for place in draft.heading_before]


def _tree(items: Sequence[Item]) -> Item:
    """A paragraph with its sub-paragraphs nested by the series their labels belong to."""
    root = items[0]
    stack: list[list[Item]] = [[root]]
    series: list[str] = []
    for item in items[1:]:
        depth = _depth(item.label, series)
        while len(stack) > depth + 1:
            _fold(stack)
        del series[depth:]
        series.append(item.label)
        parent = stack[-1][-1]
        stack.append([])
        number = _unused(f"{parent.number} ({item.label})", parent)
        stack[-1].append(replace(item, number=number))
    while len(stack) > 1:
        _fold(stack)
    return stack[0][0]


def _fold(stack: list[list[Item]]) -> None:
    child = stack.pop()[0]
    parent = stack[-1][-1]
    stack[-1][-1] = replace(parent, children=(*parent.children, child))


def _unused(number: str, parent: Item) -> str:
    taken = {child.number for child in parent.children}
    while number in taken:
        number += " bis"
    return number


def _depth(label: str, series: Sequence[str]) -> int:
    """How deep a label nests: it follows the last of some open series, or begins a new one."""
    for depth in range(len(series) - 1, -1, -1):
        if _follows(series[depth], label):
            return depth
    first = label in ("a", "A", "i", "1")
    if first:
        return len(series)
    kind = _kind(label)
    same = [depth for depth, other in enumerate(series) if _kind(other) == kind]
    return same[-1] if same else max(len(series) - 1, 0)


def _follows(last: str, label: str) -> bool:
    if last.isdigit() and label.isdigit():
        return int(label) == int(last) + 1
    numerals = [
        "i",
        "ii",
        "iii",
        "iv",
        "v",
        "vi",
        "vii",
        "viii",
        "ix",
        "x",
        "xi",
        "xii",
        "xiii",
    ]
    if last in numerals[:-1] and label == numerals[numerals.index(last) + 1]:
        return True
    if len(last) == len(label) == 1:
        return ord(label) == ord(last) + 1
    return (last == "z" and label == "aa") or (
        len(last) == 2 and last[:1] == label[:1] < "z" and ord(label[-1]) == ord(last[-1]) + 1
    )


def _kind(label: str) -> str:
    if label.isdigit():
        return "digit"
    if len(label) > 1 and ROMAN.match(label):
        return "roman"
    return "upper" if label.isupper() else "lower"
