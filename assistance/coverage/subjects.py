"""What a row of figures is about, in words: mandate, request and item, need, States."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistance.models import RequestItem
from directory.models import Country
from mandates.models import Mandate, Need


@dataclass(frozen=True)
class About:
    """The keys of what a row is about; `states` are ISO codes."""

    mandate: str
    kind: str
    item: int | None
    need: int | None
    states: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """What a row is about, each looked up; None where nothing of it is left."""

    kind: str
    mandate: Mandate | None
    item: RequestItem | None
    need: Need | None
    countries: list[Country]


def subjects(rows: Iterable[tuple[str, About]]) -> dict[str, Subject]:
    """The subjects of rows by their key; four queries."""
    about = dict(rows)
    mandates = {
        mandate.identifier: mandate
        for mandate in Mandate.objects.filter(
            identifier__in={one.mandate for one in about.values()}
        ).select_related("paragraph__resolution")
    }
    items = (
        RequestItem.objects.select_related("request")
        .filter(pk__in={one.item for one in about.values() if one.item})
        .in_bulk()
    )
    needs = Need.objects.in_bulk({one.need for one in about.values() if one.need})
    countries = {country.iso: country for country in Country.objects.all()}
    return {
        key: Subject(
            kind=one.kind,
            mandate=mandates.get(one.mandate),
            item=items.get(one.item) if one.item else None,
            need=needs.get(one.need) if one.need else None,
            countries=[countries[iso] for iso in one.states],
        )
        for key, one in about.items()
    }
