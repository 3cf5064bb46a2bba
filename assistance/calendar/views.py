"""`/calendar/`: the private address of the own calendar; and the calendar itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assistance.calendar.address import make_address, owner_of, revoke_address
from assistance.calendar.feed import calendar_of
from assistance.models import CalendarAddress
from directory.guard import reading
from directory.policy import Permission
from directory.viewer import identify


@never_cache
@reading(Permission.READ_ACTIVITIES)
def calendar_address(request: HttpRequest) -> HttpResponse:
    """Makes, renews and revokes the address; it is shown once, when it is made."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    shown = ""
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            revoke_address(request.user)
            messages.success(request, _("Revoked. Calendar programs find nothing there any more."))
            return redirect("calendar-address")
        secret = make_address(request.user)
        shown = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
    return render(
        request,
        "activities/calendar_address.html",
        {"made": CalendarAddress.objects.filter(user=request.user).first(), "shown": shown},
    )


@never_cache
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whoever the secret was made for, as it stands now."""
    owner = owner_of(secret)
    if owner is None:
        raise Http404
    identify(owner)
    with override(owner.language):
        words = calendar_of(owner, request.build_absolute_uri)
    return HttpResponse(
        words,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="mandate-tracker.ics"'},
    )
