"""A paragraph for those who read no coverage: words, clauses, and figures of the last closing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistance.coverage.closing import latest_closing
from assistance.coverage.models import Closing
from dashboards.citing import Citation, cite
from dashboards.paragraph_page.page import Says, Words, facets_of, family_of, words_of
from mandates.models import Facet, Mandate, Paragraph, ParagraphKind


@dataclass
class PublicClause(Says):
    """A mandate with what its words say; `closed` is its cell of `Closing.public`, if counted."""

    figures: Mandate
    facets: list[Facet]
    citation: Citation
    closed: dict[str, Any] | None

    @property
    def mandate(self) -> Mandate:
        """The mandate itself."""
        return self.figures


@dataclass
class PublicParagraph:
    """All that the page shows."""

    words: list[Words]
    citation: Citation
    clauses: list[PublicClause]
    closing: Closing | None
    previous: Paragraph | None
    next: Paragraph | None


def public_paragraph(paragraph: Paragraph) -> PublicParagraph:
    """The page of an operative paragraph, its lettered ones included, without anybody's rows."""
    resolution = paragraph.resolution
    every = list(resolution.paragraphs.filter(kind=ParagraphKind.OPERATIVE))
    tops = [one for one in every if one.parent_id is None]
    place = tops.index(paragraph) if paragraph in tops else None
    family = family_of(paragraph, every)
    facets = facets_of(family)
    mandates = Mandate.objects.with_counted().filter(paragraph__in=family)
    words = words_of(list(family), facets)
    texts = [one.text for one in words]
    closing = latest_closing(resolution)
    closed = _closed(closing)
    return PublicParagraph(
        words=words,
        citation=cite(resolution, texts, paragraph),
        clauses=[
            PublicClause(
                figures=one,
                facets=[facet for facet in facets if facet.mandate_id == one.pk],
                citation=cite(resolution, texts, family[one.paragraph_id], one),
                closed=closed.get(one.identifier),
            )
            for one in mandates.select_related("lead_unit")
        ],
        closing=closing,
        previous=tops[place - 1] if place else None,
        next=tops[place + 1] if place is not None and place + 1 < len(tops) else None,
    )


def _closed(closing: Closing | None) -> dict[str, dict[str, Any]]:
    """The cells of mandates that count, by identifier."""
    return {
        cell["identifier"]: cell
        for paragraph in (closing.public["paragraphs"] if closing else ())
        for cell in paragraph["mandates"]
        if cell["counted"]
    }
