"""Because of which act: what people did to the things that a demand rests on, between two moments.

Which dated events brought a demand on between two days stands in `assistance.coverage.events`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Approval,
    Delivery,
    DeliveryItem,
    DeliveryNeed,
    Evidence,
    ItemMandate,
    LinkState,
    Reply,
    RequestItem,
    RequestOutcome,
    Verdict,
)
from directory.models import User
from mandates.models import Correction, Need

Words = str | Promise


class ActKind(models.TextChoices):
    """What kind of act brought a change about: a code, since each act has its own words."""

    REQUEST = "request"
    NEED = "need"
    ROUND = "round"
    ACTIVITY = "activity"
    APPROVAL = "approval"
    START = "start"
    DELIVERY = "delivery"
    VERIFICATION = "verification"
    REPLY = "reply"
    LINK = "link"
    END = "end"
    CORRECTION = "correction"


@dataclass(frozen=True)
class Act:
    """One act: what, on which day, by whom where that is known, and where one reads of it."""

    kind: ActKind
    on: dt.date
    words: Words
    who: str = ""
    path: str = ""


@dataclass
class Rests:
    """What a demand rests on: the keys of the things whose change can change it."""

    mandate: set[int] = field(default_factory=set)
    item: set[int] = field(default_factory=set)
    need: set[int] = field(default_factory=set)
    activities: set[int] = field(default_factory=set)
    deliveries: set[int] = field(default_factory=set)


_OF_EVENT: Mapping[ActKind, Mapping[str, Words]] = {
    ActKind.NEED: {
        "insert": _("Need written"),
        "update": _("Need changed"),
        "delete": _("Need removed"),
    },
    ActKind.ACTIVITY: {
        "insert": _("Activity entered"),
        "update": _("Activity changed"),
        "delete": _("Activity removed"),
    },
    ActKind.DELIVERY: {
        "insert": _("Delivery entered"),
        "update": _("Delivery changed"),
        "delete": _("Delivery removed"),
    },
}
_TICKED: Mapping[str, Words] = {
    "insert": _("Delivery ticked for it"),
    "update": _("Delivery ticked for it"),
    "delete": _("Delivery no longer ticked for it"),
}
_LINKED: Mapping[str, Words] = {
    LinkState.PROPOSED: _("Link proposed"),
    LinkState.CONFIRMED: _("Link confirmed"),
    LinkState.REJECTED: _("Link rejected"),
}
_REPLIED: Mapping[str, Words] = {
    Verdict.CONFIRMED: _("The State replied: received, as described"),
    Verdict.PARTLY: _("The State replied: received in part"),
    Verdict.DISPUTED: _("The State replied: not received, or not as described"),
}

Read = Callable[[Any], tuple[ActKind, Words]]


def _always(kind: ActKind, words: Words) -> Read:
    return lambda _row: (kind, words)


def _by_event(kind: ActKind) -> Read:
    return lambda event: (kind, _OF_EVENT[kind][event.pgh_label])


def _of_tick(event: Any) -> tuple[ActKind, Words]:
    return ActKind.DELIVERY, _TICKED[event.pgh_label]


def _of_link(event: Any) -> tuple[ActKind, Words]:
    removed = event.pgh_label == "delete"
    return ActKind.LINK, _("Link removed") if removed else _LINKED[event.state]


def _of_item(event: Any) -> tuple[ActKind, Words]:
    if event.outcome == RequestOutcome.OPEN:
        return ActKind.REQUEST, _("Item entered or changed")
    return ActKind.END, RequestOutcome(event.outcome).label


@dataclass(frozen=True)
class _Source:
    """One table of acts: `where` leads from its columns to what a demand rests on.

    `opens` names the page of an act and the column with its key, `person` the column of who did it
    in a table that is no history.
    """

    model: type[models.Model]
    at: str
    where: Mapping[str, str]
    read: Read
    opens: tuple[str, str]
    person: str = ""
    only: Q | None = None


def _history(
    model: Any, where: Mapping[str, str], read: Read, opens: tuple[str, str], only: Q | None = None
) -> _Source:
    events = model.history.rel.related_model
    return _Source(events, "pgh_created_at", where, read, opens, only=only)


_ACTIVITY, _DELIVERY, _ITEM = "activity_id", "delivery_id", "item_id"

SOURCES = (
    _Source(
        Approval,
        "at",
        {_ACTIVITY: "activities"},
        _always(ActKind.APPROVAL, _("Activity approved")),
        ("activity", _ACTIVITY),
        "by",
    ),
    _Source(
        Approval,
        "at",
        {_DELIVERY: "deliveries"},
        _always(ActKind.APPROVAL, _("Delivery approved")),
        ("delivery", _DELIVERY),
        "by",
    ),
    _Source(
        Evidence,
        "verified_at",
        {_DELIVERY: "deliveries"},
        _always(ActKind.VERIFICATION, _("Evidence verified")),
        ("delivery", _DELIVERY),
        "verified_by",
    ),
    _history(
        Evidence,
        {_DELIVERY: "deliveries"},
        _always(ActKind.VERIFICATION, _("Verified evidence removed")),
        ("delivery", _DELIVERY),
        Q(pgh_label="delete", verified_at__isnull=False),
    ),
    _Source(
        Reply,
        "at",
        {_DELIVERY: "deliveries"},
        lambda reply: (ActKind.REPLY, _REPLIED[reply.verdict]),
        ("delivery", _DELIVERY),
        "by",
    ),
    _Source(
        Correction,
        "at",
        {"mandate_id": "mandate"},
        _always(ActKind.CORRECTION, _("Mandate corrected")),
        ("mandate-correct", "mandate_id"),
        "by",
    ),
    _history(
        Delivery,
        {"pgh_obj_id": "deliveries"},
        _by_event(ActKind.DELIVERY),
        ("delivery", "pgh_obj_id"),
    ),
    _history(
        DeliveryItem,
        {_DELIVERY: "deliveries", _ITEM: "item"},
        _of_tick,
        ("delivery", _DELIVERY),
    ),
    _history(
        DeliveryNeed,
        {_DELIVERY: "deliveries", "need_id": "need"},
        _of_tick,
        ("delivery", _DELIVERY),
    ),
    _history(
        Activity,
        {"pgh_obj_id": "activities"},
        _by_event(ActKind.ACTIVITY),
        ("activity", "pgh_obj_id"),
    ),
    _history(
        ActivityMandate,
        {_ACTIVITY: "activities", "mandate_id": "mandate"},
        _of_link,
        ("activity", _ACTIVITY),
    ),
    _history(
        ActivityItem,
        {_ACTIVITY: "activities", _ITEM: "item"},
        _of_link,
        ("activity", _ACTIVITY),
    ),
    _history(ItemMandate, {_ITEM: "item", "mandate_id": "mandate"}, _of_link, ("request", _ITEM)),
    _history(RequestItem, {"pgh_obj_id": "item"}, _of_item, ("request", "pgh_obj_id")),
    _history(Need, {"pgh_obj_id": "need"}, _by_event(ActKind.NEED), ("need-edit", "pgh_obj_id")),
)


def done(
    rests: Mapping[str, Rests], *, since: dt.datetime, until: dt.datetime | None = None
) -> dict[str, list[Act]]:
    """What was done to what each demand rests on, after a moment and up to another; newest first.

    One query a table, whatever the number of demands.
    """
    resting = _Resting(rests)
    rows = [(source, row) for source in SOURCES for row in _rows(source, resting, since, until)]
    requests = dict(
        RequestItem.objects.filter(pk__in=resting.on["item"]).values_list("pk", "request_id")
    )
    people = User.objects.in_bulk({who for source, row in rows if (who := _who(source, row))})
    found: defaultdict[str, list[tuple[dt.datetime, Act]]] = defaultdict(list)
    for source, row in rows:
        at: dt.datetime = getattr(row, source.at)
        kind, words = source.read(row)
        by = str(people.get(_who(source, row) or 0, ""))
        act = Act(kind, at.date(), words, by, _path(source, row, requests))
        for key in resting.touched(source, row):
            found[key].append((at, act))
    return {
        key: list(dict.fromkeys(act for _at, act in sorted(acts, key=_moment, reverse=True)))
        for key, acts in found.items()
    }


def _moment(told: tuple[dt.datetime, Act]) -> dt.datetime:
    return told[0]


class _Resting:
    """Which demands rest on a thing: `on` gives by name of `Rests` and key the demands' keys."""

    def __init__(self, rests: Mapping[str, Rests]) -> None:
        self.on: dict[str, defaultdict[int, set[str]]] = {
            name: defaultdict(set) for name in Rests.__dataclass_fields__
        }
        for key, one in rests.items():
            for name, keys in self.on.items():
                for thing in getattr(one, name):
                    keys[thing].add(key)

    def touched(self, source: _Source, row: Any) -> set[str]:
        """The demands that rest on all that a row is about."""
        return set.intersection(
            *(self.on[name][getattr(row, column)] for column, name in source.where.items())
        )


def _rows(
    source: _Source, resting: _Resting, since: dt.datetime, until: dt.datetime | None
) -> Iterable[Any]:
    """The acts of a table on anything that the demands rest on."""
    within = {f"{source.at}__gt": since, **({f"{source.at}__lte": until} if until else {})}
    things = {f"{column}__in": list(resting.on[name]) for column, name in source.where.items()}
    rows = source.model._default_manager.filter(source.only or Q(), **within, **things)
    return rows if source.person else rows.select_related("pgh_context")


def _who(source: _Source, row: Any) -> int | None:
    """The key of who did it, where that is known."""
    if source.person:
        return int(getattr(row, f"{source.person}_id"))
    user = row.pgh_context and row.pgh_context.metadata.get("user")
    return int(user) if user else None


def _path(source: _Source, row: Any, requests: Mapping[int, int]) -> str:
    """Where one reads of an act; "" when what it changed is no longer there."""
    page, column = source.opens
    key = getattr(row, column)
    if page == "request":
        key = requests.get(key)
    gone = getattr(row, "pgh_label", "") == "delete" and column == "pgh_obj_id"
    return "" if gone or not key else reverse(page, args=[key])
