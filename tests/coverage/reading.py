"""Whatever stands in the tables, as the plain objects that the oracle knows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from assistance import models as assistance
from mandates import models as mandates
from tests.coverage.world import (
    Activity,
    Delivery,
    Item,
    Link,
    Mandate,
    Need,
    Paragraph,
    Request,
    Resolution,
    World,
)


def _keys(model: Any, key: str, value: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for left, right in model.objects.order_by("pk").values_list(key, value):
        found[left].append(right)
    return found


def world_of_database() -> World:
    """All rows that this connection may see."""
    resolutions = {
        o.pk: Resolution(o.pk, o.adopted_on, o.superseded_on)
        for o in mandates.Resolution.objects.all()
    }
    paragraphs: dict[int, Paragraph] = {}
    for o in mandates.Paragraph.objects.order_by("parent_id", "pk"):
        paragraphs[o.pk] = Paragraph(o.pk, resolutions[o.resolution_id], o.number, None)
    for o in mandates.Paragraph.objects.exclude(parent=None):
        paragraphs[o.pk].parent = paragraphs[o.parent_id]
    addressees: dict[int, list[str]] = defaultdict(list)
    for facet in mandates.Facet.objects.filter(role="addressee").select_related("entity"):
        addressees[facet.mandate_id].append(facet.entity.code if facet.entity else "")
    clauses = {
        o.pk: Mandate(
            o.pk, paragraphs[o.paragraph_id], o.ordinal, o.kind, o.basis,
            addressees[o.pk], o.revision,
        )
        for o in mandates.Mandate.objects.all()
    }  # fmt: skip
    needs = {
        o.pk: Need(
            o.pk, clauses[o.mandate_id], o.published_at is not None, o.every_months,
            o.valid_from, o.valid_to,
        )
        for o in mandates.Need.objects.all()
    }  # fmt: skip
    states = _keys(assistance.RequestState, "request_id", "country_id")
    requests = {
        o.pk: Request(o.pk, o.state, o.received_on, states[o.pk])
        for o in assistance.AssistanceRequest.objects.all()
    }
    items = {
        o.pk: Item(o.pk, requests[o.request_id], o.outcome, o.outcome_on)
        for o in assistance.RequestItem.objects.all()
    }
    activities = {
        o.pk: Activity(
            o.pk, o.status, o.planned_start, o.planned_end, o.actual_start,
            o.sent_at is not None, [(a.on, a.self_approved) for a in o.approvals.all()],
        )
        for o in assistance.Activity.objects.prefetch_related("approvals")
    }  # fmt: skip
    return World(
        resolutions=list(resolutions.values()),
        paragraphs=list(paragraphs.values()),
        mandates=list(clauses.values()),
        needs=list(needs.values()),
        requests=list(requests.values()),
        items=list(items.values()),
        activities=list(activities.values()),
        deliveries=[_delivery(o, activities, items, needs) for o in _deliveries()],
        item_mandates=_links(assistance.ItemMandate, items, "item_id", clauses, "mandate_id"),
        activity_mandates=_links(
            assistance.ActivityMandate, activities, "activity_id", clauses, "mandate_id"
        ),
        activity_items=_links(assistance.ActivityItem, activities, "activity_id", items, "item_id"),
    )


def _deliveries() -> Any:
    return assistance.Delivery.objects.prefetch_related(
        "approvals", "item_rows", "need_rows", "evidence", "replies"
    )


def _delivery(o: Any, activities: Any, items: Any, needs: Any) -> Delivery:
    replies = sorted(o.replies.all(), key=lambda reply: (reply.at, reply.pk))
    return Delivery(
        o.pk,
        activities[o.activity_id],
        o.kind,
        o.country_id,
        o.on,
        o.revision,
        [(a.revision, a.self_approved) for a in o.approvals.all()],
        [items[row.item_id] for row in o.item_rows.all()],
        [needs[row.need_id] for row in o.need_rows.all()],
        [_standing(one) for one in o.evidence.all()],
        [(r.country_id, r.verdict, place) for place, r in enumerate(replies)],
    )


def _standing(evidence: Any) -> str:
    if evidence.verified_at is None:
        return "added"
    return "self_verified" if evidence.self_verified else "verified"


def _links(model: Any, lefts: Any, left: str, rights: Any, right: str) -> list[Link]:
    return [
        Link(
            o.pk, lefts[getattr(o, left)], rights[getattr(o, right)], o.state,
            getattr(o, "mandate_revision", 0) or 0,
        )
        for o in model.objects.all()
    ]  # fmt: skip
