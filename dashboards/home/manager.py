"""The homes of those who oversee: manager, auditor, administrator."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assistance.activities.suspect import CONTINUED
from assistance.coverage.figures import (
    ParagraphFigures,
    ResolutionFigures,
    figures_of_resolution,
    unlinked,
)
from assistance.coverage.models import Demand
from assistance.coverage.status import Status
from assistance.coverage.window import Window
from assistance.models import Activity, ActivityMandate, ItemMandate
from dashboards.glance.page import summary
from dashboards.home.tasks import Pile, Some, some_of
from dashboards.links import Rows, address
from directory import policy
from directory.models import Country, User
from directory.policy import Permission
from mandates.models import Mandate, Need, Resolution

MOST_GAPS = 10
MOST_NEEDS = 10


@dataclass(frozen=True)
class Gap:
    """A demand with nothing planned, and who waits."""

    demand: Demand
    states: str
    days: int


@dataclass
class Overview:
    """A resolution's figures in a sentence, its longest gaps, what waits for a decision."""

    resolution: Resolution | None
    figures: ResolutionFigures | None
    rows: Rows | None
    sentence: SafeString | str
    gaps: list[Gap]
    piles: list[Pile]
    needs: Some
    reports: list[Mandate]

    @property
    def unmet(self) -> int:
        """Demands with nothing planned."""
        return self.figures.by_status[Status.UNMET] if self.figures else 0

    @property
    def open_paragraphs(self) -> list[ParagraphFigures]:
        """Paragraphs with demands that are not served."""
        rows = self.figures.paragraphs if self.figures else []
        return [row for row in rows if row.demands > row.served]


def overview(user: User, *, day: dt.date) -> Overview:
    """All that the home page of a manager or an auditor shows."""
    resolution = Resolution.objects.visible_to(user).filter(superseded_on=None).first()
    figures, rows, sentence, gaps, reports = None, None, "", [], []
    if resolution:
        window = Window.of(resolution)
        figures = figures_of_resolution(resolution, user=user, window=window)
        rows = Rows(resolution, window)
        sentence = summary(figures, rows)
        gaps = _gaps(resolution, user, day)
        reports = list(
            Mandate.objects.visible_to(user)
            .filter(paragraph__resolution=resolution, report_session__isnull=False)
            .select_related("paragraph")
        )
    return Overview(
        resolution=resolution,
        figures=figures,
        rows=rows,
        sentence=sentence,
        gaps=gaps,
        piles=_piles(user, figures, rows),
        needs=_needs(user),
        reports=reports,
    )


def _gaps(resolution: Resolution, user: User, day: dt.date) -> list[Gap]:
    """The demands that wait longest with nothing planned."""
    waiting = list(
        Demand.objects.visible_to(user)
        .filter(resolution=resolution)
        .open_on(day)
        .as_of(day)
        .filter(status=Status.UNMET.value)  # type: ignore[misc]  # annotated by as_of
        .select_related("mandate__paragraph", "item__request", "need", "mandate__lead_unit")
        .order_by("opened_on", "key")[:MOST_GAPS]
    )
    countries = Country.objects.in_bulk({pk for demand in waiting for pk in demand.country_ids})
    return [
        Gap(
            demand,
            ", ".join(countries[pk].name for pk in demand.country_ids),
            (day - demand.opened_on).days,
        )
        for demand in waiting
    ]


def _needs(user: User) -> Some:
    if not policy.may(user, Permission.PUBLISH_NEEDS):
        return Some([], 0)
    rows = (
        Need.objects.to_publish()
        .select_related("mandate__paragraph__resolution", "created_by")
        .order_by("created_at", "pk")
    )
    return some_of(rows, MOST_NEEDS, address("need-list", state="to_publish"))


def _piles(user: User, figures: ResolutionFigures | None, rows: Rows | None) -> list[Pile]:
    found: list[Pile] = []
    if policy.may(user, Permission.APPROVE):
        found.append(
            Pile(
                Activity.objects.visible_to(user).to_approve_by(user).count(),
                _("Approve what others logged"),
                _("one look at activity, links and evidence"),
                _("Start"),
                reverse("approval-list"),
            )
        )
    if policy.may(user, Permission.TAKE_OVER):
        found.append(
            Pile(
                sum(
                    model.objects.visible_to(user).suspect().continued().count()
                    for model in (ActivityMandate, ItemMandate)
                ),
                _("Continued by a later resolution"),
                _("links to take over, or to leave with the earlier one"),
                _("Start"),
                address("suspect-list", why=CONTINUED),
            )
        )
    if figures and rows:
        found += [
            Pile(number, str(flag.label), flag.meaning, _("Read"), rows.flagged(flag))
            for flag, number in figures.flags.items()
        ]
        found.append(
            Pile(
                figures.by_status[Status.DELIVERED],
                _("Delivered without verified evidence"),
                _("delivered, not yet shown"),
                _("Read"),
                rows.demands(status=Status.DELIVERED.value),
            )
        )
    tray = unlinked(user)
    found.append(
        Pile(
            tray.items + tray.activities,
            _("Tied to no mandate"),
            _("items and activities that nothing counts yet"),
            _("Read"),
            reverse("unlinked-list"),
        )
    )
    return [pile for pile in found if pile.number]
