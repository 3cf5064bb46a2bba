"""A whole text, or one paragraph of it, with its clauses marked, in a few queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from mandates.marking import Segment, segments
from mandates.models import Facet, MandateSpan, Paragraph, ParagraphText, Text


@dataclass(frozen=True)
class MarkedParagraph:
    """A paragraph with its words in marked segments."""

    paragraph: Paragraph
    segments: list[Segment]

    @property
    def page_number(self) -> str:
        """The number of the paragraph whose page shows this one."""
        parent = self.paragraph.parent
        return parent.number if parent else self.paragraph.number


def marked_text(text: Text) -> list[MarkedParagraph]:
    """Every paragraph of a text in its order."""
    rows = (
        ParagraphText.objects.filter(text=text)
        .select_related("paragraph__parent")
        .order_by("paragraph__position")
    )
    return marked(rows)


def marked(rows: QuerySet[ParagraphText]) -> list[MarkedParagraph]:
    """Paragraph texts with their clauses marked."""
    spans = MandateSpan.objects.select_related("mandate").prefetch_related(
        Prefetch("mandate__facets", queryset=Facet.objects.select_related("entity"))
    )
    found = []
    for row in rows.prefetch_related(Prefetch("spans", queryset=spans)):
        here = list(row.spans.all())
        facets = [facet for span in here for facet in span.mandate.facets.all()]
        found.append(MarkedParagraph(row.paragraph, segments(row, here, facets)))
    return found
