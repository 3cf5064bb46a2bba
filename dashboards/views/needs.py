"""Needs: the list, the form, publishing."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistance.coverage.foresee import foresee_ending, foresee_need, foresee_publishing
from assistance.coverage.window import Window
from dashboards.exports import Sheet, address_of, exported, exports_of
from dashboards.links import Rows
from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.models import User
from directory.policy import Permission
from mandates.forms import EndForm, NeedFilterForm, NeedForm, PublishForm
from mandates.models import Mandate, Need
from mandates.proposals import filled_from, proposals_of
from mandates.services.needs import (
    NeedChangedMeanwhile,
    NeedFields,
    change_need,
    end_need,
    publish_need,
    remove_need,
    was_published,
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
IN_THE_FILE = ("words", "kind", "every_months", "valid_from", "valid_to")
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


def _sheet(request: HttpRequest, needs: QuerySet[Need]) -> Sheet:
    return Sheet(
        "needs",
        about=[address_of(request)],
        head=[
            _("Mandate"),
            *(capfirst(Need._meta.get_field(name).verbose_name) for name in IN_THE_FILE),
            _("Published"),
        ],
        rows=[
            [
                need.mandate.identifier,
                need.words,
                need.get_kind_display(),
                need.every_months,
                need.valid_from,
                need.valid_to,
                need.published_at,
            ]
            for need in needs
        ],
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
    if file := exported(request, lambda: _sheet(request, needs), public=True):
        return file
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
            "exports": exports_of(request, public=True),
            "crumbs": [{"label": _("Resolutions"), "url": reverse("resolution-list")}],
        },
    )


@reading(Permission.WRITE_NEEDS)
def need_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for a new need of a counted mandate, with what its words propose.

    `?proposal=es:0` fills the form from a proposal; the button "See what it does" shows what the
    need would do to the figures once it is published, and saves nothing.
    """
    mandates = Mandate.objects.counted().select_related("paragraph__resolution")
    mandate = fetch_to_read(mandates, request.user, pk=pk)
    found = proposals_of(mandate)
    initial = {
        "valid_from": mandate.paragraph.resolution.adopted_on,
        **filled_from(found, request.GET.get("proposal", "")),
    }
    form = NeedForm(request.POST or None, instance=Need(mandate=mandate), initial=initial)
    context: dict[str, Any] = {"proposals": found}
    if request.method == "POST" and form.is_valid():
        fields = _fields(form)
        try:
            if "foresee" in request.POST:
                need = Need(mandate=mandate)
                context["foreseen"] = foresee_need(need, fields, user=cast(User, request.user))
            else:
                need = write_need(user=request.user, mandate_pk=pk, fields=fields)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            if "foresee" not in request.POST:
                messages.success(request, _("Saved. It counts once a manager has published it."))
                return redirect("need-edit", need.pk)
    return _page(request, form, mandate, None, **context)


@reading(Permission.READ_RESOLUTIONS)
def need_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A need; a form for those who may change it, and for managers what publishing or ending does.

    `?in_place_of=` and `?last_day=` choose what is foreseen; nothing is saved by looking.
    """
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
    context: dict[str, Any] = {"may_remove": not was_published(need)}
    if policy.may(request.user, Permission.PUBLISH_NEEDS):
        context |= _managed(request, need)
    if request.method == "POST" and form.is_valid():
        fields = _fields(form)
        try:
            if "foresee" in request.POST:
                context["foreseen"] = foresee_need(need, fields, user=cast(User, request.user))
            else:
                change_need(
                    user=request.user,
                    need_pk=pk,
                    fields=fields,
                    revision=form.cleaned_data["revision"] or 0,
                )
        except NeedChangedMeanwhile as stale:
            form.add_error(None, stale)
            form.data = form.data.copy()
            form.data["revision"] = need.revision
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            if "foresee" not in request.POST:
                messages.success(request, _("Saved. It counts once a manager has published it."))
                return redirect("need-edit", pk)
    return _page(request, form, need.mandate, need, **context)


def _managed(request: HttpRequest, need: Need) -> dict[str, Any]:
    """The forms for publishing or ending, each with what it would do."""
    if need.published_at:
        return _ending(request, need)
    publish = PublishForm(need, request.GET or None)
    chosen = publish.cleaned_data["in_place_of"] if publish.is_valid() else None
    context: dict[str, Any] = {"publish_form": publish, "in_place_of": chosen}
    try:
        context["when_published"] = foresee_publishing(
            need, user=cast(User, request.user), in_place_of=chosen.pk if chosen else None
        )
    except ValidationError as refused:
        publish.add_error(None, refused)
    return context


def _ending(request: HttpRequest, need: Need) -> dict[str, Any]:
    ending = EndForm(request.GET if "last_day" in request.GET else None)
    context: dict[str, Any] = {"end_form": ending}
    if ending.is_valid():
        last_day = ending.cleaned_data["last_day"]
        try:
            context["when_ended"] = foresee_ending(
                need, user=cast(User, request.user), last_day=last_day
            )
            context["last_day"] = last_day
        except ValidationError as refused:
            ending.add_error(None, refused)
    return context


@require_POST
@reading(Permission.WRITE_NEEDS)
def need_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes away a need that was never published."""
    try:
        remove_need(user=request.user, need_pk=pk, revision=_number(request, "revision") or 0)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return redirect("need-edit", pk)
    messages.success(request, _("The need is removed; its history stays."))
    return redirect("need-list")


@require_POST
@reading(Permission.PUBLISH_NEEDS)
def need_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager's yes to the need as it was read, in place of another if one is named."""
    try:
        publish_need(
            user=request.user,
            need_pk=pk,
            revision=_number(request, "revision") or 0,
            in_place_of=_number(request, "in_place_of"),
        )
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, _("Published. The need counts from now on."))
    return redirect("need-edit", pk)


@require_POST
@reading(Permission.PUBLISH_NEEDS)
def need_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a published need."""
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the last day."))
        return redirect("need-edit", pk)
    try:
        end_need(
            user=request.user,
            need_pk=pk,
            last_day=form.cleaned_data["last_day"],
            revision=_number(request, "revision") or 0,
        )
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, _("The need ends after its last day."))
    return redirect("need-edit", pk)


def _number(request: HttpRequest, name: str) -> int | None:
    try:
        return int(request.POST.get(name, ""))
    except ValueError:
        return None


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
    request: HttpRequest,
    form: NeedForm | None,
    mandate: Mandate,
    need: Need | None,
    **more: Any,
) -> HttpResponse:
    resolution = mandate.paragraph.resolution
    context: dict[str, Any] = {
        "form": form,
        "mandate": mandate,
        "need": need,
        "rows": Rows(resolution, Window.of(resolution)),
        "crumbs": [
            {"label": resolution.symbol, "url": reverse("resolution", args=[resolution.slug])},
            {"label": _("Needs"), "url": reverse("need-list")},
        ],
        **more,
    }
    return render(request, "mandates/need_edit.html", context)
