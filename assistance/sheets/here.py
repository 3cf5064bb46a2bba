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
    LinkState,
    RequestItem,
    SheetKind,
    SheetRow,
)
from assistance.sheets.keys import activities_by_key, deliveries_by_key
from assistance.sheets.recorded import item_name, with_sheet_parts
from directory.models import User


class Here:
    """The recorded activities, deliveries and items of a page of rows, by their keys."""

    def __init__(self, rows: Sequence[SheetRow], user: User) -> None:
        self._indexes: dict[int, dict[Any, Delivery]] = {}
        numbers = activities_by_key(row.group for row in rows)
        found = with_sheet_parts(Activity.objects.filter(pk__in=set(numbers.values())))
        by_number = {activity.pk: activity for activity in found}
        self.activities = {key: by_number[pk] for key, pk in numbers.items() if pk in by_number}
        self.deliveries = deliveries_by_key(
            row.values["key"] for row in rows if row.values.get("key")
        )
        self.items = _items({row.values["item"] for row in rows if row.values.get("item")}, user)
        self._others = self._changed_by_others(rows, user)

    def delivery_of(self, row: SheetRow, activity: Activity) -> Delivery | None:
        """The recorded delivery that a row is of: by its key, else by State, day and kind."""
        values, index = row.values, self._index_of(activity)
        if key := values.get("key"):
            return index.get(self.deliveries.get(key))
        kind = values.get("kind") or activity.kind
        return index.get((values.get("country") or "", values["on"], kind))

    def _index_of(self, activity: Activity) -> dict[Any, Delivery]:
        """The deliveries of an activity by number, and by State, day and kind."""
        if activity.pk not in self._indexes:
            index: dict[Any, Delivery] = {}
            for one in activity.deliveries.all():
                iso = one.country.iso if one.country else ""
                index[one.pk] = index[iso, one.on.isoformat(), one.kind] = one
            self._indexes[activity.pk] = index
        return self._indexes[activity.pk]

    @staticmethod
    def link_of(row: SheetRow, activity: Activity) -> ActivityMandate | ActivityItem | None:
        """The recorded link that a row is of, be it rejected."""
        links: list[Any] = []
        if identifier := row.values.get("mandate"):
            links = [
                one for one in activity.mandate_links.all() if one.mandate.identifier == identifier
            ]
        elif name := row.values.get("item"):
            links = [
                one
                for one in activity.item_links.all()
                if item_name(one.item.request.ref, one.item.n) == name
            ]
        return links[0] if links else None

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
            activity = self.activities.get(row.group)
            if revision is None or activity is None or row.sheet not in old:
                continue
            thing: Activity | Delivery | None = activity
            if row.sheet == SheetKind.DELIVERIES:
                thing = self.delivery_of(row, activity)
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
    return {item_name(item.request.ref, item.n): item for item in items}


def is_rejected(link: ActivityMandate | ActivityItem) -> bool:
    """Whether somebody said that the link is wrong."""
    return link.state == LinkState.REJECTED
