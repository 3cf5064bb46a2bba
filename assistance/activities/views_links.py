"""Links of activities: proposed, decided on, and looked at again when words changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistance.activities.access import needs
from assistance.activities.forms import LinkForm
from assistance.models import Activity, ActivityItem, ActivityMandate, ItemMandate
from assistance.services import (
    confirm_link,
    look_again,
    propose_link,
    reject_link,
    reopen_link,
)
from assistance.services.problems import by_field
from directory.access import fetch_to_read, fetch_to_write
from directory.policy import Permission

MODELS: dict[str, Any] = {
    "mandate": ActivityMandate,
    "item": ActivityItem,
    "tie": ItemMandate,
}


@needs(Permission.LINK)
def link_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A further mandate or item of an activity, proposed with a reason."""
    found = fetch_to_read(Activity.objects, request.user, pk=pk)
    form = LinkForm(
        request.POST or None,
        activity=found,
        user=request.user,
        initial={"mandate": request.GET.get("mandate"), "item": request.GET.get("item")},
    )
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            with transaction.atomic():
                held = fetch_to_write(Activity.objects, request.user, Permission.LINK, pk=pk)
                propose_link(
                    by=request.user,
                    activity=held,
                    mandate=cleaned["mandate"],
                    item=cleaned["item"],
                    weight=cleaned["weight"] or "principal",
                    reason=cleaned["reason"],
                )
        except ValidationError as error:
            for field, problems in by_field(error).items():
                name = {"items": "item", "share": "mandate"}.get(field, field)
                form.add_error(name if name in form.fields else None, problems)
        else:
            messages.success(request, _("Proposed. It counts once a second person confirms it."))
            return redirect("activity", pk=pk)
    return render(request, "activities/link_form.html", {"form": form, "activity": found})


@require_POST
@needs(Permission.READ_ALL_ACTIVITIES)
def link_decide(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A link confirmed, rejected, reopened, or found right though its mandate's words changed."""
    if kind not in MODELS:
        raise Http404
    link = fetch_to_read(MODELS[kind].objects, request.user, pk=pk)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    done = {
        "confirm": _("Confirmed; the link counts from now on."),
        "reject": _("Rejected; the link stays on record with your reason."),
        "reopen": _("Reopened; somebody else decides it now."),
        "look-again": _("Still right: the link is no longer suspect."),
    }
    if act not in done or (act == "look-again" and kind == "item"):
        raise Http404
    try:
        if act == "confirm":
            confirm_link(link=link, by=request.user, reason=reason)
        elif act == "reject":
            reject_link(link=link, by=request.user, reason=reason)
        elif act == "reopen":
            reopen_link(link=link, by=request.user)
        else:
            look_again(link=link, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    except PermissionDenied:
        messages.warning(request, _("You can't decide this: somebody else has to."))
    else:
        messages.success(request, done[act])
    if request.POST.get("next") == "suspect":
        return redirect("suspect-list")
    if isinstance(link, ItemMandate):
        return redirect("request", pk=link.item.request_id)
    return redirect(f"{reverse('activity', args=[link.activity_id])}#links")


@needs(Permission.READ_ALL_ACTIVITIES)
def suspect_list(request: HttpRequest) -> HttpResponse:
    """`/links/suspect/`: confirmed links whose mandate's words changed since."""
    activities = ActivityMandate.objects.visible_to(request.user).suspect()
    items = ItemMandate.objects.visible_to(request.user).suspect()
    rows = [
        *(
            {"kind": "mandate", "link": link}
            for link in activities.select_related(
                "activity", "mandate__paragraph__resolution", "decided_by"
            )
        ),
        *(
            {"kind": "tie", "link": link}
            for link in items.select_related(
                "item__request", "mandate__paragraph__resolution", "decided_by"
            )
        ),
    ]
    return render(request, "activities/suspect_list.html", {"rows": rows})
