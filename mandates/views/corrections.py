"""Correcting what the reader found of a mandate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from mandates.changes import changes_in_words
from mandates.forms import CorrectionForm, SuccessorForm
from mandates.marking import segments
from mandates.models import Facet, Mandate, MandateSpan
from mandates.services.correcting import ChangedMeanwhile, correct_mandate
from mandates.services.lineage import confirm_successor, successors_of
from mandates.words import numbered


def _mandates() -> QuerySet[Mandate]:
    return Mandate.objects.select_related(
        "paragraph__resolution", "paragraph__parent", "lead_unit"
    ).prefetch_related(
        Prefetch("facets", queryset=Facet.objects.select_related("entity", "theme")),
        "corrections__by",
    )


@reading(Permission.CORRECT_MANDATES)
def mandate_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with the words as chosen; "Look at the words" shows them without saving."""
    mandate = fetch_to_read(_mandates(), request.user, pk=pk)
    spans = list(
        mandate.spans.select_related("paragraph_text__text").order_by("paragraph_text__text_id")
    )
    form = CorrectionForm(request.POST or None, mandate=mandate, spans=spans)
    saving = request.method == "POST" and "look" not in request.POST
    if saving and form.is_valid() and _save(request, form, mandate):
        return redirect(_paragraph_page(mandate))
    if not saving and request.method == "POST":
        form.errors.clear()
    return render(
        request,
        "mandates/mandate_correct.html",
        {
            "mandate": mandate,
            "form": form,
            "texts": [_chosen(form, span) for span in spans],
            "changes": changes_in_words(mandate.corrections.all()),
            "crumbs": _crumbs(mandate),
            "successors": successors_of([mandate.pk])[mandate.pk],
            "may_take_over": policy.may(request.user, Permission.TAKE_OVER),
            "successor_form": SuccessorForm(mandate=mandate),
        },
    )


@require_POST
@reading(Permission.CORRECT_MANDATES)
def mandate_successor(request: HttpRequest, pk: int) -> HttpResponse:
    """A mandate of a later resolution confirmed as what continues this one."""
    mandate = fetch_to_read(_mandates(), request.user, pk=pk)
    form = SuccessorForm(request.POST, mandate=mandate)
    try:
        if not form.is_valid():
            raise ValidationError([one for errors in form.errors.values() for one in errors])
        confirm_successor(
            user=request.user,
            mandate_pk=pk,
            later=form.cleaned_data["later"],
            relation=form.cleaned_data["relation"],
        )
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        messages.success(
            request, _("Confirmed. Links to the earlier mandate wait to be looked at again.")
        )
    return redirect("mandate-correct", pk=pk)


def _save(request: HttpRequest, form: CorrectionForm, mandate: Mandate) -> bool:
    try:
        correct_mandate(
            user=request.user,
            mandate_pk=mandate.pk,
            corrections=form.corrections,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        )
    except ChangedMeanwhile as stale:
        form.add_error(None, stale)
        form.data = form.data.copy()
        form.data["version"] = mandate.updated_at.isoformat()
        return False
    except ValidationError as refused:
        for name, errors in refused.error_dict.items():
            form.add_error(name.replace("span_", "first_"), errors)
        return False
    messages.success(request, _("Saved. A new import will keep what you corrected."))
    return True


def _paragraph_page(mandate: Mandate) -> str:
    paragraph = mandate.paragraph.parent or mandate.paragraph
    return reverse("paragraph", args=[paragraph.resolution.slug, paragraph.number])


def _crumbs(mandate: Mandate) -> list[dict[str, str]]:
    resolution = mandate.paragraph.resolution
    return [
        {"label": _("Resolutions"), "url": reverse("resolution-list")},
        {"label": resolution.symbol, "url": reverse("resolution", args=[resolution.slug])},
        {
            "label": _("Paragraph %(number)s") % {"number": mandate.paragraph.number},
            "url": _paragraph_page(mandate),
        },
    ]


def _chosen(form: CorrectionForm, span: MandateSpan) -> dict[str, Any]:
    """A text with its words numbered, and the clauses as they would stand."""
    text = span.paragraph_text
    place = form.words_of(span)
    others = [
        other
        for other in text.spans.select_related("mandate").exclude(pk=span.pk)
        if not place or other.end <= place[0] or other.start >= place[1]
    ]
    if place:
        others.append(
            MandateSpan(mandate=span.mandate, paragraph_text=text, start=place[0], end=place[1])
        )
    facets = Facet.objects.filter(mandate__paragraph=text.paragraph_id).select_related("entity")
    pk = span.paragraph_text_id
    return {
        "language": text.text.language,
        "segments": segments(text, others, facets),
        "words": numbered(text.words),
        "range": place,
        "first": form[f"first_{pk}"],
        "last": form[f"last_{pk}"],
        "id": pk,
    }
