"""What people do to the record after a period was closed: to a random world and to its tables."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from assistance import models as assistance
from mandates import models as mandates
from tests.coverage.oracle import Row, is_confirmed, is_counted, is_objected, link_between
from tests.coverage.world import KINDS, Activity, Delivery, Item, Link, Resolution, Setting, World

Deed = Callable[["Corrector", World], bool]


@dataclass
class Corrector:
    """Corrects worlds, each by one deed: of those that can be, the one done least often so far."""

    random: random.Random
    setting: Setting
    today: dt.date
    done: Counter[str] = field(default_factory=Counter)
    demands: list[Row] = field(default_factory=list)
    """The oracle's rows of the world, so that most deeds meet what counts."""

    def correct(self, world: World, demands: list[Row]) -> str:
        """What was done; "" when nothing of all could be."""
        self.demands = demands
        for name in sorted(DEEDS, key=lambda name: self.done[name]):
            if DEEDS[name](self, world):
                self.done[name] += 1
                return name
        return ""

    def any(self, things: list[Any]) -> Any:
        """One of them, or None."""
        return self.random.choice(things) if things else None

    def past(self) -> dt.date:
        """A day before today."""
        return self.today - dt.timedelta(days=self.random.choice([1, 2, 10, 60, 200, 400]))

    @property
    def counting(self) -> set[int]:
        """The deliveries that count for a demand."""
        return {pk for row in self.demands for pk in row["delivery_ids"]}

    @property
    def author(self) -> int:
        """Who enters."""
        return self.setting.users[0]

    @property
    def other(self) -> int:
        """Who decides."""
        return self.setting.users[1]


def _yes(to: Corrector, on: dt.date, **thing: Any) -> None:
    assistance.Approval.objects.create(by_id=to.other, on=on, **thing)


def _plan_approved(by: Corrector, world: World, on: dt.date) -> bool:
    activity: Activity | None = by.any([one for one in world.activities if not one.approvals])
    if activity is None:
        return False
    activity.approvals.append((on, False))
    _yes(by, on, activity_id=activity.id, revision=1)
    return True


def plan_approved_within(by: Corrector, world: World) -> bool:
    return _plan_approved(by, world, by.past())


def plan_approved_after(by: Corrector, world: World) -> bool:
    return _plan_approved(by, world, by.today)


def delivery_approved(by: Corrector, world: World) -> bool:
    waiting = [
        one
        for one in world.deliveries
        if one.activity.approvals
        and one.revision not in [revision for revision, _ in one.approvals]
    ]
    delivery: Delivery | None = by.any(waiting)
    if delivery is None:
        return False
    delivery.approvals.append((delivery.revision, False))
    _yes(by, by.today, delivery_id=delivery.id, revision=delivery.revision)
    return True


def delivery_entered(by: Corrector, world: World) -> bool:
    made: Delivery | None = by.any([one for one in world.deliveries if one.id in by.counting])
    if made is None:
        return False
    used = {one.kind for one in world.deliveries if one.activity is made.activity}
    kind = next(kind for kind in KINDS if kind not in used)
    delivery = Delivery(0, made.activity, kind, made.country, made.on, 1, [(1, False)])
    delivery.items, delivery.needs = list(made.items), list(made.needs)
    row = assistance.Delivery.objects.create(
        activity_id=made.activity.id,
        kind=kind,
        country_id=made.country,
        on=delivery.on,
        created_by_id=by.author,
        changed_by_id=by.author,
    )
    delivery.id = row.pk
    for item in delivery.items:
        assistance.DeliveryItem.objects.create(delivery=row, item_id=item.id)
    for need in delivery.needs:
        assistance.DeliveryNeed.objects.create(delivery=row, need_id=need.id)
    _yes(by, by.today, delivery=row, revision=1)
    world.deliveries.append(delivery)
    return True


def delivery_moved(by: Corrector, world: World) -> bool:
    delivery: Delivery | None = by.any([one for one in world.deliveries if one.id in by.counting])
    if delivery is None:
        return False
    delivery.on = by.past()
    assistance.Delivery.objects.filter(pk=delivery.id).update(on=delivery.on)
    return True


