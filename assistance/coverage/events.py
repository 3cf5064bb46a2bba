"""Because of which event: what brought a demand on between two days of the record."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assistance.coverage.acts import Act, ActKind, Words
from assistance.coverage.models import Demand, DemandKind, EndedBy
from assistance.models import Activity, Delivery, Evidence

_OPENED: Mapping[str, tuple[ActKind, Words]] = {
    DemandKind.ITEM: (ActKind.REQUEST, _("Request received")),
    DemandKind.NEED: (ActKind.NEED, _("First day of the need")),
    DemandKind.ROUND: (ActKind.ROUND, _("A round opened")),
    DemandKind.IMPLIED: (ActKind.NEED, _("Resolution adopted")),
}


def dated(demands: Iterable[Demand], *, after: dt.date, until: dt.date) -> dict[str, list[Act]]:
    """The dated events of each demand after one day and up to another, the latest first."""
    rows = list(demands)
    activities = {
        activity.pk: activity
        for activity in Activity.objects.filter(
            pk__in={pk for row in rows for pk in row.activity_ids}
        ).annotate(approved_on=Min("approvals__on"))
    }
    deliveries = {
        delivery.pk: delivery
        for delivery in Delivery.objects.filter(
            pk__in={pk for row in rows for pk in row.delivery_ids}
        )
    }
    verified: defaultdict[int, list[Evidence]] = defaultdict(list)
    for piece in Evidence.objects.filter(
        delivery__in=deliveries, verified_at__isnull=False
    ).select_related("verified_by"):
        verified[piece.delivery_id].append(piece)
    found = {}
    for row in rows:
        acts = [
            *_of_days(row),
            *_of_activities(row, activities),
            *_of_deliveries(row, deliveries, verified),
        ]
        within = {act for act in acts if after < act.on <= until}
        found[row.key] = sorted(within, key=lambda act: (act.on, act.kind), reverse=True)
    return found


def _of_days(row: Demand) -> Iterator[Act]:
    path = reverse("request", args=[row.item.request_id]) if row.item else ""
    if row.need_id:
        path = reverse("need-edit", args=[row.need_id])
    kind, words = _OPENED[row.kind]
    yield Act(kind, row.opened_on, words, path=path)
    if row.ended_on:
        yield Act(ActKind.END, row.ended_on, EndedBy(row.ended_by).label, path=path)


def _of_activities(row: Demand, activities: Mapping[int, Any]) -> Iterator[Act]:
    """The approval and the start that made it planned and under way."""
    for pk in row.activity_ids:
        activity = activities[pk]
        path = reverse("activity", args=[pk])
        if row.planned_on and activity.approved_on == row.planned_on:
            yield Act(ActKind.APPROVAL, row.planned_on, _("Activity approved"), path=path)
        if row.started_on and activity.actual_start == row.started_on:
            yield Act(ActKind.START, row.started_on, _("Activity started"), path=path)


def _of_deliveries(
    row: Demand, deliveries: Mapping[int, Delivery], verified: Mapping[int, list[Evidence]]
) -> Iterator[Act]:
    """Each delivery that counts, and who verified its evidence."""
    for pk in row.delivery_ids:
        on, path = deliveries[pk].on, reverse("delivery", args=[pk])
        yield Act(ActKind.DELIVERY, on, _("Delivered"), path=path)
        for piece in verified.get(pk, ()):
            yield Act(
                ActKind.VERIFICATION,
                on,
                _("Delivered with verified evidence"),
                str(piece.verified_by),
                path,
            )
