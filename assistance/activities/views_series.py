"""Copies of an activity, its series, and its shares over mandates and States."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assistance.activities.answers import numbers
from assistance.activities.forms import CopyForm, SharesForm
from assistance.models import Activity
from assistance.services import (
    Every,
    copy_links,
    links_to_copy,
    make_copies,
    planned_copies,
    share_out,
)
from assistance.services.problems import by_field
from assistance.workbench.series import siblings_of
from directory.access import fetch_to_read, fetch_to_write
from directory.guard import reading
from directory.policy import Permission

ONE_COPY = {"number": 1, "every": 3, "unit": Every.MONTHS}


@reading(Permission.LOG_ACTIVITIES)
def activity_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what would be made of an activity, then makes it: one copy, or a series."""
    found = fetch_to_read(Activity.objects.select_related("series"), request.user, pk=pk)
    form = CopyForm(request.POST or None, initial=ONE_COPY)
    settled: dict[str, Any] = dict(ONE_COPY)
    if form.is_bound and form.is_valid():
        settled = {name: value for name, value in form.cleaned_data.items() if name != "send"}
        if request.POST.get("act") == "make":
            return _make(request, pk, form)
    mandates, items = links_to_copy(found)
    return render(
        request,
        "activities/activity_copy.html",
        {
            "form": form,
            "activity": found,
            "copies": [] if form.errors else planned_copies(found, **settled),
            "mandates": mandates,
            "items": items,
        },
    )


def _make(request: HttpRequest, pk: int, form: CopyForm) -> HttpResponse:
    with transaction.atomic():
        held = fetch_to_write(Activity.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk)
        made = make_copies(activity=held, by=request.user, **form.cleaned_data)
    messages.success(
        request,
        ngettext(
            "%(number)d copy made. Its links wait for a second person’s yes.",
            "%(number)d copies made. Their links wait for a second person’s yes.",
            len(made),
        )
        % {"number": len(made)},
    )
    if len(made) == 1:
        return redirect("activity", pk=made[0].pk)
    return redirect(f"{reverse('activity', args=[pk])}#series")


@require_POST
@reading(Permission.LINK)
def activity_copy_links(request: HttpRequest, pk: int) -> HttpResponse:
    """The links of an activity proposed for those ticked of its series."""
    earlier = fetch_to_read(Activity.objects, request.user, pk=pk)
    ticked = numbers(request.POST.getlist("to"))
    chosen = [one for one in siblings_of(earlier, request.user) if one.pk in ticked]
    copied = copy_links(from_activity=earlier, to_activities=chosen, by=request.user)
    number = sum(bool(links) for links in copied.values())
    if number:
        words = ngettext(
            "Proposed for %(number)d activity; a second person confirms it.",
            "Proposed for %(number)d activities; a second person confirms it.",
            number,
        )
        messages.success(request, words % {"number": number})
    else:
        messages.warning(request, _("Tick activities that don’t have these links yet."))
    return redirect(f"{reverse('activity', args=[pk])}#links")


@reading(Permission.LOG_ACTIVITIES)
def activity_shares(request: HttpRequest, pk: int) -> HttpResponse:
    """An activity split over its mandates and its States by shares that sum to 100."""
    found = fetch_to_read(Activity.objects, request.user, pk=pk)
    form = SharesForm(request.POST or None, activity=found)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                held = fetch_to_write(
                    Activity.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk
                )
                share_out(activity=held, by=request.user, **form.values())
        except ValidationError as error:
            form.show_problems(by_field(error))
        else:
            messages.success(request, _("The shares are kept."))
            return redirect("activity", pk=pk)
    return render(request, "activities/shares_form.html", {"form": form, "activity": found})
