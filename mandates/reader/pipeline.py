"""The whole way from bytes to a document, stage by stage."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mandates.reader.addressees import is_unodc_office
from mandates.reader.blocks import Block, build_blocks
from mandates.reader.clauses import find_clauses, opens_with_verb
from mandates.reader.errors import NotAResolution
from mandates.reader.extract import extract_lines
from mandates.reader.extract.line import Line, Role
from mandates.reader.facets import read_mandate
from mandates.reader.front import read_front
from mandates.reader.model import (
    Diagnostic,
    DiagnosticCode,
    Document,
    Footnote,
    Kind,
    Mandate,
    Paragraph,
    Passage,
)
from mandates.reader.notes import build_notes, citations
from mandates.reader.paragraphs import Item, Parts, split_parts
from mandates.reader.richtext import fold
from mandates.reader.vocabulary import LANGUAGES, Vocabulary, load_vocabulary

OFFICE_CONTEXT = 40
LATIN_SHARE = 0.5
SAMPLE = 20_000


def read(data: bytes, *, filename: str = "", language: str | None = None) -> Document:
    """A resolution from the bytes of a text, PDF or DOCX file.

    `filename` is not trusted: the type is read from the content. `language` is guessed when not
    given. Raises `NotAResolution`, which names the line, for anything that is no resolution.
    """
    lines = extract_lines(data)
    vocabulary = load_vocabulary(language or guess_language(lines))
    blocks = build_blocks(lines, vocabulary)
    parts = split_parts([block for block in blocks if block.role is Role.BODY], vocabulary)
    return assemble(parts, blocks, vocabulary)


def guess_language(lines: Sequence[Line]) -> str:
    """The language whose commonest words the lines hold most of."""
    sample = " ".join(line.rich.text for line in lines)[:SAMPLE].lower()
    letters = [char for char in sample if char.isalpha()]
    latin = sum(1 for char in letters if char < "\u0250")
    first = lines[0].number if lines else 1
    if latin <= LATIN_SHARE * len(letters):
        raise NotAResolution(first, "no text in a language the reader knows")
    words = Counter(re.findall(r"\w+", sample))
    scores = {
        language: sum(words[word] for word in load_vocabulary(language).stopwords)
        for language in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda language: scores[language])
    if not scores[best]:
        raise NotAResolution(first, "no text in a language the reader knows")
    return best


def assemble(parts: Parts, blocks: Iterable[Block], vocabulary: Vocabulary) -> Document:
    """The document: mandates read in the operative paragraphs, notes put to their places."""
    doubts = list(parts.diagnostics)
    recitals = tuple(_paragraph(item, (), ()) for item in parts.recitals)
    context = [fold(item.rich.text) for item in parts.recitals]
    operative = tuple(_operative(item, context, vocabulary, doubts) for item in parts.operative)
    front = read_front(
        [block.rich.text for block in parts.front],
        [block.rich.text for block in parts.closing],
        parts.organ,
        vocabulary,
    )
    if not front.symbol:
        doubts.append(Diagnostic(1, DiagnosticCode.NO_SYMBOL, "no symbol of a document found"))
    kept = list(blocks)
    notes = build_notes(
        (block for block in kept if block.role is Role.NOTE),
        _places(parts, recitals, operative),
    )
    doubts.extend(_doubts_of_notes(notes, parts, recitals, operative))
    return Document(
        symbol=front.symbol,
        organ=parts.organ,
        session=front.session,
        agenda_item=front.agenda_item,
        title=front.title,
        language=vocabulary.language,
        adopted_on=front.adopted_on,
        plenary_meeting=front.plenary_meeting,
        basis=front.basis,
        preambular=recitals,
        operative=operative,
        footnotes=notes,
        headings=parts.headings,
        annexes=_passages(parts.annexes),
        front_matter=_passages(parts.front),
        opening=_passages([parts.opening])[0] if parts.opening else None,
        closing=_passages(parts.closing),
        furniture=_passages(block for block in kept if block.role is Role.FURNITURE),
        diagnostics=tuple(sorted(doubts, key=lambda doubt: doubt.line)),
    )


def _passages(blocks: Iterable[Block]) -> tuple[Passage, ...]:
    return tuple(Passage(block.line, block.rich.text) for block in blocks)


def _paragraph(item: Item, mandates: Iterable[Mandate], children: Iterable[Paragraph]) -> Paragraph:
    return Paragraph(
        number=item.number,
        line=item.line,
        text=item.rich.text,
        marks=item.rich.marks,
        emphasis=item.rich.emphasis,
        citations=citations(item.rich.text),
        mandates=tuple(mandates),
        children=tuple(children),
        label=item.label,
    )


def _operative(
    item: Item, context: list[str], vocabulary: Vocabulary, doubts: list[Diagnostic]
) -> Paragraph:
    mandates: list[Mandate] = []
    text = fold(item.rich.text)
    # Patterns see one form of hyphens and apostrophes; offsets are those of the words as printed.
    rich = replace(item.rich, text=text)
    if not item.label or opens_with_verb(text, vocabulary):
        before = " ".join(context[-OFFICE_CONTEXT:])
        for clause in find_clauses(rich, vocabulary):
            office = is_unodc_office(f"{before} {text[: clause.verb_start]}")
            mandate = read_mandate(rich, clause, vocabulary, office)
            mandates.append(mandate)
            if mandate.kind is Kind.ACTION and not mandate.addressees:
                doubts.append(
                    Diagnostic(
                        item.line,
                        DiagnosticCode.ADDRESSEE_UNKNOWN,
                        f"whom paragraph {item.number} asks ({mandate.verb}) is not certain",
                        (("number", item.number), ("verb", mandate.verb)),
                    )
                )
        if not mandates:
            doubts.append(
                Diagnostic(
                    item.line,
                    DiagnosticCode.NO_OPERATIVE_VERB,
                    f"no verb of the organ in paragraph {item.number}",
                    (("number", item.number),),
                )
            )
    context.append(text)
    children = [_operative(child, context, vocabulary, doubts) for child in item.children]
    return _paragraph(item, mandates, children)


def _places(
    parts: Parts, recitals: Sequence[Paragraph], operative: Sequence[Paragraph]
) -> Iterator[tuple[str, str]]:
    """Every mark with the place it stands at, in the order of the source."""
    for block in parts.front:
        yield from ((mark, "title") for _, mark in block.rich.marks)
    for paragraph in recitals:
        yield from ((mark, paragraph.number) for _, mark in paragraph.marks)
    for paragraph in operative:
        yield from _marks_below(paragraph)
    for block in parts.annexes:
        yield from ((mark, "annex") for _, mark in block.rich.marks)


def _marks_below(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    yield from ((mark, f"op{paragraph.number}") for _, mark in paragraph.marks)
    for child in paragraph.children:
        yield from _marks_below(child)


def _doubts_of_notes(
    notes: Sequence[Footnote],
    parts: Parts,
    recitals: Sequence[Paragraph],
    operative: Sequence[Paragraph],
) -> Iterator[Diagnostic]:
    for note in notes:
        if not note.places:
            yield Diagnostic(
                note.line,
                DiagnosticCode.NOTE_WITHOUT_PLACE,
                f"the mark of note {note.mark or '?'} stands nowhere in the text",
                (("mark", note.mark),),
            )
    known = {note.mark for note in notes}
    for mark, place in dict.fromkeys(_places(parts, recitals, operative)):
        if mark not in known:
            yield Diagnostic(
                parts.operative[0].line,
                DiagnosticCode.MARK_WITHOUT_NOTE,
                f"mark {mark} at {place} has no note",
                (("mark", mark), ("place", place)),
            )
