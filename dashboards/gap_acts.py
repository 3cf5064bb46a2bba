"""Where each gap is closed: the page of its one act, filled in as far as the gap tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse

from assistance.coverage.next_acts import GapAct, GapRow
from assistance.models import Activity, ActivityStatus, Evidence
from dashboards.links import address
from directory import policy
from directory.models import User
from directory.policy import Permission

NEEDED = {
    GapAct.PLAN: Permission.LOG_ACTIVITIES,
    GapAct.ANSWER: Permission.WRITE_MESSAGES,
    GapAct.REMIND: Permission.WRITE_MESSAGES,
    GapAct.SEND: Permission.LOG_ACTIVITIES,
    GapAct.APPROVE: Permission.APPROVE,
    GapAct.DECIDE_LINK: Permission.APPROVE,
    GapAct.DELIVER: Permission.LOG_ACTIVITIES,
    GapAct.ADD_EVIDENCE: Permission.LOG_ACTIVITIES,
    GapAct.VERIFY: Permission.VERIFY_EVIDENCE,
    GapAct.SETTLE: Permission.WRITE_MESSAGES,
    GapAct.UPDATE: Permission.LOG_ACTIVITIES,
    GapAct.RECORD_REQUEST: Permission.ASK_ON_BEHALF,
    GapAct.LINK_ITEM: Permission.LINK,
    GapAct.COMPARE: Permission.LINK,
    GapAct.LINK: Permission.LINK,
}


@dataclass(frozen=True)
class Closing:
    """A gap, the page of what it is about, and of its act where this person may do it."""

    row: GapRow
    url: str
    act_url: str
    unit_url: str
    """Where to name the unit that leads, if none is named and this person may."""


def closings(rows: Iterable[GapRow], user: User) -> list[Closing]:
    """The gaps with their addresses; the act has one where this very person may do it."""
    rows = list(rows)
    may_correct = policy.may(user, Permission.CORRECT_MANDATES)
    waits_for = _second_yes(rows, user)
    return [
        Closing(
            row,
            thing_url(row),
            act_url(row) if policy.may(user, NEEDED[row.act]) and waits_for(row) else "",
            reverse("mandate-correct", args=[row.mandate.pk])
            if may_correct and row.mandate and not row.unit
            else "",
        )
        for row in rows
    ]


def _second_yes(rows: Iterable[GapRow], user: User) -> Callable[[GapRow], bool]:
    """Whether what takes a second person takes this one: its author can't; two queries."""
    activities = {row.activity.pk for row in rows if row.activity}
    approves = Activity.objects.to_approve_by(user).filter(pk__in=activities)
    to_approve = set(approves.values_list("pk", flat=True))
    deliveries = {row.delivery.pk for row in rows if row.delivery}
    verifies = Evidence.objects.to_verify_by(user).filter(delivery__in=deliveries)
    to_verify = set(verifies.values_list("delivery_id", flat=True))

    def may(row: GapRow) -> bool:
        if row.act in {GapAct.APPROVE, GapAct.DECIDE_LINK}:
            return row.activity is not None and row.activity.pk in to_approve
        if row.act == GapAct.VERIFY:
            return row.delivery is not None and row.delivery.pk in to_verify
        return True

    return may


def thing_url(row: GapRow) -> str:
    """The page of what is missing something: the delivery, the request, the activity."""
    if row.delivery:
        return reverse("delivery", args=[row.delivery.pk])
    if row.item:
        return f"{reverse('request', args=[row.item.request_id])}#item-{row.item.n}"
    if row.activity:
        return reverse("activity", args=[row.activity.pk])
    place = row.mandate.paragraph if row.mandate else None
    return reverse("paragraph", args=[place.resolution.slug, place.number]) if place else ""


def act_url(row: GapRow) -> str:
    """The page of the act; its form knows the item, the mandate, the activity."""
    activity = row.activity.pk if row.activity else 0
    match row.act:
        case GapAct.PLAN:
            return address(
                "activity-new",
                item=row.item.pk if row.item else "",
                mandate=row.mandate.identifier if row.mandate else "",
                status=ActivityStatus.PIPELINE.value,
            )
        case GapAct.ANSWER | GapAct.REMIND if row.item:
            return reverse("request", args=[row.item.request_id])
        case GapAct.SEND | GapAct.APPROVE | GapAct.DECIDE_LINK:
            return reverse("activity", args=[activity])
        case GapAct.DELIVER:
            return reverse("delivery-new", args=[activity])
        case GapAct.ADD_EVIDENCE if row.delivery:
            return reverse("evidence-add", args=[row.delivery.pk])
        case GapAct.VERIFY if row.delivery:
            return address("evidence-list", delivery=row.delivery.pk)
        case GapAct.SETTLE if row.item:
            return f"{reverse('request', args=[row.item.request_id])}#messages"
        case GapAct.UPDATE if activity:
            return reverse("activity-edit", args=[activity])
        case GapAct.RECORD_REQUEST:
            return address("request-new", activity=activity)
        case GapAct.COMPARE:
            return reverse("suspect-list")
        case GapAct.LINK | GapAct.LINK_ITEM if row.activity:
            return reverse("link-new", args=[activity])
        case GapAct.LINK if row.item:
            return reverse("item-act", args=[row.item.request_id, row.item.n, "tie"])
    return thing_url(row)
