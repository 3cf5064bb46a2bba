"""What a superseded resolution left open goes on under the mandate that continues it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from assistance.coverage.models import Demand
from assistance.models import (
    ActivityMandate,
    ActivityStatus,
    AssistanceRequest,
    Delivery,
    ItemMandate,
    LinkOrigin,
    LinkState,
    RequestOutcome,
)
from assistance.services.plan import locked_many
from assistance.services.problems import Problems
from assistance.workflow.steps import begin, finish
from assistance.workflow.transitions import TAKE_OVER
from directory import policy
from directory.access import fetch_to_write
from mandates.models import CONTINUES, Lineage, Resolution
from mandates.services.lineage import confirmed_lineage, why_not_to_take_over

if TYPE_CHECKING:
    from directory.models import User
    from mandates.models import Mandate

GOING_ON = (ActivityStatus.PIPELINE, ActivityStatus.IMPLEMENTATION)
CLOSED_WITH_HELP = (RequestOutcome.FULFILLED, RequestOutcome.PARTLY_FULFILLED)
LINKS: Mapping[str, tuple[Any, str]] = {
    "items": (ItemMandate, "item"),
    "activities": (ActivityMandate, "activity"),
}
RELATED = {"item": ("item__request",), "activity": ("activity",)}


@dataclass(frozen=True)
class OpenItem:
    """An item by its link to the earlier mandate.

    `served_on`: it was served by then, before the later resolution; taken over, it is owed again.
    """

    link: ItemMandate
    served_on: dt.date | None


@dataclass(frozen=True)
class Work:
    """An activity that goes on, by its link to the earlier mandate."""

    link: ActivityMandate

    @property
    def hindrance(self) -> str:
        """Why it can't be taken over as it stands, if so."""
        if self.link.share is None:
            return ""
        return gettext("It is split over mandates by shares; the shares have to go first.")


@dataclass(frozen=True)
class LeftOpen:
    """What of a mandate can go on under one that continues it; `refusal` says why nothing can."""

    lineage: Lineage
    refusal: str
    items: list[OpenItem]
    activities: list[Work]

    @property
    def usual(self) -> dict[str, set[int]]:
        """The keys of the links to take over, unless somebody chooses otherwise."""
        return {
            "items": {one.link.pk for one in self.items if one.served_on is None},
            "activities": {one.link.pk for one in self.activities if not one.hindrance},
        }


@dataclass(frozen=True)
class TakenOver:
    """The links that were added."""

    items: list[ItemMandate]
    activities: list[ActivityMandate]


def left_open(lineage: Lineage) -> LeftOpen:
    """What has a confirmed link to the earlier mandate, goes on, and has none to the later one.

    Items that were open when the later resolution was adopted: open still, or closed since with
    help. Activities planned or under way, and those that delivered something since. What has a link
    to the later mandate is left out, whatever was decided of it. Three queries.
    """
    adopted_on = lineage.later.paragraph.resolution.adopted_on
    since = Delivery.objects.filter(activity=OuterRef("activity"), on__gte=adopted_on)
    ties = _not_linked_to_later("items", lineage).filter(
        Q(item__outcome=RequestOutcome.OPEN)
        | Q(item__outcome__in=CLOSED_WITH_HELP, item__outcome_on__gte=adopted_on)
    )
    work = _not_linked_to_later("activities", lineage).filter(
        Q(activity__status__in=GOING_ON) | Exists(since)
    )
    served = dict(
        Demand.objects.filter(
            mandate=lineage.earlier, item__isnull=False, delivered_on__lt=adopted_on
        ).values_list("item", "delivered_on")
    )
    in_order = ("item__request__received_on", "item__request", "item__n")
    return LeftOpen(
        lineage,
        why_not_to_take_over(lineage),
        [
            OpenItem(link, served.get(link.item_id))
            for link in ties.select_related("item__request__organisation").order_by(*in_order)
        ],
        [Work(link) for link in work.select_related("activity").order_by("activity__title", "pk")],
    )


@transaction.atomic
def take_over(
    *,
    user: User,
    mandate: Mandate,
    later: Mandate,
    items: Collection[int] = (),
    activities: Collection[int] = (),
) -> TakenOver:
    """Chosen links of a mandate made anew, and confirmed, to the mandate that continues it.

    `items` and `activities` are keys of links of items and of activities to the earlier mandate, as
    `left_open` gives them. These stay, and are suspect no more. What was taken over before is left
    as it is, so that doing it twice adds nothing.

    Raises `PermissionDenied`, and `ValidationError` at `later` when nothing can be taken over, at
    `items` or `activities` when something chosen can't be any more; then nothing is.
    """
    # Until the end nobody takes the marking back.
    fetch_to_write(
        Resolution.objects, user, policy.Permission.TAKE_OVER, pk=mandate.paragraph.resolution_id
    )
    lineage = confirmed_lineage(mandate, later)
    if refusal := why_not_to_take_over(lineage):
        raise ValidationError({"later": refusal})
    if not items and not activities:
        raise ValidationError(gettext("Tick what is to be taken over."))
    _lock(items, activities)
    left, problems = left_open(lineage), Problems()
    ties: list[OpenItem] = _chosen("items", left.items, items, lineage, problems)
    works: list[Work] = _chosen("activities", left.activities, activities, lineage, problems)
    for one in works:
        if one.hindrance:
            problems.add("activities", f"{one.link.activity}: {one.hindrance}")
    problems.raise_if_any()
    decision = {
        "mandate": lineage.later,
        "mandate_revision": lineage.later.revision,
        "origin": LinkOrigin.PERSON,
        "state": LinkState.CONFIRMED,
        "reason": _basis(lineage),
        "proposed_by": user,
        "decided_by": user,
        "decided_at": timezone.now(),
    }
    taken = TakenOver([], [])
    for tie in ties:
        item = tie.link.item
        asked = begin(item.request, user=user, step=TAKE_OVER)
        taken.items.append(ItemMandate.objects.create(item=item, **decision))
        finish(asked, user=user, step=TAKE_OVER, item=item, note=later.identifier)
    for one in works:
        same = {"activity": one.link.activity, "weight": one.link.weight}
        taken.activities.append(ActivityMandate.objects.create(**same, **decision))
    for field, keys in (("items", items), ("activities", activities)):
        old = LINKS[field][0].objects.suspect().filter(pk__in=keys, mandate=mandate)
        old.update(mandate_revision=lineage.earlier.revision)
    return taken


