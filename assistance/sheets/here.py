"""What is recorded of the things that some rows name, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Delivery,
    RequestItem,
    SheetKind,
    SheetRow,
)
from assistance.services.in_bulk import Parts
from assistance.services.plan import locked_many
from assistance.sheets.keys import activities_by_key, deliveries_by_key
from assistance.sheets.recorded import item_name, with_sheet_parts
from directory.models import User

ALSO_READ = (
    "approvals",
    "item_links__item__request__states",
    "mandate_links__decided_by",
    "item_links__decided_by",
    "deliveries__approvals",
    "deliveries__items__request__states",
)
"""What acts on an activity look at beside the cells of its rows."""


class Here:
    """The recorded activities, deliveries and items of a page of rows, by their keys."""

    def __init__(self, rows: Sequence[SheetRow], user: User, *, to_write: bool = False) -> None:
        self._indexes: dict[str, dict[Any, Delivery]] = {}
        self.taken: dict[int, int] = {}
        """Which row is of a recorded delivery: another may mean the same by its day."""
        numbers = activities_by_key(row.group for row in rows)
        wanted = Activity.objects.filter(pk__in=set(numbers.values()))
        if to_write:
            list(locked_many(numbers.values()).values_list("pk"))
        found = with_sheet_parts(wanted).prefetch_related(*ALSO_READ)
        by_number = {activity.pk: activity for activity in found}
        self.activities = {
            key: Parts.of(by_number[pk]) for key, pk in numbers.items() if pk in by_number
        }
        self.deliveries = deliveries_by_key(
            row.values["key"] for row in rows if row.values.get("key")
        )
        self.items = _items({row.values["item"] for row in rows if row.values.get("item")}, user)
        self._others = self._changed_by_others(rows, user)

    def delivery_of(self, row: SheetRow) -> Delivery | None:
        """The recorded delivery that a row is of: by its key, else by State, day and kind."""
        values, index = row.values, self._index_of(row.group)
        if key := values.get("key"):
            return index.get(self.deliveries.get(key))
        kind = values.get("kind") or self.activities[row.group].activity.kind
        return index.get((values.get("country") or "", values["on"], kind))

    def _index_of(self, group: str) -> dict[Any, Delivery]:
        """The deliveries of an activity by number, and by State, day and kind."""
        if group not in self._indexes:
            index: dict[Any, Delivery] = {}
            for one in self.activities[group].deliveries:
                iso = one.country.iso if one.country else ""
                index[one.pk] = index[iso, one.on.isoformat(), one.kind] = one
            self._indexes[group] = index
        return self._indexes[group]

    def link_of(self, row: SheetRow) -> ActivityMandate | ActivityItem | None:
        """The recorded link that a row is of, be it rejected."""
        parts = self.activities[row.group]
        if identifier := row.values.get("mandate"):
            links = (one for one in parts.mandates.values() if one.mandate.identifier == identifier)
            return next(links, None)
        name = row.values.get("item")
        answers = (
            one
            for one in parts.items.values()
            if item_name(one.item.request.ref, one.item.n) == name
        )
        return next(answers, None)

    def changed_since(self, row: SheetRow, thing: Activity | Delivery) -> Any:
        """The last change by somebody else since the sheet was exported, or nothing."""
        return self._others.get((row.sheet, thing.pk, row.values.get("revision")))

    def _changed_by_others(
        self, rows: Sequence[SheetRow], user: User
    ) -> dict[tuple[str, int, int], Any]:
        old: dict[str, set[tuple[int, int]]] = {
            SheetKind.ACTIVITIES: set(),
            SheetKind.DELIVERIES: set(),
        }
        for row in rows:
            revision = row.values.get("revision")
            parts = self.activities.get(row.group)
            if revision is None or parts is None or row.sheet not in old:
                continue
            thing: Activity | Delivery | None = parts.activity
            if row.sheet == SheetKind.DELIVERIES:
                thing = self.delivery_of(row)
            if thing is not None and thing.revision > revision:
                old[row.sheet].add((thing.pk, revision))
        found: dict[tuple[str, int, int], Any] = {}
        for sheet, model in ((SheetKind.ACTIVITIES, Activity), (SheetKind.DELIVERIES, Delivery)):
            for number, revision, event in _events(model, old[sheet], user):
                found[sheet, number, revision] = event
        return found


def _events(model: Any, old: set[tuple[int, int]], user: User) -> Iterable[tuple[int, int, Any]]:
    """Changes made by others after a revision, later ones last."""
    if not old:
        return
    events = (
        model.history.rel.related_model.objects.filter(pgh_obj_id__in={pk for pk, _ in old})
        .exclude(changed_by=user)
        .select_related("changed_by")
        .order_by("pgh_id")
    )
    for event in events:
        for number, revision in old:
            if event.pgh_obj_id == number and event.revision > revision:
                yield number, revision, event


def _items(names: set[str], user: User) -> dict[str, RequestItem]:
    if not names:
        return {}
    wanted = Q()
    for name in names:
        ref, _, number = name.rpartition("/")
        wanted |= Q(request__ref=ref, n=int(number))
    items = RequestItem.objects.visible_to(user).filter(wanted).select_related("request")
    items = items.prefetch_related("request__states")
    return {item_name(item.request.ref, item.n): item for item in items}
