"""Needs: the list, the form, publishing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from directory.sheets import csv_file
from mandates.forms import NeedFilterForm, NeedForm
from mandates.models import Mandate, Need
from mandates.services.needs import (
    NeedChangedMeanwhile,
    NeedFields,
    change_need,
    publish_need,
    write_need,
)

PAGE = 25
IN_THE_TEXT = (
    "mandate__paragraph__resolution__symbol",
    "mandate__paragraph__position",
    "mandate__ordinal",
    "valid_from",
    "pk",
)
ORDERS = {
    "mandate": IN_THE_TEXT,
    "often": ("every_months", "pk"),
    "days": ("valid_from", "pk"),
    "state": ("published_at", "pk"),
}


def _order(sort: str) -> list[str]:
    """The columns to order by; `-key` turns every one around."""
    columns = ORDERS.get(sort.removeprefix("-"), IN_THE_TEXT)
    return [f"-{column}" for column in columns] if sort.startswith("-") else list(columns)


def _sheet(request: HttpRequest, needs: QuerySet[Need]) -> HttpResponse:
    """What the list shows, as CSV."""
    return csv_file(
        "needs",
        about=[("address", request.build_absolute_uri())],
        head=["mandate", "words", "kind", "every_months", "valid_from", "valid_to", "published_at"],
        rows=(
            [
                need.mandate.identifier,
                need.words,
                need.kind,
                need.every_months,
                need.valid_from,
                need.valid_to,
                need.published_at,
            ]
            for need in needs
        ),
    )


@reading(Permission.READ_RESOLUTIONS)
def need_list(request: HttpRequest) -> HttpResponse:
    """Every need the reader may see, filtered by whether it is published."""
    form = NeedFilterForm(request.GET or None)
    everything = Need.objects.visible_to(request.user)
    needs = everything.select_related("mandate__paragraph__resolution", "published_by")
    state = form.cleaned_data["state"] if form.is_valid() else ""
    if state == "to_publish":
        needs = needs.to_publish()
    elif state == "published":
        needs = needs.published()
    needs = needs.order_by(*_order(request.GET.get("sort", "")))
    if request.GET.get("format") == "csv":
        return _sheet(request, needs)
    page = Paginator(needs, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "mandates/need_list.html",
        {
            "form": form,
            "page_obj": page,
            "of": everything.count(),
            "filter_tags": [
                {
                    "label": form["state"].label,
                    "value": dict(form["state"].field.choices)[state],
                    "url": request.path,
                }
            ]
            if state
            else [],
            "exports": [{"label": _("Export CSV"), "url": f"?{_with(request, format='csv')}"}],
            "crumbs": [{"label": _("Resolutions"), "url": reverse("resolution-list")}],
        },
    )


def _with(request: HttpRequest, **values: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in values.items():
        query[name] = value
    return query.urlencode()


@reading(Permission.WRITE_NEEDS)
def need_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for a new need of a counted mandate."""
    mandates = Mandate.objects.counted().select_related("paragraph__resolution")
    mandate = fetch_to_read(mandates, request.user, pk=pk)
    initial = {"valid_from": mandate.paragraph.resolution.adopted_on}
    form = NeedForm(request.POST or None, instance=Need(mandate=mandate), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            need = write_need(user=request.user, mandate_pk=pk, fields=_fields(form))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Saved. It counts once a manager has published it."))
            return redirect("need-edit", need.pk)
    return _page(request, form, mandate, None)


@reading(Permission.READ_RESOLUTIONS)
def need_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A need; a form for those who may change it."""
    needs = Need.objects.visible_to(request.user).select_related(
        "mandate__paragraph__resolution", "created_by", "published_by"
    )
    need = fetch_to_read(Need.objects, request.user, pk=pk)
    need = needs.get(pk=need.pk)
    if not policy.may(request.user, Permission.WRITE_NEEDS):
        only_reads = request.method in ("GET", "HEAD")
        policy.authorise(
            request.user, Permission.READ_RESOLUTIONS if only_reads else Permission.WRITE_NEEDS
        )
        return _page(request, None, need.mandate, need)
    form = NeedForm(request.POST or None, instance=Need.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            change_need(
                user=request.user,
                need_pk=pk,
                fields=_fields(form),
                revision=form.cleaned_data["revision"] or 0,
            )
        except NeedChangedMeanwhile as stale:
            form.add_error(None, stale)
            form.data = form.data.copy()
            form.data["revision"] = need.revision
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Saved. It counts once a manager has published it."))
            return redirect("need-edit", pk)
    return _page(request, form, need.mandate, need)


@require_POST
@reading(Permission.PUBLISH_NEEDS)
def need_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager's yes to the need as it was read."""
    try:
        revision = int(request.POST.get("revision", ""))
    except ValueError:
        revision = 0
    try:
        publish_need(user=request.user, need_pk=pk, revision=revision)
    except NeedChangedMeanwhile as stale:
        messages.error(request, stale.messages[0])
    else:
        messages.success(request, _("Published. The need counts from now on."))
    return redirect("need-edit", pk)


def _fields(form: NeedForm) -> NeedFields:
    data = form.cleaned_data
    return NeedFields(
        words=data["words"],
        kind=data["kind"],
        every_months=data["every_months"],
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
    )


def _page(
    request: HttpRequest, form: NeedForm | None, mandate: Mandate, need: Need | None
) -> HttpResponse:
    resolution = mandate.paragraph.resolution
    context: dict[str, Any] = {
        "form": form,
        "mandate": mandate,
        "need": need,
        "may_publish": policy.may(request.user, Permission.PUBLISH_NEEDS),
        "crumbs": [
            {"label": resolution.symbol, "url": reverse("resolution", args=[resolution.slug])},
            {"label": _("Needs"), "url": reverse("need-list")},
        ],
    }
    return render(request, "mandates/need_edit.html", context)
