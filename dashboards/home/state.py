"""The home of those who ask: a State's focal points, a regional body."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assistance.coverage.window import today
from assistance.models import (
    AssistanceRequest,
    Delivery,
    Message,
    MessageKind,
    RequestItem,
    RequestOrigin,
    RequestStatus,
)
from assistance.workflow.outcomes import SILENCE
from dashboards.home.stages import OPEN_STATES, standings
from dashboards.home.tasks import Some, Task, some_of
from dashboards.links import address
from dashboards.received import ASKED, Given, Line, Word, counts, lines_of, lines_shown, owed
from directory.models import Membership, User
from directory.templatetags.dates import long_day
from mandates.models import DeliveryKind

MOST_TASKS = 5
"""Of each kind."""

MOST_REQUESTS = 10


@dataclass(frozen=True)
class Figure:
    """A word of "asked and received", how many, and where they stand."""

    label: str
    number: int
    url: str


@dataclass
class StateHome:
    """What waits for the State, its open requests, its drafts, what it asked and received.

    Of each the first alone, with how many there are.
    """

    name: str
    questions: Some
    replies: Some
    left_behind: Some
    open: Some
    drafts: Some
    figures: list[Figure] = field(default_factory=list)
    colleagues: list[Membership] = field(default_factory=list)

    @property
    def tasks(self) -> list[Task]:
        """All kinds of tasks in order."""
        return [*self.questions.first, *self.replies.first, *self.left_behind.first]

    @property
    def waiting(self) -> int:
        """How many tasks there are."""
        return self.questions.number + self.replies.number + self.left_behind.number

    @property
    def at_work(self) -> int:
        """Open requests that do not wait for the State."""
        return self.open.number - self.questions.number


def state_home(user: User, *, day: dt.date) -> StateHome:
    """All that the home page of a focal point or a regional body shows."""
    requests = AssistanceRequest.objects.visible_to(user).order_by("received_on", "pk")
    colleagues = _colleagues(user)
    lines = lines_of(user) if user.country_ids else []
    return StateHome(
        name=_name(user),
        questions=_questions(requests),
        replies=_replies(lines),
        left_behind=_left_behind(requests, colleagues),
        open=_open(requests, day),
        drafts=_with_status(requests.filter(state=RequestStatus.DRAFT), "draft", MOST_REQUESTS),
        figures=_figures(lines) if user.country_ids else [],
        colleagues=colleagues,
    )


def _with_status(requests: QuerySet[AssistanceRequest], status: str, most: int) -> Some:
    """The first of those that the list of requests shows under a status."""
    return some_of(requests, most, address("request-list", status=status))


def _open(requests: QuerySet[AssistanceRequest], day: dt.date) -> Some:
    rows = requests.filter(state__in=OPEN_STATES).prefetch_related("items")
    some = _with_status(rows, "open", MOST_REQUESTS)
    items = {request: list(request.items.all()) for request in some.first}
    return replace(some, first=standings(items, day=day))


def _name(user: User) -> str:
    return ", ".join(m.organisation.name for m in user.held_memberships)


def _questions(requests: QuerySet[AssistanceRequest]) -> Some:
    status = RequestStatus.CLARIFICATION_REQUESTED
    some = _with_status(requests.filter(state=status), status, MOST_TASKS)
    return replace(some, first=questions(some.first))


def questions(asked: Sequence[AssistanceRequest]) -> list[Task]:
    """An answer for each request of which UNODC asked something back."""
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


def _replies(lines: list[Line]) -> Some:
    waiting = owed(lines)
    url = address("received", show=Word.REPLY_OPEN.value)
    first = dict(list(waiting.items())[:MOST_TASKS])
    deliveries = Delivery.objects.select_related("activity").in_bulk([one.pk for one in first])
    items = RequestItem.objects.select_related("request").in_bulk(filter(None, first.values()))
    return Some(replies(first, deliveries, items), len(waiting), url=url)


def replies(
    waiting: Mapping[Given, int | None],
    deliveries: Mapping[int, Delivery],
    items: Mapping[int, RequestItem],
) -> list[Task]:
    """A reply for each of these deliveries, once however many items it was for."""
    return [
        _reply(given, deliveries[given.pk], items.get(item) if item else None)
        for given, item in waiting.items()
        if given.pk in deliveries
    ]


def _reply(given: Given, delivery: Delivery, item: RequestItem | None) -> Task:
    reference = item.request.ref if item else ""
    end = given.approved_on + SILENCE
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
        words=_("{kind} on {day}.").format(
            kind=DeliveryKind(delivery.kind).label, day=shown["day"]
        ),
        note=note,
        act=_("Reply"),
        url=reverse("delivery-reply", args=[item.request_id, delivery.pk])
        if item
        else reverse("delivery", args=[delivery.pk]),
    )


def _left_behind(requests: QuerySet[AssistanceRequest], colleagues: Iterable[Membership]) -> Some:
    """The requests and drafts for which somebody answers who has left."""
    here = Membership.objects.filter(
        pk__in=[one.pk for one in colleagues], organisation=OuterRef("organisation")
    )
    rows = requests.filter(
        Q(contact__isnull=False) & ~Exists(here.filter(user=OuterRef("contact")))
        | Q(contact=None, origin=RequestOrigin.PORTAL)
        & ~Exists(here.filter(user=OuterRef("logged_by"))),
        organisation__in={one.organisation_id for one in colleagues},
        state__in=[RequestStatus.DRAFT, *OPEN_STATES],
    ).select_related("contact", "logged_by")
    some = some_of(rows, MOST_TASKS, reverse("request-list"))
    return replace(some, first=[_to_hand_over(request) for request in some.first])


def _to_hand_over(request: AssistanceRequest) -> Task:
    return Task(
        title=_("Name who answers for “{title}”").format(title=request.title or _("Draft")),
        words=_("{name} acts for you no more.").format(name=request.responsible),
        note=request.ref or "",
        act=_("Hand over"),
        url=reverse("request-act", args=[request.pk, "hand-over"]),
    )


def _figures(lines: list[Line]) -> list[Figure]:
    page, words = reverse("received"), counts(lines)
    return [
        Figure(_("Items asked"), len(lines_shown(lines, ASKED)), f"{page}?show={ASKED}"),
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
