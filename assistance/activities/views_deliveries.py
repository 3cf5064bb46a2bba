"""Deliveries: their page with the State's reply, adding and changing them, their evidence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assistance.activities import kept_file, page
from assistance.activities.access import sees_all
from assistance.activities.forms import (
    DELIVERY_FIELDS,
    DeliveriesForm,
    DeliveryForm,
    DeliveryRows,
    EvidenceForm,
    NewDeliveryForm,
    ReplyForm,
)
from assistance.downloads import download
from assistance.models import Activity, Delivery, Evidence, EvidenceKind
from assistance.scanning import HeldBack
from assistance.services import (
    NewDelivery,
    NewEvidence,
    StaleRevision,
    add_deliveries,
    add_delivery,
    add_evidence,
    change_delivery,
    remove_evidence,
)
from assistance.services.problems import by_field
from assistance.workflow.replies import reply_to_delivery
from directory import policy
from directory.access import fetch_to_read, fetch_to_write
from directory.guard import reading
from directory.policy import Permission


@reading(Permission.READ_ACTIVITIES)
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """`/deliveries/<pk>/`: what happened, its evidence, what the State says of it."""
    found = fetch_to_read(Delivery.objects, request.user, pk=pk)
    internal = sees_all(request.user)
    may_reply = (
        policy.may(request.user, Permission.REPLY) and found.country_id in request.user.country_ids
    )
    form = None
    if may_reply:
        form = ReplyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                reply_to_delivery(
                    delivery=found, country=found.country, user=request.user, **form.cleaned_data
                )
            except ValidationError as error:
                _add_errors(form, error)
            else:
                messages.success(request, _("Thank you. UNODC reads your reply."))
                return redirect("delivery", pk=pk)
    items = found.items.visible_to(request.user).select_related("request")
    return render(
        request,
        "activities/delivery.html",
        {
            "row": page.delivery_row(found),
            "delivery": found,
            "activity": found.activity,
            "items": list(items),
            "people": page.people_of(found),
            "participants": page.groups_of(found),
            "needs": list(found.needs.select_related("mandate__paragraph")) if internal else [],
            "evidence": list(
                Evidence.objects.visible_to(request.user)
                .filter(delivery=found)
                .select_related("added_by", "verified_by")
            ),
            "replies": list(found.replies.select_related("country", "by")),
            "internal": internal,
            "may_log": policy.may(request.user, Permission.LOG_ACTIVITIES),
            "form": form,
        },
    )


@reading(Permission.LOG_ACTIVITIES)
def delivery_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A further delivery of an activity, with its evidence; it waits for approval on its own."""
    activity = fetch_to_read(Activity.objects, request.user, pk=pk)
    named = list(activity.countries.all())
    form = NewDeliveryForm(
        request.POST or None,
        request.FILES or None,
        activity=activity,
        initial={"kind": activity.kind, "country": named[0].iso if len(named) == 1 else None},
    )
    if request.method == "POST" and form.is_valid():
        evidence = _evidence(form, request)
        try:
            with transaction.atomic():
                held = fetch_to_write(
                    Activity.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk
                )
                made = add_delivery(
                    activity=held,
                    by=request.user,
                    needs=form.cleaned_data.get("needs") or (),
                    evidence=evidence,
                    **form.values(),
                )
        except ValidationError as error:
            form.show_problems(_with_evidence_at_its_fields(error))
        else:
            kept_file.forget(form.cleaned_data["kept_file"])
            messages.success(request, _("Added. It counts once a second person has approved it."))
            if evidence:
                return redirect("activity", pk=pk)
            return redirect("evidence-add", pk=made.pk)
    return render(
        request,
        "activities/delivery_form.html",
        {"form": form, "activity": activity, **_kept(form, request)},
    )


@reading(Permission.LOG_ACTIVITIES)
def deliveries_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Several deliveries of a programme at once: a row a State and day, one evidence for all."""
    activity = fetch_to_read(Activity.objects, request.user, pk=pk)
    rows_shown = [{"country": one.iso} for one in activity.countries.by_name()] or [{}]
    form = DeliveriesForm(
        request.POST or None, request.FILES or None, initial={"kind": activity.kind}
    )
    rows = DeliveryRows(
        request.POST or None, initial=rows_shown, form_kwargs={"activity": activity}, prefix="row"
    )
    if request.method == "POST" and request.POST.get("act") == "row":
        data = request.POST.copy()
        data["row-TOTAL_FORMS"] = str(len(rows.forms) + 1)
        rows = DeliveryRows(
            data, initial=rows_shown, form_kwargs={"activity": activity}, prefix="row"
        )
    elif (
        request.method == "POST"
        and form.is_valid()
        and rows.is_valid()
        and _add_several(request, pk, form, rows)
    ):
        return redirect("activity", pk=pk)
    return render(
        request,
        "activities/deliveries_form.html",
        {
            "form": form,
            "rows": rows,
            "all_forms": [form, *rows.forms],
            "activity": activity,
            **_kept(form, request),
        },
    )


def _add_several(request: HttpRequest, pk: int, form: Any, rows: Any) -> bool:
    """Add a delivery for each row that has a day; whether there was no problem to show."""
    filled = [row for row in rows.forms if row.cleaned_data.get("on")]
    if not filled:
        rows.forms[0].add_error("on", _("Give at least one day."))
        return False
    common = {
        "kind": form.cleaned_data["kind"],
        "title": form.cleaned_data["title"],
        "evidence": _evidence(form, request),
    }
    try:
        with transaction.atomic():
            held = fetch_to_write(Activity.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk)
            made = add_deliveries(
                activity=held,
                by=request.user,
                deliveries=[NewDelivery(**common, **row.cleaned_data) for row in filled],
            )
    except ValidationError as error:
        for name, problems in _with_evidence_at_its_fields(error).items():
            _at, number, field = [*name.split(".", 2), "", ""][:3]
            at = filled[int(number)] if number.isdigit() else form
            field = field or name
            if field in form.fields and field not in at.fields:
                at = form
            if not at.has_error(field):
                at.add_error(field if field in at.fields else None, problems)
        return False
    kept_file.forget(form.cleaned_data["kept_file"])
    messages.success(
        request,
        ngettext(
            "%(number)d delivery added. It counts once a second person has approved it.",
            "%(number)d deliveries added. They count once a second person has approved them.",
            len(made),
        )
        % {"number": len(made)},
    )
    return True


def _evidence(form: Any, request: HttpRequest) -> list[NewEvidence]:
    """The file or address of a form, if any."""
    cleaned = form.cleaned_data
    file = cleaned["file"] or kept_file.kept(cleaned["kept_file"], request.user)
    if not file and not cleaned["url"]:
        return []
    kind = cleaned["evidence_kind"] or EvidenceKind.PARTICIPANTS
    return [NewEvidence(kind, file=file, url=cleaned["url"])]


def _with_evidence_at_its_fields(error: ValidationError) -> dict[str, list[Any]]:
    """Problems by field, those of a delivery's one piece of evidence at the fields it came from."""
    found = {}
    for name, problems in by_field(error).items():
        field = name.replace("evidence.0.kind", "evidence_kind").replace("evidence.0.", "")
        found[field] = problems
    return found


