"""The page of one activity, the form to change it, sending it for approval."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistance.activities import page
from assistance.activities.access import sees_all, states_shown
from assistance.activities.conflicts import Conflict, chosen, conflicts
from assistance.activities.forms import PlanForm
from assistance.models import Activity, Delivery
from assistance.services import StaleRevision, change_activity, send_for_approval, waiting_of
from assistance.services.problems import by_field
from assistance.workbench.series import siblings_of
from directory import policy
from directory.access import fetch_to_read, fetch_to_write
from directory.guard import reading
from directory.policy import Permission


@reading(Permission.READ_ACTIVITIES)
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """`/activities/<pk>/`: all of it for UNODC; for others what is theirs."""
    user = request.user
    if not sees_all(user):
        return _reduced(request, fetch_to_read(Activity.objects, user, pk=pk))
    rows = Activity.objects.with_parts().prefetch_related("country_rows__country", "partners")
    found = fetch_to_read(rows, user, pk=pk)
    waiting = waiting_of(found)
    send_backs = list(found.send_backs.select_related("by"))
    may_log = policy.may(user, Permission.LOG_ACTIVITIES)
    may_link = policy.may(user, Permission.LINK)
    links = page.link_rows(found, user)
    return render(
        request,
        "activities/activity.html",
        {
            "activity": found,
            "waiting": waiting,
            "mine_to_approve": waiting.for_person(user)
            if policy.may(user, Permission.APPROVE)
            else None,
            "links": links,
            "deliveries": page.delivery_rows(found),
            "events": page.history(found, send_backs),
            "sent_back": send_backs[-1] if send_backs and not found.sent_at else None,
            "may_log": may_log,
            "may_link": may_link,
            "series": page.series_of(found),
            "shares": page.shares_of(found),
            "siblings": siblings_of(found, user) if may_link and links else [],
        },
    )


def _reduced(request: HttpRequest, found: Activity) -> HttpResponse:
    """Nothing of another State, no links, no project: what the reader may know."""
    deliveries = (
        Delivery.objects.visible_to(request.user)
        .filter(activity=found)
        .select_related("country")
        .prefetch_related("approvals", "replies__country")
    )
    return render(
        request,
        "activities/activity_reduced.html",
        {
            "activity": found,
            "states": states_shown(found, request.user),
            "public": found.visibility == "public",
            "mandates": page.mandates_shown(found),
            "items": page.items_shown(found, request.user),
            "deliveries": [page.delivery_row(one) for one in deliveries],
        },
    )


@reading(Permission.LOG_ACTIVITIES)
def activity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan changed; when somebody else was faster, both texts, to choose from."""
    found = fetch_to_read(Activity.objects, request.user, pk=pk)
    clashes: list[Conflict] = []
    if request.method == "POST":
        data = chosen(request.POST, found)
        form = PlanForm(data)
        if form.is_valid():
            plan = dict(form.cleaned_data)
            plan["visibility"] = plan["visibility"] or found.visibility
            plan["language"] = plan["language"] or found.language
            if plan["cost"] is None:
                plan["currency"] = ""
            try:
                with transaction.atomic():
                    held = fetch_to_write(
                        Activity.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk
                    )
                    saved = change_activity(activity=held, by=request.user, **plan)
            except StaleRevision as stale:
                clashes = conflicts(form, stale.current, plan["revision"])
                form.data = form.data.copy()
                form.data["revision"] = stale.current.revision
                if not clashes:
                    form.add_error(None, stale)
            except ValidationError as error:
                for field, problems in by_field(error).items():
                    form.add_error(field if field in form.fields else None, problems)
            else:
                messages.success(request, _("Saved. The change waits for a second person's yes."))
                return redirect("activity", pk=saved.pk)
    else:
        form = PlanForm(initial=PlanForm.initial_of(found))
    return render(
        request,
        "activities/activity_edit.html",
        {"form": form, "activity": found, "conflicts": clashes},
        status=409 if clashes else 200,
    )


@require_POST
@reading(Permission.LOG_ACTIVITIES)
def activity_send(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft sent to those who may say yes."""
    with transaction.atomic():
        held = fetch_to_write(Activity.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk)
        send_for_approval(activity=held, by=request.user)
    messages.success(request, _("Sent for approval: “%(title)s”.") % {"title": held.title})
    return redirect("activity", pk=pk)
