"""Pages that say who changed what."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.history.parts import ACTIVITY, REQUEST
from assistance.history.reading import Act, history_of
from assistance.models import Activity, AssistanceRequest
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission

PAGE = 25


@reading(Permission.READ_HISTORY)
def request_history(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/history/`: every change of a request, its items and their mandates."""
    asked = fetch_to_read(AssistanceRequest.objects, request.user, pk=pk)
    notes = asked.events.exclude(note="").values_list("at", "note")
    return _page(
        request,
        history_of(asked, REQUEST, notes),
        title=asked.ref or asked.title,
        crumbs=[
            {"label": _("Requests"), "url": reverse("request-list")},
            {"label": asked.ref or asked.title, "url": reverse("request", args=[pk])},
        ],
    )


@reading(Permission.READ_HISTORY)
def activity_history(request: HttpRequest, pk: int) -> HttpResponse:
    """`/activities/<pk>/history/`: every change of an activity, its deliveries and links."""
    activity = fetch_to_read(Activity.objects, request.user, pk=pk)
    return _page(
        request,
        history_of(activity, ACTIVITY),
        title=activity.title,
        crumbs=[
            {"label": _("Activities"), "url": reverse("activity-list")},
            {"label": activity.title, "url": reverse("activity", args=[pk])},
        ],
    )


def _page(
    request: HttpRequest, acts: list[Act], *, title: str, crumbs: list[dict[str, Any]]
) -> HttpResponse:
    page = Paginator(acts, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "history/history.html", {"page_obj": page, "of": title, "crumbs": crumbs}
    )
