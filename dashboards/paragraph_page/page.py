"""A paragraph: its official words, what its clauses say, and below each what is owed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page
from django.db.models import Prefetch
from django.utils.safestring import SafeString

from assistance.coverage.explain import not_counting
from assistance.coverage.figures import MandateFigures, ParagraphFigures, figures_of_resolution
from assistance.coverage.window import Window
from assistance.models import Activity, ActivityMandate
from dashboards.citing import Citation, cite
from dashboards.links import Rows
from dashboards.paragraph_page.green import turn_green
from dashboards.paragraph_page.mend import Mend, mends
from dashboards.paragraph_page.owed import Owed, owed_under
from directory.models import User
from mandates.marking import Segment, segments
from mandates.models import (
    Facet,
    FacetRole,
    Footnote,
    Lineage,
    Mandate,
    MandateSpan,
    Paragraph,
    ParagraphText,
    Text,
)
from mandates.services.lineage import successors_of


@dataclass
class Words:
    """The words in one language, their clauses marked, with their notes."""

    text: Text
    parts: list[list[Segment]]
    footnotes: list[Footnote]


class Says:
    """What the words of a clause say, by role."""

    facets: list[Facet]

    def _of(self, role: FacetRole) -> list[Facet]:
        return [facet for facet in self.facets if facet.role == role]

    @property
    def addressees(self) -> list[Facet]:
        """Who is asked."""
        return self._of(FacetRole.ADDRESSEE)

    @property
    def conditions(self) -> list[Facet]:
        """The limits that the words set."""
        return self._of(FacetRole.CONDITION)

    @property
    def partners(self) -> list[Facet]:
        """With whom."""
        return self._of(FacetRole.PARTNER)

    @property
    def products(self) -> list[Facet]:
        """Tools and publications named."""
        return self._of(FacetRole.PRODUCT)

    @property
    def themes(self) -> list[Facet]:
        """What it is about."""
        return self._of(FacetRole.THEME)


@dataclass
class Clause(Says):
    """A mandate: what the words say, its figures, what is owed under it."""

    figures: MandateFigures
    facets: list[Facet]
    citation: Citation
    owed: list[Owed]
    demands_url: str
    related: list[Activity] = field(default_factory=list)
    successors: list[Lineage] = field(default_factory=list)

    @property
    def mandate(self) -> Mandate:
        """The mandate itself."""
        return self.figures.mandate


@dataclass
class ParagraphPage:
    """All that the page shows, read once."""

    figures: ParagraphFigures
    rows: Rows
    words: list[Words]
    citation: Citation
    clauses: list[Clause]
    ended: list[Owed]
    not_counting: Page[Mend]
    sentence: SafeString | str
    previous: Paragraph | None
    next: Paragraph | None


def paragraph_page(
    paragraph: Paragraph,
    *,
    user: User,
    window: Window,
    narrowing: Mapping[str, str] | None = None,
    page: str = "",
) -> ParagraphPage:
    """The page of an operative paragraph, its lettered ones included.

    `narrowing` leaves the demands of a region, a State and so on; what does not count is all shown.
    `page` says which page is shown of what does not count.
    """
    resolution = paragraph.resolution
    every = figures_of_resolution(resolution, user=user, window=window, filters=narrowing)
    tops = [row for row in every.paragraphs if row.paragraph.parent_id is None]
    place = next((n for n, row in enumerate(tops) if row.paragraph.pk == paragraph.pk), None)
    figures = next(row for row in every.paragraphs if row.paragraph.pk == paragraph.pk)
    family = family_of(paragraph, [row.paragraph for row in every.paragraphs])
    mandates = [row for p in every.paragraphs if p.paragraph.pk in family for row in p.mandates]
    facets = facets_of(family)
    owed, ended = owed_under(
        [row.mandate for row in mandates], user=user, window=window, narrowing=narrowing
    )
    related = _related([row for row in mandates if not row.counted], user)
    successors = successors_of([row.mandate.pk for row in mandates])
    rows = Rows(resolution, window, narrowing)
    words = words_of(list(family), facets)
    texts = [one.text for one in words]
    in_order = [one for row in mandates for one in owed.get(row.mandate.pk, [])]
    return ParagraphPage(
        figures=figures,
        rows=rows,
        words=words,
        citation=cite(resolution, texts, paragraph),
        clauses=[
            Clause(
                figures=row,
                facets=[facet for facet in facets if facet.mandate_id == row.mandate.pk],
                citation=cite(resolution, texts, family[row.mandate.paragraph_id], row.mandate),
                owed=owed.get(row.mandate.pk, []),
                demands_url=rows.demands(mandate=row.identifier),
                related=related.get(row.mandate.pk, []),
                successors=successors[row.mandate.pk],
            )
            for row in mandates
        ],
        ended=ended,
        not_counting=mends(not_counting(paragraph, user=user, day=window.last), user, page),
        sentence=turn_green(figures, in_order, window),
        previous=tops[place - 1].paragraph if place else None,
        next=tops[place + 1].paragraph if place is not None and place + 1 < len(tops) else None,
    )


def family_of(paragraph: Paragraph, every: Sequence[Paragraph]) -> dict[int, Paragraph]:
    """The paragraph and all lettered ones below it, in order."""
    found = {paragraph.pk: paragraph}
    for one in every:
        if one.parent_id in found:
            found[one.pk] = one
    return found


def facets_of(family: Collection[int]) -> list[Facet]:
    """What is said of the mandates of these paragraphs, each with the text its words are from."""
    found = Facet.objects.filter(mandate__paragraph__in=family)
    return list(found.select_related("entity", "theme", "paragraph_text__text"))


def words_of(paragraphs: Sequence[int], facets: Sequence[Facet]) -> list[Words]:
    """The words in each language that is loaded; three queries."""
    texts = (
        ParagraphText.objects.filter(paragraph__in=paragraphs)
        .select_related("text", "paragraph")
        .prefetch_related(
            Prefetch("spans", MandateSpan.objects.select_related("mandate__lead_unit")),
            "text__footnotes",
        )
        .order_by("text__language", "paragraph__position")
    )
    found: dict[int, Words] = {}
    for one in texts:
        words = found.setdefault(one.text_id, Words(one.text, [], []))
        words.parts.append(segments(one, one.spans.all(), facets))
        marks = {mark["mark"] for mark in one.footnote_marks}
        words.footnotes += [note for note in one.text.footnotes.all() if note.mark in marks]
    return list(found.values())


def _related(mandates: Sequence[MandateFigures], user: User) -> dict[int, list[Activity]]:
    """Approved activities linked to clauses that do not count: related work."""
    links: Any = (
        ActivityMandate.objects.confirmed()
        .filter(
            mandate__in=[row.mandate.pk for row in mandates],
            activity__in=Activity.objects.visible_to(user).approved(),
        )
        .select_related("activity")
        .order_by("activity__title")
    )
    found: dict[int, list[Activity]] = {}
    for link in links:
        found.setdefault(link.mandate_id, []).append(link.activity)
    return found
