"""The list of requests, a State's own or an officer's queue; and the same rows as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.models import AssistanceRequest, RequestStatus
from assistance.requests.assigning import AssignForm, may_assign
from assistance.requests.filters import RequestFilter
from assistance.requests.progress import due_on, progress_of
from assistance.requests.views_draft import UNPROCESSABLE, may_ask
from directory.guard import signed_in
from directory.policy import Permission, authorise, may
from directory.sheets import csv_file

PAGE_SIZE = 25


def reads_requests(user: Any) -> bool:
    """Whether this person reads requests at all."""
    return may(user, Permission.READ_ALL_REQUESTS) or may(user, Permission.READ_OWN_REQUESTS)


def filtered(request: HttpRequest) -> RequestFilter:
    if not reads_requests(request.user):
        raise PermissionDenied
    return RequestFilter(
        request.GET,
        queryset=AssistanceRequest.objects.visible_to(request.user),
        request=request,
    )


def _rows(found: RequestFilter) -> QuerySet[AssistanceRequest]:
    """The rows in order, with what the table shows; of wrong filters, nothing."""
    if not found.is_valid():
        return AssistanceRequest.objects.none()
    rows: QuerySet[AssistanceRequest] = (
        found.qs.select_related("organisation__country", "assigned_to", "logged_by")
        .prefetch_related("states")
        .annotate(item_count=Count("items", distinct=True))
    )
    return rows


@signed_in
def request_list(request: HttpRequest) -> HttpResponse:
    """`/requests/`: the address holds filters, order and page; an officer assigns several."""
    found = filtered(request)
    assign = AssignForm.of(request) if may_assign(request.user) else None
    if request.method == "POST":
        if assign is None:
            raise PermissionDenied
        if assign.is_valid() and assign.perform():
            messages.success(request, assign.done)
            return redirect(request.get_full_path())
    rows = _rows(found)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    internal = may(request.user, Permission.READ_ALL_REQUESTS)
    progress = progress_of(page.object_list, user=request.user)
    query = request.GET.copy()
    query.pop("page", None)
    exports = [
        {
            "label": _("Export CSV"),
            "url": f"{reverse('request-export')}?{query.urlencode()}",
        }
    ]
    if may(request.user, Permission.ASK_ON_BEHALF):
        exports.append(
            {
                "label": _("Export as spreadsheet"),
                "url": f"{reverse('request-sheet')}?{query.urlencode()}",
            }
        )
    return render(
        request,
        "requests/request_list.html",
        {
            "form": found.form,
            "shown_fields": [
                field for field in found.form.visible_fields() if field.name != "sort"
            ],
            "filter_tags": _tags(request, found),
            "page_obj": page,
            "rows": [progress[asked.pk] for asked in page.object_list],
            "internal": internal,
            "exports": exports if may(request.user, Permission.EXPORT) else [],
            "may_ask": may_ask(request.user),
            "remedies": _remedies(request),
            "assign": assign,
        },
        status=UNPROCESSABLE if assign and assign.errors else 200,
    )


def _remedies(request: HttpRequest) -> list[dict[str, str]]:
    if request.GET:
        return [{"label": _("Remove all filters"), "url": request.path}]
    if may_ask(request.user):
        return [{"label": _("Ask for assistance"), "url": reverse("request-new")}]
    return []


def _tags(request: HttpRequest, found: RequestFilter) -> list[dict[str, str]]:
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
        if isinstance(value, bool):
            words: Any = _("yes") if value else _("no")
        elif hasattr(value, "pk"):
            words = value
        else:
            words = dict(getattr(field, "choices", ())).get(value, value)
        tags.append(
            {
                "label": str(field.label),
                "value": str(words),
                "url": f"?{query.urlencode()}",
            }
        )
    return tags


@signed_in
def request_export(request: HttpRequest) -> HttpResponse:
    """The rows of the list with the same filters, as CSV."""
    authorise(request.user, Permission.EXPORT)
    found = filtered(request)
    internal = may(request.user, Permission.READ_ALL_REQUESTS)
    return csv_file(
        "requests",
        head=[
            _("Reference"),
            _("Title"),
            _("Who asks"),
            _("States"),
            _("Status"),
            _("How it came"),
            _("Received on"),
            _("First answer due on"),
            _("First answered"),
            _("Items"),
            _("Assigned to"),
        ],
        rows=(_values(asked, internal) for asked in _rows(found)),
    )


def _values(asked: AssistanceRequest, internal: bool) -> list[Any]:
    return [
        asked.ref,
        asked.title,
        asked.organisation.name,
        ", ".join(country.name for country in asked.states.all()),
        RequestStatus(asked.state).label,
        asked.get_origin_display(),
        asked.received_on,
        due_on(asked),
        asked.first_answered_at and asked.first_answered_at.date(),
        asked.item_count,  # type: ignore[attr-defined]
        asked.assigned_to if internal else "",
    ]
