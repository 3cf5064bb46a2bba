"""Two resolutions side by side, or one on two days."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.figures import ResolutionFigures, figures_of_resolution
from assistance.coverage.flags import Flag
from assistance.coverage.status import DEFINITION
from assistance.coverage.window import Window, WindowError, today
from dashboards.exports import Sheet, exported, exports_of
from dashboards.links import Rows
from directory import policy
from directory.guard import reading
from directory.policy import Permission, Person
from directory.sheets import Figure
from directory.statuses import Status
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


@dataclass(frozen=True)
class Side:
    """One of the two."""

    figures: ResolutionFigures
    rows: Rows

    @property
    def resolution(self) -> Resolution:
        """The resolution."""
        return self.figures.resolution

    @property
    def day(self) -> dt.date:
        """The day whose statuses these are."""
        return self.rows.window.last

    def paragraphs(self, status: Status) -> Figure:
        """The paragraphs of a status."""
        found = Counter(row.status for row in self.figures.paragraphs)
        return Figure(found[status], self.rows.paragraphs(status=status.value))


@dataclass(frozen=True)
class Fact:
    """A line of the comparison: one figure a side, `of` its denominator where there is one."""

    words: str
    cells: Sequence[tuple[Figure, Figure | None]]
    status: Status | None = None


@dataclass(frozen=True)
class Section:
    """Lines under one head."""

    words: str
    facts: Sequence[Fact]


def sections(sides: Sequence[Side]) -> list[Section]:
    """All that is compared: what was asked and served, the paragraphs by status, flags."""

    def fact(words: Any, cell: Any, status: Status | None = None) -> Fact:
        return Fact(str(words), [cell(side) for side in sides], status)

    flags = [
        flag
        for flag in Flag
        if flag != Flag.UNLINKED and any(side.figures.flags.get(flag) for side in sides)
    ]
    found = [
        Section(
            _("Asked and served"),
            [
                fact(_("Demands served"), _served),
                fact(_("Mandates in full"), _in_full),
                fact(_("Mandates of UNODC"), _counted),
                fact(_("Ended within the period"), _ended),
            ],
        ),
        Section(
            _("Paragraphs by status"),
            [fact(one.label, lambda s, one=one: (s.paragraphs(one), None), one) for one in Status],
        ),
        Section(
            _("Demands by status"),
            [
                fact(one.label, lambda s, one=one: (_of_status(s, one), None), one)
                for one in tuple(Status)[:5]
            ],
        ),
        Section(_("Look at"), [fact(f.label, lambda s, f=f: (_flag(s, f), None)) for f in flags]),
    ]
    return [section for section in found if section.facts]


def _served(side: Side) -> tuple[Figure, Figure]:
    totals = side.figures.totals
    return (
        Figure(totals.served, side.rows.demands(served="true")),
        Figure(totals.demands, side.rows.demands()),
    )


def _in_full(side: Side) -> tuple[Figure, Figure]:
    totals = side.figures.totals
    return (
        Figure(totals.delivered, side.rows.mandates(show="asked", status="in_full")),
        Figure(totals.with_demand, side.rows.mandates(show="asked")),
    )


def _counted(side: Side) -> tuple[Figure, Figure]:
    totals = side.figures.totals
    return (
        Figure(totals.counted, side.rows.mandates(show="counted")),
        Figure(totals.mandates, side.rows.mandates()),
    )


def _ended(side: Side) -> tuple[Figure, None]:
    return Figure(side.figures.ended.total(), side.rows.demands(ended="any")), None


def _of_status(side: Side, status: Status) -> Figure:
    return Figure(side.figures.by_status[status], side.rows.demands(status=status.value))


def _flag(side: Side, flag: Flag) -> Figure:
    return Figure(side.figures.flags.get(flag, 0), side.rows.flagged(flag))


@reading(Permission.READ_COVERAGE)
def compare(request: HttpRequest) -> HttpResponse:
    """Two resolutions, or two days of one, side by side; the form alone until both are chosen."""
    form = CompareForm(request.GET)
    chosen = any(request.GET.get(name) for name in (*SIDES, "r"))
    sides = _sides(form, request.user) if chosen and form.is_valid() else []
    found = sections(sides) if sides else []
    if sides and (file := exported(request, lambda: _sheet(sides, found))):
        return file
    return render(
        request,
        "dashboards/compare.html",
        {
            "form": form,
            "chosen": chosen,
            "sides": sides,
            "sections": found,
            "exports": exports_of(request) if sides else [],
            "own_rows_only": not policy.may(request.user, Permission.READ_ALL_REQUESTS),
        },
    )


def _sides(form: CompareForm, user: Person) -> list[Side]:
    found = []
    for side in SIDES:
        resolution, window = form.cleaned_data[side], form.cleaned_data[f"{side}_window"]
        figures = figures_of_resolution(resolution, user=user, window=window)
        found.append(Side(figures, Rows(resolution, window)))
    return found


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
