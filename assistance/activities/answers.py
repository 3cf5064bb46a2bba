"""What an activity may answer: open items of its States, mandates, published needs, with ticks.

A mandate tied to a ticked item is ticked with it, once: `offered` remembers which were, so that
whoever takes the tick away is not overruled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q
from django.http import QueryDict
from django.utils import timezone

from assistance.models import (
    AssistanceRequest,
    ItemMandate,
    RequestItem,
    RequestOutcome,
    Weight,
)
from mandates.models import Mandate, Need

MOST_ITEMS = 50


@dataclass
class ItemChoice:
    """An open item, with the mandates it is tied to."""

    item: RequestItem
    ticked: bool
    mandates: list[Mandate]


@dataclass
class MandateChoice:
    """A mandate to carry out, with the items that bring it."""

    mandate: Mandate
    ticked: bool
    weight: str
    because: list[RequestItem]
    needs: list[NeedChoice] = field(default_factory=list)


@dataclass
class NeedChoice:
    """A published need that a delivery can meet."""

    need: Need
    ticked: bool


@dataclass
class Answers:
    """All that can be ticked; `near` are mandates ticked or tied to an item shown."""

    items: list[ItemChoice]
    near: list[MandateChoice]
    others: list[MandateChoice]
    offered: list[int]

    @property
    def ticked_items(self) -> list[ItemChoice]:
        """The items ticked."""
        return [one for one in self.items if one.ticked]

    @property
    def ticked_mandates(self) -> list[MandateChoice]:
        """The mandates ticked, by hand or with an item."""
        return [one for one in self.near if one.ticked]


def numbers(values: Iterable[str]) -> set[int]:
    """The values that are numbers."""
    return {int(value) for value in values if value.isascii() and value.isdigit()}


def answers_for(data: QueryDict | dict[str, Any], user: Any) -> Answers:
    """What a form with these values may tick; ticks of what is hidden from the person are lost."""
    given = data if isinstance(data, QueryDict) else _querydict(data)
    ticked_items = numbers(given.getlist("items"))
    ticked = numbers(given.getlist("mandates"))
    offered = numbers(given.getlist("offered"))
    ticked_needs = numbers(given.getlist("needs"))
    items = _items(given.getlist("countries"), ticked_items, user)
    brings: dict[int, list[RequestItem]] = defaultdict(list)
    for choice in items:
        for mandate in choice.mandates:
            brings[mandate.pk].append(choice.item)
            if choice.ticked and mandate.pk not in offered:
                ticked.add(mandate.pk)
                offered.add(mandate.pk)
    near, others = [], []
    for mandate in _mandates(ticked):
        choice_of_mandate = MandateChoice(
            mandate=mandate,
            ticked=mandate.pk in ticked,
            weight=given.get(f"weight-{mandate.pk}") or Weight.PRINCIPAL,
            because=brings.get(mandate.pk, []),
        )
        if choice_of_mandate.ticked or mandate.pk in brings:
            near.append(choice_of_mandate)
        else:
            others.append(choice_of_mandate)
    _add_needs([one for one in near if one.ticked], ticked_needs)
    return Answers(items=items, near=near, others=others, offered=sorted(offered))


def _querydict(data: dict[str, Any]) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, value in data.items():
        made.setlist(name, value if isinstance(value, list) else [value])
    return made


def _items(countries: list[str], ticked: set[int], user: Any) -> list[ItemChoice]:
    """Open items of requests that name one of the States, longest waiting first."""
    if not countries and not ticked:
        return []
    confirmed = ItemMandate.objects.confirmed().select_related("mandate")
    asked = (
        RequestItem.objects.visible_to(user)
        .filter(outcome=RequestOutcome.OPEN)
        .filter(
            Q(request__in=AssistanceRequest.objects.filter(states__iso__in=countries))
            | Q(pk__in=ticked)
        )
        .exclude(request__state="draft")
        .select_related("request")
        .prefetch_related(
            "request__states", Prefetch("mandate_links", confirmed, to_attr="confirmed_links")
        )
        .order_by("request__received_on", "request", "n")
    )
    return [
        ItemChoice(
            item=item,
            ticked=item.pk in ticked,
            mandates=[link.mandate for link in item.confirmed_links],
        )
        for item in asked[:MOST_ITEMS]
    ]


def _mandates(ticked: set[int]) -> list[Mandate]:
    """Those that count for UNODC, and any other that is ticked, in the order of their texts."""
    counted = Mandate.objects.with_counted().filter(Q(counted=True) | Q(pk__in=ticked))
    return list(
        counted.select_related("paragraph__resolution").order_by(
            "-paragraph__resolution__adopted_on", "paragraph__position", "ordinal"
        )
    )


def _add_needs(choices: list[MandateChoice], ticked: set[int]) -> None:
    today = timezone.now().date()
    by_mandate = {one.mandate.pk: one for one in choices}
    needs = Need.objects.filter(
        mandate__in=by_mandate, published_by__isnull=False, valid_from__lte=today
    )
    for need in needs.filter(Q(valid_to=None) | Q(valid_to__gte=today)):
        by_mandate[need.mandate_id].needs.append(NeedChoice(need, need.pk in ticked))
