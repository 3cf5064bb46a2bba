"""Taking back what was entered, where nobody has built on it since; who built is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Approval,
    Delivery,
    DeliveryItem,
    Evidence,
    ItemMandate,
    LinkState,
)
from assistance.services.links import WHOLE
from assistance.services.plan import locked, locked_many
from directory import policy

if TYPE_CHECKING:
    from assistance.services.links import AnyLink
    from directory.models import User

STANDING = (
    "state",
    "origin",
    "reason",
    "proposed_by_id",
    "decided_by_id",
    "decided_at",
    "mandate_revision",
    "weight",
    "share",
)


class BuiltOn(ValidationError):
    """Somebody went on from what is to be taken back; it stays."""


def remove_activities(*, activities: Mapping[int, int], by: User) -> dict[int, BuiltOn]:
    """Activities gone, given by key with the revision they were entered at.

    Of those on which somebody built, or something hangs, the objection; they stay.
    """
    refused: dict[int, BuiltOn] = {}
    for one in locked_many(activities).prefetch_related(
        "approvals__by", "deliveries", "mandate_links", "item_links"
    ):
        policy.authorise(by, policy.Permission.LOG_ACTIVITIES, one)
        try:
            _check_untouched(one, activities[one.pk])
            if one.deliveries.all():
                raise BuiltOn(_("It has a delivery that stays."))
            if one.mandate_links.all() or one.item_links.all():
                raise BuiltOn(_("It has a link that stays."))
        except BuiltOn as objection:
            refused[one.pk] = objection
    Activity.objects.filter(pk__in=activities.keys() - refused.keys()).delete()
    return refused


def remove_deliveries(
    *, deliveries: Mapping[int, int], by: User, own: Container[int] = ()
) -> dict[int, BuiltOn]:
    """As `remove_activities`: deliveries without a reply, their activities locked.

    Pieces of evidence named in `own` go with them unless somebody verified them.
    """
    refused: dict[int, BuiltOn] = {}
    for one in (
        Delivery.objects.filter(pk__in=deliveries)
        .select_for_update()
        .prefetch_related("approvals__by", "evidence__added_by", "evidence__verified_by", "replies")
    ):
        policy.authorise(by, policy.Permission.LOG_ACTIVITIES, one)
        try:
            _check_untouched(one, deliveries[one.pk])
            for piece in one.evidence.all():
                if piece.pk not in own:
                    raise BuiltOn(_("%(name)s added evidence to it.") % {"name": piece.added_by})
                check_unverified(piece)
            if one.replies.all():
                raise BuiltOn(_("The State has replied to it."))
        except BuiltOn as objection:
            refused[one.pk] = objection
    Delivery.objects.filter(pk__in=deliveries.keys() - refused.keys()).delete()
    return refused


def remove_links(
    *, model: type[ActivityMandate | ActivityItem], links: Iterable[int], by: User
) -> dict[int, BuiltOn]:
    """As `remove_activities`: links nobody decided on, with the ticks they made on deliveries."""
    refused: dict[int, BuiltOn] = {}
    policy.authorise(by, policy.Permission.LINK)
    found = model._default_manager.filter(pk__in=links).select_for_update(of=("self",))
    ticks = Q(pk=None)
    for one in found.select_related("decided_by"):
        try:
            _check_undecided(one)
        except BuiltOn as objection:
            refused[one.pk] = objection
        else:
            if isinstance(one, ActivityItem):
                ticks |= Q(delivery__activity=one.activity_id, item=one.item_id)
    if ticks != Q(pk=None):
        DeliveryItem.objects.filter(ticks).delete()
    found.exclude(pk__in=refused).delete()
    return refused


def standing(link: AnyLink) -> dict[str, Any]:
    """How a link stands, as plain values that `take_back` compares and restores."""
    return {name: _plain(getattr(link, name)) for name in STANDING if hasattr(link, name)}


@transaction.atomic
def take_back(
    *, link: AnyLink, by: User, left: Mapping[str, Any], kept: Mapping[str, Any] | None
) -> None:
    """A link as it stood (`kept`) before it was left as it is, or gone when it was new.

    `left` and `kept` are of `standing`, or of a part of it. Refused (`BuiltOn`) when somebody
    changed it since, naming whom where the link does; deliveries lose the ticks that a new link to
    an item made.
    """
    policy.authorise(by, policy.Permission.LINK)
    if not isinstance(link, ItemMandate):
        locked(link.activity)
    current: Any = type(link).objects.select_for_update().filter(pk=link.pk).first()
    if current is None:
        raise BuiltOn(_("Somebody removed the link since."))
    now = standing(current)
    changed = {name for name, value in left.items() if now[name] != value}
    if changed == {"share"}:  # whoever decided on the link need not have shared it out
        raise BuiltOn(_("The link was changed since."))
    if changed:
        who = current.decided_by or current.proposed_by or "–"
        raise BuiltOn(_("%(name)s changed the link since.") % {"name": who})
    if kept is None:
        if isinstance(current, ActivityItem):
            _untick(current)
        current.delete()
        return
    for name, value in kept.items():
        setattr(current, name, _day_and_time(value) if name == "decided_at" else value)
    current.save()


def end_broken_splits(*, activities: Iterable[int], by: User) -> None:
    """No shares where what is left no longer makes a whole, as when a link is rejected."""
    for one in locked_many(activities).prefetch_related("mandate_links"):
        policy.authorise(by, policy.Permission.LOG_ACTIVITIES, one)
        shares = [link.share for link in one.mandate_links.all() if link.state != "rejected"]
        given = [share for share in shares if share is not None]
        if given and (len(given) < len(shares) or sum(given) != WHOLE):
            one.mandate_links.update(share=None)


def check_unverified(piece: Evidence) -> None:
    """Refuse to take back what a second person looked at."""
    if piece.verified_at is not None:
        raise BuiltOn(_("%(name)s has verified its evidence.") % {"name": piece.verified_by})


def check_unchanged(thing: Activity | Delivery, revision: int) -> None:
    """Refuse what was changed or approved since it had this revision."""
    _check_untouched(thing, revision, revision)


def approval_as_before(thing: Activity | Delivery, revision: int) -> Approval | None:
    """The yes that a revision had, for the present one, which says the same again; not saved."""
    given = next((one for one in thing.approvals.all() if one.revision == revision), None)
    if given is None or thing.revision == revision:
        return None
    return Approval(
        **{"activity" if isinstance(thing, Activity) else "delivery": thing},
        revision=thing.revision,
        by=given.by,
        on=given.on,
        self_approved=given.self_approved,
    )


def _check_untouched(
    thing: Activity | Delivery, revision: int, approved_at: int | None = None
) -> None:
    """Refuse what has another revision, or was approved: at all, or at the revision named."""
    if thing.revision != revision:
        raise BuiltOn(_("%(name)s changed it since.") % {"name": thing.changed_by})
    for approval in thing.approvals.all():
        if approved_at in {None, approval.revision}:
            raise BuiltOn(_("%(name)s has approved it.") % {"name": approval.by})


def _check_undecided(link: ActivityMandate | ActivityItem) -> None:
    if link.state != LinkState.PROPOSED:
        raise BuiltOn(_("%(name)s has decided on the link.") % {"name": link.decided_by})


def _untick(link: ActivityItem) -> None:
    DeliveryItem.objects.filter(delivery__activity=link.activity_id, item=link.item_id).delete()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def _day_and_time(value: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if value else None
