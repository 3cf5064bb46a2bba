"""What a State asked for, what reached it, what is open: one document for its delegation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.models import AssistanceRequest, Delivery, Reply, RequestItem, RequestStatus
from dashboards.home.stages import OPEN_STATES, Standing, standings
from dashboards.home.state import Figure, questions, replies
from dashboards.home.tasks import Task
from dashboards.received import (
    Line,
    Row,
    Word,
    concerns,
    counts,
    latest_reply,
    lines_of,
    owed,
    rows_of,
)
from directory.models import Country, User


@dataclass(frozen=True)
class Asked:
    """A request with its items, as they stand."""

    request: AssistanceRequest
    rows: list[Row]


@dataclass(frozen=True)
class Received:
    """A delivery with the items it was for, and what the State last said of it."""

    delivery: Delivery
    items: list[str]
    reply: Reply | None


@dataclass(frozen=True)
class Document:
    """All of a State as of a day; `waiting` are the acts that wait for the State."""

    country: Country
    day: dt.date
    figures: list[Figure]
    asked: list[Asked]
    received: list[Received]
    open: list[Standing]
    waiting: list[Task]


def document_of(user: User, country: Country, *, day: dt.date) -> Document:
    """The document, the same whether the State opens it or UNODC."""
    lines = lines_of(user, country)
    rows = rows_of(lines, own=country.pk in user.country_ids)
    requests = list(
        AssistanceRequest.objects.visible_to(user)
        .filter(concerns(country), state__in=OPEN_STATES)
        .select_related("organisation")
        .prefetch_related("items")
        .order_by("received_on", "pk")
    )
    asked_back = [
        one
        for one in requests
        if one.organisation.country_id == country.pk
        and one.state == RequestStatus.CLARIFICATION_REQUESTED
    ]
    return Document(
        country=country,
        day=day,
        figures=_figures(country, lines),
        asked=_asked(rows),
        received=_received(rows),
        open=standings(requests, user=user, day=day),
        waiting=[*questions(asked_back), *replies(owed(lines))],
    )


def _figures(country: Country, lines: list[Line]) -> list[Figure]:
    page, words = reverse("state", args=[country.iso]), counts(lines)
    asked = Figure(_("Items asked"), sum(1 for line in lines if line.item), f"{page}?show=asked")
    said = [Figure(word.said, words[word], f"{page}?show={word}") for word in Word if words[word]]
    return [asked, *said]


def _asked(rows: Iterable[Row]) -> list[Asked]:
    found: dict[int, Asked] = {}
    for row in rows:
        if row.item:
            group = found.setdefault(row.item.request_id, Asked(row.item.request, []))
            group.rows.append(row)
    return list(found.values())


def _received(rows: Iterable[Row]) -> list[Received]:
    """Each delivery once, however many items it was for, the newest first."""
    found: dict[int, Received] = {}
    for row in rows:
        for delivery in row.deliveries:
            one = found.setdefault(delivery.pk, Received(delivery, [], latest_reply(delivery)))
            if row.item:
                one.items.append(_named(row.item, delivery))
    return sorted(found.values(), key=lambda one: (one.delivery.on, one.delivery.pk), reverse=True)


def _named(item: RequestItem, delivery: Delivery) -> str:
    """An item by its reference; whether the delivery came before it was asked."""
    words = _("{reference}, item {number}").format(reference=item.request.ref, number=item.n)
    if item.request.received_on and delivery.on < item.request.received_on:
        return f"{words} ({_('before it was asked, so it does not count')})"
    return words
