"""The values a new activity begins with: from the last one, an item, a mandate, or a copy."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from assistance.models import Activity, ActivityStatus, RequestItem
from mandates.models import Mandate


def first_values(query: QueryDict, user: Any) -> dict[str, Any]:
    """Unit, project and kind as in the person's last activity, and what the address names.

    `?item=` an item to answer, `?mandate=` a mandate by its identifier, `?copy=` an earlier
    activity, `?state=` a State by ISO code, `?status=` of IATI, so that a plan begins as one;
    `?after=` the one just logged, whose States stay.
    """
    values: dict[str, Any] = {
        "status": _chosen(query.get("status", "")),
        "countries": [query["state"]] if "state" in query else [],
        "items": [],
        "mandates": [],
        "visibility": "internal",
    }
    mine = Activity.objects.filter(created_by=user).order_by("-created_at", "-pk")
    if last := mine.first():
        values |= {"unit": last.unit_id, "project_code": last.project_code, "kind": last.kind}
    if (after := _number(query, "after")) and (logged := mine.filter(pk=after).first()):
        values["countries"] = [one.iso for one in logged.countries.all()]
    if copied := _number(query, "copy"):
        values |= _copy(copied, user)
    if wanted := _number(query, "item"):
        item = RequestItem.objects.visible_to(user).filter(pk=wanted).first()
        if item:
            values["items"] = [str(item.pk)]
            values["countries"] = [one.iso for one in item.request.states.all()]
    if mandate := Mandate.objects.filter(identifier=query.get("mandate", "")).first():
        values["mandates"] = [*values["mandates"], str(mandate.pk)]
    return values


def _chosen(status: str) -> str:
    return status if status in ActivityStatus.values else ActivityStatus.CLOSED.value


def _number(query: QueryDict, name: str) -> int:
    given = query.get(name, "")
    return int(given) if given.isascii() and given.isdigit() else 0


def _copy(pk: int, user: Any) -> dict[str, Any]:
    """The plan and the links of an earlier activity, without dates and deliveries."""
    earlier = Activity.objects.visible_to(user).filter(pk=pk).first()
    if earlier is None:
        return {}
    links = earlier.mandate_links.exclude(state="rejected")
    return {
        "title": earlier.title,
        "kind": earlier.kind,
        "unit": earlier.unit_id,
        "project_code": earlier.project_code,
        "description": earlier.description,
        "place": earlier.place,
        "countries": [one.iso for one in earlier.countries.all()],
        "partners": [one.code for one in earlier.partners.all()],
        "cost": earlier.cost,
        "currency": earlier.currency,
        "mandates": [str(pk) for pk in links.values_list("mandate_id", flat=True)],
        **{f"weight-{link.mandate_id}": link.weight for link in links},
    }
