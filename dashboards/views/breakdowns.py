"""Four more views of a resolution's figures: places, quarters, the chain, themes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from assistance.coverage.filters import DeliveredFilter
from assistance.coverage.flows import counted_deliveries
from assistance.coverage.models import Demand
from assistance.coverage.window import today
from assistance.models import Delivery
from dashboards.breakdowns.chain import Step, chain
from dashboards.breakdowns.matrix import Cell, Matrix
from dashboards.breakdowns.places import places
from dashboards.breakdowns.quarters import Measure, quarters
from dashboards.breakdowns.themes import themes
from dashboards.charts.shapes import Picture
from dashboards.exports import (
    Sheet,
    about_figures,
    exported,
    exports_of,
    facts_of,
    narrowed_to,
)
from dashboards.forms import PeriodForm, without
from dashboards.links import Rows
from dashboards.views.demands import about_rows, kept, offered, tags
from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.models import User
from directory.policy import Permission
from directory.sheets import Figure
from mandates.models import Resolution

PAGE_SIZE = 50


@dataclass(frozen=True)
class Asked:
    """What a view was asked: the resolution, its filters, and the links they make."""

    resolution: Resolution
    form: PeriodForm
    rows: Rows
    narrowed: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, request: HttpRequest, slug: str, keep: Sequence[str] = ()) -> Asked:
        """Reads the address."""
        resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
        form = PeriodForm(request.GET, resolution, request.user, keep)
        window = form.window
        rows = Rows(resolution, window, form.narrowing)
        return cls(resolution, form, rows, narrowed_to(form, request.user))

    def page(
        self,
        request: HttpRequest,
        view: str,
        found: Any,
        sheet: Callable[[], Sheet],
        picture: Picture,
        whole: Figure | Cell | Step,
        **more: Any,
    ) -> HttpResponse:
        """The page, or the file that was asked for instead; no file of what was asked wrongly.

        `whole` opens all that it counts; where that is nothing there is no sentence.
        """
        facts = facts_of(self.rows, self.narrowed)
        if self.form.is_valid() and (file := exported(request, sheet, picture, facts)):
            return file
        context = {
            "resolution": self.resolution,
            "form": self.form,
            "rows": self.rows,
            "window": self.rows.window,
            "view": view,
            "filter_tags": self.form.tags(request.GET, request.path),
            "exports": exports_of(request, picture=True),
            "own_rows_only": not policy.may(request.user, Permission.READ_ALL_REQUESTS),
            "page": found,
            "picture": picture,
            "whole": whole,
        }
        return render(request, f"dashboards/{view}.html", context | more)

    def sheet(self, view: str, head: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Sheet:
        """The file of a view."""
        name = f"{self.resolution.slug}-{view}-{self.rows.window.last.isoformat()}"
        return Sheet(name, head, rows, about_figures(self.rows, self.narrowed))


@reading(Permission.READ_COVERAGE)
def by_place(request: HttpRequest, slug: str) -> HttpResponse:
    """Paragraphs by region; by State for those who read all requests."""
    asked = Asked.of(request, slug, keep=["by"])
    may_by_state = policy.may(request.user, Permission.READ_ALL_REQUESTS)
    by_state = may_by_state and request.GET.get("by") == "state"
    found = places(request.user, asked.rows, by_state=by_state)
    return asked.page(
        request,
        "resolution_places",
        found,
        lambda: asked.sheet("states" if by_state else "regions", *_of_matrix(found.matrix)),
        found.picture,
        found.matrix.totals.total,
        by_state=by_state,
        lies_across=not by_state,
        ways=_ways(request, "by", [("", _("Regions")), ("state", _("States"))])
        if may_by_state
        else [],
    )


def _of_matrix(matrix: Matrix, *, served: bool = True) -> tuple[list[Any], list[list[Any]]]:
    """A line of the file for each figure: the heads on both sides, then the numbers."""
    head = [matrix.corner, _("Label (unofficial)"), _("In"), _("Demands served"), _("Demands")]
    rows = [
        [
            row.words,
            row.title or (column.title if column.title != column.alone else ""),
            column.alone or column.title or column.words,
            cell.served,
            Figure(cell.number, cell.url),
        ]
        for row, column, cell in matrix.figures()
    ]
    if served:
        return head, rows
    return [*head[:3], _("Number")], [[*row[:3], row[4]] for row in rows]


def _ways(
    request: HttpRequest, name: str, choices: Sequence[tuple[str, Any]]
) -> list[dict[str, Any]]:
    """The few ways in which a view can be shown, each with its address."""
    chosen = request.GET.get(name, "")
    if chosen not in dict(choices):
        chosen = choices[0][0]
    base = without(request.GET, request.path, name)
    joined = f"{base}{'&' if '?' in base else '?'}{name}="
    return [
        {
            "label": label,
            "url": f"{joined}{value}" if value else base,
            "current": value == chosen,
        }
        for value, label in choices
    ]


@reading(Permission.READ_COVERAGE)
def by_quarter(request: HttpRequest, slug: str) -> HttpResponse:
    """Paragraphs by quarter: deliveries, what was asked, what was served."""
    asked = Asked.of(request, slug, keep=["show"])
    wanted = request.GET.get("show", "")
    measure = Measure(wanted) if wanted in Measure.values else Measure.DELIVERED
    found = quarters(request.user, asked.rows, measure)
    return asked.page(
        request,
        "resolution_quarters",
        found,
        lambda: asked.sheet(f"quarters-{measure}", *_of_matrix(found.matrix, served=False)),
        found.picture,
        found.matrix.totals.total,
        ways=_ways(request, "show", Measure.choices),
    )


@reading(Permission.READ_COVERAGE)
def by_step(request: HttpRequest, slug: str) -> HttpResponse:
    """From request to confirmed delivery: where demands stay behind, and why."""
    asked = Asked.of(request, slug)
    found = chain(request.user, asked.rows)

    def lines() -> list[list[Any]]:
        return [
            line
            for step in found.steps
            for line in (
                [step.words, "", Figure(step.number, step.url)],
                *(
                    [step.words, reason.behind.label, Figure(reason.number, reason.url)]
                    for reason in step.reasons
                ),
            )
        ]

    return asked.page(
        request,
        "resolution_steps",
        found,
        lambda: asked.sheet(
            "chain", [_("Step"), _("Goes no further because"), _("Demands")], lines()
        ),
        found.picture,
        found.steps[0],
    )


@reading(Permission.READ_COVERAGE)
def by_theme(request: HttpRequest, slug: str) -> HttpResponse:
    """Demands by theme."""
    asked = Asked.of(request, slug)
    found = themes(request.user, asked.rows)

    def sheet() -> Sheet:
        return asked.sheet(
            "themes",
            [_("Theme"), _("Paragraphs"), _("Status"), _("Demands served"), _("Demands")],
            [
                [
                    line.words,
                    ", ".join(paragraph.number for paragraph in line.paragraphs),
                    line.status.label,
                    line.group.served,
                    Figure(line.group.demands, line.url),
                ]
                for line in found.lines
            ],
        )

    whole = Figure(found.demands.demands, asked.rows.demands())
    return asked.page(request, "resolution_themes", found, sheet, found.picture, whole)


@reading(Permission.READ_COVERAGE)
def deliveries(request: HttpRequest) -> HttpResponse:
    """The deliveries that count for demands, each once: the rows behind the quarters."""
    found = DeliveredFilter(request.GET, queryset=Demand.objects.visible_to(request.user))
    is_valid = found.is_valid()
    window = found.window if is_valid else None
    counted: Any = Delivery.objects.none()
    if is_valid:
        counted = (
            counted_deliveries(found, cast(User, request.user))
            .select_related("activity__unit", "country")
            .order_by("-on", "pk")
        )
    if is_valid and (
        file := exported(
            request, lambda: _deliveries_sheet(list(counted), about_rows(found, request))
        )
    ):
        return file
    page = Paginator(counted, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "dashboards/delivery_list.html",
        {
            "page_obj": page,
            "filter": found,
            "fields": offered(found, request.user, without=["flag"]),
            "kept": kept(request.GET),
            "filter_tags": tags(found, request),
            "window": window,
            "today": today(),
            "exports": exports_of(request),
            "resolution": found.form.cleaned_data.get("resolution") if is_valid else None,
            "own_rows_only": not policy.may(request.user, Permission.READ_ALL_REQUESTS),
        },
    )


def _deliveries_sheet(counted: Sequence[Any], about: Sequence[tuple[Any, Any]]) -> Sheet:
    return Sheet(
        f"deliveries-{today().isoformat()}",
        about=about,
        head=[
            _("Delivered on"),
            _("State"),
            _("Delivery"),
            _("Kind"),
            _("Activity"),
            _("Lead unit"),
        ],
        rows=[
            [
                one.on,
                one.country.name if one.country else "",
                one.title,
                one.get_kind_display(),
                one.activity.title,
                str(one.activity.unit or ""),
            ]
            for one in counted
        ],
    )
