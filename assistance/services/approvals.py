"""A second person's yes: to a plan with its links, and to each delivery, in one act."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Approval,
    Delivery,
    Evidence,
    LinkState,
    SendBack,
)
from assistance.services.evidence import verify_evidence
from assistance.services.people import focal_points
from assistance.services.plan import locked, today_utc
from directory import policy
from notifications.kinds import NotificationKind
from notifications.services import notify

if TYPE_CHECKING:
    from directory.models import User

APPROVE = policy.Permission.APPROVE


@dataclass
class Waiting:
    """What of an activity waits for a second person: plan, links, deliveries; evidence apart."""

    activity: Activity
    plan: bool
    links: list[ActivityMandate | ActivityItem]
    deliveries: list[Delivery]
    evidence: list[Evidence]

    def __bool__(self) -> bool:
        return self.plan or bool(self.links) or bool(self.deliveries)

    @property
    def seal(self) -> str:
        """A short word for all that waits: the same only while nothing of it changed."""
        parts = [
            f"plan {self.activity.revision} {self.plan}",
            *(f"{link._meta.model_name} {link.pk}" for link in self.links),
            *(f"delivery {one.pk} {one.revision}" for one in self.deliveries),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def for_person(self, user: User) -> Waiting:
        """The part that this person did not write, and may say yes to."""
        return Waiting(
            activity=self.activity,
            plan=self.plan and policy.may_on(user, APPROVE, self.activity),
            links=[link for link in self.links if policy.may_on(user, APPROVE, link)],
            deliveries=[one for one in self.deliveries if policy.may_on(user, APPROVE, one)],
            evidence=[
                piece
                for piece in self.evidence
                if policy.may_on(user, policy.Permission.VERIFY_EVIDENCE, piece)
            ],
        )


class AlreadyApproved(ValidationError):
    """Somebody else said yes a moment ago; nothing is left to do."""


class ChangedSinceRead(ValidationError):
    """The activity changed between reading and the yes; it has to be read again."""


@dataclass
class Outcome:
    """What became of several activities at once."""

    approved: list[Activity] = field(default_factory=list)
    refused: list[tuple[Activity, str]] = field(default_factory=list)


def waiting_of(activity: Activity) -> Waiting:
    """What waits for approval; no queries when read through `Activity.objects.with_parts()`."""
    links = [
        link
        for link in [*activity.mandate_links.all(), *activity.item_links.all()]
        if link.state == LinkState.PROPOSED
    ]
    deliveries = list(activity.deliveries.all())
    return Waiting(
        activity=activity,
        plan=not _approved(activity),
        links=links,
        deliveries=[one for one in deliveries if not _approved(one)],
        evidence=[
            piece for one in deliveries for piece in one.evidence.all() if piece.verified_at is None
        ],
    )


@transaction.atomic
def approve(
    *, activity: Activity, by: User, seen: str = "", verify: Iterable[Evidence] = ()
) -> Activity:
    """One yes of a second person to all that waits and that this person did not write.

    `seen` is the `Waiting.seal` of what was read: raises `ChangedSinceRead` when it differs now,
    `AlreadyApproved` when nothing waits any more, `PermissionDenied` when all of it is the own.
    Evidence to verify in the same act is named in `verify`.
    """
    current = locked(activity)
    policy.authorise(by, APPROVE)
    if current.sent_at is None:
        raise ValidationError(_("It is still a draft: its author has not sent it yet."))
    waiting = waiting_of(current)
    if not waiting:
        raise AlreadyApproved(_who_approved(current))
    if seen and seen != waiting.seal:
        raise ChangedSinceRead(
            _("It changed while you were reading. Look at it again, then approve.")
        )
    mine = waiting.for_person(by)
    if not mine:
        raise PermissionDenied(_("What waits here is your own; somebody else has to approve it."))
    day = today_utc()
    if mine.plan:
        _say_yes(current, by, day)
    for link in mine.links:
        link.state, link.decided_by, link.decided_at = (
            LinkState.CONFIRMED,
            by,
            timezone.now(),
        )
        if isinstance(link, ActivityMandate):
            link.mandate_revision = link.mandate.revision
        link.save()
    for delivery in mine.deliveries:
        _say_yes(delivery, by, day)
    mine_to_verify = {piece.pk for piece in mine.evidence}
    for piece in verify:
        if piece.pk in mine_to_verify:
            verify_evidence(evidence=piece, by=by)
    _tell(mine, by)
    return current


def approve_many(
    *,
    activities: Iterable[Activity],
    by: User,
    seen: Mapping[int, str] | None = None,
    verify: Iterable[Evidence] = (),
) -> Outcome:
    """A yes to each of several, each in its own transaction: one that can't be stops no other.

    `verify` is evidence of any of them, verified with its activity.
    """
    outcome, pieces = Outcome(), list(verify)
    for activity in activities:
        try:
            approved = approve(
                activity=activity,
                by=by,
                seen=(seen or {}).get(activity.pk, ""),
                verify=[one for one in pieces if one.delivery.activity_id == activity.pk],
            )
            outcome.approved.append(approved)
        except ValidationError as error:
            outcome.refused.append((activity, " ".join(error.messages)))
        except PermissionDenied as error:
            outcome.refused.append((activity, str(error)))
    return outcome


@transaction.atomic
def send_back(*, activity: Activity, by: User, reason: str) -> Activity:
    """The activity back with its author, who is told why; what was approved goes on counting."""
    current = locked(activity)
    policy.authorise(by, APPROVE)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what has to change.")})
    if current.sent_at is None or not waiting_of(current).for_person(by):
        raise ValidationError(_("Nothing here waits for you."))
    sent_at, current.sent_at = current.sent_at, None
    current.save(update_fields=["sent_at", "updated_at"])
    SendBack.objects.create(
        activity=current, revision=current.revision, reason=reason.strip(), by=by
    )
    notify(
        kind=NotificationKind.ACTIVITY_SENT_BACK,
        recipients=[current.changed_by],
        key=f"activity:{current.pk}:back:{sent_at.isoformat()}",
        context={"title": current.title, "by": str(by), "reason": reason},
        path=reverse("activity", args=[current.pk]),
        about=current,
    )
    return current


def _approved(thing: Activity | Delivery) -> bool:
    return any(one.revision == thing.revision for one in thing.approvals.all())


def _say_yes(thing: Activity | Delivery, by: User, day: Any) -> None:
    Approval.objects.create(
        **{type(thing).__name__.lower(): thing},
        revision=thing.revision,
        by=by,
        on=day,
        self_approved=by.pk in thing.author_ids,
    )


def _who_approved(activity: Activity) -> Any:
    latest = (
        (
            Approval.objects.filter(activity=activity)
            | Approval.objects.filter(delivery__activity=activity)
        )
        .order_by("-at")
        .select_related("by")
        .first()
    )
    if latest is None:
        return _("Nothing here waits for approval.")
    return _("%(name)s has approved it already; nothing is left to do.") % {"name": latest.by}


def _tell(given: Waiting, by: User) -> None:
    activity = given.activity
    path = reverse("activity", args=[activity.pk])
    values = {"title": activity.title, "by": str(by)}
    if given.plan:
        notify(
            kind=NotificationKind.ACTIVITY_APPROVED,
            recipients=[one for one in [activity.changed_by] if one != by],
            key=f"activity:{activity.pk}:approved:{activity.revision}",
            context=values,
            path=path,
            about=activity,
        )
    for delivery in given.deliveries:
        key = f"delivery:{delivery.pk}:approved:{delivery.revision}"
        if not given.plan and delivery.changed_by != by:
            notify(
                kind=NotificationKind.DELIVERY_APPROVED,
                recipients=[delivery.changed_by],
                key=key,
                context=values,
                path=path,
                about=activity,
            )
        if delivery.country_id is None:
            continue
        item = delivery.items.select_related("request").order_by("pk").first()
        notify(
            kind=NotificationKind.DELIVERY_TO_CONFIRM,
            recipients=focal_points(delivery.country_id),
            key=key,
            context={
                "reference": item.request.ref if item else activity.title,
                "delivered_on": delivery.on.isoformat(),
            },
            path=reverse("delivery", args=[delivery.pk]),
            about=delivery,
        )
