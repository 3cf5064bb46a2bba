"""The list of activities, and the same rows as a file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.activities.access import sees_all, states_shown
from assistance.activities.filters import APPROVAL_STATES, ActivityFilter
from assistance.activities.iati import iati_file
from assistance.models import Activity
from directory import policy
from directory.guard import reading
from directory.policy import Permission
from directory.sheets import csv_file

PAGE_SIZE = 25
SHOWN_FILTERS = (
    "text",
    "status",
    "kind",
    "state",
    "unit",
    "paragraph",
    "approval",
    "from",
    "to",
    "overdue",
    "stale",
    "mine",
)
KEPT_FILTERS = ("resolution", "mandate", "partner", "project", "series")
NEWEST_FIRST = ("-created_at", "-pk")


def _filter(request: HttpRequest) -> ActivityFilter:
    return ActivityFilter(
        request.GET, queryset=Activity.objects.visible_to(request.user), request=request
    )


def _rows(found: ActivityFilter) -> QuerySet[Activity]:
    """The rows in order, with what the table shows; of wrong filters, nothing."""
    if not found.is_valid():
        return Activity.objects.none()
    rows = found.qs.select_related("unit").prefetch_related("countries")
    if sees_all(found.user):
        rows = rows.prefetch_related("mandate_links__mandate__paragraph").annotate(
            delivered=Count("deliveries", distinct=True),
            evidenced=Count(
                "deliveries",
                filter=Q(deliveries__evidence__verified_at__isnull=False),
                distinct=True,
            ),
        )
    if not found.form.cleaned_data.get("sort"):
        rows = rows.order_by(*NEWEST_FIRST)
    return rows


def listed(request: HttpRequest) -> QuerySet[Activity]:
    """The activities that the list shows with these filters, in its order."""
    found = _filter(request)
    if not found.is_valid():
        return Activity.objects.none()
    return found.qs if found.form.cleaned_data.get("sort") else found.qs.order_by(*NEWEST_FIRST)


def _paragraphs(activity: Activity) -> list[str]:
    """Numbers of the paragraphs it is linked to, in their order."""
    paragraphs = {
        link.mandate.paragraph for link in activity.mandate_links.all() if link.state != "rejected"
    }
    return [one.number for one in sorted(paragraphs, key=lambda one: one.position)]


def _tags(request: HttpRequest, found: ActivityFilter) -> list[dict[str, str]]:
    """The filters in use, each with the address without it."""
    if not found.is_valid():
        return []
    tags = []
    for name, field in found.form.fields.items():
        value = found.form.cleaned_data.get(name)
        if name == "sort" or value in (None, ""):
            continue
        query = request.GET.copy()
        query.pop(name, None)
        query.pop("page", None)
        words = dict(getattr(field, "choices", ())).get(value, value)
        if value is True or value is False:
            words = _("yes") if value else _("no")
        tags.append(
            {
                "label": str(field.label),
                "value": str(value if hasattr(value, "pk") else words),
                "url": f"?{query.urlencode()}",
            }
        )
    return tags


@reading(Permission.READ_ACTIVITIES)
def activity_list(request: HttpRequest) -> HttpResponse:
    """`/activities/`: filters, count, pages; the address holds the state."""
    found = _filter(request)
    page = Paginator(_rows(found), PAGE_SIZE).get_page(request.GET.get("page"))
    internal = sees_all(request.user)
    for activity in page.object_list:
        activity.states = states_shown(activity, request.user)
        if internal:
            activity.paragraphs = _paragraphs(activity)
    query = request.GET.copy()
    query.pop("page", None)
    exports = (
        [
            {
                "label": _("Export CSV"),
                "url": f"{reverse('activity-export')}?{query.urlencode()}",
            }
        ]
        if policy.may(request.user, Permission.EXPORT)
        else []
    )
    address = f"{reverse('activity-iati')}?{query.urlencode()}"
    exports.append({"label": _("Export as IATI"), "url": address})
    may_log = policy.may(request.user, Permission.LOG_ACTIVITIES)
    if may_log:
        address = f"{reverse('activity-sheet')}?{query.urlencode()}"
        exports.append({"label": _("Export to change (Excel)"), "url": address})
    return render(
        request,
        "activities/activity_list.html",
        {
            "form": found.form,
            "fields": [found.form[name] for name in SHOWN_FILTERS if name in found.form.fields],
            "kept": [(name, request.GET[name]) for name in KEPT_FILTERS if name in request.GET],
            "filter_tags": _tags(request, found),
            "page_obj": page,
            "exports": exports,
            "internal": internal,
            "may_log": may_log,
            "remedies": [{"label": _("Remove all filters"), "url": request.path}]
            if request.GET
            else [],
        },
    )


@reading(Permission.EXPORT)
def activity_export(request: HttpRequest) -> HttpResponse:
    """The rows of the list with the same filters, as CSV."""
    found = _filter(request)
    internal = sees_all(request.user)
    return csv_file(
        "activities",
        head=_heads(internal),
        rows=(_values(activity, request.user) for activity in _rows(found)),
    )


@reading(Permission.READ_ACTIVITIES)
def activity_iati(request: HttpRequest) -> HttpResponseBase:
    """The activities of the list with the same filters, as IATI exchanges them."""
    return iati_file(listed(request), request)


def _heads(internal: bool) -> list[str]:
    heads = [_("Title"), _("Kind"), _("Status"), _("From"), _("To"), _("States"), _("Lead unit")]
    if internal:
        heads += [_("Project code"), _("Paragraphs"), _("Deliveries"), _("Approval")]
    return heads


def _values(activity: Activity, user: Any) -> list[Any]:
    values = [
        activity.title,
        activity.get_kind_display(),
        activity.get_status_display(),
        activity.starts_on,
        activity.ends_on,
        ", ".join(one.name for one in states_shown(activity, user)),
        activity.unit.name,
    ]
    if sees_all(user):
        values += [
            activity.project_code,
            ", ".join(_paragraphs(activity)),
            activity.delivered,
            dict(APPROVAL_STATES)[activity.approval],
        ]
    return values
