"""What a State asked for and what reached it: each item and each delivery once, under one word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Delivery,
    OutcomeBasis,
    Reply,
    RequestItem,
    RequestOutcome,
    RequestState,
    Verdict,
)
from directory import policy
from directory.models import Country, User
from directory.policy import Permission


class Word(TextChoices):
    """How an item, or a delivery nobody asked for, stands."""

    CONFIRMED = "confirmed", _("Received, confirmed by you")
    REPLY_OPEN = "reply_open", _("Received, your reply open")
    SILENT = "silent", _("Closed without your reply")
    OBJECTED = "objected", _("Not as you asked")
    PASSED = "passed", _("Passed to another entity")
    ENDED = "ended", _("Ended otherwise")
    TO_COME = "to_come", _("Still to come")
    UNASKED = "unasked", _("Help received without asking")

    @property
    def said(self) -> str:
        """The same of a State, for others than itself."""
        return str(OF_A_STATE.get(self, self.label))


OF_A_STATE: Mapping[Word, Any] = {
    Word.CONFIRMED: _("Received, confirmed by the State"),
    Word.REPLY_OPEN: _("Received, reply of the State open"),
    Word.SILENT: _("Closed without a reply of the State"),
    Word.OBJECTED: _("Not as the State asked"),
}


@dataclass(frozen=True)
class Row:
    """An item asked for with what was delivered for it, or a delivery that nobody asked for.

    `own` when the State itself reads it.
    """

    word: Word
    item: RequestItem | None
    deliveries: tuple[Delivery, ...] = ()
    own: bool = True

    @property
    def label(self) -> str:
        """How it stands, to the State itself or to others."""
        return str(self.word.label) if self.own else self.word.said

    @property
    def reply_to(self) -> Delivery | None:
        """The latest delivery that the State has not replied to."""
        return next((one for one in self.deliveries if latest_reply(one) is None), None)

    @property
    def last(self) -> Delivery | None:
        """The latest delivery."""
        return self.deliveries[0] if self.deliveries else None


def states_read_by(user: User) -> QuerySet[Country]:
    """The States of which this person may read all that they asked for and received."""
    if policy.may(user, Permission.READ_ALL_REQUESTS):
        return Country.objects.all()
    if not policy.may(user, Permission.REPLY):
        return Country.objects.none()
    return Country.objects.filter(pk__in=user.country_ids)


def concerns(country: Country, request: str = "") -> Q:
    """Requests that a State made or is named in; `request` leads to them, such as "request__"."""
    key = "request" if request else "pk"
    named = RequestState.objects.filter(request=OuterRef(key), country=country)
    return Exists(named) | Q(**{f"{request}organisation__country": country})


def rows_of(user: User, country: Country | None = None) -> list[Row]:
    """All that a State asked for and received, newest request first.

    Without a State those of this person; with one what the State itself may read, and no more.
    """
    items = (
        RequestItem.objects.visible_to(user)
        .exclude(request__state="draft")
        .select_related("request", "referred_to", "merged_into__request")
        .order_by("-request__received_on", "request", "n")
    )
    delivered = (
        Delivery.objects.visible_to(user)
        .select_related("activity", "country")
        .prefetch_related("item_rows", "replies", "approvals")
    )
    own = True
    if country:
        items = items.filter(concerns(country, "request__"))
        delivered = delivered.approved().filter(country=country)
        own = country.pk in user.country_ids
    deliveries = list(delivered)
    by_item: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        for row in delivery.item_rows.all():
            by_item.setdefault(row.item_id, []).append(delivery)
    rows = [
        Row(_word(item, by_item.get(item.pk, [])), item, tuple(by_item.get(item.pk, [])), own)
        for item in items
    ]
    asked = {item.item.pk for item in rows if item.item}
    return rows + [
        Row(Word.UNASKED, None, (delivery,), own)
        for delivery in deliveries
        if not asked & {row.item_id for row in delivery.item_rows.all()}
    ]


def rows_shown(rows: Iterable[Row], show: str) -> list[Row]:
    """The rows of one number: those under a word, or all items `asked`; else all."""
    if show == "asked":
        return [row for row in rows if row.item]
    return [row for row in rows if show not in Word.values or row.word == show]


def latest_reply(delivery: Delivery) -> Reply | None:
    """What the State concerned last said of a delivery; its replies must be prefetched."""
    own = [r for r in delivery.replies.all() if r.country_id == delivery.country_id]
    return max(own, key=lambda reply: (reply.at, reply.pk), default=None)


def counts(rows: Iterable[Row]) -> Counter[Word]:
    """How many rows stand under each word."""
    return Counter(row.word for row in rows)


def _word(item: RequestItem, deliveries: Iterable[Delivery]) -> Word:
    if item.outcome == RequestOutcome.REFERRED:
        return Word.PASSED
    if item.outcome in {
        RequestOutcome.DECLINED,
        RequestOutcome.WITHDRAWN,
        RequestOutcome.MERGED,
    }:
        return Word.ENDED
    replies = [latest_reply(delivery) for delivery in deliveries]
    if any(reply and reply.verdict != Verdict.CONFIRMED for reply in replies):
        return Word.OBJECTED
    if any(reply is None for reply in replies):
        silent = item.outcome_basis == OutcomeBasis.SILENCE
        return Word.SILENT if silent else Word.REPLY_OPEN
    return Word.CONFIRMED if replies else Word.TO_COME
