"""Closed periods: the list, closing one, what stands in one and what was revised since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Func, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.closing import close_period, period_to_close, verify
from assistance.coverage.figures import figures_of_resolution
from assistance.coverage.filters import in_area
from assistance.coverage.flags import Flag
from assistance.coverage.models import ClosedRow, Closing, DemandKind, EndedBy, RowKind
from assistance.coverage.package import package_file_of_closing
from assistance.coverage.period import PeriodRow
from assistance.coverage.revisions import Revision, revisions_of
from assistance.coverage.small_numbers import FEWER, FEWEST
from assistance.coverage.status import SERVED, Status
from assistance.coverage.subjects import About, subjects
from assistance.coverage.window import Window, today
from dashboards.closed_figures import closed_lines
from dashboards.exports import Sheet, exported, exports_of, in_words
from dashboards.glance.page import summary
from dashboards.links import ClosedRows, Rows
from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from directory.regions import AREAS
from directory.widgets import DayInput
from mandates.models import Paragraph, Resolution

PAGE = 50
REVISED = "revised"
NARROWED = ("paragraph", "kind", "served", "status", "ended", "verified", "area")
COUNTED, IS_SERVED, DELIVERIES = "counted", "served", "deliveries"
IS_COUNTED = Q(row__counted=True)
OF_SERVED = Q(status__in=[status.value for status in SERVED])


class ClosingForm(forms.Form):
    """The period to close, and a note beside it."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Shown beside the figures, to everybody who sees them."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )

    def __init__(self, data: Any, resolution: Resolution) -> None:
        super().__init__(data)
        self.resolution = resolution
        day = {"widget": DayInput(), "required": True}
        self.fields = {
            "from": forms.DateField(label=_("First day"), **day),
            "to": forms.DateField(label=_("Last day"), **day),
            **self.fields,
        }
        self.fields["from"].initial = resolution.adopted_on
        self.fields["to"].initial = today() - dt.timedelta(days=1)

    def clean(self) -> dict[str, Any]:
        """Adds `window`, unless the period can't be closed."""
        cleaned = super().clean() or self.cleaned_data
        if not {"from", "to"} & set(self.errors):
            try:
                cleaned["window"] = period_to_close(self.resolution, cleaned["from"], cleaned["to"])
            except ValidationError as refused:
                self.add_error(None, refused)
        return cleaned


def _crumbs(resolution: Resolution, *, closings: bool = True) -> list[dict[str, str]]:
    steps = [
        {"label": _("Resolutions"), "url": reverse("resolution-list")},
        {"label": resolution.symbol, "url": reverse("resolution", args=[resolution.slug])},
    ]
    if closings:
        url = reverse("closing-list", args=[resolution.slug])
        steps.append({"label": _("Closed periods"), "url": url})
    return steps


@reading(Permission.READ_RESOLUTIONS)
def closing_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The closed periods of a resolution with their public figures, the latest first."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    closings = Closing.objects.visible_to(request.user).filter(resolution=resolution)
    may_close = policy.may(request.user, Permission.CLOSE_PERIODS)
    acts = [
        {
            "label": _("Close a period"),
            "url": reverse("closing-new", args=[slug]),
            "primary": True,
        }
    ]
    page = Paginator(closings.select_related("closed_by"), PAGE)
    return render(
        request,
        "dashboards/closing_list.html",
        {
            "resolution": resolution,
            "page_obj": page.get_page(request.GET.get("page")),
            "acts": acts if may_close else [],
            "fewest": FEWEST,
            "crumbs": _crumbs(resolution, closings=False),
        },
    )


@reading(Permission.CLOSE_PERIODS)
def closing_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a period, see what it holds, close it for good."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    data = request.POST or (request.GET if "to" in request.GET else None)
    form = ClosingForm(data, resolution)
    window: Window | None = form.cleaned_data["window"] if form.is_valid() else None
    if window and request.method == "POST":
        try:
            closing = close_period(
                user=request.user,
                resolution_slug=slug,
                first=window.first,
                last=window.last,
                note=form.cleaned_data["note"],
            )
        except ValidationError as refused:  # closed by somebody else since it was checked
            form.add_error(None, refused)
        else:
            messages.success(request, _("The period is closed. Its figures stay as they are."))
            return redirect("closing", closing.pk)
    context: dict[str, Any] = {
        "resolution": resolution,
        "form": form,
        "crumbs": _crumbs(resolution),
        "window": window,
    }
    if window:
        figures = figures_of_resolution(resolution, user=request.user, window=window)
        context["sentence"] = summary(figures, Rows(resolution, window))
    return render(request, "dashboards/closing_new.html", context)


