"""What the acts on activities take: plain values, checked where they are used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict

from assistance.models import (
    ActivityStatus,
    EvidenceKind,
    RequestItem,
    Visibility,
    Weight,
)
from directory.models import Country, Entity
from mandates.models import DeliveryKind, Mandate, Need

if TYPE_CHECKING:
    from django.core.files import File


class Plan(TypedDict, total=False):
    """The plan of an activity, each field optional when changing it."""

    title: str
    description: str
    kind: DeliveryKind | str
    status: ActivityStatus | str
    planned_start: dt.date | None
    planned_end: dt.date | None
    actual_start: dt.date | None
    actual_end: dt.date | None
    unit: Entity
    project_code: str
    place: str
    language: str
    visibility: Visibility | str
    cost: Decimal | None
    currency: str


class DeliveryFields(TypedDict, total=False):
    """What one delivery was, each field optional when changing it.

    `participants` are all of them: where no sex was counted, they are kept as not stated; else the
    counts must sum to them.
    """

    country: Country | None
    began_on: dt.date | None
    on: dt.date
    kind: DeliveryKind | str
    title: str
    women: int | None
    men: int | None
    not_stated: int | None
    participants: int | None
    by_age: Mapping[str, int]
    by_function: Mapping[str, int]


@dataclass(frozen=True)
class MandateLink:
    """A mandate an activity carries out; `share` is a percentage of its cost."""

    mandate: Mandate
    weight: Weight | str = Weight.PRINCIPAL
    share: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True)
class NewEvidence:
    """A file or an address that shows a delivery."""

    kind: EvidenceKind | str
    file: File[Any] | None = None
    url: str = ""


@dataclass(frozen=True)
class NewDelivery:
    """A delivery made together with its activity; `items=None` ticks those of its State."""

    on: dt.date
    country: Country | None = None
    began_on: dt.date | None = None
    kind: DeliveryKind | str = ""
    title: str = ""
    women: int | None = None
    men: int | None = None
    not_stated: int | None = None
    participants: int | None = None
    by_age: Mapping[str, int] = field(default_factory=dict)
    by_function: Mapping[str, int] = field(default_factory=dict)
    items: Sequence[RequestItem] | None = None
    needs: Sequence[Need] = ()
    evidence: Sequence[NewEvidence] = ()

    def given(self) -> dict[str, Any]:
        """What `add_delivery` takes; its kind is the activity's where none was given."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        if not self.kind:
            del values["kind"]
        return values
