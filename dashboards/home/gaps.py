"""The gaps of a home page in a few lines: those of the own unit, or of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistance.coverage.gaps import Gap, gaps_of
from dashboards.links import address
from directory.models import Entity, User


@dataclass(frozen=True)
class OwnGaps:
    """How many gaps of each kind the unit has, each number with its rows."""

    unit: Entity | None
    rows: list[tuple[Gap, int, str]]
    number: int
    url: str


def own_gaps(user: User) -> OwnGaps:
    """The gaps of the unit a person works in; of all units when none is named."""
    return gaps_of_unit(user, user.unit)


def gaps_of_unit(user: User, unit: Entity | None) -> OwnGaps:
    """The gaps of a unit, or of all, as a person may see them."""
    narrowed: dict[str, Any] = {"unit": unit.code} if unit else {}
    found = gaps_of(user, narrowed)
    found.is_valid()
    total = found.matrix().total
    rows = [
        (gap, total[gap], address("gap-list", **narrowed, kind=gap.value))
        for gap in Gap
        if total[gap]
    ]
    return OwnGaps(unit, rows, total.total(), address("gap-list", **narrowed))
