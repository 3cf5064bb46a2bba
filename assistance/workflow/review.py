"""Between an officer and the State: reading, questions, decisions, messages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assistance.models import Message, MessageKind, OutcomeBasis, RequestOutcome
from assistance.workflow.people import asking_side, members, tell
from assistance.workflow.steps import (
    begin,
    finish,
    refuse_delivered,
    required,
    today_utc,
)
from assistance.workflow.transitions import (
    ACCEPT,
    ANSWER_CLARIFICATION,
    DECLINE,
    REQUEST_CLARIFICATION,
    SEND_MESSAGE,
    START_REVIEW,
    WITHDRAW,
    Audience,
)
from notifications.kinds import NotificationKind

if TYPE_CHECKING:
    from assistance.models import AssistanceRequest
    from directory.models import User

_SAME_MESSAGE_WITHIN = dt.timedelta(minutes=1)


@transaction.atomic
def start_review(
    *, request: AssistanceRequest, user: User, revision: int | None = None
) -> AssistanceRequest:
    """The request under review, by this officer unless it was assigned to another."""
    current = begin(request, user=user, step=START_REVIEW, revision=revision)
    if current.assigned_to is None:
        current.assigned_to = user
    finish(current, user=user, step=START_REVIEW)
    return current


@transaction.atomic
def request_clarification(
    *, request: AssistanceRequest, user: User, words: str, revision: int | None = None
) -> AssistanceRequest:
    """A question to the State, which the request waits for."""
    current = begin(request, user=user, step=REQUEST_CLARIFICATION, revision=revision)
    required(words=words)
    Message.objects.create(request=current, kind=MessageKind.QUESTION, words=words.strip(), by=user)
    finish(current, user=user, step=REQUEST_CLARIFICATION, note=words.strip())
    return current


@transaction.atomic
def answer_clarification(
    *, request: AssistanceRequest, user: User, words: str, revision: int | None = None
) -> AssistanceRequest:
    """The State's answer; the request goes back to the officer."""
    current = begin(request, user=user, step=ANSWER_CLARIFICATION, revision=revision)
    required(words=words)
    Message.objects.create(request=current, kind=MessageKind.ANSWER, words=words.strip(), by=user)
    finish(current, user=user, step=ANSWER_CLARIFICATION, note=words.strip())
    return current


@transaction.atomic
def accept_request(
    *,
    request: AssistanceRequest,
    user: User,
    note: str = "",
    revision: int | None = None,
) -> AssistanceRequest:
    """The request accepted; its open items are now UNODC's to deliver. A note is a message."""
    current = begin(request, user=user, step=ACCEPT, revision=revision)
    if note.strip():
        Message.objects.create(request=current, words=note.strip(), by=user)
    finish(current, user=user, step=ACCEPT, note=note.strip())
    return current


@transaction.atomic
def decline_request(
    *, request: AssistanceRequest, user: User, reason: str, revision: int | None = None
) -> AssistanceRequest:
    """The request declined, with its open items, for a reason that the State reads."""
    current = begin(request, user=user, step=DECLINE, revision=revision)
    required(reason=reason)
    _end_open_items(current, RequestOutcome.DECLINED, OutcomeBasis.OFFICER, reason.strip())
    finish(current, user=user, step=DECLINE, note=reason.strip())
    return current


@transaction.atomic
def withdraw_request(
    *,
    request: AssistanceRequest,
    user: User,
    reason: str = "",
    revision: int | None = None,
) -> AssistanceRequest:
    """The request withdrawn by those who asked, before anything was delivered."""
    current = begin(request, user=user, step=WITHDRAW, revision=revision)
    _end_open_items(current, RequestOutcome.WITHDRAWN, OutcomeBasis.STATE, reason.strip())
    finish(current, user=user, step=WITHDRAW, note=reason.strip())
    return current


def _end_open_items(
    asked: AssistanceRequest, outcome: RequestOutcome, basis: OutcomeBasis, reason: str
) -> None:
    refuse_delivered(list(asked.items.all()))
    for item in asked.items.select_for_update().filter(outcome=RequestOutcome.OPEN):
        item.outcome = outcome
        item.outcome_basis = basis
        item.outcome_on = today_utc()
        item.outcome_reason = reason
        item.revision += 1
        item.save()


@transaction.atomic
def send_message(*, request: AssistanceRequest, user: User, words: str) -> Message:
    """A message to the other side. The same words sent twice in a minute are one message."""
    current = begin(request, user=user, step=SEND_MESSAGE)
    required(words=words)
    again = current.messages.filter(
        by=user, words=words.strip(), at__gt=timezone.now() - _SAME_MESSAGE_WITHIN
    ).first()
    if again is not None:
        return again
    message = Message.objects.create(request=current, words=words.strip(), by=user)
    others = (
        list(asking_side(current)) if user.is_staff_of_unodc else members(current, Audience.UNODC)
    )
    tell(
        kind=NotificationKind.MESSAGE_WRITTEN,
        recipients=[person for person in others if person.pk != user.pk],
        key=f"message:{message.pk}",
        path=reverse("request", args=[current.pk]),
        about=current,
        values={"reference": current.ref, "by": user},
    )
    return message
