"""How activities and deliveries are named in sheets: by the office's key, else by their number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistance.models import Activity, Delivery, SheetKey

OF_ACTIVITY = re.compile(r"A-(\d{1,18})")
OF_DELIVERY = re.compile(r"D-(\d{1,18})")


def key_of(thing: Activity | Delivery) -> str:
    """The key of a thing read with `sheet_key`."""
    try:
        return thing.sheet_key.key
    except SheetKey.DoesNotExist:
        letter = "A" if isinstance(thing, Activity) else "D"
        return f"{letter}-{thing.pk}"


def activities_by_key(keys: Iterable[str]) -> dict[str, int]:
    """The number of each activity that is recorded, by the key a sheet gives it."""
    wanted = set(keys)
    return {
        **_by_number(wanted, OF_ACTIVITY, Activity),
        **dict(
            SheetKey.objects.filter(key__in=wanted, activity__isnull=False).values_list(
                "key", "activity"
            )
        ),
    }


def deliveries_by_key(keys: Iterable[str]) -> dict[str, int]:
    """The number of each delivery that is recorded, by the key a sheet gives it."""
    wanted = set(keys)
    return {
        **_by_number(wanted, OF_DELIVERY, Delivery),
        **dict(
            SheetKey.objects.filter(key__in=wanted, delivery__isnull=False).values_list(
                "key", "delivery"
            )
        ),
    }


def _by_number(
    keys: set[str], form: re.Pattern[str], model: type[Activity] | type[Delivery]
) -> dict[str, int]:
    numbers = {key: int(found[1]) for key in keys if (found := form.fullmatch(key))}
    there = set(
        model.objects.filter(pk__in=set(numbers.values())).values_list("pk", flat=True)  # type: ignore[attr-defined]
    )
    return {key: pk for key, pk in numbers.items() if pk in there}