@reading(Permission.READ_RESOLUTIONS)
def closing(request: HttpRequest, pk: int) -> HttpResponse:
    """A closed period: what is public of it; for UNODC its rows, and those revised since.

    `show` chooses the rows (`counted`, `served`, `deliveries`, `revised`, else all demands),
    `check` works the hash out again, `format` gives the chosen rows as a file (others get what is
    public), or the period as a data `package`. Its figures, and those of a report, narrow the rows
    (`ClosedRows` of `dashboards.links`).
    """
    found = fetch_to_read(
        Closing.objects.select_related("resolution", "closed_by"), request.user, pk=pk
    )
    context: dict[str, Any] = {
        "closing": found,
        "closed_lines": closed_lines(found, found.resolution.paragraphs.order_by("position")),
        "resolution": found.resolution,
        "crumbs": _crumbs(found.resolution),
        "fewest": FEWEST,
        "reads_rows": policy.may(request.user, Permission.READ_ALL_REQUESTS),
    }
    if context["reads_rows"]:
        if request.GET.get("format") == "package" and policy.may(request.user, Permission.EXPORT):
            return package_file_of_closing(found)
        chosen = Chosen.of(found, request.GET)
        if file := exported(request, lambda: _sheet(found, chosen)):
            return file
        context |= {**_rows(request, chosen), "frozen": ClosedRows(found)}
        context["check"] = verify(found) if request.GET.get("check") else None
    else:
        lines = context["closed_lines"]
        if file := exported(request, lambda: _public_sheet(found, lines), public=True):
            return file
        context["exports"] = exports_of(request, public=True)
    return render(request, "dashboards/closing.html", context)


@dataclass(frozen=True)
class Chosen:
    """The rows that an address chooses, and how many there are of each choice."""

    show: str
    rows: QuerySet[ClosedRow] | Sequence[Revision]
    narrowed: bool
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, found: Closing, query: QueryDict) -> Chosen:
        """What `show` and the names of `NARROWED` choose."""
        mandates = {
            row.key: row.row
            for row in found.rows.filter(kind=RowKind.MANDATE).order_by(
                "row__position", "row__ordinal"
            )
        }
        demands = found.rows.filter(kind=RowKind.DEMAND)
        choices = {"": Q(), COUNTED: IS_COUNTED, IS_SERVED: IS_COUNTED & OF_SERVED}
        of = {name or "all": Q(kind=RowKind.DEMAND) & only for name, only in choices.items()}
        of[DELIVERIES] = Q(kind=RowKind.DELIVERY)
        numbers = found.rows.aggregate(**{name: Count("pk", filter=of[name]) for name in of})
        revised = revisions_of(found)
        numbers[REVISED] = len(revised)
        show = query.get("show", "")
        if show == REVISED:
            return cls(show, revised, False, numbers)
        narrowed = any(name in query for name in NARROWED)
        if show == DELIVERIES:
            made = _narrowed_deliveries(found.rows.filter(of[show]), mandates, query)
            return cls(show, made.order_by("row__on", "key"), narrowed, numbers)
        show = show if show in choices else ""
        rows = demands.filter(choices[show])
        if narrowed:
            rows = _narrowed(rows, mandates, query, found.first)
        # In the order of the resolution; they are hashed in another.
        place = Func(
            Value(list(mandates), output_field=ArrayField(TextField())),
            KeyTextTransform("mandate", "row"),
            function="array_position",
            output_field=IntegerField(),
        )
        return cls(show, rows.order_by(place, "row__opened_on", "key"), narrowed, numbers)


def _row_of(one: ClosedRow | Revision) -> PeriodRow:
    return one.row if isinstance(one, Revision) else PeriodRow.kept(one)


def _rows(request: HttpRequest, chosen: Chosen) -> dict[str, Any]:
    """A page of the chosen rows, each with what it is about."""
    page = Paginator(chosen.rows, PAGE).get_page(request.GET.get("page"))
    of = [_row_of(one) for one in page.object_list]
    about = subjects((row.key, about_row(row)) for row in of)
    package = {"label": _("Data package (zip)"), "url": "?format=package"}
    may_export = policy.may(request.user, Permission.EXPORT)
    return {
        "page_obj": page,
        "narrowed": chosen.narrowed,
        "show": chosen.show,
        "lines": [
            (one if isinstance(one, Revision) else row, about[row.key])
            for one, row in zip(page.object_list, of, strict=True)
        ],
        "numbers": chosen.numbers,
        "exports": [*exports_of(request), *([package] if may_export else [])],
    }


def _narrowed(
    rows: QuerySet[ClosedRow], mandates: Mapping[str, Any], wanted: QueryDict, first: dt.date
) -> QuerySet[ClosedRow]:
    """The rows that one figure counts, by the names under which lists of demands are narrowed.

    A status or kind that is none finds no row.
    """
    if paragraph := wanted.get("paragraph"):
        rows = rows.filter(row__mandate__in=_under(paragraph, mandates))
    if kinds := wanted.getlist("kind"):
        rows = rows.filter(row__owed_for__in=set(kinds) & set(DemandKind.values))
    if served := wanted.get("served"):
        rows = rows.filter(OF_SERVED if served == "true" else ~OF_SERVED)
    if status := wanted.get("status"):
        rows = rows.filter(status=status) if status in Status.values else rows.none()
    if "ended" in wanted:
        # Within the period, and otherwise than with its resolution.
        rows = rows.filter(row__ended_on__gte=first.isoformat())
        rows = rows.exclude(row__ended_by=EndedBy.SUPERSEDED.value)
    return _in_area(rows, wanted)


