"""What a State asked for and what reached it: each item and each delivery once, under one word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from assistance.models import Delivery, OutcomeBasis, Reply, RequestItem, RequestOutcome, Verdict
from directory.models import User


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


@dataclass(frozen=True)
class Row:
    """An item asked for with what was delivered for it, or a delivery that nobody asked for."""

    word: Word
    item: RequestItem | None
    deliveries: tuple[Delivery, ...] = ()

    @property
    def reply_to(self) -> Delivery | None:
        """The latest delivery that the State has not replied to."""
        return next((one for one in self.deliveries if latest_reply(one) is None), None)

    @property
    def last(self) -> Delivery | None:
        """The latest delivery."""
        return self.deliveries[0] if self.deliveries else None


def rows_of(user: User) -> list[Row]:
    """All that the State of this person asked for and received, newest request first."""
    items = (
        RequestItem.objects.visible_to(user)
        .exclude(request__state="draft")
        .select_related("request", "referred_to", "merged_into__request")
        .order_by("-request__received_on", "request", "n")
    )
    deliveries = list(
        Delivery.objects.visible_to(user)
        .select_related("activity", "country")
        .prefetch_related("item_rows", "replies", "approvals")
    )
    by_item: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        for row in delivery.item_rows.all():
            by_item.setdefault(row.item_id, []).append(delivery)
    rows = [
        Row(_word(item, by_item.get(item.pk, [])), item, tuple(by_item.get(item.pk, [])))
        for item in items
    ]
    asked = {item.item.pk for item in rows if item.item}
    return rows + [
        Row(Word.UNASKED, None, (delivery,))
        for delivery in deliveries
        if not asked & {row.item_id for row in delivery.item_rows.all()}
    ]


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
