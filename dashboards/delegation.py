"""What a State asked for, what reached it, what is open: one document for its delegation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.activities.page import people_of
from assistance.models import AssistanceRequest, Delivery, RequestItem, RequestStatus, Verdict
from dashboards.home.stages import OPEN_STATES, Standing, standings
from dashboards.home.state import Figure, questions, replies
from dashboards.home.tasks import Task
from dashboards.received import (
    ASKED,
    Given,
    Line,
    Row,
    Word,
    counts,
    lines_of,
    lines_shown,
    owed,
    rows_of,
)
from directory.models import Country, Organisation, User
from directory.templatetags.dates import long_day
from mandates.models import DeliveryKind


@dataclass(frozen=True)
class Asked:
    """A request with its items; `facts` say since when, and how it stands."""

    request: AssistanceRequest
    facts: str
    rows: list[Row]

    @property
    def items(self) -> list[RequestItem]:
        """Its items."""
        return [row.item for row in self.rows if row.item]


@dataclass(frozen=True)
class Received:
    """A delivery of a kind with the items it was for, and what the State last said of it."""

    delivery: Delivery
    kind: str
    people: str
    items: list[str]
    verdict: str
    words: str


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
    rows = rows_of(lines, own=False)
    given = {one.pk: one for line in lines for one in line.deliveries}
    asked = _asked(rows)
    still_open = {
        one.request: one.items for one in reversed(asked) if one.request.state in OPEN_STATES
    }
    own = set(Organisation.objects.filter(country=country).values_list("pk", flat=True))
    asked_back = [
        one
        for one in still_open
        if one.state == RequestStatus.CLARIFICATION_REQUESTED and one.organisation_id in own
    ]
    return Document(
        country=country,
        day=day,
        figures=_figures(country, lines),
        asked=asked,
        received=_received(rows, given),
        open=standings(still_open, day=day),
        waiting=[
            *questions(asked_back),
            *replies(
                owed(lines),
                {one.pk: one for row in rows for one in row.deliveries},
                {row.item.pk: row.item for row in rows if row.item},
            ),
        ],
    )


def _figures(country: Country, lines: list[Line]) -> list[Figure]:
    page, words = reverse("state", args=[country.iso]), counts(lines)
    items = len(lines_shown(lines, ASKED))
    asked = Figure(_("Items asked"), items, f"{page}?show={ASKED}")
    said = [Figure(word.said, words[word], f"{page}?show={word}") for word in Word if words[word]]
    return [asked, *said]


def _asked(rows: Iterable[Row]) -> list[Asked]:
    words, statuses = _("Received %(day)s. Status: %(state)s."), _labels(RequestStatus)
    found: dict[int, Asked] = {}
    for row in rows:
        if not row.item:
            continue
        request = row.item.request
        if request.pk not in found:
            day = long_day(request.received_on) if request.received_on else ""
            facts = words % {"day": day, "state": statuses[request.state]}
            found[request.pk] = Asked(request, facts, [])
        found[request.pk].rows.append(row)
    return list(found.values())


def _received(rows: Iterable[Row], given: Mapping[int, Given]) -> list[Received]:
    """Each delivery once, however many items it was for, the newest first."""
    words = _("{reference}, item {number}")
    too_early = _("before it was asked, so it does not count")
    kinds, verdicts = _labels(DeliveryKind), _labels(Verdict)
    found: dict[int, Received] = {}
    for row in rows:
        for delivery in row.deliveries:
            if delivery.pk not in found:
                said = given[delivery.pk]
                found[delivery.pk] = Received(
                    delivery,
                    kinds[delivery.kind],
                    people_of(delivery),
                    [],
                    verdicts.get(said.verdict or "", ""),
                    said.words,
                )
            if row.item:
                asked = row.item.request
                item = words.format(reference=asked.ref, number=row.item.n)
                if asked.received_on and delivery.on < asked.received_on:
                    item = f"{item} ({too_early})"
                found[delivery.pk].items.append(item)
    return sorted(found.values(), key=lambda one: (one.delivery.on, one.delivery.pk), reverse=True)


def _labels(choices: type[TextChoices]) -> dict[str, str]:
    """Each said in the reader's language, once for all rows."""
    return {value: str(label) for value, label in choices.choices}
