"""Two days beside each other: what changed, row by row, and because of which act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.comparing import Change, Clock, Comparison, Move, compare
from assistance.coverage.status import DEFINITION, OF_DEMANDS
from assistance.coverage.window import Window, today
from dashboards.exports import Sheet, exported, exports_of, in_words
from dashboards.forms import DaysForm, without
from dashboards.sides import Fact, Section, Side, sections
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from directory.sheets import Figure
from directory.templatetags.dates import long_day
from mandates.models import Resolution

PAGE = 50


class CompareForm(DaysForm):
    """Two days and the clock; by default the last thirty days of the record."""

    clock = forms.ChoiceField(label=gettext_lazy("How the days are read"), choices=Clock.choices)

    def __init__(self, query: Any, resolution: Resolution) -> None:
        data = query.dict()
        month_ago = max(today() - dt.timedelta(days=30), resolution.adopted_on)
        data["from"] = data.get("from") or month_ago.isoformat()
        data["to"] = data.get("to") or today().isoformat()
        data["clock"] = data.get("clock") or Clock.RECORD.value
        super().__init__(data, resolution)
        self.order_fields(["from", "to", "clock"])


@reading(Permission.READ_ALL_REQUESTS)
def comparison(request: HttpRequest, slug: str) -> HttpResponse:
    """The demands that stand elsewhere on the second day; as a file with `format`."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    form = CompareForm(request.GET, resolution)
    context: dict[str, Any] = {
        "resolution": resolution,
        "form": form,
        "crumbs": [
            {"label": _("Resolutions"), "url": reverse("resolution-list")},
            {"label": resolution.symbol, "url": reverse("resolution", args=[resolution.slug])},
        ],
    }
    if form.is_valid():
        found = compare(
            resolution,
            user=request.user,
            window=form.cleaned_data["window"],
            clock=Clock(form.cleaned_data["clock"]),
        )
        move = request.GET.get("move", "")
        changes = [one for one in found.changes if move not in Move.values or one.move == move]
        if file := exported(request, lambda: _sheet(resolution, found, changes)):
            return file
        context |= _figures(request, resolution, found) | _shown(request, found, changes, move)
    return render(request, "dashboards/comparison.html", context)


def _figures(request: HttpRequest, resolution: Resolution, found: Comparison) -> dict[str, Any]:
    """What each day came to: all figures as the record stands, of what was said the demands."""
    days = (found.window.first, found.window.last)
    if found.clock == Clock.SAID or days[0] < resolution.adopted_on:
        open_demands = [
            Fact(
                str(one.label),
                [(Figure(found.before[one], ""), None), (Figure(found.after[one], ""), None)],
                one,
            )
            for one in OF_DEMANDS
        ]
        return {
            "heads": [{"words": long_day(day)} for day in days],
            "sections": [Section(_("Demands by status"), open_demands)],
        }
    sides = [Side.of(resolution, Window.of(resolution, None, day), request.user) for day in days]
    return {
        "heads": [{"words": long_day(side.day), "url": side.url} for side in sides],
        "sections": sections(sides),
    }


def _shown(
    request: HttpRequest, found: Comparison, changes: Sequence[Change], move: str
) -> dict[str, Any]:
    base = without(request.GET, request.path, "move")
    return {
        "found": found,
        "page_obj": Paginator(changes, PAGE).get_page(request.GET.get("page")),
        "moves": [
            (one.label, number, f"{base}{'&' if '?' in base else '?'}move={one.value}#changes")
            for one, number in found.moves.items()
        ],
        "filter_tags": [
            {"label": _("What became of it"), "value": str(Move(move).label), "url": base}
        ]
        if move in Move.values
        else [],
        "exports": exports_of(request),
    }


def _sheet(resolution: Resolution, found: Comparison, changes: Sequence[Change]) -> Sheet:
    return Sheet(
        f"{resolution.slug}-{found.window.first.isoformat()}-{found.window.last.isoformat()}",
        about=[
            (_("Resolution"), resolution.symbol),
            (_("First day"), found.window.first),
            (_("Second day"), found.window.last),
            (_("How the days are read"), found.clock.label),
            (_("Coverage definition"), DEFINITION),
        ],
        head=[
            _("Demand"),
            _("Mandate"),
            _("States"),
            _("What became of it"),
            _("Before"),
            _("After"),
            _("Because of"),
        ],
        rows=[
            [
                change.key,
                change.subject.mandate,
                ", ".join(country.name for country in change.subject.countries),
                change.move.label,
                _standing(change.before),
                _standing(change.after),
                in_words(change.acts),
            ]
            for change in changes
        ],
    )


def _standing(standing: Any) -> str:
    if standing is None:
        return ""
    status = str(standing.status.label)
    return f"{status}; {standing.why_ended}" if standing.ended_by else status
