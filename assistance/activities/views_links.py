"""Links of activities: proposed, decided on, and looked at again when words changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assistance.activities.forms import LinkForm
from assistance.activities.suspect import SuspectForm, decide, suspect_links, with_changes
from assistance.models import Activity, ActivityItem, ActivityMandate, ItemMandate
from assistance.services import (
    confirm_link,
    look_again,
    propose_link,
    reject_link,
    reopen_link,
)
from assistance.services.problems import by_field
from directory import policy
from directory.access import fetch_to_read, fetch_to_write
from directory.guard import reading
from directory.policy import Permission

PAGE_SIZE = 25
MODELS: dict[str, Any] = {
    "mandate": ActivityMandate,
    "item": ActivityItem,
    "tie": ItemMandate,
}


@reading(Permission.LINK)
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
@reading(Permission.READ_ALL_ACTIVITIES)
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


@reading(Permission.READ_ALL_ACTIVITIES)
def suspect_list(request: HttpRequest) -> HttpResponse:
    """`/links/suspect/`: each with what changed; several kept or rejected at once."""
    if request.method == "POST":
        policy.authorise(request.user, Permission.LINK)
        return _decide_suspect(request)
    form = SuspectForm(request.GET)
    found = (
        suspect_links(
            request.user,
            **form.cleaned_data,
        )
        if form.is_valid()
        else []
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "activities/suspect_list.html",
        {
            "form": form,
            "page_obj": page,
            "rows": with_changes(list(page)),
            "may_link": policy.may(request.user, Permission.LINK),
            "may_take_over": policy.may(request.user, Permission.TAKE_OVER),
        },
    )


def _decide_suspect(request: HttpRequest) -> HttpResponse:
    back = redirect(f"{reverse('suspect-list')}?{request.GET.urlencode()}")
    names, reason = request.POST.getlist("links"), None
    if not names:
        messages.warning(request, _("Tick the links first."))
        return back
    if request.POST.get("act") == "reject":
        reason = request.POST.get("reason", "")
    number, refused = decide(names, user=request.user, reason=reason)
    words = (
        ngettext(
            "%(number)d link kept: it is right as the words stand now.",
            "%(number)d links kept: they are right as the words stand now.",
            number,
        )
        if reason is None
        else ngettext(
            "%(number)d link rejected; it stays on record with your reason.",
            "%(number)d links rejected; they stay on record with your reason.",
            number,
        )
    )
    if number:
        messages.success(request, words % {"number": number})
    if number + len(refused) == 0:
        messages.warning(request, _("Somebody else decided on them already."))
    for why in refused:
        messages.warning(request, why)
    return back
