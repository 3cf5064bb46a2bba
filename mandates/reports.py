"""Reporting obligations: which mandates ask for a report, and how each stands on a day."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from mandates.models import Mandate
from mandates.querysets import MandateQuerySet

SOON = dt.timedelta(days=90)


class ReportState(models.TextChoices):
    """How a reporting obligation stands, what needs attention first."""

    LATE = "late", _("Late")
    DUE = "due", _("Due within 90 days")
    UPCOMING = "upcoming", _("Later")
    UNDATED = "undated", _("No due date")
    SUBMITTED = "submitted", _("Submitted")
    SUBMITTED_LATE = "submitted_late", _("Submitted late")


def _conditions(day: dt.date) -> dict[ReportState, Q]:
    waiting = Q(report_submitted_on=None)
    return {
        ReportState.LATE: waiting & Q(report_due_on__lt=day),
        ReportState.DUE: waiting & Q(report_due_on__lte=day + SOON),
        ReportState.UPCOMING: waiting & Q(report_due_on__gt=day + SOON),
        ReportState.SUBMITTED_LATE: Q(report_submitted_on__gt=F("report_due_on")),
        ReportState.SUBMITTED: Q(report_submitted_on__isnull=False),
    }


ASKS_FOR_A_REPORT = Q(report_session__isnull=False) | Q(report_due_on__isnull=False)


def report_state_on(day: dt.date) -> Case:
    """How the report that a mandate asks for stands on a day; None where it asks for none."""
    return Case(
        When(~ASKS_FOR_A_REPORT, then=Value(None)),
        *(When(condition, then=Value(one.value)) for one, condition in _conditions(day).items()),
        default=Value(ReportState.UNDATED.value),
        output_field=models.CharField(),
    )


def reporting_obligations(rows: MandateQuerySet, day: dt.date) -> MandateQuerySet:
    """The mandates that ask for a report, each with its `report_state` on a day, due first."""
    asked = rows.filter(ASKS_FOR_A_REPORT)
    return asked.annotate(report_state=report_state_on(day)).order_by(
        F("report_due_on").asc(nulls_last=True), "identifier"
    )


def late_or_due(day: dt.date) -> MandateQuerySet:
    """Those not submitted whose day has passed or comes within `SOON`."""
    return reporting_obligations(Mandate.objects.all(), day).filter(
        report_state__in=[ReportState.LATE, ReportState.DUE]
    )
