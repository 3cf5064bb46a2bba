"""The home of those who ask: a State's focal points, a regional body."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assistance.coverage.window import today
from assistance.models import (
    AssistanceRequest,
    Delivery,
    Message,
    MessageKind,
    RequestStatus,
)
from assistance.workflow.outcomes import SILENCE
from dashboards.home.stages import OPEN_STATES, Standing, standings
from dashboards.home.tasks import Task
from dashboards.received import Row, Word, counts, latest_reply, rows_of
from directory.models import Membership, User
from directory.templatetags.dates import long_day


@dataclass(frozen=True)
class Figure:
    """A word of "asked and received", how many, and where they stand."""

    label: str
    number: int
    url: str


@dataclass
class StateHome:
    """What waits for the State, its open requests, its drafts, what it asked and received."""

    name: str
    tasks: list[Task]
    open: list[Standing]
    drafts: list[AssistanceRequest]
    figures: list[Figure] = field(default_factory=list)
    colleagues: list[Membership] = field(default_factory=list)

    @property
    def at_work(self) -> int:
        """Open requests that do not wait for the State."""
        return sum(
            1
            for standing in self.open
            if standing.request.state != RequestStatus.CLARIFICATION_REQUESTED
        )


def state_home(user: User, *, day: dt.date) -> StateHome:
    """All that the home page of a focal point or a regional body shows."""
    requests = list(
        AssistanceRequest.objects.visible_to(user)
        .filter(state__in=[RequestStatus.DRAFT, *OPEN_STATES])
        .select_related("organisation", "contact", "logged_by")
        .prefetch_related("items")
        .order_by("received_on", "pk")
    )
    drafts = [request for request in requests if request.state == RequestStatus.DRAFT]
    sent = [request for request in requests if request.state != RequestStatus.DRAFT]
    rows = rows_of(user)
    colleagues = _colleagues(user)
    return StateHome(
        name=_name(user),
        tasks=[*questions(sent), *replies_owed(rows), *_left_behind(requests, colleagues)],
        open=standings(sent, user=user, day=day),
        drafts=drafts,
        figures=_figures(counts(rows)) if user.country_ids else [],
        colleagues=colleagues,
    )


def _name(user: User) -> str:
    return ", ".join(m.organisation.name for m in user.held_memberships)


def questions(requests: Iterable[AssistanceRequest]) -> list[Task]:
    """An answer for each question that UNODC asked back."""
    asked = [r for r in requests if r.state == RequestStatus.CLARIFICATION_REQUESTED]
    latest: dict[int, Message] = {
        message.request_id: message
        for message in Message.objects.filter(
            request__in=asked, kind=MessageKind.QUESTION
        ).order_by("at", "pk")
    }
    return [
        Task(
            title=_("Answer a question about “{title}”").format(title=request.title),
            words=latest[request.pk].words if request.pk in latest else "",
            note=_("{reference}. Asked on {day}.").format(
                reference=request.ref, day=long_day(latest[request.pk].at)
            )
            if request.pk in latest
            else request.ref or "",
            act=pgettext("verb", "Answer"),
            url=reverse("request", args=[request.pk]),
        )
        for request in asked
    ]


def replies_owed(rows: list[Row]) -> list[Task]:
    """A reply for each delivery that has none, once however many items it was for."""
    waiting: dict[int, tuple[Delivery, Row]] = {}
    for row in rows:
        for delivery in row.deliveries:
            if row.word not in {Word.ENDED, Word.SILENT} and latest_reply(delivery) is None:
                waiting.setdefault(delivery.pk, (delivery, row))
    return [_reply(delivery, row) for delivery, row in waiting.values()]


def _reply(delivery: Delivery, row: Row) -> Task:
    reference = row.item.request.ref if row.item else ""
    end = max((one.on for one in delivery.approvals.all()), default=delivery.on) + SILENCE
    shown = {"reference": reference, "day": long_day(delivery.on), "end": long_day(end)}
    if not reference:
        note = _("Help that reached you without asking.")
    elif end >= today():
        note = _("{reference}. Without a reply by {end} it closes as “no answer”.").format(**shown)
    else:
        note = _("{reference}. Waiting for your reply since {day}.").format(**shown)
    return Task(
        title=_("Say whether you received “{title}”").format(
            title=delivery.title or delivery.activity.title
        ),
        words=_("{kind} on {day}.").format(kind=delivery.get_kind_display(), day=shown["day"]),
        note=note,
        act=_("Reply"),
        url=reverse("delivery-reply", args=[row.item.request_id, delivery.pk])
        if row.item
        else reverse("delivery", args=[delivery.pk]),
    )


def _left_behind(requests: list[AssistanceRequest], colleagues: list[Membership]) -> list[Task]:
    """The requests and drafts for which somebody answers who has left."""
    here = {(one.organisation_id, one.user_id) for one in colleagues}
    own = {one.organisation_id for one in colleagues}
    return [
        Task(
            title=_("Name who answers for “{title}”").format(title=request.title or _("Draft")),
            words=_("{name} acts for you no more.").format(name=request.responsible),
            note=request.ref or "",
            act=_("Hand over"),
            url=reverse("request-act", args=[request.pk, "hand-over"]),
        )
        for request in requests
        if request.responsible
        and request.organisation_id in own
        and (request.organisation_id, request.responsible.pk) not in here
    ]


def _figures(words: Counter[Word]) -> list[Figure]:
    page = reverse("received")
    items = sum(number for word, number in words.items() if word != Word.UNASKED)
    return [
        Figure(_("Items asked"), items, f"{page}?show=asked"),
        *(Figure(str(word.label), words[word], f"{page}?show={word}") for word in Word),
    ]


def _colleagues(user: User) -> list[Membership]:
    return list(
        Membership.objects.filter(
            organisation__in=[m.organisation_id for m in user.held_memberships],
            role__in=user.roles,
            ended_on=None,
        ).select_related("user")
    )
