"""The demands under a paragraph, each with what was done for it, shown and said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from assistance.coverage.filters import narrow_demands
from assistance.coverage.flags import Flag
from assistance.coverage.models import Demand
from assistance.coverage.querysets import DemandQuerySet
from assistance.coverage.window import Window
from assistance.models import OBJECTIONS, Activity, Delivery, Evidence, Reply
from dashboards.demand_rows import countries_of, flags_of
from directory.models import Country, User
from directory.statuses import Status
from mandates.models import Mandate


@dataclass(frozen=True)
class Entry:
    """One activity for a demand, with one delivery or before any."""

    activity: Activity | None = None
    delivery: Delivery | None = None
    counts: bool = False

    @property
    def evidence(self) -> list[Evidence]:
        """What shows the delivery."""
        return list(self.delivery.evidence.all()) if self.delivery else []

    @property
    def verified(self) -> list[Evidence]:
        """The evidence that a second person verified."""
        return [piece for piece in self.evidence if piece.verified_at]

    @property
    def reply(self) -> Reply | None:
        """What the State last said of the delivery."""
        return self.delivery.last_reply if self.delivery else None


@dataclass
class Owed:
    """A demand with its States and entries."""

    demand: Demand
    countries: list[Country]
    entries: list[Entry] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """The status on the last day of the period."""
        return Status(self.demand.status)  # type: ignore[attr-defined]

    @property
    def flags(self) -> list[Flag]:
        """The flags it carries."""
        return flags_of(self.demand)

    @property
    def first(self) -> Entry:
        """The entry on its first line."""
        return self.entries[0]

    @property
    def more(self) -> Sequence[Entry]:
        """The entries on further lines."""
        return self.entries[1:]

    @property
    def who(self) -> str:
        """The States; nothing for what names none."""
        return ", ".join(country.name for country in self.countries)

    def lacking(self, has: Callable[[Entry], bool]) -> list[Country]:
        """The States without a delivery that counts of which this is so."""
        having = {one.delivery.country_id for one in self.entries if one.delivery and has(one)}
        return [country for country in self.countries if country.pk not in having]


ORDER = list(Status)
EACH = 10
"""So many demands of a kind are shown; the rest is a link away."""


def owed_under(
    mandates: Iterable[Mandate],
    *,
    user: User,
    window: Window,
    narrowing: Mapping[str, str] | None = None,
) -> tuple[dict[int, list[Owed]], list[Owed]]:
    """By mandate the demands the figures count, furthest first, and those that ended.

    Of each status and mandate the `EACH` that opened first, and of each mandate as many that ended.
    Eight queries, whatever the size.
    """
    visible = Demand.objects.visible_to(user)
    rows = (
        narrow_demands(visible, narrowing or {})
        .filter(mandate__in=[mandate.pk for mandate in mandates])
        .as_of(window.last)
        .select_related("item__request__organisation", "item__referred_to", "need", "mandate")
    )
    counted = list(_first_of(rows.counted_in(window), "mandate", "status"))
    ended = list(_first_of(rows.ended_in(window), "mandate"))
    countries = countries_of([*counted, *ended])
    activities = Activity.objects.visible_to(user).in_bulk(
        {pk for demand in counted for pk in demand.activity_ids}
    )
    deliveries = list(
        Delivery.objects.visible_to(user)
        .approved()
        .filter(activity__in=activities, on__lte=window.last)
        .select_related("country")
        .prefetch_related("evidence", "replies", "item_rows")
        .order_by("on", "pk")
    )
    by_mandate: dict[int, list[Owed]] = {}
    for demand in counted:
        owed = Owed(demand, _of(demand, countries), _entries(demand, activities, deliveries))
        by_mandate.setdefault(demand.mandate_id, []).append(owed)
    for group in by_mandate.values():
        group.sort(key=lambda owed: (ORDER.index(owed.status), owed.demand.opened_on))
    return by_mandate, [Owed(demand, _of(demand, countries)) for demand in ended]


def _first_of(rows: DemandQuerySet, *each: str) -> DemandQuerySet:
    ranked = rows.annotate(
        place=Over(
            RowNumber(), partition_by=[F(one) for one in each], order_by=["opened_on", "key"]
        )
    )
    return ranked.filter(place__lte=EACH)


def _of(demand: Demand, countries: Mapping[int, Country]) -> list[Country]:
    return [countries[pk] for pk in demand.country_ids if pk in countries]


def _entries(
    demand: Demand, activities: Mapping[int, Activity], deliveries: Iterable[Delivery]
) -> list[Entry]:
    """The deliveries that count or that the State objects to, then activities without any."""
    counting = set(demand.delivery_ids)
    made = [
        Entry(activities[delivery.activity_id], delivery, delivery.pk in counting)
        for delivery in deliveries
        if delivery.pk in counting or _is_objected(delivery, demand)
    ]
    busy = {entry.activity.pk for entry in made if entry.activity}
    planned = [
        Entry(activities[pk]) for pk in demand.activity_ids if pk in activities and pk not in busy
    ]
    return [*made, *planned] or [Entry()]


def _is_objected(delivery: Delivery, demand: Demand) -> bool:
    """Whether it was made for the item, and the State says that it did not get it in full."""
    if delivery.activity_id not in demand.activity_ids:
        return False
    if demand.item_id not in {row.item_id for row in delivery.item_rows.all()}:
        return False
    reply = delivery.last_reply
    return reply is not None and reply.verdict in OBJECTIONS
