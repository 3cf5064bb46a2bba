"""One request: where it stands, what waits, its items, messages, files and history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.downloads import download
from assistance.models import (
    AssistanceRequest,
    InternalNote,
    ItemMandate,
    Message,
    MessageKind,
    RequestItem,
    RequestStatus,
)
from assistance.requests.acts import (
    ITEM_ACTS,
    REQUEST_ACTS,
    Answer,
    Attach,
    StartReview,
    Withdraw,
    Write,
    WriteNote,
)
from assistance.requests.contact import contact_of
from assistance.requests.duplicates import duplicates_of
from assistance.requests.progress import ItemProgress, Progress, progress_of
from assistance.requests.replies import ReplyForm
from assistance.requests.timeline import timeline
from assistance.requests.views_draft import request_edit
from assistance.scanning import HeldBack
from assistance.workflow.transitions import ANSWER_REFERRAL
from directory.access import fetch_to_read
from directory.guard import signed_in
from directory.models import OrganisationKind
from directory.policy import Permission, may

OFFICER_ACTS = ("accept", "ask", "assign", "decline")


@signed_in
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/`: for those who asked and for UNODC, each with their own acts."""
    asked = fetch_to_read(
        AssistanceRequest.objects.select_related(
            "organisation__country", "assigned_to", "contact", "logged_by"
        ),
        request.user,
        pk=pk,
    )
    if asked.state == RequestStatus.DRAFT:
        return request_edit(request, pk)
    internal = may(request.user, Permission.READ_ALL_REQUESTS)
    progress = progress_of([asked], user=request.user)[asked.pk]
    links = _links(asked)
    merged_here = _merged_here(asked, request.user)
    events = list(asked.events.select_related("item", "by"))
    written = _messages(asked)
    return render(
        request,
        "requests/request.html",
        {
            "asked": asked,
            "internal": internal,
            "progress": progress,
            "stages": progress.stages,
            "states": asked.states.all(),
            "items": [
                {
                    **_item(row, links, merged_here, request.user, internal),
                    "answers": [
                        one
                        for one in events
                        if one.item_id == row.item.pk and one.transition == ANSWER_REFERRAL.name
                    ],
                }
                for row in progress.items
            ],
            "events": timeline(progress, events, internal=internal),
            "written": written,
            "question": _open_question(asked, written),
            "replies": [
                (delivery, ReplyForm(prefix=f"reply-{delivery.pk}"))
                for delivery in progress.to_confirm
            ],
            "duplicates": _duplicates(asked, progress, request.user),
            "notes": _notes(asked, request.user),
            "note": _form(WriteNote, request.user, asked),
            "files": asked.attachments.select_related("added_by"),
            "answer": _form(Answer, request.user, asked),
            "message": _form(Write, request.user, asked),
            "attach": _form(Attach, request.user, asked),
            "start": _form(StartReview, request.user, asked),
            "acts": _acts(request.user, asked),
            "contact": contact_of(asked, request.user),
            "may_take": internal
            and asked.assigned_to_id != request.user.pk
            and REQUEST_ACTS["assign"].possible(request.user, asked)
            and may(request.user, Permission.TRIAGE),
            "crumbs": [{"label": _("Requests"), "url": reverse("request-list")}],
            "crumb_acts": _crumb_acts(request.user, asked, internal),
        },
    )


def _form(act: Any, user: Any, asked: AssistanceRequest) -> Any:
    return act(user=user, asked=asked) if act.possible(user, asked) else None


def _acts(user: Any, asked: AssistanceRequest) -> list[dict[str, Any]]:
    return [
        {
            "label": REQUEST_ACTS[name].label,
            "url": reverse("request-act", args=[asked.pk, name]),
            "primary": REQUEST_ACTS[name].primary,
        }
        for name in OFFICER_ACTS
        if REQUEST_ACTS[name].possible(user, asked)
        and (name != "assign" or may(user, Permission.REASSIGN))
    ]


def _crumb_acts(user: Any, asked: AssistanceRequest, internal: bool) -> list[dict[str, Any]]:
    acts = [
        {
            "label": _("Print the receipt"),
            "url": reverse("request-receipt", args=[asked.pk]),
        }
    ]
    if not internal and Withdraw.possible(user, asked):
        url = reverse("request-act", args=[asked.pk, "withdraw"])
        acts.append({"label": _("Withdraw the request"), "url": url})
    return acts


