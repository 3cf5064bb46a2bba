"""What is linked but does not count, each with the address of the act that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.urls import reverse

from assistance.coverage.explain import NotCounting
from assistance.coverage.reasons import Act
from dashboards.links import address
from directory import policy
from directory.policy import Permission, Person

PAGE = 25
NEEDED = {
    Act.SEND: Permission.LOG_ACTIVITIES,
    Act.APPROVE: Permission.APPROVE,
    Act.DECIDE_LINK: Permission.LINK,
    Act.LINK_ITEM: Permission.LINK,
    Act.TICK: Permission.LOG_ACTIVITIES,
    Act.RECORD_REQUEST: Permission.ASK_ON_BEHALF,
    Act.SETTLE: Permission.WRITE_MESSAGES,
    Act.CORRECT: Permission.LOG_ACTIVITIES,
    Act.ENTER_DATES: Permission.LOG_ACTIVITIES,
}


@dataclass(frozen=True)
class Mend:
    """A row: the thing with its page, and the page of the act where this person may do it."""

    row: NotCounting
    url: str
    act_url: str


def mends(rows: Sequence[NotCounting], user: Person, page: str = "") -> Page[Mend]:
    """A page of the rows with their addresses."""
    shown = Paginator(rows, PAGE).get_page(page)
    shown.object_list = [Mend(row, _thing(row), _act(row, user)) for row in shown]
    return shown


def _thing(row: NotCounting) -> str:
    if row.delivery:
        return reverse("delivery", args=[row.delivery.pk])
    if row.activity:
        return reverse("activity", args=[row.activity.pk])
    return reverse("request", args=[row.item.request_id]) if row.item else ""


def _act(row: NotCounting, user: Person) -> str:
    act = row.act
    if act is None or not policy.may(user, NEEDED[act]):
        return ""
    if row.activity is None:
        return _thing(row)
    match act:
        case Act.LINK_ITEM:
            return reverse("link-new", args=[row.activity.pk])
        case Act.RECORD_REQUEST:
            return address("request-new", activity=row.activity.pk)
        case Act.ENTER_DATES:
            return reverse("activity-edit", args=[row.activity.pk])
        case Act.TICK | Act.CORRECT if row.delivery:
            return reverse("delivery-edit", args=[row.delivery.pk])
        case Act.SETTLE:
            return _thing(row)
    return reverse("activity", args=[row.activity.pk])
