"""Doing something with a request: one page an act, which asks, does it, or says why not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistance import workflow
from assistance.models import AssistanceRequest, Delivery, RequestItem
from assistance.requests.acts import ITEM_ACTS, REQUEST_ACTS, ActForm
from assistance.requests.forms import place_errors
from assistance.requests.replies import ReplyForm
from assistance.requests.texts import texts_for, with_text
from assistance.requests.views_draft import UNPROCESSABLE, fetch_draft
from assistance.workflow import StaleRevision, WrongState
from directory.access import fetch_to_read
from directory.guard import signed_in
from directory.policy import Permission, authorise, may_on


@signed_in
def request_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """`/requests/<pk>/do/<act>/`: an act on the whole request."""
    asked = fetch_to_read(AssistanceRequest.objects, request.user, pk=pk)
    return _act(request, REQUEST_ACTS.get(act), asked, None)


@signed_in
def item_act(request: HttpRequest, pk: int, n: int, act: str) -> HttpResponse:
    """`/requests/<pk>/items/<n>/do/<act>/`: an act on one item."""
    asked = fetch_to_read(AssistanceRequest.objects, request.user, pk=pk)
    item = get_object_or_404(asked.items, n=n)
    item.request = asked
    return _act(request, ITEM_ACTS.get(act), asked, item)


def _act(
    request: HttpRequest,
    act: type[ActForm] | None,
    asked: AssistanceRequest,
    item: RequestItem | None,
) -> HttpResponse:
    if act is None:
        raise Http404
    if not any(may_on(request.user, one, asked) for one in act.step.permissions):
        raise PermissionDenied
    back = redirect("request", asked.pk)
    if not act.possible(request.user, asked, item):
        wrong_item = item if asked.state in act.step.during else None
        messages.warning(request, str(WrongState(asked, wrong_item)))
        return back
    if request.method != "POST":
        form = act(user=request.user, asked=asked, item=item, initial=request.GET.dict())
        return _page(request, form, asked, item)
    if act.texts_of and "template" in request.POST:
        texts = texts_for(act, asked, request.user)
        initial = with_text(request.POST, act.text_field, texts)
        return _page(
            request, act(user=request.user, asked=asked, item=item, initial=initial), asked, item
        )
    form = act(request.POST, request.FILES, user=request.user, asked=asked, item=item)
    if not form.is_valid():
        return _page(request, form, asked, item, UNPROCESSABLE)
    try:
        form.perform()
    except StaleRevision:
        return _again(request, act, asked, item)
    except WrongState as wrong:
        messages.warning(request, str(wrong))
        return back
    except ValidationError as error:
        place_errors(error, form)
        return _page(request, form, asked, item, UNPROCESSABLE)
    messages.success(request, str(act.done))
    return back


def _again(
    request: HttpRequest,
    act: type[ActForm],
    asked: AssistanceRequest,
    item: RequestItem | None,
) -> HttpResponse:
    """The same form with what was typed, now knowing what changed meanwhile."""
    asked.refresh_from_db()
    data = request.POST.copy()
    data["revision"] = str(asked.revision)
    form = act(data, user=request.user, asked=asked, item=item)
    last = asked.events.select_related("by").last()
    form.add_error(
        None,
        _("%(name)s changed the request meanwhile; it is now: %(state)s. Look at it, or go on.")
        % {
            "name": last.by if last else _("Somebody"),
            "state": asked.get_state_display(),
        },
    )
    return _page(request, form, asked, item, 409)


def _page(
    request: HttpRequest,
    form: ActForm,
    asked: AssistanceRequest,
    item: RequestItem | None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "requests/request_act.html",
        {
            "form": form,
            "asked": asked,
            "item": item,
            "texts": texts_for(type(form), asked, request.user),
            "themes": list(item.themes.all()) if item else [],
            "suggestions": getattr(form, "suggestions", []),
            "crumbs": [
                {"label": _("Requests"), "url": reverse("request-list")},
                {
                    "label": asked.ref or asked.title,
                    "url": reverse("request", args=[asked.pk]),
                },
            ],
        },
        status=status,
    )


@signed_in
def delivery_reply(request: HttpRequest, pk: int, delivery_pk: int) -> HttpResponse:
    """`/requests/<pk>/deliveries/<delivery_pk>/reply/`: what the State says of a delivery to it."""
    asked = fetch_to_read(AssistanceRequest.objects, request.user, pk=pk)
    authorise(request.user, Permission.REPLY)
    delivery: Delivery = fetch_to_read(
        Delivery.objects.filter(items__request=asked).distinct(),
        request.user,
        pk=delivery_pk,
    )
    prefix = f"reply-{delivery.pk}"
    form = ReplyForm(request.POST or None, prefix=prefix)
    if request.method == "POST" and form.is_valid() and delivery.country:
        try:
            workflow.reply_to_delivery(
                delivery=delivery,
                country=delivery.country,
                verdict=form.cleaned_data["verdict"],
                words=form.cleaned_data["words"],
                user=request.user,
            )
        except ValidationError as error:
            place_errors(error, form)
        else:
            messages.success(request, _("Your reply is sent. The latest one counts."))
            return redirect("request", pk)
    return render(
        request,
        "requests/delivery_reply.html",
        {
            "form": form,
            "asked": asked,
            "delivery": delivery,
            "earlier": delivery.replies.all(),
            "crumbs": [
                {"label": _("Requests"), "url": reverse("request-list")},
                {"label": asked.ref, "url": reverse("request", args=[asked.pk])},
            ],
        },
        status=UNPROCESSABLE if form.errors else 200,
    )


@require_POST
@signed_in
def request_file_remove(request: HttpRequest, pk: int, file_pk: int) -> Any:
    """The draft without one of its files."""
    draft = fetch_draft(request, pk)
    attachment = get_object_or_404(draft.attachments, pk=file_pk)
    try:
        workflow.remove_attachment(attachment=attachment, user=request.user)
    except WrongState as wrong:
        messages.warning(request, str(wrong))
        return redirect("request", pk)
    messages.success(request, _("The file is removed."))
    return redirect("request-step", pk, "files")
