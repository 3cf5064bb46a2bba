"""Marking a report as submitted: the day, the document, and by whom it was marked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.access import fetch_to_write
from directory.policy import Permission
from mandates.models import Correction, Mandate
from mandates.reports import reporting_obligations
from mandates.services.correcting import ChangedMeanwhile

if TYPE_CHECKING:
    from directory.models import User

SUBMITTED_ON = "report_submitted_on"


@transaction.atomic
def mark_report_submitted(
    *, user: User, mandate_pk: int, submitted_on: dt.date, symbol: str, version: str = ""
) -> Mandate:
    """The report is submitted; who marked it, and what stood there, is kept as a correction.

    Marked again with the same day and document it changes nothing. `version` is the mandate's
    `updated_at` as it was read; an older one is refused (`ChangedMeanwhile`).
    """
    mandate = fetch_to_write(Mandate.objects, user, Permission.MARK_REPORTS, pk=mandate_pk)
    if version and version != mandate.updated_at.isoformat():
        raise ChangedMeanwhile
    _check(mandate, submitted_on, symbol.strip())
    changed = False
    for name, value in ((SUBMITTED_ON, submitted_on), ("report_symbol", symbol.strip())):
        before = getattr(mandate, name)
        if before == value:
            continue
        setattr(mandate, name, value)
        Correction.objects.create(
            mandate=mandate,
            field=name,
            before=str(before or ""),
            after=str(value),
            reason=_("The report was submitted."),
            by=user,
        )
        changed = True
    if changed:
        mandate.save()
    return mandate


def _check(mandate: Mandate, submitted_on: dt.date, symbol: str) -> None:
    today = timezone.now().date()
    same = Mandate.objects.filter(pk=mandate.pk)
    if not reporting_obligations(same, today).exists():
        raise ValidationError(_("This mandate asks for no report."))
    if not symbol:
        raise ValidationError({"symbol": _("Enter the symbol of the document, such as A/75/125.")})
    if submitted_on > today:
        raise ValidationError({"submitted_on": _("Enter a day up to today.")})
    if submitted_on < mandate.paragraph.resolution.adopted_on:
        raise ValidationError({"submitted_on": _("The day must not be before the adoption.")})
