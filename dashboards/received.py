"""What a State asked for and what reached it: each item and each delivery once, under one word."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Delivery,
    DeliveryItem,
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

ASKED = "asked"
"""Beside the words: all items."""


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


class Given(NamedTuple):
    """A delivery: its days, what the State concerned last said of it, None while it did not."""

    pk: int
    on: dt.date
    approved_on: dt.date
    verdict: str | None
    words: str


@dataclass(frozen=True)
class Line:
    """A row by its keys: what is counted and chosen without reading it."""

    word: Word
    item: int | None
    deliveries: tuple[Given, ...]


@dataclass(frozen=True)
class Row:
    """An item asked for with what was delivered for it, or a delivery that nobody asked for.

    `label` says how it stands, to the State itself or to others. `reply_to` is the latest delivery
    that the State has not replied to.
    """

    word: Word
    label: str
    item: RequestItem | None
    deliveries: tuple[Delivery, ...] = ()
    reply_to: Delivery | None = None

    @property
    def last(self) -> Delivery | None:
        """The latest delivery."""
        return self.deliveries[0] if self.deliveries else None


def labels_of(*, own: bool) -> dict[Word, str]:
    """How each word is said to the State itself, or to others."""
    return {word: str(word.label) if own else word.said for word in Word}


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


def lines_of(user: User, country: Country | None = None) -> list[Line]:
    """All that a State asked for and received, newest request first, then help unasked.

    Without a State those of this person; with one what the State itself may read, and no more.
    Keys only, in four queries: pages read with `rows_of` what they show of them.
    """
    items = RequestItem.objects.visible_to(user).exclude(request__state="draft")
    states = states_read_by(user)
    if country:
        items = items.filter(concerns(country, "request__"))
        states = states.filter(pk=country.pk)
    asked = items.order_by("-request__received_on", "request", "n").values_list(
        "pk", "outcome", "outcome_basis"
    )
    given = _given(states)
    by_item: dict[int, list[Given]] = {pk: [] for pk, _outcome, _basis in asked}
    unasked = dict(given)
    for item, delivery in DeliveryItem.objects.filter(delivery__in=given).values_list(
        "item", "delivery"
    ):
        if item in by_item:
            by_item[item].append(given[delivery])
            unasked.pop(delivery, None)
    for deliveries in by_item.values():
        deliveries.sort(key=lambda one: (one.on, one.pk), reverse=True)
    return [
        *(
            Line(_word(outcome, basis, by_item[pk]), pk, tuple(by_item[pk]))
            for pk, outcome, basis in asked
        ),
        *(Line(Word.UNASKED, None, (one,)) for one in unasked.values()),
    ]


def _given(states: QuerySet[Country]) -> dict[int, Given]:
    """Approved deliveries to these States, by key, the latest first."""
    delivered = list(
        Delivery.objects.filter(country__in=states)
        .with_approval()
        .values_list("pk", "on", "approved_on", "country")
    )
    said = {
        (delivery, country): (verdict, words)
        for delivery, country, verdict, words in Reply.objects.filter(
            delivery__in=[pk for pk, *_rest in delivered]
        )
        .order_by("at", "pk")
        .values_list("delivery", "country", "verdict", "words")
    }
    return {
        pk: Given(pk, on, approved_on, *said.get((pk, country), (None, "")))
        for pk, on, approved_on, country in delivered
    }


def rows_of(lines: Sequence[Line], *, own: bool) -> list[Row]:
    """The rows of some lines, less what vanished since; as many queries whatever their number.

    Of each thing only what is shown of it anywhere: a document holds all rows of a State.
    """
    items = (
        RequestItem.objects.select_related("request", "referred_to", "merged_into__request")
        .only(
            *("n", "words", "outcome", "outcome_reason", "referred_to"),
            *("request__ref", "request__title", "request__language"),
            *("request__state", "request__received_on", "request__organisation"),
            *("merged_into__n", "merged_into__request__ref"),
        )
        .in_bulk([line.item for line in lines if line.item])
    )
    deliveries = (
        Delivery.objects.select_related("activity")
        .only(
            *("activity__title", "activity__language", "country", "title", "kind"),
            *("began_on", "on", "women", "men", "not_stated"),
        )
        .in_bulk([one.pk for line in lines for one in line.deliveries])
    )
    labels = labels_of(own=own)

    def row(line: Line) -> Row:
        there = [one for one in line.deliveries if one.pk in deliveries]
        unanswered = [deliveries[one.pk] for one in there if one.verdict is None]
        return Row(
            line.word,
            labels[line.word],
            items[line.item] if line.item else None,
            tuple(deliveries[one.pk] for one in there),
            unanswered[0] if unanswered else None,
        )

    return [row(line) for line in lines if line.item is None or line.item in items]


def lines_shown(lines: Iterable[Line], show: str) -> list[Line]:
    """The lines of one number: those under a word, or all items asked; else all."""
    if show == ASKED:
        return [line for line in lines if line.item]
    return [line for line in lines if show not in Word.values or line.word == show]


def owed(lines: Iterable[Line]) -> dict[Given, int | None]:
    """The deliveries without a reply, each with an item it was for; the oldest first.

    For items that ended, or were closed in silence, none is owed.
    """
    found = {
        one: line.item
        for line in reversed(list(lines))
        if line.word not in {Word.ENDED, Word.SILENT}
        for one in line.deliveries
        if one.verdict is None
    }
    return {one: found[one] for one in sorted(found, key=lambda one: (one.on, one.pk))}


def counts(lines: Iterable[Line]) -> Counter[Word]:
    """How many lines stand under each word."""
    return Counter(line.word for line in lines)


def _word(outcome: str, basis: str, deliveries: Iterable[Given]) -> Word:
    if outcome == RequestOutcome.REFERRED:
        return Word.PASSED
    if outcome in {
        RequestOutcome.DECLINED,
        RequestOutcome.WITHDRAWN,
        RequestOutcome.MERGED,
    }:
        return Word.ENDED
    verdicts = {one.verdict for one in deliveries}
    if verdicts - {None, Verdict.CONFIRMED}:
        return Word.OBJECTED
    if None in verdicts:
        return Word.SILENT if basis == OutcomeBasis.SILENCE else Word.REPLY_OPEN
    return Word.CONFIRMED if verdicts else Word.TO_COME
