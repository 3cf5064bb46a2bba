"""Where a request stands, as a line of stages and one sentence on what comes next."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistance.coverage.models import Demand
from assistance.models import (
    Activity,
    AssistanceRequest,
    RequestItem,
    RequestOutcome,
    RequestStatus,
)
from directory.statuses import Status
from directory.templatetags.dates import long_day

FIRST_ANSWER = dt.timedelta(days=30)
OPEN_STATES = (
    RequestStatus.SUBMITTED,
    RequestStatus.UNDER_REVIEW,
    RequestStatus.CLARIFICATION_REQUESTED,
    RequestStatus.ACCEPTED,
)


def first_answer_by(request: AssistanceRequest) -> dt.date:
    """The day by which UNODC has to answer a request that was sent."""
    received = request.received_on or dt.datetime.now(dt.UTC).date()
    return received + FIRST_ANSWER


class Reached(NamedTuple):
    """How far a demand of a request has come."""

    request: int
    item: int
    status: str
    delivered_on: dt.date | None
    activity_ids: Sequence[int]


@dataclass(frozen=True)
class Stage:
    """One stage: its word, and whether it is done, now or next."""

    label: str
    state: str


@dataclass
class Standing:
    """An open request with how far its items have come."""

    request: AssistanceRequest
    items: Sequence[RequestItem]
    statuses: dict[int, Status] = field(default_factory=dict)
    next_activity: Activity | None = None

    @property
    def is_in_delivery(self) -> bool:
        """Whether work on one of its items has begun."""
        begun = {Status.UNDER_WAY, Status.DELIVERED, Status.EVIDENCED}
        return any(status in begun for status in self.statuses.values())

    @property
    def stages(self) -> list[Stage]:
        """Sent, answered, accepted, in delivery, closed."""
        asked_back = self.request.state == RequestStatus.CLARIFICATION_REQUESTED
        labels = [
            _("Sent"),
            _("Question to you") if asked_back else _("Answered"),
            _("Accepted"),
            _("In delivery"),
            _("Closed"),
        ]
        now = {
            RequestStatus.SUBMITTED: 0,
            RequestStatus.UNDER_REVIEW: 1,
            RequestStatus.CLARIFICATION_REQUESTED: 1,
            RequestStatus.ACCEPTED: 3 if self.is_in_delivery else 2,
        }.get(RequestStatus(self.request.state), 4)
        return [
            Stage(label, "done" if n < now else "now" if n == now else "next")
            for n, label in enumerate(labels)
        ]

    @property
    def next_step(self) -> str:
        """What comes next, in one sentence."""
        match self.request.state:
            case RequestStatus.SUBMITTED:
                day = first_answer_by(self.request)
                return _("UNODC reads it and answers by {day}.").format(day=long_day(day))
            case RequestStatus.UNDER_REVIEW:
                return _("UNODC decides whether it can help.")
            case RequestStatus.CLARIFICATION_REQUESTED:
                return _("your answer, then UNODC decides.")
        if activity := self.next_activity:
            if activity.planned_start and not activity.actual_start:
                return _("{title}, planned to begin on {day}.").format(
                    title=activity.title, day=long_day(activity.planned_start)
                )
            if activity.planned_end:
                return _("{title}, planned to end on {day}.").format(
                    title=activity.title, day=long_day(activity.planned_end)
                )
            return _("{title}, dates to come.").format(title=activity.title)
        served = {Status.DELIVERED, Status.EVIDENCED}
        if self.statuses and all(status in served for status in self.statuses.values()):
            return _("your replies on what was delivered, then UNODC closes it.")
        return _("UNODC plans what will serve it.")

    @property
    def items_in_words(self) -> str:
        """How many items, and how they stand: 3 items: 1 delivered, 1 referred."""
        number = len(self.items)
        parts = Counter(self._word(item) for item in self.items)
        said = ", ".join(
            _("{number} {status}").format(number=count, status=word)
            for word, count in parts.items()
        )
        return ngettext("{number} item: {said}", "{number} items: {said}", number).format(
            number=number, said=said
        )

    def _word(self, item: RequestItem) -> str:
        if item.outcome not in {RequestOutcome.OPEN, RequestOutcome.PARTLY_FULFILLED}:
            return str(RequestOutcome(item.outcome).label).lower()
        status = self.statuses.get(item.pk)
        return status.label.lower() if status else _("not yet tied to a mandate")


def standings(
    requests: Mapping[AssistanceRequest, Sequence[RequestItem]], *, day: dt.date
) -> list[Standing]:
    """How each request stands on a day, with these items of it. Two queries.

    For who reads the requests: with them one reads their demands and the activities that serve
    these.
    """
    demands = [
        Reached(*row)
        for row in Demand.objects.open_on(day)
        .as_of(day)
        .filter(item__request__in=requests)
        .values_list("item__request", "item", "status", "delivered_on", "activity_ids")
    ]
    by_request: dict[int, list[Reached]] = {request.pk: [] for request in requests}
    for demand in demands:
        by_request[demand.request].append(demand)
    activities = {
        activity.pk: activity
        for activity in Activity.objects.filter(
            pk__in={
                pk
                for demand in demands
                if demand.delivered_on is None
                for pk in demand.activity_ids
            }
        ).only("title", "status", "planned_start", "actual_start", "planned_end")
    }
    return [
        Standing(
            request,
            items,
            statuses=_least(by_request[request.pk]),
            next_activity=_next(by_request[request.pk], activities),
        )
        for request, items in requests.items()
    ]


def _least(demands: Iterable[Reached]) -> dict[int, Status]:
    """Per item the status of the demand that has come least far."""
    order = list(Status)
    found: dict[int, Status] = {}
    for demand in demands:
        status = Status(demand.status)
        known = found.get(demand.item)
        if known is None or order.index(status) > order.index(known):
            found[demand.item] = status
    return found


def _next(demands: Iterable[Reached], activities: dict[int, Activity]) -> Activity | None:
    """The activity that will serve the first demand that is not served yet."""
    waiting = [
        activities[pk]
        for demand in demands
        if demand.delivered_on is None
        for pk in demand.activity_ids
        if pk in activities and activities[pk].status in {"1", "2", "3"}
    ]
    return min(waiting, key=lambda a: (a.planned_end or dt.date.max, a.pk), default=None)
