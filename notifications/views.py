"""What a person was told, and marking it as seen."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directory.access import fetch_to_read
from directory.guard import signed_in
from notifications.forms import ChoicesForm
from notifications.models import OutboxMessage
from notifications.services import choose, chosen_by, mark_seen

PAGE = 30


@signed_in
def notification_list(request: HttpRequest) -> HttpResponse:
    """What happened since the person was here, then what was seen before."""
    told = OutboxMessage.objects.visible_to(request.user)
    page = Paginator(told.newest_unseen_first(), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "notifications/notification_list.html",
        {"page_obj": page, "unseen": told.unseen().count()},
    )


@signed_in
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The page a notification tells of; opening it marks it as seen."""
    told = OutboxMessage.objects
    message = fetch_to_read(told, request.user, pk=pk)
    mark_seen(user=request.user, messages=told.filter(pk=message.pk))
    return redirect(message.path or "notification-list")


@require_POST
@signed_in
def notifications_seen(request: HttpRequest) -> HttpResponse:
    """Mark everything up to the newest one shown as seen."""
    newest = request.POST.get("newest", "")
    shown = OutboxMessage.objects.filter(pk__lte=int(newest)) if newest.isdigit() else None
    mark_seen(user=request.user, messages=shown)
    messages.success(request, _("All are marked as seen."))
    return redirect("notification-list")


@signed_in
def notification_choices(request: HttpRequest) -> HttpResponse:
    """How the person is told of each kind that can concern them."""
    form = ChoicesForm(request.POST or None, chosen=chosen_by(request.user))
    if request.method == "POST" and form.is_valid():
        choose(user=request.user, channels=form.channels)
        messages.success(request, _("Your choice is kept."))
        return redirect("notification-choices")
    return render(
        request,
        "notifications/notification_choices.html",
        {
            "form": form,
            "crumbs": [{"label": _("Since you were here"), "url": reverse("notification-list")}],
        },
    )
