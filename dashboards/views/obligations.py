"""Reporting obligations: late, due, upcoming, submitted; and marking one as submitted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.window import today
from dashboards.exports import Sheet, address_of, exported, exports_of
from dashboards.forms import without
from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from directory.widgets import DayInput
from mandates.models import Correction, Mandate
from mandates.reports import ReportState, reporting_obligations
from mandates.services.correcting import ChangedMeanwhile
from mandates.services.reporting import SUBMITTED_ON, mark_report_submitted

PAGE = 25


class StateForm(forms.Form):
    """Which obligations the list shows."""

    state = forms.ChoiceField(
        label=gettext_lazy("How it stands"),
        required=False,
        choices=[("", gettext_lazy("All")), *ReportState.choices],
    )


class SubmittedForm(forms.Form):
    """The day and the document of a report."""

    submitted_on = forms.DateField(label=gettext_lazy("Submitted on"), widget=DayInput())
    symbol = forms.CharField(
        label=gettext_lazy("Symbol of the document"),
        help_text=gettext_lazy("Such as A/75/125."),
        max_length=60,
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)


@reading(Permission.READ_RESOLUTIONS)
def obligation_list(request: HttpRequest) -> HttpResponse:
    """Mandates that ask for a report, what is due first; as a file with `format`."""
    every = reporting_obligations(Mandate.objects.visible_to(request.user), today())
    rows = every.select_related("paragraph__resolution")
    form = StateForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    if state:
        rows = rows.filter(report_state=state)
    if file := exported(request, lambda: _sheet(request, rows), public=True):
        return file
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    marked = {
        one.mandate_id: one
        for one in Correction.objects.filter(
            field=SUBMITTED_ON, mandate__in=[row.pk for row in page.object_list]
        )
        .select_related("by")
        .order_by("at", "pk")
    }
    return render(
        request,
        "dashboards/obligation_list.html",
        {
            "form": form,
            "page_obj": page,
            "rows": [(row, ReportState(row.report_state), marked.get(row.pk)) for row in page],
            "of": every.count(),
            "may_mark": policy.may(request.user, Permission.MARK_REPORTS),
            "filter_tags": [
                {
                    "label": _("How it stands"),
                    "value": str(ReportState(state).label),
                    "url": without(request.GET, request.path, "state"),
                }
            ]
            if state
            else [],
            "exports": exports_of(request, public=True),
            "crumbs": [{"label": _("Resolutions"), "url": reverse("resolution-list")}],
        },
    )


def _sheet(request: HttpRequest, rows: Any) -> Sheet:
    return Sheet(
        "reporting-obligations",
        about=[address_of(request)],
        head=[
            _("Mandate"),
            _("Session"),
            _("Due on"),
            _("State"),
            _("Submitted on"),
            _("Document"),
        ],
        rows=[
            [
                row.identifier,
                row.report_session,
                row.report_due_on,
                ReportState(row.report_state).label,
                row.report_submitted_on,
                row.report_symbol,
            ]
            for row in rows
        ],
    )


@reading(Permission.MARK_REPORTS)
def report_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a report was submitted, on which day and as which document."""
    obligations = reporting_obligations(Mandate.objects.all(), today())
    mandate = fetch_to_read(
        obligations.select_related("paragraph__resolution"), request.user, pk=pk
    )
    form = SubmittedForm(
        request.POST or None,
        initial={
            "submitted_on": mandate.report_submitted_on or today(),
            "symbol": mandate.report_symbol,
            "version": mandate.updated_at.isoformat(),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            mark_report_submitted(user=request.user, mandate_pk=pk, **form.cleaned_data)
        except ChangedMeanwhile as stale:
            form.add_error(None, stale)
            form.data = form.data.copy()
            form.data["version"] = mandate.updated_at.isoformat()
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The report is marked as submitted."))
            return redirect("obligation-list")
    return render(
        request,
        "dashboards/report_submit.html",
        {
            "form": form,
            "mandate": mandate,
            "crumbs": [
                {"label": _("Resolutions"), "url": reverse("resolution-list")},
                {"label": _("Reports due"), "url": reverse("obligation-list")},
            ],
        },
    )
