"""The rows behind the numbers: demands, and the tray of work and wishes without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.filters import NARROWING, CoverageFilter, DemandFilter, WorkFilter
from assistance.coverage.flags import Flag
from assistance.coverage.models import Demand, WorkWithoutDemand
from assistance.coverage.status import DEFINITION
from assistance.coverage.window import today
from dashboards.demand_rows import countries_of, flags_of, what_is_owed
from dashboards.exports import Sheet, exported, exports_of
from dashboards.forms import without
from directory import policy
from directory.guard import reading
from directory.models import Country
from directory.policy import Permission, Person
from directory.statuses import Status
from directory.templatetags.dates import long_day
from directory.widgets import DayInput

PAGE_SIZE = 50
# What the form above the list offers; all other filters stay as they are.
OFFERED = ("flag", *NARROWING, "from", "to")
OWN_OFFERED = ("flag", "theme", "help", "from", "to")
TAG_NAMES = (
    "resolution",
    "paragraph",
    "mandate",
    "status",
    "served",
    "flag",
    "ended",
    "kind",
    "behind",
    "flow",
    "asked_after",
    "served_after",
    "made",
    "verified",
    "area",
    *NARROWING,
    "from",
    "to",
)
YES_NO = {"true": gettext_lazy("yes"), "false": gettext_lazy("no")}


@reading(Permission.READ_COVERAGE)
def demand_list(request: HttpRequest) -> HttpResponse:
    """The demands that a number counts; as a file with `format=csv`."""
    rows = (
        Demand.objects.visible_to(request.user)
        .select_related("mandate__paragraph__resolution", "item__request__organisation", "need")
        .order_by("paragraph__position", "mandate__ordinal", "opened_on", "key")
    )
    found = DemandFilter(request.GET, queryset=rows, request=request)
    demands: Any = found.qs if found.is_valid() else rows.none()
    if found.is_valid() and (
        file := exported(request, lambda: _sheet(list(demands), found, request))
    ):
        return file
    page = Paginator(demands, PAGE_SIZE).get_page(request.GET.get("page"))
    countries = countries_of(page.object_list)
    for demand in page.object_list:
        demand.countries = [countries[pk] for pk in demand.country_ids if pk in countries]
        demand.flags = flags_of(demand)
    return render(
        request,
        "dashboards/demand_list.html",
        {
            "page_obj": page,
            "filter": found,
            "fields": offered(found, request.user),
            "kept": kept(request.GET),
            "filter_tags": tags(found, request),
            "window": found.window if found.is_valid() else None,
            "today": today(),
            "exports": exports_of(request),
            "resolution": _chosen(found, "resolution"),
            "own_rows_only": not policy.may(request.user, Permission.READ_ALL_REQUESTS),
        },
    )


@reading(Permission.READ_ALL_REQUESTS)
def unlinked_list(request: HttpRequest) -> HttpResponse:
    """Items and activities tied to no mandate, or help for which no request is recorded."""
    rows = (
        WorkWithoutDemand.objects.visible_to(request.user)
        .with_since()
        .select_related(
            "activity__unit",
            "item__request__organisation",
            "mandate__paragraph__resolution",
        )
        .order_by("key")
    )
    found = WorkFilter(request.GET, queryset=rows)
    work: Any = found.qs if found.is_valid() else rows.none()
    if found.is_valid() and (file := exported(request, lambda: _work_sheet(work, found, request))):
        return file
    page = Paginator(work, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "dashboards/unlinked_list.html",
        {
            "page_obj": page,
            "filter": found,
            "filter_tags": tags(found, request),
            "without_request": request.GET.get("flag") == Flag.NO_RECORDED_REQUEST,
            "may_link": policy.may(request.user, Permission.LINK),
            "exports": exports_of(request),
        },
    )


def offered(found: CoverageFilter, user: Person, without: Iterable[str] = ()) -> list[Any]:
    """The fields of the form above the list, days with a picker, States by name.

    Who sees the own rows only has no region, State or unit to choose.
    """
    fields: Any = found.form.fields
    for name in ("flag", *NARROWING):
        if name in fields:
            fields[name].empty_label = _("All")
    fields["from"].widget = DayInput()
    fields["to"].widget = DayInput()
    fields["state"].queryset = Country.objects.by_name()
    names = OFFERED if policy.may(user, Permission.READ_ALL_REQUESTS) else OWN_OFFERED
    return [found.form[name] for name in names if name not in without]


def kept(query: QueryDict) -> list[tuple[str, str]]:
    """The filters in use that the form does not offer."""
    return [
        (name, value)
        for name, values in query.lists()
        for value in values
        if name not in {*OFFERED, "page"} and value
    ]


def _chosen(found: CoverageFilter, name: str) -> Any:
    return found.form.cleaned_data.get(name) if found.is_valid() else None


def tags(found: CoverageFilter, request: HttpRequest) -> list[dict[str, str]]:
    """Each filter in use with the address without it."""
    return [
        {
            "label": str(found.form.fields[name].label),
            "value": _in_words(found, name, request.GET),
            "url": without(request.GET, request.path, name),
        }
        for name in TAG_NAMES
        if request.GET.get(name) and name in found.form.fields
    ]


def _in_words(found: CoverageFilter, name: str, query: QueryDict) -> str:
    value = found.form.cleaned_data.get(name) if found.is_valid() else None
    if name in {"served", "made", "verified"}:
        return str(YES_NO.get(str(query[name]).lower(), query[name]))
    if isinstance(value, dt.date):
        return long_day(value)
    field: Any = found.form.fields[name]
    labels = dict(field.choices) if isinstance(value, str) and hasattr(field, "choices") else {}
    if name == "status":
        return ", ".join(
            str(Status(one).label) for one in query.getlist(name) if one in Status.values
        )
    return str(labels.get(str(query[name])) or value or query[name])


def about_rows(found: CoverageFilter, request: HttpRequest) -> list[tuple[Any, Any]]:
    """What the rows of a list are: the day, the definition, each filter in use."""
    return [
        (_("Status as of"), found.window.last),
        (_("Coverage definition"), DEFINITION),
        *((tag["label"], tag["value"]) for tag in tags(found, request)),
    ]


def _sheet(demands: list[Demand], found: DemandFilter, request: HttpRequest) -> Sheet:
    countries = countries_of(demands)
    return Sheet(
        f"demands-{found.window.last.isoformat()}",
        about=about_rows(found, request),
        head=[
            _("Demand"),
            _("Mandate"),
            _("States"),
            _("Request"),
            _("Item"),
            _("Words"),
            _("Status"),
            _("Asked"),
            _("Ended"),
            _("Planned"),
            _("Started"),
            _("Delivered"),
            _("Evidenced"),
            _("Flags"),
        ],
        rows=[
            [
                demand.key,
                demand.mandate.identifier,
                ", ".join(countries[pk].name for pk in demand.country_ids if pk in countries),
                demand.item.request.ref if demand.item else "",
                demand.item.n if demand.item else "",
                what_is_owed(demand),
                Status(demand.status).label,  # type: ignore[attr-defined]
                demand.opened_on,
                demand.ended_on,
                demand.planned_on,
                demand.started_on,
                demand.delivered_on,
                demand.evidenced_on,
                "; ".join(str(flag.label) for flag in flags_of(demand)),
            ]
            for demand in demands
        ],
    )


def _work_sheet(
    work: Iterable[WorkWithoutDemand], found: WorkFilter, request: HttpRequest
) -> Sheet:
    return Sheet(
        f"without-demand-{today().isoformat()}",
        about=about_rows(found, request),
        head=[
            _("Flag"),
            _("Mandate"),
            _("Request"),
            _("Item"),
            _("Activity"),
            _("Words"),
            _("Whose"),
            _("Since"),
        ],
        rows=[
            [
                Flag(row.flag).label,
                row.mandate.identifier if row.mandate else "",
                row.item.request.ref if row.item else "",
                row.item.n if row.item else "",
                row.activity_id,
                row.item.words if row.item else row.activity and row.activity.title,
                str((row.item.request.organisation if row.item else row.activity.unit) or ""),
                row.since,
            ]
            for row in work
        ],
    )
