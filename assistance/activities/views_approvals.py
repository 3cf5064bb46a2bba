"""The queue of what waits for a second person: one look, one yes; evidence to verify."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assistance.activities import page
from assistance.activities.answers import numbers
from assistance.models import Activity, Delivery, Evidence
from assistance.querysets import EvidenceQuerySet
from assistance.scanning import released
from assistance.services import approve, approve_many, send_back, verify_many, waiting_of
from directory.access import fetch_to_read
from directory.guard import reading
from directory.models import User
from directory.policy import Permission
from mandates.wordings import words_now

PAGE_SIZE = 50
AT_ONCE = 10
"""Activities that one yes is for."""


@reading(Permission.APPROVE)
def approval_list(request: HttpRequest) -> HttpResponse:
    """`/approvals/`: up to ten activities with links and evidence, and one yes for them."""
    waiting = Activity.objects.visible_to(request.user).awaiting_approval()
    if request.method == "POST":
        return _approve_several(request, waiting)
    mine = Activity.objects.visible_to(request.user).to_approve_by(request.user)
    number = mine.count()
    cards = [_card(activity, request.user) for activity in mine.with_parts()[:AT_ONCE]]
    _add_words(cards)
    shown = {one.sha256 for card in cards for one in card["mine"].evidence if one.is_picture}
    return render(
        request,
        "activities/approval_list.html",
        {
            "cards": cards,
            "number": number,
            "own": waiting.count() - number,
            "more": number - len(cards),
            "released": released(shown),
            "shortcuts": _shortcuts(),
            "unverified": _to_verify(request.user).count(),
        },
    )


def _card(activity: Activity, user: User) -> dict[str, Any]:
    """All that one yes is for."""
    parts = waiting_of(activity)
    return {
        "activity": activity,
        "waiting": parts,
        "mine": parts.for_person(user),
        "links": page.link_rows(activity, user),
        "deliveries": page.delivery_rows(activity),
    }


def _add_words(cards: list[dict[str, Any]]) -> None:
    """The official words of each mandate that an activity is linked to."""
    rows = [row for card in cards for row in card["links"] if row.kind == "mandate"]
    words = words_now({row.link.mandate_id for row in rows})
    for row in rows:
        row.words = words.get(row.link.mandate_id)


def _shortcuts() -> list[dict[str, Any]]:
    return [
        {"keys": ["J", "→"], "words": _("to the next activity")},
        {"keys": ["K", "←"], "words": _("to the one before")},
        {"keys": ["X"], "words": _("tick it, or take the tick away")},
        {"keys": ["A"], "words": _("approve all that are ticked")},
    ]


def _approve_several(request: HttpRequest, waiting: Any) -> HttpResponse:
    """A yes to those ticked, or to the one whose own button was pressed."""
    only = request.POST.get("only")
    wanted = numbers([only] if only else request.POST.getlist("activities"))
    chosen = list(waiting.filter(pk__in=wanted))
    seen = {one.pk: request.POST.get(f"seen-{one.pk}", "") for one in chosen}
    ticked = numbers(request.POST.getlist("verify"))
    outcome = approve_many(
        activities=chosen,
        by=request.user,
        seen=seen,
        verify=Evidence.objects.visible_to(request.user)
        .filter(pk__in=ticked)
        .select_related("delivery"),
    )
    if not wanted:
        messages.warning(request, _("Tick the activities to approve first."))
    if outcome.approved:
        number = len(outcome.approved)
        messages.success(
            request,
            ngettext("%(number)d activity approved.", "%(number)d activities approved.", number)
            % {"number": number},
        )
    for activity, why in outcome.refused:
        messages.warning(request, f"{activity.title}: {why}")
    gone = len(wanted) - len(chosen)
    if gone:
        messages.warning(
            request,
            ngettext(
                "%(number)d of them no longer waits; somebody else was faster.",
                "%(number)d of them no longer wait; somebody else was faster.",
                gone,
            )
            % {"number": gone},
        )
    return redirect("approval-list")


@require_POST
@reading(Permission.APPROVE)
def activity_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's yes to one activity, with the evidence ticked."""
    found = fetch_to_read(Activity.objects, request.user, pk=pk)
    ticked = numbers(request.POST.getlist("verify"))
    verify = Evidence.objects.visible_to(request.user).filter(
        pk__in=ticked, delivery__activity=found
    )
    try:
        approve(activity=found, by=request.user, seen=request.POST.get("seen", ""), verify=verify)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("activity", pk=pk)
    except PermissionDenied as error:
        messages.warning(request, str(error))
        return redirect("activity", pk=pk)
    messages.success(
        request, _("Approved: “%(title)s”. It counts from now on.") % {"title": found.title}
    )
    return redirect(_next(request) or "approval-list")


@require_POST
@reading(Permission.APPROVE)
def activity_send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """An activity back with its author, with the reason."""
    found = fetch_to_read(Activity.objects, request.user, pk=pk)
    try:
        send_back(activity=found, by=request.user, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("activity", pk=pk)
    messages.success(request, _("Sent back; its author is told why."))
    return redirect(_next(request) or "approval-list")


@reading(Permission.VERIFY_EVIDENCE)
def evidence_list(request: HttpRequest) -> HttpResponse:
    """`/evidence/`: what others added and nobody verified yet, several at once.

    `?delivery=` leaves that of one delivery.
    """
    rows = _to_verify(request.user)
    tags = []
    if wanted := numbers([request.GET.get("delivery", "")]):
        rows = rows.filter(delivery__in=wanted)
        named = Delivery.objects.visible_to(request.user).filter(pk__in=wanted).first()
        shown_as = str(named.activity) if named else request.GET["delivery"]
        tags = [{"label": _("Delivery"), "value": shown_as, "url": request.path}]
    if request.method == "POST":
        ticked = rows.filter(pk__in=numbers(request.POST.getlist("evidence")))
        number = len(verify_many(evidence=ticked, by=request.user))
        messages.success(
            request,
            ngettext(
                "%(number)d piece of evidence verified.",
                "%(number)d pieces of evidence verified.",
                number,
            )
            % {"number": number},
        )
        return redirect(_next(request) or "evidence-list")
    shown = rows.select_related("delivery__activity", "delivery__country", "added_by")
    page_obj = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page_obj, "filter_tags": tags}
    return render(request, "activities/evidence_list.html", context)


def _to_verify(user: User) -> EvidenceQuerySet:
    return Evidence.objects.visible_to(user).to_verify_by(user)


def _next(request: HttpRequest) -> str:
    """Where to go after the act, when it is a page of this site."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else ""