def _narrowed_deliveries(
    rows: QuerySet[ClosedRow], mandates: Mapping[str, Any], wanted: QueryDict
) -> QuerySet[ClosedRow]:
    """The same of deliveries."""
    if paragraph := wanted.get("paragraph"):
        rows = rows.filter(row__mandates__has_any_keys=_under(paragraph, mandates))
    if wanted.get("verified"):
        rows = rows.filter(status=Status.EVIDENCED.value)
    return _in_area(rows, wanted)


def _under(paragraph: str, mandates: Mapping[str, Any]) -> list[str]:
    """The clauses of a paragraph, sub-paragraphs included."""
    return [key for key, row in mandates.items() if paragraph in row["paragraphs"]]


def _in_area(rows: QuerySet[ClosedRow], wanted: QueryDict) -> QuerySet[ClosedRow]:
    if (area := wanted.get("area")) in AREAS:
        states = in_area(area).values_list("iso", flat=True)
        rows = rows.filter(row__states__has_any_keys=list(states))
    return rows


def about_row(row: PeriodRow) -> About:
    """What a frozen row is about."""
    return About(
        mandate=row.row.get("mandate") or next(iter(row.row.get("mandates", [])), row.key),
        kind=row.row.get("owed_for", row.kind),
        item=row.row.get("item"),
        need=row.row.get("need"),
        states=tuple(row.row.get("states", ())),
    )


def _about_closing(found: Closing) -> list[tuple[Any, Any]]:
    return [
        (_("Resolution"), found.resolution.symbol),
        (_("First day"), found.first),
        (_("Last day"), found.last),
        (_("Coverage definition"), found.definition),
        ("SHA-256", found.sha256),
        (_("Closed on"), found.closed_at),
    ]


def _public_sheet(found: Closing, lines: Sequence[tuple[Paragraph, Mapping[str, Any]]]) -> Sheet:
    """What is public of it: the whole, then each paragraph."""

    def numbers(cell: Mapping[str, Any]) -> list[Any]:
        if cell.get("status") == Status.NOT_APPLICABLE:
            return ["", "", ""]
        if not cell["withheld"]:
            return [cell["requesting_states"], cell["demands"], cell["served"]]
        few = cell["withheld"] == FEWER
        return [_("fewer than %(number)s") % {"number": FEWEST} if few else _("not shown"), "", ""]

    return Sheet(
        f"{found.resolution.slug}-closed-{found.last.isoformat()}",
        about=_about_closing(found),
        head=[
            _("Paragraph"),
            _("Label (unofficial)"),
            _("Status"),
            _("States that asked"),
            _("Demands"),
            _("Served"),
        ],
        rows=[
            [_("All"), "", "", *numbers(found.public)],
            *(
                [cell["number"], one.label, Status(cell["status"]).label, *numbers(cell)]
                for one, cell in lines
            ),
        ],
    )


def _sheet(found: Closing, chosen: Chosen) -> Sheet:
    """The chosen rows; those revised since as they stand now, with what they were."""
    revised = [_("When closed"), _("Because of")] if chosen.show == REVISED else []
    return Sheet(
        f"{found.resolution.slug}-closed-{found.last.isoformat()}",
        about=_about_closing(found),
        head=[
            _("Demand"),
            _("Mandate"),
            _("States"),
            _("Request"),
            _("Item"),
            _("Status"),
            _("Counted"),
            _("Asked"),
            _("Ended"),
            _("Reason"),
            _("Planned"),
            _("Started"),
            _("Delivered"),
            _("Evidenced"),
            _("Flags"),
            *revised,
        ],
        rows=[
            [*_cells(one.row), one.before and one.before.status.label, in_words(one.acts)]
            if isinstance(one, Revision)
            else _cells(_row_of(one))
            for one in chosen.rows
        ],
    )


def _cells(row: PeriodRow) -> list[Any]:
    """A row of the file; a mandate has none of the days and names of a demand."""
    about, ended_by = about_row(row), row.row.get("ended_by")
    return [
        row.key,
        ", ".join(row.row.get("mandates", [about.mandate])),
        ", ".join(about.states),
        row.row.get("request"),
        row.row.get("n"),
        row.status.label,
        _("yes") if row.row.get("counted") else _("no"),
        _day(row, "opened_on"),
        _day(row, "ended_on"),
        EndedBy(ended_by).label if ended_by else "",
        _day(row, "planned_on"),
        _day(row, "started_on"),
        _day(row, "delivered_on") or _day(row, "on"),
        _day(row, "evidenced_on"),
        "; ".join(str(dict(Flag.choices).get(flag, flag)) for flag in row.row.get("flags", ())),
    ]


def _day(row: PeriodRow, name: str) -> dt.date | None:
    day = row.row.get(name)
    return dt.date.fromisoformat(day) if day else None
