"""How the status of a mandate follows from rows: whose work, what is owed, how far, by which rule.

It reads the view, the rule and the reasons that make the figures, and decides nothing itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Prefetch
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from assistance.coverage.explain import not_counting
from assistance.coverage.figures import MandateFigures, figures_of_resolution
from assistance.coverage.flags import Flag
from assistance.coverage.models import Demand, DemandKind
from assistance.coverage.status import STAGES, Tested, tests_of
from assistance.coverage.window import Window
from dashboards.links import Rows
from dashboards.paragraph_page.green import turn_green
from dashboards.paragraph_page.mend import Mend, mends
from dashboards.paragraph_page.owed import Owed, owed_under
from directory.models import User
from directory.statuses import Status
from mandates.marking import Segment, segments
from mandates.models import Facet, FacetRole, Mandate, MandateSpan, ParagraphText


@dataclass(frozen=True)
class Clause:
    """The words of the mandate in one language."""

    language: str
    segments: list[Segment]


@dataclass(frozen=True)
class Stage:
    """A stage that a demand reached by then; `tint` marks the one its status comes from."""

    label: str
    day: Any
    tint: str = ""


@dataclass(frozen=True)
class Line:
    """A demand with the days of its stages."""

    owed: Owed
    stages: list[Stage]


@dataclass(frozen=True)
class Explained:
    """All that the page shows, in its order."""

    figures: MandateFigures
    rows: Rows
    clauses: list[Clause]
    addressees: list[Facet]
    lines: list[Line]
    ended: list[Owed]
    kinds: list[tuple[DemandKind, int]]
    not_counting: Page[Mend]
    tested: list[Tested]
    sentence: SafeString | str
    flags: list[tuple[Flag, int, str]]
    demands_url: str

    @property
    def heads(self) -> list[str]:
        """What the days of the stages are called."""
        return [str(label) for label in STAGE_LABELS.values()]

    @property
    def holding(self) -> Tested | None:
        """The first test that holds."""
        return next((test for test in self.tested if test.holds), None)


STAGE_LABELS = {
    Status.UNMET: _("Asked"),
    Status.PLANNED: _("Planned"),
    Status.UNDER_WAY: _("Started"),
    Status.DELIVERED: _("Delivered"),
    Status.EVIDENCED: _("Evidenced"),
}
TINTS = {
    Status.EVIDENCED: "served",
    Status.DELIVERED: "served",
    Status.UNDER_WAY: "under-way",
    Status.PLANNED: "planned",
    Status.UNMET: "unmet",
}


def explained(mandate: Mandate, *, user: User, window: Window, page: str = "") -> Explained:
    """How the mandate stands on the last day of a period that begins with the adoption.

    `page` says which page is shown of what does not count.
    """
    paragraph = mandate.paragraph
    resolution = paragraph.resolution
    every = figures_of_resolution(resolution, user=user, window=window)
    figures = next(
        row for p in every.paragraphs for row in p.mandates if row.mandate.pk == mandate.pk
    )
    facets = list(mandate.facets.select_related("entity"))
    by_mandate, ended = owed_under([mandate], user=user, window=window)
    owed = by_mandate.get(mandate.pk, [])
    linked = not_counting(paragraph, user=user, day=window.last, mandate=mandate)
    rows = Rows(resolution, window)
    kinds = _kinds(mandate, user=user, window=window)
    return Explained(
        figures=figures,
        rows=rows,
        clauses=_clauses(mandate, facets),
        addressees=[facet for facet in facets if facet.role == FacetRole.ADDRESSEE],
        lines=[Line(one, _stages(one, window)) for one in owed],
        ended=ended,
        kinds=[(kind, kinds[kind]) for kind in DemandKind if kinds[kind]],
        not_counting=mends(linked, user, page),
        tested=tests_of(figures.by_status) if figures.counted else [],
        sentence=turn_green(figures, owed, window),
        flags=[
            (flag, number, rows.flagged(flag, mandate=mandate.identifier))
            for flag, number in figures.flags.items()
        ],
        demands_url=rows.demands(mandate=mandate.identifier),
    )


def _kinds(mandate: Mandate, *, user: User, window: Window) -> Counter[DemandKind]:
    """How many demands of each kind the figures count."""
    rows: Any = Demand.objects.visible_to(user).filter(mandate=mandate).counted_in(window)
    rows = rows.order_by().values("kind").annotate(number=Count("key"))
    return Counter({DemandKind(row["kind"]): row["number"] for row in rows})


def _stages(owed: Owed, window: Window) -> list[Stage]:
    """The days reached by the last day, from asked to evidenced."""
    demand, found = owed.demand, []
    for status, label in STAGE_LABELS.items():
        day = demand.opened_on if status == Status.UNMET else getattr(demand, STAGES[status])
        reached = day if day and day <= window.last else None
        tint = TINTS[status] if status == owed.status else ""
        found.append(Stage(str(label), reached, tint))
    return found


def _clauses(mandate: Mandate, facets: Sequence[Facet]) -> list[Clause]:
    """The words of the mandate in each language that is loaded, with who is asked marked."""
    texts: Iterable[Any] = (
        ParagraphText.objects.filter(paragraph=mandate.paragraph_id)
        .select_related("text")
        .prefetch_related(Prefetch("spans", MandateSpan.objects.select_related("mandate")))
        .order_by("text__language")
    )
    return [
        Clause(
            one.text.language,
            [part for part in segments(one, one.spans.all(), facets) if part.mandate == mandate],
        )
        for one in texts
    ]
