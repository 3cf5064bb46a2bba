"""What a list of demands needs beside the rows: their States, flags and words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import Demand
from directory.models import Country


def countries_of(demands: Iterable[Demand]) -> dict[int, Country]:
    """The States of some demands, by primary key; one query."""
    return Country.objects.in_bulk({pk for demand in demands for pk in demand.country_ids})


def flags_of(demand: Demand) -> list[Flag]:
    """The flags a demand carries."""
    return [flag for flag in DEMAND_FLAGS if getattr(demand, flag.value)]


def what_is_owed(demand: Demand) -> str:
    """The words of the item or the need, or of what a standing mandate takes by itself."""
    if demand.item:
        return demand.item.words
    if demand.need:
        return demand.need.words
    return _("One delivery, as the mandate stands by itself")
