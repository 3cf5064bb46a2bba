"""Flows: what happened within a quarter. Deliveries by their date, so that quarters add up."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, Func, Q

from assistance.coverage.filters import HELP_OF_DELIVERY, NONE, DeliveredFilter, in_area
from assistance.coverage.made import is_evidenced, made_under, ties_to
from assistance.coverage.querysets import DemandQuerySet
from assistance.coverage.window import Window
from assistance.models import Delivery, HelpKind
from assistance.querysets import DeliveryQuerySet

if TYPE_CHECKING:
    from directory.models import User


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: dt.date) -> Quarter:
        """The quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.after.first - dt.timedelta(days=1)

    @property
    def after(self) -> Quarter:
        """The one that follows."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def within(self, window: Window) -> Window:
        """Its days that belong to a period."""
        return Window(max(self.first, window.first), min(self.last, window.last))


def quarters_of(window: Window) -> list[Quarter]:
    """The quarters that a period touches, first to last."""
    found = [Quarter.of(window.first)]
    while found[-1].last < window.last:
        found.append(found[-1].after)
    return found


def deliveries_for(
    ids: Iterable[int] | models.QuerySet[Any],
    *,
    user: User,
    wanted: Mapping[str, str],
    window: Window,
) -> DeliveryQuerySet:
    """The deliveries of a period among those that count for some demands, each once.

    Of a demand that several States asked, only those to the States `wanted` (`NARROWING`).
    """
    found: DeliveryQuerySet = Delivery.objects.visible_to(user).filter(
        pk__in=ids, on__gte=window.first, on__lte=window.last
    )
    return _to_states(found, wanted)


def _to_states(found: DeliveryQuerySet, wanted: Mapping[str, str]) -> DeliveryQuerySet:
    if state := wanted.get("state"):
        found = found.filter(country__iso=state)
    if (region := wanted.get("region")) and region != NONE:
        found = found.filter(country__region=region)
    return found


def counted_deliveries(found: DeliveredFilter, user: User) -> DeliveryQuerySet:
    """The deliveries of the period that count for the demands of a filter, each once.

    With `made` those of its place, whether or not a demand stands for them.
    """
    each = Func("delivery_ids", function="unnest", output_field=models.BigIntegerField())
    ids = found.qs.order_by().annotate(delivery=each).values("delivery")
    asked, wanted = found.form.cleaned_data, found.narrowing
    if asked["made"]:
        rows = _to_states(_made(found).visible_to(user), wanted)
    else:
        rows = deliveries_for(ids, user=user, wanted=wanted, window=found.window)
    if asked["verified"] is not None:
        rows = rows.filter(is_evidenced() if asked["verified"] else ~is_evidenced())
    return rows.filter(country__in=in_area(asked["area"])) if asked["area"] else rows


def _made(found: DeliveredFilter) -> DeliveryQuerySet:
    """The deliveries made under the clauses of a filter; a unit's are of its own activities too."""
    narrowing, clauses = found.narrowing, found.clauses
    made = made_under(clauses.values("pk"), found.window)
    if unit := narrowing.get("unit"):
        led = clauses.filter(lead_unit__code=unit).values("pk")
        made = made.filter(Q(activity__unit__code=unit) | Exists(ties_to(led)))
    if narrowing.get("region") == NONE:
        made = made.filter(country=None)
    if kind := narrowing.get("help"):
        made = made.filter(kind__in=HELP_OF_DELIVERY[HelpKind(kind)])
    return made


def delivered_under(demands: DemandQuerySet) -> dict[int, set[int]]:
    """By paragraph the keys of the deliveries that count for its demands; one query."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows: Iterable[tuple[int, list[int]]] = demands.values_list("paragraph_id", "delivery_ids")
    for paragraph, ids in rows:
        found[paragraph].update(ids)
    return found
