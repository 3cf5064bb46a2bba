"""Asking: one page to say it, one to check it, one that it was sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistance import workflow
from assistance.models import AssistanceRequest, RequestOrigin, RequestStatus
from assistance.requests.access import signed_in
from assistance.requests.conflicts import conflicts, last_change, take_choices
from assistance.requests.forms import ItemFormSet, RequestForm, place_errors
from assistance.requests.prefill import asked_by
from assistance.workflow import StaleRevision, WrongState
from directory.access import fetch_to_read
from directory.policy import Permission, may, may_on

UNPROCESSABLE = 422


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
    """`/requests/new/`: the first save makes the draft; `?activity=` is help to enter one for."""
    if not may_ask(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _save(request, None)
    first, item = asked_by(request.GET.get("activity", ""), request.user)
    form = RequestForm(user=request.user, initial=first)
    items = ItemFormSet(prefix="items", initial=[item])
    return _form_page(request, form, items, None)


@signed_in
def request_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/edit/`: the draft as it was saved."""
    draft = fetch_draft(request, pk)
    if draft.state != RequestStatus.DRAFT:
        return redirect("request", pk)
    if request.method == "POST":
        return _save(request, draft)
    form = RequestForm(user=request.user, draft=draft, initial=RequestForm.initial_of(draft))
    shown = ItemFormSet.initial_of(draft) or [{}]  # type: ignore[attr-defined]
    if request.GET.get("more"):
        shown.append({})
    return _form_page(request, form, ItemFormSet(prefix="items", initial=shown), draft)


def _save(request: HttpRequest, draft: AssistanceRequest | None) -> HttpResponse:
    """Save what was sent, whatever button it came by; then go where the button says."""
    data = request.POST if draft is None else take_choices(request.POST, draft)
    form = RequestForm(data, user=request.user, draft=draft)
    items = ItemFormSet(data, prefix="items")
    if not (form.is_valid() and items.is_valid()):
        return _form_page(request, form, items, draft, status=UNPROCESSABLE)
    try:
        with transaction.atomic():
            saved = workflow.save_draft(
                user=request.user,
                organisation=form.asker,
                draft=draft,
                revision=form.cleaned_data["revision"],
                key=form.cleaned_data["key"] if draft is None else None,
                items=items.drafts(),
                language=draft.language if draft else get_language() or "en",
                **form.fields_of_draft(),
            )
    except StaleRevision as stale:
        return _both_versions(request, data, stale)
    except WrongState as wrong:
        messages.warning(request, str(wrong))
        return redirect("request", draft.pk if draft else 0)
    except ValidationError as error:
        place_errors(error, form, items)
        return _form_page(request, form, items, draft, status=UNPROCESSABLE)
    if file := request.FILES.get("file"):
        try:
            workflow.add_attachment(request=saved, file=file, user=request.user)
        except ValidationError as error:
            # The words are saved; only the file has to be chosen again.
            form = RequestForm(
                user=request.user, draft=saved, initial=RequestForm.initial_of(saved)
            )
            shown = ItemFormSet.initial_of(saved) or [{}]  # type: ignore[attr-defined]
            return _form_page(
                request,
                form,
                ItemFormSet(prefix="items", initial=shown),
                saved,
                status=UNPROCESSABLE,
                file_errors=error.messages,
            )
    return _after_saving(request, saved)


def _after_saving(request: HttpRequest, saved: AssistanceRequest) -> HttpResponse:
    if "continue" in request.POST:
        return redirect("request-check", saved.pk)
    edit = reverse("request-edit", args=[saved.pk])
    if "more" in request.POST:
        return redirect(f"{edit}?more=1#item-{saved.items.count() + 1}")
    messages.success(
        request,
        _("The draft is saved. Only your organisation’s people see it until it is sent."),
    )
    return redirect("request-list" if "later" in request.POST else edit)


def _both_versions(request: HttpRequest, data: QueryDict, stale: StaleRevision) -> HttpResponse:
    current = stale.current
    assert isinstance(current, AssistanceRequest)
    both = list(conflicts(data, current))
    data = data.copy()
    data["revision"] = str(current.revision)
    form = RequestForm(data, user=request.user, draft=current)
    labels = {name: field.label for name, field in form.fields.items()}
    words = _("A colleague saved another version at %(time)s UTC.") % {"time": last_change(current)}
    return _form_page(
        request,
        form,
        ItemFormSet(data, prefix="items"),
        current,
        status=409,
        conflicts=[
            {
                "words": f"{labels.get(one.label, one.label)}. {words}",
                "name": one.name,
                "yours": one.yours,
                "theirs": one.theirs,
            }
            for one in both
        ],
    )


def _form_page(
    request: HttpRequest,
    form: RequestForm,
    items: Any,
    draft: AssistanceRequest | None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    organisation = draft.organisation if draft else (form.own[0] if len(form.own) == 1 else None)
    return render(
        request,
        "requests/request_form.html",
        {
            "form": form,
            "items": items,
            "all_forms": [form, *items.forms],
            "draft": draft,
            "organisation": organisation,
            "on_behalf": form.on_behalf,
            "files": list(draft.attachments.all()) if draft else [],
            "crumbs": [{"label": _("Requests"), "url": reverse("request-list")}],
            **more,
        },
        status=status,
    )


@signed_in
def request_check(request: HttpRequest, pk: int) -> HttpResponse:
    """`/requests/<pk>/check/`: all answers once more; what is missing leads back to its field."""
    draft = fetch_draft(request, pk)
    if draft.state != RequestStatus.DRAFT:
        return redirect("request", pk)
    try:
        workflow.check_complete(draft)
    except ValidationError as error:
        form = RequestForm(_as_data(draft), user=request.user, draft=draft)
        items = ItemFormSet(_as_data(draft), prefix="items")
        form.is_valid()
        items.is_valid()
        place_errors(error, form, items)
        return _form_page(request, form, items, draft, status=UNPROCESSABLE)
    return render(request, "requests/request_check.html", _answers(draft, request))


def _as_data(draft: AssistanceRequest) -> QueryDict:
    """The saved draft as if it had been sent by the form, so that errors stand at its fields."""
    data = QueryDict(mutable=True)
    for name, value in RequestForm.initial_of(draft).items():
        if isinstance(value, list):
            data.setlist(name, [str(one) for one in value])
        elif value is not None:
            data[name] = str(value)
    shown = ItemFormSet.initial_of(draft) or [{}]  # type: ignore[attr-defined]
    data["items-TOTAL_FORMS"] = str(len(shown))
    data["items-INITIAL_FORMS"] = "0"
    for index, item in enumerate(shown):
        for name, value in item.items():
            if isinstance(value, list):
                data.setlist(f"items-{index}-{name}", value)
            elif value:
                data[f"items-{index}-{name}"] = "on" if value is True else value
    return data


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
