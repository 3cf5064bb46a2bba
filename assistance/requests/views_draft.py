"""Asking: a page a step, one to check the answers, one that says it was sent."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assistance import workflow
from assistance.models import AssistanceRequest, RequestOrigin, RequestStatus
from assistance.requests.conflicts import Merged, take_choices
from assistance.requests.contact import contact_of
from assistance.requests.prefill import asked_by
from assistance.requests.steps import (
    BY_SLUG,
    CHECK,
    STEPS,
    Step,
    StepPage,
    after,
    missing_in,
    step_of,
)
from assistance.workflow import StaleRevision, WrongState
from directory.access import fetch_to_read
from directory.guard import signed_in
from directory.policy import Permission, may, may_on

CONFLICT, UNPROCESSABLE = 409, 422
AUTOSAVE = "autosave"
"""Sent by the script that saves while one types; the answer is then a fragment for it."""


def may_ask(user: Any) -> bool:
    """Whether this person asks, for the own State or on behalf of one."""
    return may(user, Permission.ASK) or may(user, Permission.ASK_ON_BEHALF)


def fetch_draft(request: HttpRequest, pk: int) -> AssistanceRequest:
    """The request this person may know of and write as a draft."""
    draft = fetch_to_read(AssistanceRequest.objects, request.user, pk=pk)
    own = draft.origin == RequestOrigin.PORTAL
    if not may_on(request.user, Permission.ASK if own else Permission.ASK_ON_BEHALF, draft):
        raise PermissionDenied
    return draft


@signed_in
def request_new(request: HttpRequest) -> HttpResponse:
    """`/requests/new/`: the first step; the first save makes the draft.

    `?activity=` names help that was given, to enter the request for.
    """
    if not may_ask(request.user):
        raise PermissionDenied
    if request.method == "POST":
        made = _made_before(request)
        if made and made.state != RequestStatus.DRAFT:
            return _not_any_more(request, WrongState(made))
        return _save(request, STEPS[0], made)
    first = asked_by(request.GET.get("activity", ""), request.user)
    return _step_page(request, StepPage(STEPS[0], request.user, None, first=first))


def _made_before(request: HttpRequest) -> AssistanceRequest | None:
    """The draft that the same form made already: sent twice, or saved while it was typed."""
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    drafts = AssistanceRequest.objects.visible_to(request.user)  # type: ignore[arg-type]
    return drafts.filter(creation_key=key, logged_by=request.user).first()


@signed_in
def request_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/edit/`: goes on where something is still to be said."""
    draft = fetch_draft(request, pk)
    if draft.state != RequestStatus.DRAFT:
        return redirect("request", pk)
    missing = missing_in(draft)
    return redirect(_address(draft, step_of(next(iter(missing))).slug if missing else CHECK))


@signed_in
def request_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """`/requests/<pk>/edit/<step>/`: one step of the draft, as it was saved."""
    if step not in BY_SLUG:
        raise Http404
    draft = fetch_draft(request, pk)
    if draft.state != RequestStatus.DRAFT:
        return _not_any_more(request, WrongState(draft))
    if request.method == "POST":
        return _save(request, BY_SLUG[step], draft)
    page = StepPage(BY_SLUG[step], request.user, draft, more="more" in request.GET)
    if "missing" in request.GET:
        page = page.as_saved()
        page.place_missing()
    return _step_page(request, page)


def _not_any_more(request: HttpRequest, wrong: WrongState) -> HttpResponse:
    if AUTOSAVE in request.POST:
        return _answer(request, str(wrong), status=CONFLICT)
    if request.method == "POST":
        messages.warning(request, str(wrong))
    return redirect("request", wrong.asked.pk)


def _save(request: HttpRequest, step: Step, draft: AssistanceRequest | None) -> HttpResponse:
    """Save what was sent, whatever button it came by; then go where the button says."""
    autosave = AUTOSAVE in request.POST
    sent = take_choices(request.POST)
    if autosave:
        sent.pop("several", None)  # lines still being typed would each become a thing
    page = StepPage(step, request.user, draft, sent)
    merged = page.merged() if draft and _revision(request) != draft.revision else None
    if merged is not None:
        assert draft is not None
        if merged.conflicts or (autosave and merged.taken):
            return _both_versions(request, step, draft, merged)
        page = StepPage(step, request.user, draft, merged.data)
    if not page.is_valid():
        return _refused(request, page)
    try:
        with transaction.atomic():
            saved = page.save()
    except StaleRevision as stale:  # somebody saved in this very moment
        current: Any = stale.current
        return _save(request, step, current)
    except WrongState as wrong:
        return _not_any_more(request, wrong)
    except ValidationError as error:
        page.place(error)
        return _refused(request, page)
    if autosave:
        return _autosaved(request, page, saved)
    if refusals := _add_files(request, saved):
        page = StepPage(step, request.user, saved).as_saved()
        page.is_valid()
        page.place(ValidationError({"file": refusals}))
        return _step_page(request, page, UNPROCESSABLE)
    if merged and merged.taken:
        taken = "; ".join(merged.taken)
        words = _("A colleague changed the same page; both changes are kept. Theirs: %(taken)s")
        messages.info(request, words % {"taken": taken})
    return _after_saving(request, page, saved)


