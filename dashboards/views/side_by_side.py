"""Two resolutions side by side; of one chosen twice, its two days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.status import DEFINITION
from assistance.coverage.window import Window, WindowError, today
from dashboards.exports import Sheet, exported, exports_of
from dashboards.links import address
from dashboards.sides import Section, Side, sections
from directory import policy
from directory.guard import reading
from directory.policy import Permission
from directory.templatetags.dates import long_day
from directory.widgets import DayInput, SearchSelect
from mandates.models import Resolution

SIDES = ("a", "b")


class CompareForm(forms.Form):
    """Which two, each as of a day. The list of resolutions sends two ticked ones as `r`."""

    def __init__(self, query: Any) -> None:
        ticked = query.getlist("r")
        data = {
            "a": query.get("a") or next(iter(ticked), ""),
            "b": query.get("b") or next(iter(ticked[1:]), ""),
            **{f"{side}_to": query.get(f"{side}_to") or today().isoformat() for side in SIDES},
        }
        # Nothing is missing before anything is chosen.
        super().__init__(data if data["a"] or data["b"] else None, initial=data)
        names = {
            "a": gettext_lazy("Resolution"),
            "b": gettext_lazy("Compared with"),
        }
        for side in SIDES:
            self.fields[side] = forms.ModelChoiceField(
                label=names[side],
                queryset=Resolution.objects.order_by("-adopted_on", "symbol"),
                to_field_name="slug",
                widget=SearchSelect(),
            )
            self.fields[f"{side}_to"] = forms.DateField(
                label=gettext_lazy("Status as of"), widget=DayInput()
            )

    def clean(self) -> dict[str, Any]:
        """Adds `a_window` and `b_window`."""
        cleaned = super().clean() or self.cleaned_data
        for side in SIDES:
            if {side, f"{side}_to"} & set(self.errors):
                continue
            try:
                cleaned[f"{side}_window"] = Window.of(cleaned[side], None, cleaned[f"{side}_to"])
            except WindowError as error:
                self.add_error(f"{side}_to", str(error.message))
        return cleaned


@reading(Permission.READ_COVERAGE)
def compare(request: HttpRequest) -> HttpResponse:
    """Two resolutions side by side; the form alone until both are chosen.

    Two days of one have their own page, for those who may read what moved its demands.
    """
    form = CompareForm(request.GET)
    chosen = any(request.GET.get(name) for name in (*SIDES, "r"))
    reads_all = policy.may(request.user, Permission.READ_ALL_REQUESTS)
    sides: list[Side] = []
    if chosen and form.is_valid():
        pairs = [(form.cleaned_data[side], form.cleaned_data[f"{side}_window"]) for side in SIDES]
        (one, _first), (other, _second) = pairs
        if one == other and reads_all:
            first, last = sorted(window.last.isoformat() for _one, window in pairs)
            return redirect(address("comparison", one.slug, **{"from": first, "to": last}))
        sides = [Side.of(resolution, window, request.user) for resolution, window in pairs]
    found = sections(sides) if sides else []
    if sides and (file := exported(request, lambda: _sheet(sides, found))):
        return file
    return render(
        request,
        "dashboards/compare.html",
        {
            "form": form,
            "chosen": chosen,
            "heads": [_head(side) for side in sides],
            "sections": found,
            "exports": exports_of(request) if sides else [],
            "own_rows_only": not reads_all,
        },
    )


def _head(side: Side) -> dict[str, Any]:
    day = _("as of %(day)s") % {"day": long_day(side.day)}
    return {
        "words": side.resolution.symbol,
        "more": [day, side.resolution.label],
        "url": side.url,
    }


def _sheet(sides: Sequence[Side], found: Sequence[Section]) -> Sheet:
    names = [f"{side.resolution.symbol}, {side.day.isoformat()}" for side in sides]
    heads = [(name, _("{name}: of").format(name=name)) for name in names]
    head = [_("Figure"), *(one for pair in heads for one in pair)]
    return Sheet(
        f"compared-{today().isoformat()}",
        head,
        [
            [fact.words, *(cell for pair in fact.cells for cell in pair)]
            for section in found
            for fact in section.facts
        ],
        [(_("Coverage definition"), DEFINITION)],
    )
