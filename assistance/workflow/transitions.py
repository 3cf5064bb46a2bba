"""Every change a request or one of its items can go through, declared as data.

The functions of this package read their rules from here, and so does the documentation
(`states_as_markdown`, `states_as_mermaid`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistance.models import RequestOutcome, RequestStatus
from directory.policy import Permission
from notifications.kinds import NotificationKind

_S = RequestStatus
_O = RequestOutcome
_P = Permission
_N = NotificationKind


class Audience(StrEnum):
    """Who is told of a change."""

    ASKING = "those who asked"
    UNODC = "the officer it is assigned to, else all who read requests"
    ASSIGNEE = "the officer it is assigned to"
    CONTACT = "who answers for it on the side that asks"


@dataclass(frozen=True)
class Transition:
    """A change of state: from which states, to which (None: it stays), who may, what it needs.

    One of several `permissions` is enough. For items, `during` are the states of the request and
    `before_delivery` says that it is refused once something was delivered. `answers` marks what
    counts as UNODC's first answer.
    """

    name: str
    sources: frozenset[str]
    to: str | None
    permissions: tuple[Permission, ...]
    needs: tuple[str, ...] = ()
    tells: tuple[tuple[NotificationKind, Audience], ...] = ()
    during: frozenset[str] = frozenset()
    before_delivery: bool = False
    answers: bool = False


def _of(*states: str) -> frozenset[str]:
    return frozenset(str(state) for state in states)


_OPEN_STATES = _of(_S.SUBMITTED, _S.UNDER_REVIEW, _S.CLARIFICATION_REQUESTED, _S.ACCEPTED)
_FOR_STATE = (_P.ANSWER_FOR_STATE, _P.ASK_ON_BEHALF)

SAVE_DRAFT = Transition("save_draft", _of(_S.DRAFT), None, (_P.ASK, _P.ASK_ON_BEHALF))
DELETE_DRAFT = Transition("delete_draft", _of(_S.DRAFT), None, (_P.ASK, _P.ASK_ON_BEHALF))
SUBMIT = Transition(
    "submit_request",
    _of(_S.DRAFT),
    _S.SUBMITTED,
    (_P.ASK,),
    needs=("title", "items", "beneficiaries", "reason", "states"),
    tells=(
        (_N.REQUEST_RECEIVED, Audience.ASKING),
        (_N.REQUEST_SUBMITTED, Audience.UNODC),
    ),
)
SUBMIT_ON_BEHALF = Transition(
    "submit_on_behalf",
    _of(_S.DRAFT),
    _S.SUBMITTED,
    (_P.ASK_ON_BEHALF,),
    needs=("title", "items", "received_on", "states"),
    tells=(
        (_N.REQUEST_ENTERED, Audience.ASKING),
        (_N.REQUEST_SUBMITTED, Audience.UNODC),
    ),
)
START_REVIEW = Transition(
    "start_review",
    _of(_S.SUBMITTED),
    _S.UNDER_REVIEW,
    (_P.TRIAGE,),
    tells=((_N.REQUEST_UNDER_REVIEW, Audience.ASKING),),
)
REQUEST_CLARIFICATION = Transition(
    "request_clarification",
    _of(_S.UNDER_REVIEW),
    _S.CLARIFICATION_REQUESTED,
    (_P.TRIAGE,),
    needs=("words",),
    tells=((_N.CLARIFICATION_ASKED, Audience.ASKING),),
    answers=True,
)
ANSWER_CLARIFICATION = Transition(
    "answer_clarification",
    _of(_S.CLARIFICATION_REQUESTED),
    _S.UNDER_REVIEW,
    _FOR_STATE,
    needs=("words",),
    tells=((_N.CLARIFICATION_ANSWERED, Audience.UNODC),),
)
ACCEPT = Transition(
    "accept_request",
    _of(_S.UNDER_REVIEW),
    _S.ACCEPTED,
    (_P.TRIAGE,),
    tells=((_N.REQUEST_ACCEPTED, Audience.ASKING),),
    answers=True,
)
DECLINE = Transition(
    "decline_request",
    _of(_S.UNDER_REVIEW),
    _S.DECLINED,
    (_P.TRIAGE,),
    needs=("reason",),
    tells=((_N.REQUEST_DECLINED, Audience.ASKING),),
    before_delivery=True,
    answers=True,
)
WITHDRAW = Transition(
    "withdraw_request",
    _OPEN_STATES,
    _S.WITHDRAWN,
    _FOR_STATE,
    tells=((_N.REQUEST_WITHDRAWN, Audience.UNODC),),
    before_delivery=True,
)
CLOSE = Transition(
    "close_request",
    _of(_S.UNDER_REVIEW, _S.CLARIFICATION_REQUESTED, _S.ACCEPTED),
    _S.CLOSED,
    (),
    tells=((_N.REQUEST_CLOSED, Audience.ASKING),),
)
"""Never called by a person: it follows the outcome of the last item."""

ASSIGN = Transition(
    "assign_request",
    _OPEN_STATES,
    None,
    (_P.TRIAGE, _P.REASSIGN),
    needs=("to",),
    tells=((_N.REQUEST_ASSIGNED, Audience.ASSIGNEE),),
)
HAND_OVER = Transition(
    "hand_over_request",
    _OPEN_STATES | _of(_S.DRAFT),
    None,
    (_P.ANSWER_FOR_STATE,),
    needs=("to",),
    tells=((_N.REQUEST_HANDED_OVER, Audience.CONTACT),),
)
TIE = Transition("tie_item_to_mandate", _OPEN_STATES | _of(_S.CLOSED), None, (_P.LINK,))
UNTIE = Transition(
    "untie_item_from_mandate",
    _OPEN_STATES | _of(_S.CLOSED),
    None,
    (_P.LINK,),
    needs=("reason",),
)
TAKE_OVER = Transition("take_over", _OPEN_STATES | _of(_S.CLOSED), None, (_P.TAKE_OVER,))
SEND_MESSAGE = Transition(
    "send_message",
    frozenset(_S.values) - _of(_S.DRAFT),
    None,
    (_P.WRITE_MESSAGES,),
    needs=("words",),
)
WRITE_NOTE = Transition(
    "write_note",
    frozenset(_S.values) - _of(_S.DRAFT),
    None,
    (_P.WRITE_NOTES,),
    needs=("words",),
    tells=((_N.NOTE_WRITTEN, Audience.ASSIGNEE),),
)
"""For UNODC alone: it leaves no event on the request."""

ATTACH = Transition(
    "add_attachment",
    _OPEN_STATES | _of(_S.DRAFT),
    None,
    (_P.WRITE_MESSAGES,),
    needs=("file",),
)

REQUEST_TRANSITIONS: tuple[Transition, ...] = (
    SAVE_DRAFT,
    DELETE_DRAFT,
    SUBMIT,
    SUBMIT_ON_BEHALF,
    START_REVIEW,
    REQUEST_CLARIFICATION,
    ANSWER_CLARIFICATION,
    ACCEPT,
    DECLINE,
    WITHDRAW,
    CLOSE,
    ASSIGN,
    HAND_OVER,
    TIE,
    UNTIE,
    TAKE_OVER,
    SEND_MESSAGE,
    WRITE_NOTE,
    ATTACH,
)


_TOLD_OUTCOME = ((_N.ITEM_OUTCOME, Audience.ASKING),)
_WORKED_ON = _of(_S.UNDER_REVIEW, _S.ACCEPTED)

FULFIL_ITEM = Transition(
    "fulfil_item",
    _of(_O.OPEN),
    _O.FULFILLED,
    (_P.TRIAGE,),
    needs=("basis", "delivery"),
    tells=_TOLD_OUTCOME,
    during=_of(_S.ACCEPTED),
)
REMIND_ITEM = Transition(
    "remind_item",
    _of(_O.OPEN),
    None,
    (),
    needs=("silence",),
    tells=((_N.REPLY_AWAITED, Audience.ASKING),),
    during=_of(_S.ACCEPTED),
)
"""Made by the clock: the State is asked again whether it received what was delivered."""

FULFIL_SILENT_ITEM = Transition(
    "fulfil_silent_item",
    _of(_O.OPEN),
    _O.FULFILLED,
    (),
    needs=("silence",),
    tells=((_N.ITEM_SILENT, Audience.ASKING), (_N.ITEM_CLOSED_SILENT, Audience.ASSIGNEE)),
    during=_of(_S.ACCEPTED),
)
"""Made by the clock, after reminders without an answer; the basis says so."""

FULFIL_ITEM_PARTLY = Transition(
    "fulfil_item_partly",
    _of(_O.OPEN),
    _O.PARTLY_FULFILLED,
    (_P.TRIAGE,),
    needs=("basis", "delivery"),
    tells=_TOLD_OUTCOME,
    during=_WORKED_ON,
)
DECLINE_ITEM = Transition(
    "decline_item",
    _of(_O.OPEN),
    _O.DECLINED,
    (_P.TRIAGE,),
    needs=("reason",),
    tells=_TOLD_OUTCOME,
    during=_WORKED_ON,
    before_delivery=True,
    answers=True,
)
REFER_ITEM = Transition(
    "refer_item",
    _of(_O.OPEN),
    _O.REFERRED,
    (_P.TRIAGE,),
    needs=("entity",),
    tells=_TOLD_OUTCOME,
    during=_WORKED_ON,
    before_delivery=True,
    answers=True,
)
ANSWER_REFERRAL = Transition(
    "answer_referral",
    _of(_O.REFERRED),
    None,
    (_P.TRIAGE,),
    needs=("words",),
    tells=((_N.REFERRAL_ANSWERED, Audience.ASKING),),
    during=_OPEN_STATES | _of(_S.CLOSED),
)
WITHDRAW_ITEM = Transition(
    "withdraw_item",
    _of(_O.OPEN),
    _O.WITHDRAWN,
    _FOR_STATE,
    tells=((_N.ITEM_WITHDRAWN, Audience.UNODC),),
    during=_OPEN_STATES,
    before_delivery=True,
)
MERGE_ITEM = Transition(
    "merge_item",
    _of(_O.OPEN),
    _O.MERGED,
    (_P.TRIAGE,),
    needs=("into",),
    tells=((_N.ITEM_MERGED, Audience.ASKING),),
    during=_WORKED_ON,
    before_delivery=True,
)

ITEM_TRANSITIONS: tuple[Transition, ...] = (
    FULFIL_ITEM,
    REMIND_ITEM,
    FULFIL_SILENT_ITEM,
    FULFIL_ITEM_PARTLY,
    DECLINE_ITEM,
    REFER_ITEM,
    ANSWER_REFERRAL,
    WITHDRAW_ITEM,
    MERGE_ITEM,
)


def ending(state: str, outcomes: Iterable[str]) -> Transition:
    """The change of a request whose last item has its outcome."""
    found = set(outcomes)
    if found == {_O.WITHDRAWN}:
        return WITHDRAW
    if found == {_O.DECLINED} and state in DECLINE.sources:
        return DECLINE
    return CLOSE


def _ordered(states: Iterable[str]) -> list[str]:
    order = [*_S.values, *_O.values]
    return sorted(states, key=order.index)


def _row(step: Transition) -> str:
    cells = (
        f"`{step.name}`",
        ", ".join(_ordered(step.during or step.sources)),
        step.to or "stays",
        ", ".join(f"`{permission}`" for permission in step.permissions) or "follows by itself",
        ", ".join(step.needs) or "-",
        ", ".join(f"`{kind}`" for kind, _audience in step.tells) or "-",
    )
    return f"| {' | '.join(cells)} |"


def states_as_markdown() -> str:
    """The tables of changes, of requests and of items, for the documentation."""
    head = "| change | while the request is | becomes | who may | needs | tells |"
    rule = "| --- | --- | --- | --- | --- | --- |"
    return "\n".join(
        [
            "**Requests**",
            "",
            head,
            rule,
            *map(_row, REQUEST_TRANSITIONS),
            "",
            "**Items** (each open until it has its outcome)",
            "",
            head,
            rule,
            *map(_row, ITEM_TRANSITIONS),
        ]
    )


def _edges() -> Iterator[str]:
    yield "    [*] --> draft"
    for step in REQUEST_TRANSITIONS:
        if step.to:
            for source in _ordered(step.sources):
                yield f"    {source} --> {step.to}: {step.name}"
    for state in (_S.DECLINED, _S.WITHDRAWN, _S.CLOSED):
        yield f"    {state} --> [*]"


def states_as_mermaid() -> str:
    """The states of a request as a diagram, in the notation of Mermaid."""
    return "\n".join(["stateDiagram-v2", *_edges()])