def _add_files(request: HttpRequest, saved: AssistanceRequest) -> list[str]:
    """Put the files beside the draft, each on its own; what was refused, with its name."""
    refusals = []
    for file in request.FILES.getlist("file"):
        try:
            workflow.add_attachment(request=saved, file=file, user=request.user)
        except ValidationError as error:
            refusals += [f"{file.name} – {words}" for words in error.messages]
    return refusals


def _after_saving(request: HttpRequest, page: StepPage, saved: AssistanceRequest) -> HttpResponse:
    here = _address(saved, page.step.slug)
    if added := page.added:
        words = ngettext(
            "%(number)d thing is added. Say what it is about, if you know.",
            "%(number)d things are added. Say of each what it is about, if you know.",
            added,
        )
        messages.success(request, words % {"number": added})
        return redirect(here)
    if "more" in request.POST:
        return redirect(f"{here}?more=1#item-{saved.items.count() + 1}")
    if "continue" in request.POST:
        return redirect(_address(saved, after(page.step)))
    if request.POST.get("go") in {*BY_SLUG, CHECK}:
        return redirect(_address(saved, request.POST["go"]))
    messages.success(
        request,
        _("The draft is saved. Only your organisation’s people see it until it is sent."),
    )
    return redirect("request-list" if "later" in request.POST else here)


def _address(draft: AssistanceRequest, step: str) -> str:
    if step == CHECK:
        return reverse("request-check", args=[draft.pk])
    return reverse("request-step", args=[draft.pk, step])


def _both_versions(
    request: HttpRequest, step: Step, draft: AssistanceRequest, merged: Merged
) -> HttpResponse:
    changed = _("A colleague changed the draft at %(time)s.") % {"time": _time(draft)}
    if AUTOSAVE in request.POST:
        words = _("Your words are not saved yet; nothing is lost.")
        return _answer(request, f"{changed} {words}", status=CONFLICT, compare=True)
    page = StepPage(step, request.user, draft, merged.data)
    page.is_valid()
    return _step_page(
        request,
        page,
        CONFLICT,
        conflicts=[
            {
                "words": f"{one.label} · {changed}",
                "name": one.name,
                "yours": one.yours,
                "theirs": one.theirs,
            }
            for one in merged.conflicts
        ],
        taken="; ".join(merged.taken),
    )


def _refused(request: HttpRequest, page: StepPage) -> HttpResponse:
    if AUTOSAVE not in request.POST:
        return _step_page(request, page, UNPROCESSABLE)
    problems = [
        (form.fields[name].label if name in form.fields else "", errors[0])
        for form in page.forms
        for name, errors in form.errors.items()
    ]
    if not problems:  # not a form of this site
        said = _("The server did not accept this. Nothing was changed; load the page again.")
    else:
        said = _("Not saved yet. %(field)s: %(words)s") % dict(
            zip(("field", "words"), problems[0], strict=True)
        )
    return _answer(request, said, status=UNPROCESSABLE)


def _autosaved(request: HttpRequest, page: StepPage, saved: AssistanceRequest) -> HttpResponse:
    said = _("Draft saved at %(time)s, as you typed.") % {"time": _time(saved)}
    return _answer(
        request,
        said,
        base=page.base(saved),
        address=_address(saved, page.step.slug),
        keep=f"request-{saved.pk}-{page.step.slug}",
    )


def _answer(request: HttpRequest, words: str, status: int = 200, **more: Any) -> HttpResponse:
    """What the script that saves while one types reads."""
    return render(request, "requests/_autosaved.html", {"words": words, **more}, status=status)


def _time(draft: AssistanceRequest) -> str:
    local = timezone.localtime(draft.updated_at)
    return f"{local:%H:%M} {local.tzname()}"


