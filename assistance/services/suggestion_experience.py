"""What people decided of links between texts and mandates, kept ready for suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, QuerySet

from assistance.matching import Decision, Evidence, Source, evidence_of
from assistance.models import ActivityMandate, ItemMandate, LinkState
from assistance.services.suggestion_sources import Matchable, source_of

LATEST = 150  # decisions remembered of items, and as many of activities
DECIDED = (LinkState.CONFIRMED, LinkState.REJECTED)


@dataclass(frozen=True)
class Experience:
    """The latest decisions of this installation, each with the thing it was about."""

    stamp: tuple[Any, ...]
    decisions: tuple[tuple[type, int, Decision], ...]

    def without(self, thing: Matchable) -> list[Decision]:
        """All but those about the thing itself."""
        pk = getattr(thing, "pk", None)
        return [
            decision
            for model, about, decision in self.decisions
            if not (isinstance(thing, model) and about == pk)
        ]


_kept: list[Experience] = []


def decided_before() -> Experience:
    """The latest decisions; two queries when none was taken since the last call."""
    items = _decided(ItemMandate.objects.all())
    activities = _decided(ActivityMandate.objects.all())
    stamp = (_stamp(items), _stamp(activities))
    if not _kept or _kept[0].stamp != stamp:
        _kept[:] = [Experience(stamp, (*_of_items(items), *_of_activities(activities)))]
    return _kept[0]


def _decided(links: QuerySet[Any]) -> QuerySet[Any]:
    """Links that a person decided."""
    return links.filter(state__in=DECIDED, decided_by__isnull=False)


def _stamp(links: QuerySet[Any]) -> tuple[Any, ...]:
    return tuple(links.aggregate(Count("pk"), Max("pk"), Max("decided_at")).values())


def _of_items(links: QuerySet[Any]) -> list[tuple[type, int, Decision]]:
    rows = (
        links.select_related("item__request", "mandate")
        .prefetch_related("item__themes", "item__request__items")
        .order_by("-decided_at", "-pk")[:LATEST]
    )
    return [_decision(link, link.item, link.item.request.ref or "") for link in rows]


def _of_activities(links: QuerySet[Any]) -> list[tuple[type, int, Decision]]:
    rows = links.select_related("activity", "mandate").order_by("-decided_at", "-pk")[:LATEST]
    return [_decision(link, link.activity, link.activity.title) for link in rows]


def _decision(link: Any, thing: Any, name: str) -> tuple[type, int, Decision]:
    right = link.state == LinkState.CONFIRMED
    decision = Decision(kept_evidence(source_of(thing)), link.mandate.identifier, right, name)
    return type(thing), thing.pk, decision


@lru_cache(maxsize=8 * LATEST)
def kept_evidence(source: Source) -> Evidence:
    """Gathered once for each text, so that a new decision is learned at once."""
    return evidence_of(source)
