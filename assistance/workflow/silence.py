"""What happens when a State says nothing of what it received: reminders, then an end apart."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from assistance.models import AssistanceRequest, OutcomeBasis, RequestEvent, RequestItem
from assistance.workflow.outcomes import SILENCE, end_item
from assistance.workflow.steps import finish, today_utc
from assistance.workflow.transitions import FULFIL_SILENT_ITEM, REMIND_ITEM

if TYPE_CHECKING:
    from django.db.models import QuerySet

REMIND_AFTER = (dt.timedelta(days=30), dt.timedelta(days=53))
NOTICE = dt.timedelta(days=7)
"""How long before its end a State is reminded at least, also when no task ran for weeks."""


def remind_or_close_silent_items() -> tuple[int, int]:
    """Remind of each item that stayed without a reply, or close it; gives how many of each.

    Each item in a transaction of its own; safe to repeat on the same day.
    """
    long_enough = RequestItem.objects.silent().filter(
        silent_since__lte=today_utc() - REMIND_AFTER[0]
    )
    done = [_remind_or_close(pk, asked) for pk, asked in long_enough.values_list("pk", "request")]
    return done.count(REMIND_ITEM.name), done.count(FULFIL_SILENT_ITEM.name)


@transaction.atomic
def _remind_or_close(pk: int, request_pk: int) -> str:
    """What was done with an item, its request locked: the name of the step, or nothing."""
    AssistanceRequest.objects.select_for_update().get(pk=request_pk)
    item = (
        RequestItem.objects.silent()
        .select_related("request__organisation__country", "request__assigned_to")
        .filter(pk=pk)
        .first()
    )
    if item is None:  # a reply, a delivery or an outcome came meanwhile
        return ""
    silent_since: dt.date = item.silent_since
    silent_for = today_utc() - silent_since
    reminders = _reminders(item, silent_since)
    if silent_for >= SILENCE and reminders.filter(at__date__lte=today_utc() - NOTICE).exists():
        end_item(item, user=None, step=FULFIL_SILENT_ITEM, basis=OutcomeBasis.SILENCE)
        return FULFIL_SILENT_ITEM.name
    if reminders.count() < sum(silent_for >= days for days in REMIND_AFTER):
        finish(item.request, user=None, step=REMIND_ITEM, item=item)
        return REMIND_ITEM.name
    return ""


def _reminders(item: RequestItem, since: dt.date) -> QuerySet[RequestEvent]:
    """Those sent since the last delivery was approved."""
    reminders: QuerySet[RequestEvent] = item.events.filter(
        transition=REMIND_ITEM.name, at__date__gte=since
    )
    return reminders
