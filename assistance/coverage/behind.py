"""Where a demand of a request stands on its way to a confirmed delivery, and why it stays there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import models
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from assistance.coverage.status import STAGES, Status
from assistance.models import (
    ActivityItem,
    ActivityStatus,
    LinkState,
    OutcomeBasis,
    Reply,
    RequestStatus,
    Verdict,
)


class Behind(models.TextChoices):
    """Why a demand goes no further; the last one has arrived."""

    NOT_ANSWERED = "not_answered", _("The request waits for its first answer")
    IN_REVIEW = "in_review", _("The request is under review")
    QUESTION = "question", _("The State was asked for details")
    NOT_APPROVED = "not_approved", _("An activity waits for approval")
    NO_ACTIVITY = "no_activity", _("Accepted, and no activity answers it")
    OVERDUE = "overdue", _("Planned, and its planned end has passed")
    TO_COME = "to_come", _("Planned, and not begun")
    DISPUTED = "disputed", _("The State says that it did not arrive")
    SOME_STATES = "some_states", _("Delivered to some of its States")
    LATE = "late", _("Begun, and its planned end has passed")
    BEGUN = "begun", _("Begun, and nothing is delivered yet")
    SILENCE = "silence", _("Delivered, and closed after 60 days without a reply")
    NO_REPLY = "no_reply", _("Delivered, and the State has not replied")
    CONFIRMED = "confirmed", _("Confirmed by each of its States")

    @property
    def stays_at(self) -> Status | None:
        """The step that the demands have reached; None for those that have arrived."""
        return STAYS_AT.get(self)


STAYS_AT: Mapping[Behind, Status] = {
    Behind.NOT_ANSWERED: Status.UNMET,
    Behind.IN_REVIEW: Status.UNMET,
    Behind.QUESTION: Status.UNMET,
    Behind.NOT_APPROVED: Status.UNMET,
    Behind.NO_ACTIVITY: Status.UNMET,
    Behind.OVERDUE: Status.PLANNED,
    Behind.TO_COME: Status.PLANNED,
    Behind.DISPUTED: Status.UNDER_WAY,
    Behind.SOME_STATES: Status.UNDER_WAY,
    Behind.LATE: Status.UNDER_WAY,
    Behind.BEGUN: Status.UNDER_WAY,
    Behind.SILENCE: Status.DELIVERED,
    Behind.NO_REPLY: Status.DELIVERED,
}


class _IsAnyOf(Func):
    """`one = ANY (many)`: a lookup would put its right side in brackets, which forbids ANY."""

    arg_joiner = " = ANY ("
    template = "%(expressions)s)"
    output_field = models.BooleanField()


def confirming_states() -> Coalesce:
    """How many of its States confirmed a delivery that counts for it."""
    replies = Reply.objects.filter(
        _IsAnyOf(F("delivery_id"), OuterRef("delivery_ids")),
        verdict=Verdict.CONFIRMED,
        country=F("delivery__country"),
    )
    counted = (
        replies.order_by().values("verdict").annotate(n=Count("country", distinct=True)).values("n")
    )
    return Coalesce(Subquery(counted), Value(0))


def _waiting_for_approval() -> Exists:
    return Exists(
        ActivityItem.objects.exclude(state=LinkState.REJECTED)
        .exclude(activity__status=ActivityStatus.CANCELLED)
        .filter(
            item=OuterRef("item_id"),
            activity__sent_at__isnull=False,
            activity__approvals__isnull=True,
        )
    )


def behind_on(day: dt.date, *, inside: bool) -> Case:
    """Why a demand of an item goes no further, as a column; stages as of a day, the rest of now.

    Needs `confirming_states`; `inside` tells activities that are not approved yet.
    """

    def reached(status: Status) -> Q:
        return Q(**{f"{STAGES[status]}__lte": day})

    def why(reason: Behind, condition: Q | Exists) -> When:
        return When(condition, then=Value(reason.value))

    served, begun, planned = (
        reached(status) for status in (Status.DELIVERED, Status.UNDER_WAY, Status.PLANNED)
    )
    all_states = Func(F("country_ids"), function="cardinality", output_field=models.IntegerField())
    in_state = {
        Behind.NOT_ANSWERED: RequestStatus.SUBMITTED,
        Behind.IN_REVIEW: RequestStatus.UNDER_REVIEW,
        Behind.QUESTION: RequestStatus.CLARIFICATION_REQUESTED,
    }
    return Case(
        why(Behind.CONFIRMED, served & Q(confirming_states=all_states)),
        why(Behind.SILENCE, served & Q(item__outcome_basis=OutcomeBasis.SILENCE)),
        why(Behind.NO_REPLY, served),
        why(Behind.DISPUTED, begun & Q(disputed=True)),
        why(Behind.SOME_STATES, begun & Q(delivery_ids__len__gt=0)),
        why(Behind.LATE, begun & Q(overdue=True)),
        why(Behind.BEGUN, begun),
        why(Behind.OVERDUE, planned & Q(overdue=True)),
        why(Behind.TO_COME, planned),
        *([why(Behind.NOT_APPROVED, _waiting_for_approval())] if inside else []),
        *(why(reason, Q(item__request__state=state)) for reason, state in in_state.items()),
        default=Value(Behind.NO_ACTIVITY.value),
        output_field=models.CharField(),
    )
