"""Two days beside each other: what changed, row by row, and because of which act."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.comparing import Clock, Comparison, Move, compare
from assistance.coverage.status import OF_DEMANDS
from assistance.coverage.window import Window, WindowError, today
from dashboards.exports import export_address
from dashboards.forms import without
from dashboards.links import Rows
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from directory.sheets import csv_file
from directory.widgets import DayInput
from mandates.models import Resolution

PAGE = 50


class CompareForm(forms.Form):
    """Two days and the clock; by default the last thirty days of the record."""

    clock = forms.ChoiceField(label=gettext_lazy("How the days are read"), choices=Clock.choices)

    def __init__(self, query: Any, resolution: Resolution) -> None:
        data = query.dict()
        month_ago = max(today() - dt.timedelta(days=30), resolution.adopted_on)
        data["from"] = data.get("from") or month_ago.isoformat()
        data["to"] = data.get("to") or today().isoformat()
        data["clock"] = data.get("clock") or Clock.RECORD.value
        super().__init__(data)
        self.resolution = resolution
        self.fields = {
            "from": forms.DateField(label=_("First day"), widget=DayInput()),
            "to": forms.DateField(label=_("Second day"), widget=DayInput()),
            **self.fields,
        }

    def clean(self) -> dict[str, Any]:
        """Adds `window`."""
        cleaned = super().clean() or self.cleaned_data
        if not {"from", "to"} & set(self.errors):
            try:
                cleaned["window"] = Window.of(self.resolution, cleaned["from"], cleaned["to"])
            except WindowError as error:
                self.add_error(error.field, str(error.message))
        return cleaned


@reading(Permission.READ_ALL_REQUESTS)
def comparison(request: HttpRequest, slug: str) -> HttpResponse:
    """The demands that stand elsewhere on the second day; as a file with `format=csv`."""
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
        if request.GET.get("format") == "csv":
            return _as_csv(resolution, found)
        context |= _shown(request, resolution, found)
    return render(request, "dashboards/comparison.html", context)


def _shown(request: HttpRequest, resolution: Resolution, found: Comparison) -> dict[str, Any]:
    move = request.GET.get("move", "")
    changes = [one for one in found.changes if move not in Move.values or one.move == move]
    base = without(request.GET, request.path, "move")
    before, after = (
        Rows(resolution, Window(resolution.adopted_on, day))
        for day in (found.window.first, found.window.last)
    )
    on_record = found.clock == Clock.RECORD and found.window.first >= resolution.adopted_on
    return {
        "found": found,
        "page_obj": Paginator(changes, PAGE).get_page(request.GET.get("page")),
        "moves": [
            (one.label, number, f"{base}{'&' if '?' in base else '?'}move={one.value}#changes")
            for one, number in found.moves.items()
        ],
        "statuses": [
            {
                "status": status,
                "before": found.before[status],
                "after": found.after[status],
                "before_url": before.demands(status=status.value) if on_record else "",
                "after_url": after.demands(status=status.value) if on_record else "",
            }
            for status in OF_DEMANDS
        ],
        "filter_tags": [
            {"label": _("What became of it"), "value": str(Move(move).label), "url": base}
        ]
        if move in Move.values
        else [],
        "exports": [{"label": _("Export CSV"), "url": export_address(request)}],
    }


def _as_csv(resolution: Resolution, found: Comparison) -> HttpResponse:
    return csv_file(
        f"{resolution.slug}-{found.window.first.isoformat()}-{found.window.last.isoformat()}",
        about=[
            (_("Resolution"), resolution.symbol),
            (_("First day"), found.window.first),
            (_("Second day"), found.window.last),
            (_("How the days are read"), found.clock.label),
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
                _in_words(change.before),
                _in_words(change.after),
                "; ".join(f"{act.on.isoformat()} {act.words}" for act in change.acts),
            ]
            for change in found.changes
        ],
    )


def _in_words(standing: Any) -> str:
    if standing is None:
        return ""
    status = str(standing.status.label)
    return f"{status}; {standing.why_ended}" if standing.ended_by else status
