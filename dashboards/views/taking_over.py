"""What goes on under the mandate of a later resolution: shown, chosen, taken over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assistance.coverage.foresee import Foreseen, foresee
from assistance.coverage.models import Demand
from assistance.coverage.window import Window, today
from assistance.workflow import left_open, reinstate, take_over, why_not_to_reinstate
from dashboards.links import Rows, address
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from mandates.models import Lineage, Mandate, Resolution
from mandates.services.lineage import needs_superseding, successors_of, supersede

Chosen = Mapping[str, set[int]]


class Keys(forms.MultipleChoiceField):
    """Links by their keys; whether they can still be chosen is for the act to say."""

    def valid_value(self, value: str) -> bool:
        """Any number."""
        return value.isascii() and value.isdigit() and len(value) < 19

    def clean(self, value: Any) -> set[int]:
        """The keys."""
        return {int(one) for one in super().clean(value)}


class TakeOverForm(forms.Form):
    """What is ticked."""

    items = Keys(label=gettext_lazy("Items of requests"), required=False)
    activities = Keys(label=gettext_lazy("Activities"), required=False)


@reading(Permission.TAKE_OVER)
def mandate_take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """`/mandates/ID/take-over/`: what of a superseded mandate goes on under its successor.

    `to` names the successor where there are several. Sending `look` shows what the choice does and
    saves nothing, `supersede` says that the later resolution took the place of the earlier one,
    `reinstate` takes that back.
    """
    mandates = Mandate.objects.select_related(
        "paragraph__resolution__superseded_by", "paragraph__parent"
    )
    mandate = fetch_to_read(mandates, request.user, pk=pk)
    successors = successors_of([pk])[pk]
    wanted = request.POST.get("to") or request.GET.get("to")
    lineage = next((one for one in successors if one.later.identifier == wanted), None)
    if lineage is None and len(successors) == 1 and not wanted:
        [lineage] = successors
    context: dict[str, Any] = {
        "mandate": mandate,
        "paragraph": mandate.paragraph,
        "resolution": mandate.paragraph.resolution,
        "successors": successors,
    }
    if lineage is None:
        return render(request, "dashboards/mandate_take_over.html", context)
    lineage.earlier = mandate
    if request.method == "POST" and "supersede" in request.POST:
        return _supersede(request, lineage)
    if request.method == "POST" and "reinstate" in request.POST:
        return _reinstate(request, lineage)
    left = left_open(lineage)
    usual = {field: list(keys) for field, keys in left.usual.items()}
    form = TakeOverForm(request.POST if request.method == "POST" else usual)
    chosen: Chosen = form.cleaned_data if form.is_valid() else {}
    foreseen: list[Foreseen] = []
    try:
        if request.method == "POST" and "look" not in request.POST:
            return _take_over(request, lineage, chosen)
        if request.method == "POST":
            foreseen = foresee(
                lineage.later,
                user=request.user,
                act=lambda: take_over(
                    user=request.user, mandate=mandate, later=lineage.later, **chosen
                ),
            )
    except ValidationError as refused:
        form.add_error(None, refused.messages)
    resolution = lineage.later.paragraph.resolution
    if foreseen:
        context["rows"] = Rows(resolution, Window.of(resolution))
    context |= {
        "lineage": lineage,
        "left": left,
        "form": form,
        "ticked_items": chosen.get("items", set()),
        "ticked_activities": chosen.get("activities", set()),
        "foreseen": foreseen,
    }
    if left.refusal and needs_superseding(mandate.paragraph.resolution, resolution):
        context["ending"] = _open_demands(mandate.paragraph.resolution)
    if mandate.paragraph.resolution.superseded_by == resolution:
        context["kept_superseded"] = why_not_to_reinstate(mandate.paragraph.resolution)
    return render(request, "dashboards/mandate_take_over.html", context)


def _take_over(request: HttpRequest, lineage: Lineage, chosen: Chosen) -> HttpResponse:
    """Take the chosen over, and show what is left."""
    taken = take_over(user=request.user, mandate=lineage.earlier, later=lineage.later, **chosen)
    number = len(taken.items) + len(taken.activities)
    if number:
        words = ngettext(
            "%(number)d link added to %(later)s. The old one stays.",
            "%(number)d links added to %(later)s. The old ones stay.",
            number,
        )
        messages.success(request, words % {"number": number, "later": lineage.later})
    else:
        messages.success(request, _("All of it was taken over before."))
    return _back(lineage)


def _supersede(request: HttpRequest, lineage: Lineage) -> HttpResponse:
    earlier, later = lineage.earlier.paragraph.resolution, lineage.later.paragraph.resolution
    try:
        supersede(user=request.user, resolution=earlier, by=later)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        words = _("%(earlier)s is superseded by %(later)s.")
        messages.success(request, words % {"earlier": earlier, "later": later})
    return _back(lineage)


def _reinstate(request: HttpRequest, lineage: Lineage) -> HttpResponse:
    resolution = lineage.earlier.paragraph.resolution
    try:
        reinstate(user=request.user, resolution=resolution)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        words = _("The marking was taken back: %(earlier)s stands as before.")
        messages.success(request, words % {"earlier": resolution})
    return _back(lineage)


def _back(lineage: Lineage) -> HttpResponse:
    return redirect(address("mandate-take-over", lineage.earlier_id, to=lineage.later.identifier))


def _open_demands(resolution: Resolution) -> int:
    """How many demands end with a resolution."""
    return Demand.objects.filter(resolution=resolution).open_on(today()).count()
