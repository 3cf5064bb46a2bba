"""Gaps and their owners: by lead unit and kind, each with the one act that closes it."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistance.coverage.gaps import Gap, GapFilter, Matrix, gaps_of
from assistance.coverage.next_acts import read_gaps
from assistance.coverage.status import DEFINITION
from assistance.coverage.window import today
from dashboards.demand_rows import what_is_owed
from dashboards.exports import Sheet, exported, exports_of
from dashboards.forms import without
from dashboards.gap_acts import closings
from dashboards.links import figure_link
from directory.guard import reading
from directory.models import Country, User
from directory.policy import Permission

PAGE_SIZE = 50
HEAT = (3, 8)
"""From which number on a cell takes the second and the third step."""


@reading(Permission.READ_ALL_REQUESTS)
def gap_list(request: HttpRequest) -> HttpResponse:
    """What is not as it should be today, by owner; as a file with `format`."""
    found = _filter(request)
    if not found.is_valid():
        return render(request, "dashboards/gap_list.html", {"filter": found}, status=400)
    if file := exported(request, lambda: _sheet(found)):
        return file
    matrix = found.matrix()
    paginator = Paginator(found.qs, PAGE_SIZE)
    paginator.count = matrix.total.total()  # counted already
    page = paginator.get_page(request.GET.get("page"))
    return render(
        request,
        "dashboards/gap_list.html",
        {
            "filter": found,
            "page_obj": page,
            "closings": closings(read_gaps(list(page.object_list)), cast(User, request.user)),
            "matrix": matrix,
            "total": _cells(request, "", matrix, matrix.total),
            "lines": [
                (line, _cells(request, line.code, matrix, line.numbers)) for line in matrix.lines
            ],
            "sentence": _sentence(request, matrix),
            "filter_tags": _tags(found, request),
            "resolution": found.form.cleaned_data["resolution"],
            "exports": exports_of(request),
        },
    )


def _filter(request: HttpRequest) -> GapFilter:
    """The gaps that this person may see, narrowed as the address says; choices by name."""
    found = gaps_of(request.user, request.GET)
    fields: Any = found.form.fields
    fields["resolution"].empty_label = _("All resolutions")
    fields["state"].empty_label = _("All States")
    fields["state"].queryset = Country.objects.by_name()
    return found


def _narrowed(request: HttpRequest, **chosen: str) -> str:
    query = request.GET.copy()
    for name in ("page", "format"):
        query.pop(name, None)
    for name, value in chosen.items():
        if value:
            query[name] = value
    return f"?{query.urlencode()}#rows" if query else "?#rows"


def _cells(request: HttpRequest, unit: str, matrix: Matrix, numbers: Any) -> list[dict[str, Any]]:
    """A row of the table: each number with its address and its step of the heat map."""
    cells = [
        {
            "number": numbers[gap],
            "url": _narrowed(request, unit=unit, kind=gap.value),
            "heat": 1 + sum(numbers[gap] >= step for step in HEAT) if unit and numbers[gap] else 0,
            "label": gap.label,
        }
        for gap in matrix.kinds
    ]
    every = {"number": numbers.total(), "url": _narrowed(request, unit=unit), "label": _("All")}
    return [*cells, every]


def _sentence(request: HttpRequest, matrix: Matrix) -> SafeString | str:
    """How much waits, and for how long, in words whose numbers are links."""
    unmet, delivered = matrix.total[Gap.UNMET], matrix.total[Gap.NO_EVIDENCE]
    parts: list[Any] = []
    if unmet and matrix.longest:
        link = figure_link(
            unmet,
            _narrowed(request, kind=Gap.UNMET.value),
            ngettext("{number} demand", "{number} demands", unmet).format(number=unmet),
        )
        days = (today() - matrix.longest).days
        parts.append(
            format_html(
                ngettext(
                    "{demands} waits with nothing planned, for {days} days.",
                    "{demands} wait with nothing planned, the longest for {days} days.",
                    unmet,
                ),
                demands=link,
                days=days,
            )
        )
    if delivered:
        link = figure_link(delivered, _narrowed(request, kind=Gap.NO_EVIDENCE.value))
        parts.append(
            format_html(
                ngettext(
                    "{number} was delivered without verified evidence.",
                    "{number} were delivered without verified evidence.",
                    delivered,
                ),
                number=link,
            )
        )
    if matrix.lines:
        parts.append(_("Each row below has the one act that closes it."))
    return format_html("{} " * len(parts), *parts) if parts else _("There is no gap here.")


def _named(found: GapFilter) -> dict[str, tuple[str, str]]:
    """Each filter in use by name: its label, and what was chosen in words."""
    named = {}
    for name in found.filters:
        if value := found.form.cleaned_data.get(name):
            labels = dict(getattr(found.form.fields[name], "choices", []))
            words = value if name in {"resolution", "state"} else labels[value]
            named[name] = (str(found.form.fields[name].label), str(words))
    return named


def _tags(found: GapFilter, request: HttpRequest) -> list[dict[str, str]]:
    """Each filter in use with the address without it."""
    return [
        {"label": label, "value": words, "url": without(request.GET, request.path, name)}
        for name, (label, words) in _named(found).items()
    ]


def _sheet(found: GapFilter) -> Sheet:
    day = today()
    return Sheet(
        f"gaps-{day.isoformat()}",
        about=[
            (_("As of"), day),
            (_("Coverage definition"), DEFINITION),
            *_named(found).values(),
        ],
        head=[
            _("Lead unit"),
            _("Kind of gap"),
            _("Days"),
            _("Since"),
            _("Mandate"),
            _("States"),
            _("Request"),
            _("Item"),
            _("Activity"),
            _("Words"),
            _("What closes it"),
        ],
        rows=[
            [
                row.unit or "",
                row.gap.label,
                row.days,
                row.since,
                row.mandate.identifier if row.mandate else "",
                ", ".join(country.name for country in row.countries),
                row.item.request.ref if row.item else "",
                row.item.n if row.item else "",
                row.activity.title if row.activity else "",
                what_is_owed(row.demand) if row.demand else row.item.words if row.item else "",
                row.act.label,
            ]
            for row in read_gaps(list(found.qs))
        ],
    )