def why_not_to_reinstate(resolution: Resolution) -> str:
    """Why a resolution can't be said to be in force after all, in words; nothing when it can.

    What goes on under the resolution that took its place would be owed under both. Two queries.
    """
    later = resolution.superseded_by
    if later is None:
        return gettext("Nobody has marked %(resolution)s as superseded.") % {
            "resolution": resolution
        }
    continued = Lineage.objects.filter(
        decided_at__isnull=False,
        relation__in=CONTINUES,
        earlier__paragraph__resolution=resolution,
        later=OuterRef(OuterRef("mandate")),
    )
    names = []
    for model, thing in LINKS.values():
        before = model.objects.confirmed().filter(
            **{thing: OuterRef(thing)}, mandate__in=continued.values("earlier")
        )
        names += [
            _name(getattr(link, thing))
            for link in model.objects.confirmed()
            .filter(Exists(before), mandate__paragraph__resolution=later)
            .select_related(*RELATED[thing])
            .order_by(f"{thing}_id")
        ]
    if not names:
        return ""
    words = gettext(
        "%(later)s goes on with what %(earlier)s left open, and it would count twice: %(names)s."
        " Reject the links to %(later)s first."
    )
    return words % {"earlier": resolution, "later": later, "names": _first_of(names)}


@transaction.atomic
def reinstate(*, user: User, resolution: Resolution) -> Resolution:
    """The marking of a resolution as superseded, taken back: its demands are as they were before.

    Where an earlier marking was replaced by it, that one stands again. Raises `PermissionDenied`,
    and `ValidationError` while something goes on under the resolution that took its place.
    """
    current: Resolution = fetch_to_write(
        Resolution.objects, user, policy.Permission.TAKE_OVER, pk=resolution.pk
    )
    if refusal := why_not_to_reinstate(current):
        raise ValidationError(refusal)
    # Each marking is of an earlier day than the one it replaces.
    history = apps.get_model("mandates.ResolutionEvent")._default_manager.filter(pgh_obj=current)
    before = (
        history.filter(Q(superseded_on=None) | Q(superseded_on__gt=current.superseded_on))
        .order_by("pgh_id")
        .last()
    )
    current.superseded_on = before.superseded_on if before else None
    current.superseded_by_id = before.superseded_by_id if before else None
    current.save(update_fields=["superseded_on", "superseded_by"])
    return current


def _name(thing: Any) -> str:
    return f"{thing.request.ref}, {thing.n}" if hasattr(thing, "request") else thing.title


def _first_of(names: Collection[str], most: int = 5) -> str:
    """Some of them, each once, and how many more."""
    once = list(dict.fromkeys(names))
    said, more = "; ".join(once[:most]), len(once) - most
    if more <= 0:
        return said
    words = ngettext("%(names)s and %(number)d more", "%(names)s and %(number)d more", more)
    return words % {"names": said, "number": more}


def _not_linked_to_later(field: str, lineage: Lineage) -> Any:
    model, thing = LINKS[field]
    there = model.objects.filter(**{thing: OuterRef(thing)}, mandate=lineage.later)
    return model.objects.confirmed().filter(~Exists(there), mandate=lineage.earlier)


def _lock(items: Collection[int], activities: Collection[int]) -> None:
    """The requests, then the activities, each in one order, so that two people wait only once."""
    ties: Any = ItemMandate.objects.filter(pk__in=items)
    asked = AssistanceRequest.objects.filter(pk__in=ties.values("item__request"))
    list(asked.select_for_update().order_by("pk"))
    list(ties.select_for_update().order_by("pk"))
    links: Any = ActivityMandate.objects.filter(pk__in=activities)
    list(locked_many(links.values_list("activity", flat=True)))


def _chosen(
    field: str, rows: Sequence[Any], keys: Collection[int], lineage: Lineage, problems: Problems
) -> list[Any]:
    """The rows of these links, without those taken over before; a problem where some are gone."""
    found = {row.link.pk: row for row in rows}
    model, thing = LINKS[field]
    there = model.objects.confirmed().filter(**{thing: OuterRef(thing)}, mandate=lineage.later)
    before = model.objects.filter(Exists(there), pk__in=keys, mandate=lineage.earlier)
    if set(keys) - found.keys() - set(before.values_list("pk", flat=True)):
        problems.add(
            field,
            gettext(
                "What you chose changed meanwhile: closed, rejected or linked otherwise. Nothing"
                " was taken over. Look at what is left and choose again."
            ),
        )
    return [row for key, row in found.items() if key in keys]


def _basis(lineage: Lineage) -> str:
    words = gettext("Taken over from %(earlier)s, which %(later)s continues (%(relation)s).")
    return words % {
        "earlier": lineage.earlier,
        "later": lineage.later,
        "relation": lineage.get_relation_display(),
    }
