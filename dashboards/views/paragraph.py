"""The page of a paragraph."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from assistance.coverage.small_numbers import FEWEST
from dashboards.explained import explained
from dashboards.forms import DayForm, PeriodForm, without
from dashboards.paragraph_page.page import paragraph_page
from dashboards.paragraph_page.public import public_paragraph
from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.models import User
from directory.policy import Permission
from mandates.models import Mandate, Paragraph, ParagraphKind, Resolution


@reading(Permission.READ_RESOLUTIONS)
def paragraph(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """A paragraph's words, and for those who read coverage what is owed under it."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    found = _operative(resolution, number)
    context: dict[str, Any] = {"resolution": resolution, "paragraph": found}
    if not policy.may(request.user, Permission.READ_COVERAGE):
        context |= {"page": public_paragraph(found), "fewest": FEWEST}
        return render(request, "dashboards/paragraph_public.html", context)
    form = PeriodForm(request.GET, resolution, request.user)
    return render(
        request,
        "dashboards/paragraph.html",
        {
            **context,
            "page": paragraph_page(
                found,
                user=cast(User, request.user),
                window=form.window,
                narrowing=form.narrowing,
                page=request.GET.get("page", ""),
            ),
            "window": form.window,
            "period": without(request.GET, ""),
            "filter_tags": form.tags(request.GET, request.path),
            "is_default": form.is_default,
            "own_rows_only": not policy.may(request.user, Permission.READ_ALL_REQUESTS),
            "may_log": policy.may(request.user, Permission.LOG_ACTIVITIES),
            "may_take_over": policy.may(request.user, Permission.TAKE_OVER),
            "may_correct": policy.may(request.user, Permission.CORRECT_MANDATES),
            "may_write_needs": policy.may(request.user, Permission.WRITE_NEEDS),
            "may_read_all": policy.may(request.user, Permission.READ_ALL_ACTIVITIES),
        },
    )


@reading(Permission.READ_COVERAGE)
def mandate_why(request: HttpRequest, pk: int) -> HttpResponse:
    """How the status of a mandate follows, as of a day (`to`)."""
    mandate = fetch_to_read(
        Mandate.objects.select_related("paragraph__resolution"), request.user, pk=pk
    )
    resolution = mandate.paragraph.resolution
    form = DayForm(request.GET, resolution, request.user)
    return render(
        request,
        "dashboards/mandate_why.html",
        {
            "mandate": mandate,
            "paragraph": mandate.paragraph,
            "resolution": resolution,
            "page": explained(
                mandate,
                user=cast(User, request.user),
                window=form.window,
                page=request.GET.get("page", ""),
            ),
            "form": form,
            "window": form.window,
            "own_rows_only": not policy.may(request.user, Permission.READ_ALL_REQUESTS),
        },
    )


def _operative(resolution: Resolution, number: str) -> Paragraph:
    try:
        found: Paragraph = resolution.paragraphs.get(number=number, kind=ParagraphKind.OPERATIVE)
    except Paragraph.DoesNotExist as absent:
        raise Http404 from absent
    found.resolution = resolution
    return found
