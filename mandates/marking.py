"""The words of a paragraph cut where its marks begin and end, for pages that show them.

`segments` gives the clauses and what stands between them in order; each holds pieces that are
either italic or not, an addressee or not, a condition or not, or a footnote mark. The pieces
together give back the words, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from mandates.models import Facet, FacetRole, Mandate, MandateKind, MandateSpan, ParagraphText


@dataclass(frozen=True)
class Piece:
    """Words with the same marks all along, or (without words) the mark of a footnote."""

    words: str
    italic: bool = False
    addressee: bool = False
    condition: bool = False
    footnote: str = ""


@dataclass(frozen=True)
class Segment:
    """A clause (`mandate` is set) or the joining words between two."""

    pieces: tuple[Piece, ...]
    mandate: Mandate | None = None
    counted: bool = False

    @property
    def words(self) -> str:
        """The plain words."""
        return "".join(piece.words for piece in self.pieces)


@dataclass
class _Marks:
    """Where marks stand in one paragraph text, as ranges of code points."""

    italic: list[tuple[int, int]] = field(default_factory=list)
    addressee: list[tuple[int, int]] = field(default_factory=list)
    condition: list[tuple[int, int]] = field(default_factory=list)
    footnotes: list[tuple[int, str]] = field(default_factory=list)

    def bounds(self) -> set[int]:
        ranges = self.italic + self.addressee + self.condition
        return {at for pair in ranges for at in pair} | {at for at, _ in self.footnotes}


def segments(
    paragraph_text: ParagraphText, spans: Iterable[MandateSpan], facets: Iterable[Facet]
) -> list[Segment]:
    """The words of a paragraph in marked pieces.

    `spans` are those of this text, with their mandates; `facets` those of these mandates, with
    their entities (facets found in another text mark nothing here, but say what is counted).
    """
    facets = list(facets)
    marks = _marks(paragraph_text, facets)
    for_unodc = {
        facet.mandate_id
        for facet in facets
        if facet.role == FacetRole.ADDRESSEE and facet.entity and facet.entity.code == "unodc"
    }
    found: list[Segment] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        found.append(Segment(_pieces(paragraph_text.words, at, span.start, marks, edges=True)))
        mandate = span.mandate
        found.append(
            Segment(
                _pieces(paragraph_text.words, span.start, span.end, marks, edges=False),
                mandate,
                mandate.kind == MandateKind.ACTION and mandate.pk in for_unodc,
            )
        )
        at = span.end
    end = len(paragraph_text.words)
    found.append(Segment(_pieces(paragraph_text.words, at, end, marks, edges=True)))
    return [segment for segment in found if segment.pieces]


def _marks(paragraph_text: ParagraphText, facets: list[Facet]) -> _Marks:
    here = [facet for facet in facets if facet.paragraph_text_id == paragraph_text.pk]
    return _Marks(
        italic=[(start, end) for start, end in paragraph_text.emphasis],
        addressee=_ranges(here, FacetRole.ADDRESSEE),
        condition=_ranges(here, FacetRole.CONDITION),
        footnotes=[(mark["offset"], mark["mark"]) for mark in paragraph_text.footnote_marks],
    )


def _ranges(facets: list[Facet], role: FacetRole) -> list[tuple[int, int]]:
    """Where the facets of a role stand; those without a place mark nothing."""
    return [
        (facet.start, facet.end)
        for facet in facets
        if facet.role == role and facet.start is not None and facet.end is not None
    ]


def _pieces(words: str, start: int, end: int, marks: _Marks, *, edges: bool) -> tuple[Piece, ...]:
    """The pieces of `words[start:end]`; a note printed at an edge stands outside the clause."""
    bounds = sorted({start, end} | {at for at in marks.bounds() if start < at < end})
    pieces: list[Piece] = []

    def notes(at: int) -> None:
        if edges or start < at < end:
            pieces.extend(
                Piece("", footnote=mark) for place, mark in marks.footnotes if place == at
            )

    for left, right in pairwise(bounds):
        notes(left)
        pieces.append(
            Piece(
                words[left:right],
                italic=_inside(marks.italic, left, right),
                addressee=_inside(marks.addressee, left, right),
                condition=_inside(marks.condition, left, right),
            )
        )
    notes(end)
    return tuple(pieces)


def _inside(ranges: list[tuple[int, int]], left: int, right: int) -> bool:
    return any(start <= left and right <= end for start, end in ranges)
