"""Taking back what was entered, where nobody has built on it since; who built is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Approval,
    Delivery,
    DeliveryItem,
    ItemMandate,
    LinkState,
)
from assistance.services.links import WHOLE
from assistance.services.plan import locked
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


@transaction.atomic
def remove_activity(*, activity: Activity, by: User, revision: int) -> None:
    """The activity gone, when it is as it was entered and nothing hangs on it."""
    current = locked(activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, current)
    _check_untouched(current, revision, {"activity": current})
    if current.deliveries.exists():
        raise BuiltOn(_("It has a delivery that stays."))
    if current.mandate_links.exists() or current.item_links.exists():
        raise BuiltOn(_("It has a link that stays."))
    current.delete()


@transaction.atomic
def remove_delivery(*, delivery: Delivery, by: User, revision: int) -> None:
    """The delivery gone, when it is as it was entered, without evidence or reply."""
    activity = locked(delivery.activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, activity)
    current = Delivery.objects.select_for_update().get(pk=delivery.pk)
    _check_untouched(current, revision, {"delivery": current})
    piece = current.evidence.select_related("added_by").first()
    if piece is not None:
        raise BuiltOn(_("%(name)s added evidence to it.") % {"name": piece.added_by})
    if current.replies.exists():
        raise BuiltOn(_("The State has replied to it."))
    current.delete()


@transaction.atomic
def remove_link(*, link: ActivityMandate | ActivityItem, by: User) -> None:
    """A link gone that nobody decided on, with the ticks it made on deliveries."""
    locked(link.activity)
    policy.authorise(by, policy.Permission.LINK)
    current = type(link).objects.select_for_update().get(pk=link.pk)  # type: ignore[attr-defined]
    _check_undecided(current)
    if isinstance(current, ActivityItem):
        _untick(current)
    current.delete()


@transaction.atomic
def restore_link(
    *, link: ActivityMandate, by: User, left: Mapping[str, Any], kept: Mapping[str, Any]
) -> None:
    """A link to a mandate as it was before, decision included; `left` is what it was changed to."""
    locked(link.activity)
    policy.authorise(by, policy.Permission.LINK)
    current = ActivityMandate.objects.select_for_update().get(pk=link.pk)
    if "weight" in left:
        _check_undecided(current)
    now = {"weight": current.weight, "share": _share(current.share)}
    if any(now[name] != value for name, value in left.items()):
        raise BuiltOn(_("The link was changed since."))
    for name in ("state", "weight", "reason", "mandate_revision", "proposed_by_id"):
        setattr(current, name, kept[name])
    current.decided_by_id = kept["decided_by_id"]
    current.decided_at = _day_and_time(kept["decided_at"])
    current.share = kept["share"]
    current.save()


def standing(link: AnyLink) -> dict[str, Any]:
    """How a link stands, as plain values that `take_back` compares and restores."""
    return {name: _plain(getattr(link, name)) for name in STANDING if hasattr(link, name)}


@transaction.atomic
def take_back(
    *, link: AnyLink, by: User, left: Mapping[str, Any], kept: Mapping[str, Any] | None
) -> None:
    """A link as it stood (`kept`) before it was left as it is, or gone when it was new.

    `left` and `kept` are of `standing`. Refused (`BuiltOn`) when somebody changed it since, naming
    whom; deliveries lose the ticks that a new link to an item made.
    """
    policy.authorise(by, policy.Permission.LINK)
    if not isinstance(link, ItemMandate):
        locked(link.activity)
    current: Any = type(link).objects.select_for_update().filter(pk=link.pk).first()
    if current is None:
        raise BuiltOn(_("Somebody removed the link since."))
    if standing(current) != left:
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


@transaction.atomic
def end_broken_split(*, activity: Activity, by: User) -> None:
    """No shares where what is left no longer makes a whole, as when a link is rejected."""
    current = locked(activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, current)
    links = current.mandate_links.exclude(state="rejected")
    shares = list(links.values_list("share", flat=True))
    given = [share for share in shares if share is not None]
    if given and (len(given) < len(shares) or sum(given) != WHOLE):
        current.mandate_links.update(share=None)


def check_unchanged(thing: Activity | Delivery, revision: int) -> None:
    """Refuse what was changed or approved since it had this revision."""
    field = "activity" if isinstance(thing, Activity) else "delivery"
    _check_untouched(thing, revision, {field: thing}, revision)


def approve_as_before(thing: Activity | Delivery, revision: int) -> None:
    """The yes that a revision had, for the present one, which says the same again."""
    field = "activity" if isinstance(thing, Activity) else "delivery"
    given = Approval.objects.filter(**{field: thing}, revision=revision).first()
    if given is None or thing.revision == revision:
        return
    Approval.objects.create(
        **{field: thing},
        revision=thing.revision,
        by=given.by,
        on=given.on,
        self_approved=given.self_approved,
    )


def _check_untouched(
    thing: Activity | Delivery,
    revision: int,
    named: Mapping[str, Any],
    approved_at: int | None = None,
) -> None:
    if thing.revision != revision:
        raise BuiltOn(_("%(name)s changed it since.") % {"name": thing.changed_by})
    approvals = Approval.objects.filter(**named).select_related("by")
    if approved_at is not None:
        approvals = approvals.filter(revision=approved_at)
    approval = approvals.first()
    if approval is not None:
        raise BuiltOn(_("%(name)s has approved it.") % {"name": approval.by})


def _check_undecided(link: ActivityMandate | ActivityItem) -> None:
    if link.state != LinkState.PROPOSED:
        raise BuiltOn(_("%(name)s has decided on the link.") % {"name": link.decided_by})


def _untick(link: ActivityItem) -> None:
    DeliveryItem.objects.filter(delivery__activity=link.activity_id, item=link.item_id).delete()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return _share(value) if isinstance(value, Decimal) else value


def _day_and_time(value: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if value else None


def _share(share: Any) -> str | None:
    return None if share is None else f"{share:.2f}"