def _kept(form: Any, request: HttpRequest) -> dict[str, str]:
    """The file of a form that is shown again, kept aside, so that nobody chooses it twice."""
    word = form["kept_file"].value() or ""
    if request.FILES.get("file") and "file" not in form.errors:
        word = kept_file.keep(request.FILES["file"], request.user)
    return {"kept": word, "kept_name": kept_file.name_of(word)}


@reading(Permission.LOG_ACTIVITIES)
def delivery_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A delivery corrected; only it goes back for approval."""
    found = fetch_to_read(Delivery.objects, request.user, pk=pk)
    theirs = None
    if request.method == "POST":
        form = DeliveryForm(request.POST, activity=found.activity)
        if form.is_valid():
            cleaned = form.cleaned_data
            try:
                with transaction.atomic():
                    held = fetch_to_write(
                        Delivery.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk
                    )
                    change_delivery(
                        delivery=held,
                        by=request.user,
                        revision=cleaned["revision"] or 0,
                        items=list(cleaned["items"]) if "items" in cleaned else None,
                        needs=list(cleaned["needs"]) if "needs" in cleaned else None,
                        **form.values(),
                    )
            except StaleRevision as stale:
                theirs = stale.current
                form.data = form.data.copy()
                form.data["revision"] = theirs.revision
            except ValidationError as error:
                form.show_problems(by_field(error))
            else:
                messages.success(
                    request, _("Saved. It counts again once a second person has approved it.")
                )
                return redirect("activity", pk=found.activity_id)
    else:
        form = DeliveryForm(initial=_initial(found), activity=found.activity)
    return render(
        request,
        "activities/delivery_form.html",
        {"form": form, "activity": found.activity, "delivery": found, "theirs": theirs},
        status=409 if theirs else 200,
    )


def _initial(found: Delivery) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in (*DELIVERY_FIELDS, "by_age", "by_function")},
        "country": found.country.iso if found.country else None,
        "items": list(found.items.values_list("pk", flat=True)),
        "needs": list(found.needs.values_list("pk", flat=True)),
        "revision": found.revision,
    }


@reading(Permission.LOG_ACTIVITIES)
def evidence_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A file or an address that shows a delivery."""
    found = fetch_to_read(Delivery.objects, request.user, pk=pk)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            with transaction.atomic():
                held = fetch_to_write(
                    Delivery.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk
                )
                add_evidence(
                    delivery=held,
                    by=request.user,
                    kind=cleaned["evidence_kind"],
                    file=cleaned["file"] or kept_file.kept(cleaned["kept_file"], request.user),
                    url=cleaned["url"],
                )
        except ValidationError as error:
            _add_errors(form, error, renamed={"kind": "evidence_kind"})
        else:
            kept_file.forget(cleaned["kept_file"])
            messages.success(request, _("Added. A second person verifies it."))
            return redirect("delivery", pk=pk)
    return render(
        request,
        "activities/evidence_form.html",
        {"form": form, "delivery": found, "activity": found.activity},
    )


@reading(Permission.READ_ACTIVITIES)
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, to save, never to open in the page."""
    found = fetch_to_read(Evidence.objects, request.user, pk=pk)
    try:
        return download(found)
    except HeldBack as held:
        messages.error(request, str(held))
        return redirect("delivery", pk=found.delivery_id)


@require_POST
@reading(Permission.LOG_ACTIVITIES)
def evidence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """A piece of evidence taken away."""
    with transaction.atomic():
        held = fetch_to_write(Evidence.objects, request.user, Permission.LOG_ACTIVITIES, pk=pk)
        changed = remove_evidence(evidence=held, by=request.user)
    messages.success(request, _("The evidence was removed."))
    return redirect("delivery", pk=changed.pk)


def _add_errors(form: Any, error: ValidationError, renamed: dict[str, str] | None = None) -> None:
    for field, problems in by_field(error).items():
        name = (renamed or {}).get(field, field)
        form.add_error(name if name in form.fields else None, problems)
