"""What States asked for, as the cells of the sheet of requests would hold it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from assistance.models import AssistanceRequest, RequestItem, SheetKey

TEXTS = ("title", "origin", "beneficiaries", "reason", "urgency")
DAYS = ("received_on", "needed_by")


def items_for_sheet(requests: QuerySet[AssistanceRequest]) -> QuerySet[RequestItem]:
    """The items of sent requests of States, with all that their rows tell."""
    items = RequestItem.objects.filter(
        request__in=requests.filter(ref__isnull=False, organisation__country__isnull=False)
    )
    return (
        items.select_related("request__organisation__country", "request__sheet_key")
        .prefetch_related("themes")
        .order_by("request__ref", "n")
    )


def values_of_item(item: RequestItem) -> dict[str, Any]:
    """The cells of an item, by column."""
    asked = item.request
    return {
        "asker": asked.organisation.country.iso if asked.organisation.country else "",
        **{name: getattr(asked, name) for name in TEXTS},
        **{name: _iso(getattr(asked, name)) for name in DAYS},
        "words": item.words,
        "help_kinds": sorted(item.help_kinds),
        "themes": sorted(theme.code for theme in item.themes.all()),
    }


def row_of_item(item: RequestItem) -> dict[str, Any]:
    """All cells of its row."""
    try:
        key = item.request.sheet_key.key
    except SheetKey.DoesNotExist:
        key = str(item.request.ref)
    return {"request": key, "number": item.n, **values_of_item(item)}


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