def delivery_removed(by: Corrector, world: World) -> bool:
    delivery: Delivery | None = by.any([one for one in world.deliveries if one.id in by.counting])
    if delivery is None:
        return False
    world.deliveries.remove(delivery)
    assistance.Delivery.objects.get(pk=delivery.id).delete()
    return True


def evidence_verified(by: Corrector, world: World) -> bool:
    delivery: Delivery | None = by.any(
        [
            one
            for one in world.deliveries
            if one.id in by.counting and "verified" not in one.evidence
        ]
    )
    if delivery is None:
        return False
    delivery.evidence.append("verified")
    assistance.Evidence.objects.create(
        delivery_id=delivery.id,
        kind="agenda",
        url="https://example.org/agenda",
        added_by_id=by.author,
        verified_by_id=by.other,
        verified_at=timezone.now(),
    )
    return True


def evidence_removed(by: Corrector, world: World) -> bool:
    delivery: Delivery | None = by.any(
        [one for one in world.deliveries if one.id in by.counting and one.evidence]
    )
    if delivery is None:
        return False
    delivery.evidence.clear()
    assistance.Evidence.objects.filter(delivery_id=delivery.id).delete()
    return True


def _reply(by: Corrector, of: list[Delivery], verdict: str) -> bool:
    delivery: Delivery | None = by.any([one for one in of if one.country])
    if delivery is None or delivery.country is None:
        return False
    later = 10
    delivery.replies.append((delivery.country, verdict, later))
    reply = assistance.Reply.objects.create(
        delivery_id=delivery.id,
        country_id=delivery.country,
        verdict=verdict,
        words="said since",
        by_id=by.author,
    )
    reply.at = timezone.now() + dt.timedelta(hours=later)
    reply.save()
    return True


def state_objects(by: Corrector, world: World) -> bool:
    counting = [one for one in world.deliveries if one.id in by.counting]
    return _reply(by, counting, by.random.choice(["partly", "disputed"]))


def state_confirms(by: Corrector, world: World) -> bool:
    disputed = {pk for row in by.demands if row["disputed"] for pk in row["activity_ids"]}
    objected = [one for one in world.deliveries if one.activity.id in disputed and is_objected(one)]
    return _reply(by, objected, "confirmed")


LINKS: tuple[tuple[str, Any], ...] = (
    ("item_mandates", assistance.ItemMandate),
    ("activity_mandates", assistance.ActivityMandate),
    ("activity_items", assistance.ActivityItem),
)


def _link_decided(by: Corrector, found: list[tuple[Link, Any]], state: str) -> bool:
    if not found:
        return False
    link, model = by.random.choice(found)
    link.state = state
    model.objects.filter(pk=link.id).update(
        state=state, decided_by_id=by.other, decided_at=timezone.now()
    )
    return True


def link_confirmed(by: Corrector, world: World) -> bool:
    waiting = [
        (link, model)
        for name, model in LINKS
        for link in getattr(world, name)
        if not is_confirmed(link)
    ]
    return _link_decided(by, waiting, "confirmed")


def link_rejected(by: Corrector, world: World) -> bool:
    tied = [(link, assistance.ItemMandate) for link in world.item_mandates if is_confirmed(link)]
    busy = {pk for row in by.demands for pk in row["activity_ids"]}
    tied += [
        (link, model)
        for name, model in LINKS[1:]
        for link in getattr(world, name)
        if is_confirmed(link) and link.left.id in busy
    ]
    return _link_decided(by, tied, "rejected")


def _outcome(item: Item, outcome: str, on: dt.date | None) -> None:
    item.outcome, item.outcome_on = outcome, on
    assistance.RequestItem.objects.filter(pk=item.id).update(
        outcome=outcome,
        outcome_on=on,
        outcome_basis="officer" if on else "",
        outcome_reason="said since",
        referred_to=None,
        merged_into=None,
    )