def _links(asked: AssistanceRequest) -> dict[int, list[Any]]:
    links: dict[int, list[Any]] = {}
    rows: Any = ItemMandate.objects.filter(item__request=asked).exclude(state="rejected")
    for link in rows.select_related("mandate__paragraph__resolution", "decided_by").order_by(
        "mandate__paragraph__position"
    ):
        links.setdefault(link.item_id, []).append(link)
    return links


def _merged_here(asked: AssistanceRequest, user: Any) -> dict[int | None, list[RequestItem]]:
    """The items that go on in those of this request, as far as this person may know of them."""
    merged: dict[int | None, list[RequestItem]] = {}
    items = RequestItem.objects.visible_to(user).filter(merged_into__request=asked)
    for item in items.select_related("request"):
        merged.setdefault(item.merged_into_id, []).append(item)
    return merged


def _duplicates(
    asked: AssistanceRequest, progress: Progress, user: Any
) -> list[dict[str, Any]] | None:
    """What may be the same, with the address to merge it; None for those who do not triage."""
    if not may(user, Permission.TRIAGE):
        return None
    may_merge = REQUEST_ACTS["merge"].possible(user, asked)
    address = reverse("request-act", args=[asked.pk, "merge"])
    return [
        {"asked": other, "url": f"{address}?into={other.pk}" if may_merge else ""}
        for other in duplicates_of(asked, [row.item for row in progress.items])
    ]


def _item(
    row: ItemProgress,
    links: dict[int, list[Any]],
    merged_here: dict[int | None, list[RequestItem]],
    user: Any,
    internal: bool,
) -> dict[str, Any]:
    item: RequestItem = row.item
    asked = item.request
    shown = ITEM_ACTS if internal else {"withdraw": ITEM_ACTS["withdraw"]}
    return {
        "item": item,
        "status": row.status,
        "deliveries": row.deliveries,
        "links": links.get(item.pk, []),
        "merged_here": merged_here.get(item.pk, []),
        "acts": [
            {
                "label": act.label,
                "url": reverse("item-act", args=[asked.pk, item.n, name]),
                "what": _("item %(number)d") % {"number": item.n},
            }
            for name, act in shown.items()
            if act.possible(user, asked, item)
            and (name != "untie" or links.get(item.pk))
            and not (act.step.before_delivery and row.deliveries)
        ],
    }


def _messages(asked: AssistanceRequest) -> list[Message]:
    written = list(
        asked.messages.select_related("by").prefetch_related(
            Prefetch("by__memberships"), "by__memberships__organisation"
        )
    )
    for message in written:
        message.from_unodc = any(  # type: ignore[attr-defined]
            one.organisation.kind == OrganisationKind.UNODC for one in message.by.memberships.all()
        )
    return written


def _notes(asked: AssistanceRequest, user: Any) -> list[InternalNote] | None:
    """The notes for colleagues; None for those who may not know of any."""
    if not may(user, Permission.READ_NOTES):
        return None
    return list(InternalNote.objects.visible_to(user).filter(request=asked).select_related("by"))


def _open_question(asked: AssistanceRequest, written: list[Message]) -> Message | None:
    if asked.state != RequestStatus.CLARIFICATION_REQUESTED:
        return None
    questions = [one for one in written if one.kind == MessageKind.QUESTION]
    return questions[-1] if questions else None


@signed_in
def request_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/receipt/`: what was asked, on one page to print or keep."""
    asked = fetch_to_read(AssistanceRequest.objects.submitted(), request.user, pk=pk)
    return render(
        request,
        "requests/request_receipt.html",
        {
            "asked": asked,
            "items": asked.items.prefetch_related("themes"),
            "states": asked.states.all(),
            "files": asked.attachments.all(),
            "progress": progress_of([asked], user=request.user)[asked.pk],
            "address": request.build_absolute_uri(reverse("request", args=[asked.pk])),
            "crumbs": [
                {"label": _("Requests"), "url": reverse("request-list")},
                {"label": asked.ref, "url": reverse("request", args=[asked.pk])},
            ],
        },
    )


@signed_in
def request_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """A file beside a request, for those who may see the request; never shown in the browser."""
    asked = fetch_to_read(AssistanceRequest.objects, request.user, pk=pk)
    attachment = get_object_or_404(asked.attachments, pk=file_pk)
    try:
        return download(attachment)
    except HeldBack as held:
        messages.error(request, str(held))
        return redirect("request", pk=asked.pk)
