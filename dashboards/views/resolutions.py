"""All resolutions: searched, filtered, grouped, sorted, each with its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.figures import Totals, figures_of_resolutions
from assistance.coverage.status import DEFINITION
from assistance.coverage.window import Window, today
from dashboards.exports import Sheet, exported, exports_of
from dashboards.forms import without
from dashboards.links import Rows
from directory import policy
from directory.guard import reading
from directory.policy import Permission
from directory.sheets import Figure
from mandates.models import Organ, Resolution

PAGE_SIZE = 50
IN_FORCE = {
    "yes": gettext_lazy("In force"),
    "no": gettext_lazy("Superseded"),
}
GROUPS = {
    "organ": gettext_lazy("Organ"),
    "year": gettext_lazy("Year of adoption"),
}


class ResolutionFilterForm(forms.Form):
    """What can be chosen above the list."""

    q = forms.CharField(label=gettext_lazy("Symbol, title or words"), required=False)
    organ = forms.ChoiceField(label=gettext_lazy("Organ"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("Year of adoption"), required=False)
    force = forms.ChoiceField(
        label=gettext_lazy("Validity"),
        required=False,
        choices=[("", gettext_lazy("All")), *IN_FORCE.items()],
    )
    group = forms.ChoiceField(
        label=gettext_lazy("Group by"),
        required=False,
        choices=[("", gettext_lazy("Nothing")), *GROUPS.items()],
    )

    def __init__(self, query: Any, years: Sequence[int]) -> None:
        super().__init__(query)
        every = ("", _("All"))
        self.fields["organ"].choices = [every, *Organ.choices]  # type: ignore[attr-defined]
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            every,
            *((str(year), str(year)) for year in years),
        ]

    def chosen(self, name: str) -> str:
        """What was chosen, nothing where it cannot be chosen."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))

    def narrowed(self, found: QuerySet[Resolution]) -> QuerySet[Resolution]:
        """The resolutions that fit."""
        if words := self.chosen("q").strip():
            found = found.filter(
                pk__in=Resolution.objects.filter(
                    Q(symbol__icontains=words)
                    | Q(texts__title__icontains=words)
                    | Q(labels__en__icontains=words)
                    | Q(labels__es__icontains=words)
                    | Q(labels__fr__icontains=words)
                    | Q(paragraphs__texts__words__icontains=words)
                ).values("pk")
            )
        if organ := self.chosen("organ"):
            found = found.filter(organ=organ)
        if year := self.chosen("year"):
            found = found.filter(adopted_on__year=year)
        if force := self.chosen("force"):
            in_force = Q(superseded_on=None) | Q(superseded_on__gt=today())
            found = found.filter(in_force if force == "yes" else ~in_force)
        return found

    def tags(self, request: HttpRequest) -> list[dict[str, str]]:
        """What was chosen, each with the address without it."""
        return [
            {
                "label": str(self.fields[name].label),
                "value": str(dict(getattr(self.fields[name], "choices", ())).get(value, value)),
                "url": without(request.GET, request.path, name),
            }
            for name in ("q", "organ", "year", "force")
            if (value := self.chosen(name))
        ]


@dataclass(frozen=True)
class Line:
    """A resolution in the list; without figures for who may not read them."""

    resolution: Resolution
    totals: Totals | None
    rows: Rows
    group: str

    @property
    def open(self) -> int:
        """Demands that are not served."""
        return self.totals.demands - self.totals.served if self.totals else 0


SORTS: Mapping[str, Callable[[Line], Any]] = {
    "symbol": lambda line: line.resolution.symbol,
    "adopted": lambda line: (line.resolution.adopted_on, line.resolution.symbol),
    "counted": lambda line: line.totals.counted if line.totals else 0,
    "open": lambda line: line.open,
    "full": lambda line: line.totals.delivered if line.totals else 0,
}


@reading(Permission.READ_RESOLUTIONS)
def resolution_list(request: HttpRequest) -> HttpResponse:
    """All resolutions, each with its figures, found by symbol, title or words."""
    visible = Resolution.objects.visible_to(request.user)
    years = sorted({day.year for day in visible.dates("adopted_on", "year")}, reverse=True)
    form = ResolutionFilterForm(request.GET, years)
    found = list(form.narrowed(visible).prefetch_related("texts"))
    reads_figures = policy.may(request.user, Permission.READ_COVERAGE)
    lines = _lines(found, request, form.chosen("group"), reads_figures=reads_figures)
    lines = _in_order(lines, request.GET.get("sort", "-adopted"))
    if reads_figures and (file := exported(request, lambda: _sheet(lines))):
        return file
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "dashboards/resolution_list.html",
        {
            "page_obj": page,
            "form": form,
            "filter_tags": form.tags(request),
            "reads_figures": reads_figures,
            "may_pick": reads_figures and page.paginator.count > 1,
            "grouped": bool(form.chosen("group")),
            "exports": exports_of(request) if reads_figures else [],
        },
    )


def _lines(
    found: Sequence[Resolution], request: HttpRequest, group: str, *, reads_figures: bool
) -> list[Line]:
    """The lines, with the figures of all of them at once: sorting needs them."""
    totals = figures_of_resolutions(found, user=request.user) if reads_figures else {}
    group_of: Callable[[Resolution], str] = {
        "organ": lambda one: str(one.get_organ_display()),
        "year": lambda one: str(one.adopted_on.year),
    }.get(group, lambda _one: "")
    return [
        Line(one, totals.get(one.pk), Rows(one, Window.of(one)), group_of(one)) for one in found
    ]


def _in_order(lines: Sequence[Line], sort: str) -> list[Line]:
    """By a column, `-` in front reverses; within the groups, the latest year first."""
    key = SORTS.get(sort.lstrip("-"), SORTS["adopted"])
    ordered = sorted(lines, key=key, reverse=sort.startswith("-"))
    return sorted(ordered, key=lambda line: line.group, reverse=_is_of_years(ordered))


def _is_of_years(lines: Sequence[Line]) -> bool:
    return bool(lines) and lines[0].group.isdigit()


def _sheet(lines: Sequence[Line]) -> Sheet:
    return Sheet(
        f"resolutions-{today().isoformat()}",
        about=[(_("Status as of"), today()), (_("Coverage definition"), DEFINITION)],
        head=[
            _("Resolution"),
            _("Label (unofficial)"),
            _("Adopted"),
            _("Mandates of UNODC"),
            _("Demands served"),
            _("Demands"),
            _("Mandates in full"),
            _("Mandates asked for"),
        ],
        rows=[
            [
                line.resolution.symbol,
                line.resolution.label,
                line.resolution.adopted_on,
                Figure(line.totals.counted, line.rows.mandates(show="counted")),
                Figure(line.totals.served, line.rows.demands(served="true")),
                Figure(line.totals.demands, line.rows.demands()),
                Figure(line.totals.delivered, line.rows.mandates(show="asked", status="in_full")),
                Figure(line.totals.with_demand, line.rows.mandates(show="asked")),
            ]
            for line in lines
            if line.totals
        ],
    )
