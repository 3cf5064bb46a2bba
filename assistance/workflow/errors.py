"""Refusals of a change that is not possible now."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assistance.models import AssistanceRequest, RequestItem, RequestOutcome, RequestStatus

_ADVICE: Mapping[str, Promise | str] = {
    RequestStatus.DRAFT: _("It is still a draft. Send it first."),
    RequestStatus.SUBMITTED: _("It was sent and waits to be read. Start the review first."),
    RequestStatus.UNDER_REVIEW: _(
        "It is under review. Ask a question, accept it or decline it first."
    ),
    RequestStatus.CLARIFICATION_REQUESTED: _(
        "It waits for the State to answer a question. Go on once the answer is here."
    ),
    RequestStatus.ACCEPTED: _("It was accepted already. Give each of its items an outcome."),
    RequestStatus.DECLINED: _("It was declined. Write a message, or send a new request."),
    RequestStatus.WITHDRAWN: _("It was withdrawn. Write a message, or send a new request."),
    RequestStatus.CLOSED: _("It is closed. Write a message, or send a new request."),
}
_HAS_OUTCOME = _("Item %(number)d has its outcome already: %(outcome)s. Reload the page.")
_IS_OPEN = _("Item %(number)d is still open. Give it an outcome first.")


class WrongState(Exception):
    """The request, or its item, is not in a state from which this change starts.

    `state` is the state now; `str()` says what it is and what to do, in the reader's language.
    """

    def __init__(self, asked: AssistanceRequest, item: RequestItem | None = None) -> None:
        self.asked = asked
        self.item = item
        self.state: str = item.outcome if item else asked.state
        super().__init__(self.state)

    def __str__(self) -> str:
        if self.item and self.item.outcome == RequestOutcome.OPEN:
            return str(_IS_OPEN) % {"number": self.item.n}
        if self.item:
            return str(_HAS_OUTCOME) % {
                "number": self.item.n,
                "outcome": self.item.get_outcome_display(),
            }
        return str(_ADVICE[self.state])
