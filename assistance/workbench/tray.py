"""What lies on the workbench: items and activities without a mandate, not even a proposed one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from assistance.activities.filters import YesNoAll
from assistance.coverage.filters import narrow_work
from assistance.coverage.models import WorkWithoutDemand
from assistance.models import Activity, ActivityMandate, ItemMandate, RequestItem
from directory.models import Country, Entity, EntityKind

ROWS = 15
"""How many of the tray stand beside the thing on the bench."""


class TrayFilter(filters.FilterSet):
    """The tray by what it is, whose it is, State and lead unit."""

    kind = filters.ChoiceFilter(
        choices=[("item", _("Items of requests")), ("activity", _("Activities"))],
        label=_("What it is"),
        empty_label=_("All"),
        method="filter_kind",
    )
    mine = filters.BooleanFilter(label=_("Mine"), method="filter_mine", widget=YesNoAll())
    state = filters.ModelChoiceFilter(
        queryset=lambda request: Country.objects.by_name(),
        to_field_name="iso",
        label=_("State"),
        empty_label=_("All"),
        method="filter_state",
    )
    unit = filters.ModelChoiceFilter(
        queryset=Entity.objects.filter(kind=EntityKind.UNIT),
        to_field_name="code",
        label=_("Lead unit"),
        empty_label=_("All"),
        method="filter_unit",
    )

    class Meta:
        model = WorkWithoutDemand
        fields: list[str] = []

    def filter_kind(self, rows: QuerySet[Any], _name: str, kind: str) -> QuerySet[Any]:
        """Items or activities alone."""
        return rows.filter(**{f"{kind}__isnull": False})

    def filter_mine(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Activities this person logged and items of requests assigned to them; or all others."""
        mine = Q(activity__created_by=self.request.user) | Q(
            item__request__assigned_to=self.request.user
        )
        return rows.filter(mine) if wanted else rows.exclude(mine)

    def filter_state(self, rows: Any, _name: str, country: Country) -> QuerySet[Any]:
        """What is for a State."""
        return narrow_work(rows, {"state": country.iso})

    def filter_unit(self, rows: Any, _name: str, unit: Entity) -> QuerySet[Any]:
        """Activities that a unit leads."""
        return narrow_work(rows, {"unit": unit.code})


@dataclass(frozen=True)
class Tray:
    """The keys of all that lies there, in order: "a12" an activity, "i5" an item."""

    keys: list[str]

    @property
    def items(self) -> int:
        """How many of them are items."""
        return sum(key.startswith("i") for key in self.keys)

    @property
    def activities(self) -> int:
        """How many of them are activities."""
        return len(self.keys) - self.items

    def beside(self, key: str, step: int) -> str:
        """The key before (-1) or after (1) one; nothing at the end."""
        if key not in self.keys:
            return self.keys[0] if self.keys else ""
        place = self.keys.index(key) + step
        return self.keys[place] if 0 <= place < len(self.keys) else ""

    def page_of(self, key: str) -> int:
        """The page of the list, from 1, on which a key stands."""
        return self.keys.index(key) // ROWS + 1 if key in self.keys else 1


def tray_of(found: TrayFilter) -> Tray:
    """The tray as filtered, longest waiting first; of wrong filters, nothing. One query."""
    if not found.is_valid():
        return Tray([])
    since = Coalesce("item__request__received_on", TruncDate("activity__created_at"))
    rows = found.qs.annotate(since=since).order_by("since", "item_id", "activity_id")
    return Tray(list(dict.fromkeys(rows.values_list("key", flat=True))))


def unlinked(user: Any) -> QuerySet[WorkWithoutDemand]:
    """All that lies there, as far as this person may read it."""
    waits = {"state": "proposed"}
    return (
        WorkWithoutDemand.objects.visible_to(user)
        .unlinked()
        .exclude(Exists(ActivityMandate.objects.filter(activity=OuterRef("activity"), **waits)))
        .exclude(Exists(ItemMandate.objects.filter(item=OuterRef("item"), **waits)))
    )


def rows_shown(keys: list[str]) -> list[Activity | RequestItem]:
    """The things of some keys, in their order, with what a row shows; a fixed number of queries."""
    activities = Activity.objects.filter(pk__in=_numbers(keys, "a")).prefetch_related("countries")
    items = (
        RequestItem.objects.filter(pk__in=_numbers(keys, "i"))
        .select_related("request")
        .prefetch_related("request__states")
    )
    things: dict[str, Activity | RequestItem] = {key_of(one): one for one in [*activities, *items]}
    return [things[key] for key in keys if key in things]


def thing_of(key: str, user: Any) -> Activity | RequestItem | None:
    """The one thing of a key, read with all that the bench shows; None where there is none."""
    kind, number = key[:1], key[1:]
    if not (number.isascii() and number.isdigit()):
        return None
    found: Any = None
    if kind == "a":
        found = (
            Activity.objects.visible_to(user)
            .select_related("unit", "created_by")
            .prefetch_related("countries", "mandate_links", "item_links", "deliveries__evidence")
        )
    elif kind == "i":
        found = (
            RequestItem.objects.visible_to(user)
            .select_related("request__organisation")
            .prefetch_related("request__states", "request__items", "themes", "mandate_links")
        )
    return None if found is None else found.filter(pk=number).first()


def key_of(thing: Activity | RequestItem) -> str:
    """The key under which a thing lies in the tray."""
    return f"{'a' if isinstance(thing, Activity) else 'i'}{thing.pk}"


def _numbers(keys: list[str], kind: str) -> list[str]:
    return [key[1:] for key in keys if key.startswith(kind)]