def item_ended(by: Corrector, world: World) -> bool:
    owed = {row["item_id"] for row in by.demands}
    item: Item | None = by.any(
        [one for one in world.items if one.outcome == "open" and one.id in owed]
    )
    if item is None:
        return False
    _outcome(item, by.random.choice(["declined", "withdrawn", "partly_fulfilled"]), by.past())
    return True


def item_reopened(by: Corrector, world: World) -> bool:
    item: Item | None = by.any([one for one in world.items if one.outcome != "open"])
    if item is None:
        return False
    _outcome(item, "open", None)
    return True


def item_taken_over(by: Corrector, world: World) -> bool:
    """An open item of a clause tied to its successor as well."""
    pairs = [
        (link.left, one.later)
        for one in world.lineage
        if one.hands_over and is_counted(one.later)
        for link in world.item_mandates
        if link.right is one.earlier and is_confirmed(link)
        if link.left.outcome == "open" and link.left.request.state != "draft"
        if link_between(world.item_mandates, link.left, one.later) is None
    ]
    if not pairs:
        return False
    item, later = by.random.choice(pairs)
    row = assistance.ItemMandate.objects.create(
        item_id=item.id,
        mandate_id=later.id,
        state="confirmed",
        decided_by_id=by.other,
        decided_at=timezone.now(),
        mandate_revision=later.revision,
    )
    world.item_mandates.append(Link(row.pk, item, later, "confirmed", later.revision))
    return True


def need_published(by: Corrector, world: World) -> bool:
    need = by.any([one for one in world.needs if not one.published])
    if need is None:
        return False
    need.published = True
    mandates.Need.objects.filter(pk=need.id).update(
        published_by_id=by.other, published_at=timezone.now()
    )
    return True


def activity_stopped(by: Corrector, world: World) -> bool:
    running = [one for one in world.activities if one.status in ("1", "2", "3") and one.approvals]
    activity: Activity | None = by.any(running)
    if activity is None:
        return False
    activity.status = by.random.choice(["4", "5", "6"])
    assistance.Activity.objects.filter(pk=activity.id).update(status=activity.status)
    return True


def basis_corrected(by: Corrector, world: World) -> bool:
    mandate = by.random.choice(world.mandates)
    mandate.basis = "standing" if mandate.basis == "on_request" else "on_request"
    mandates.Mandate.objects.filter(pk=mandate.id).update(basis=mandate.basis)
    return True


def words_changed(by: Corrector, world: World) -> bool:
    mandate = by.random.choice(world.mandates)
    mandate.revision += 1
    mandates.Mandate.objects.filter(pk=mandate.id).update(revision=mandate.revision)
    return True


DEEDS: dict[str, Deed] = {
    "activity approved, dated before": plan_approved_within,
    "activity approved today": plan_approved_after,
    "delivery approved": delivery_approved,
    "delivery entered late": delivery_entered,
    "delivery moved to another day": delivery_moved,
    "delivery removed": delivery_removed,
    "evidence verified": evidence_verified,
    "evidence removed": evidence_removed,
    "State objects": state_objects,
    "State confirms": state_confirms,
    "link confirmed": link_confirmed,
    "link rejected": link_rejected,
    "item ended, dated before": item_ended,
    "item open again": item_reopened,
    "item tied to the successor": item_taken_over,
    "need published": need_published,
    "activity stopped": activity_stopped,
    "basis corrected": basis_corrected,
    "words changed": words_changed,
}
SUPERSEDED = "resolution superseded, dated before"
"""What is done to all worlds that share a resolution."""
REVISES = (DEEDS.keys() - {"words changed"}) | {SUPERSEDED}
"""The deeds after which at times something is revised: new words make links suspect, no more."""


def supersede(by: Corrector, resolution: Resolution) -> bool:
    """The resolution superseded on a day of the past, where it was not."""
    day = by.past()
    if resolution.superseded_on is not None or day <= resolution.adopted_on:
        return False
    resolution.superseded_on = day
    mandates.Resolution.objects.filter(pk=resolution.id).update(superseded_on=day)
    by.done[SUPERSEDED] += 1
    return True