def _step_page(
    request: HttpRequest, page: StepPage, status: int = 200, **more: Any
) -> HttpResponse:
    draft, step = page.draft, page.step
    own = draft is not None and draft.origin == RequestOrigin.PORTAL
    contact = contact_of(draft, request.user) if draft and own else None
    on_behalf = page.form.on_behalf
    return render(
        request,
        f"requests/step_{step.slug}.html",
        {
            "form": page.form,
            "items": page.items,
            "all_forms": page.forms,
            "draft": draft,
            "step": step,
            "number": STEPS.index(step) + 1,
            "last": len(STEPS) + 1,
            "asks": step.asks_on_behalf if on_behalf else step.asks,
            "before": STEPS[STEPS.index(step) - 1] if step is not STEPS[0] else None,
            "steps": _steps(draft, step),
            "saved_at": _time(draft) if draft else "",
            "asking": draft.organisation
            if draft
            else next(iter(getattr(page.form, "own", ())), None),
            "sharing": _sharing(draft, contact),
            "contact": contact,
            "on_behalf": on_behalf,
            "files": list(draft.attachments.all()) if draft and step.slug == "files" else [],
            "crumbs": [{"label": _("Requests"), "url": reverse("request-list")}],
            **more,
        },
        status=status,
    )


def _steps(draft: AssistanceRequest | None, here: Step) -> list[dict[str, Any]]:
    """The list of steps beside the form."""
    missing = {step_of(field).slug for field in missing_in(draft)} if draft else set()
    return [
        {
            "slug": step.slug,
            "name": step.name,
            "here": step is here,
            "open": draft is not None,
            "missing": draft is not None and step.slug in missing,
        }
        for step in STEPS
    ]


def _sharing(draft: AssistanceRequest | None, contact: dict[str, Any] | None) -> str:
    """Who else writes the draft, in words."""
    if draft is None or contact is None:
        return ""
    number = contact["others"]
    if not number:
        return _("Only you see it until it is sent.")
    words = ngettext(
        "Shared with %(number)d colleague of %(name)s.",
        "Shared with %(number)d colleagues of %(name)s.",
        number,
    )
    return words % {"number": number, "name": draft.organisation.name}


@signed_in
def request_check(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/check/`: all answers once more; what is missing leads back to its field."""
    draft = fetch_draft(request, pk)
    if draft.state != RequestStatus.DRAFT:
        return redirect("request", pk)
    missing = [
        {"words": words, "url": _to_field(draft, field)}
        for field, found in missing_in(draft).items()
        for words in found
    ]
    return render(
        request,
        "requests/request_check.html",
        {
            **_answers(draft, request),
            "missing": missing,
            "number": len(STEPS) + 1,
            "last": len(STEPS) + 1,
        },
        status=UNPROCESSABLE if missing else 200,
    )


def _to_field(draft: AssistanceRequest, field: str) -> str:
    anchor = field.replace(".", "-") if "." in field else field
    if field == "items":
        anchor = "items-0-words"
    return f"{_address(draft, step_of(field).slug)}?missing=1#id_{anchor}"


def _answers(draft: AssistanceRequest, request: HttpRequest) -> dict[str, Any]:
    return {
        "asked": draft,
        "items": draft.items.prefetch_related("themes"),
        "states": draft.states.all(),
        "files": draft.attachments.all(),
        "on_behalf": draft.origin != RequestOrigin.PORTAL,
        "crumbs": [
            {"label": _("Requests"), "url": reverse("request-list")},
            {
                "label": draft.title or _("Draft"),
                "url": reverse("request-edit", args=[draft.pk]),
            },
        ],
    }


@require_POST
@signed_in
def request_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the draft. Sent twice, the second one shows the confirmation of the first."""
    draft = fetch_draft(request, pk)
    submit = (
        workflow.submit_request
        if draft.origin == RequestOrigin.PORTAL
        else workflow.submit_on_behalf
    )
    try:
        submit(draft=draft, user=request.user, revision=_revision(request))
    except StaleRevision:
        messages.warning(
            request,
            _("A colleague changed the draft meanwhile. Check the answers once more."),
        )
        return redirect("request-check", pk)
    except ValidationError:
        return redirect("request-check", pk)
    except WrongState as wrong:
        if wrong.asked.submitted_at is None:
            raise
    return redirect("request-sent", pk)


def _revision(request: HttpRequest) -> int | None:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() else None


@signed_in
def request_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/sent/`: the reference, and what happens next."""
    asked = fetch_to_read(AssistanceRequest.objects, request.user, pk=pk)
    if asked.state == RequestStatus.DRAFT:
        return redirect("request-check", pk)
    return render(request, "requests/request_sent.html", {"asked": asked})


@signed_in
def request_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/delete/`: asks once, then the draft is gone."""
    draft = fetch_draft(request, pk)
    if draft.state != RequestStatus.DRAFT:
        return redirect("request", pk)
    if request.method == "POST":
        workflow.delete_draft(draft=draft, user=request.user)
        messages.success(request, _("The draft is deleted."))
        return redirect("request-list")
    return render(request, "requests/request_delete.html", _answers(draft, request))
