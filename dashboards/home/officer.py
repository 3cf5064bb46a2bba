"""A programme officer's home: what has a date, piles to work off, the own paragraphs, news."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, DateField, Exists, F, OuterRef, Q, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assistance.coverage.figures import ParagraphFigures, Window, figures_of_resolution
from assistance.models import (
    OBJECTIONS,
    Activity,
    ActivityMandate,
    AssistanceRequest,
    Delivery,
    Evidence,
    ItemMandate,
    RequestStatus,
    Verdict,
)
from assistance.querysets import ENDS_SOON
from assistance.workbench.tray import unlinked
from dashboards.home.stages import FIRST_ANSWER
from dashboards.home.tasks import Pile, Some, Task, due_of
from dashboards.links import Rows
from directory.models import Country, User
from mandates.models import Mandate, Resolution

ANSWER_TO_QUESTION = dt.timedelta(days=14)
SETTLE = dt.timedelta(days=30)
MOST_TASKS = 12


@dataclass
class OfficerHome:
    """What waits for an officer."""

    tasks: list[Task]
    more: int
    late: int
    piles: list[Pile]
    resolution: Resolution | None
    rows: Rows | None
    paragraphs: list[ParagraphFigures]


def officer_home(user: User, *, day: dt.date) -> OfficerHome:
    """All that the home page of an officer shows."""
    kinds = [_requests(user, day), _activities(user, day), _objections(user, day)]
    tasks = sorted(
        (task for kind in kinds for task in kind.first),
        key=lambda task: (task.due or dt.date.max, task.title),
    )[:MOST_TASKS]
    resolution = Resolution.objects.visible_to(user).filter(superseded_on=None).first()
    return OfficerHome(
        tasks=tasks,
        more=sum(kind.number for kind in kinds) - len(tasks),
        late=sum(kind.late for kind in kinds),
        piles=piles(user),
        resolution=resolution,
        rows=Rows(resolution, Window.of(resolution)) if resolution else None,
        paragraphs=_own_paragraphs(user, resolution) if resolution else [],
    )


def _states(countries: Iterable[Country]) -> str:
    return ", ".join(country.name for country in countries)


def _requests(user: User, day: dt.date) -> Some:
    """Requests that wait for an answer: the officer's own, and those nobody has taken."""
    asked_back = RequestStatus.CLARIFICATION_REQUESTED
    waiting = (
        AssistanceRequest.objects.visible_to(user)
        .filter(state__in=[RequestStatus.SUBMITTED, RequestStatus.UNDER_REVIEW, asked_back])
        .filter(Q(assigned_to=user) | Q(assigned_to=None))
        .annotate(
            due=Case(
                When(
                    state=asked_back,
                    first_answered_at__isnull=False,
                    then=_day(TruncDate("first_answered_at") + ANSWER_TO_QUESTION),
                ),
                default=_day(F("received_on") + FIRST_ANSWER),
            )
        )
        .prefetch_related("states")
    )
    some = due_of(waiting, MOST_TASKS, day=day)
    return replace(some, first=[_request(request) for request in some.first])


def _day(moment: Combinable) -> Cast:
    """A date and a number of days, which the database adds to a moment, as a date again."""
    return Cast(moment, DateField())


def _request(request: Any) -> Task:
    match request.state:
        case RequestStatus.CLARIFICATION_REQUESTED:
            words, act = _("The State owes an answer."), _("Remind")
        case RequestStatus.UNDER_REVIEW:
            words, act = _("Accept or decline."), _("Decide")
        case _:
            words, act = _("First answer to the State."), pgettext("verb", "Answer")
    if request.assigned_to_id is None:
        words, act = _("New, nobody has taken it."), _("Assign")
    url = reverse("request", args=[request.pk])
    return Task(
        title=request.title,
        words=words,
        note=f"{_states(request.states.all())}, {request.ref}",
        act=act,
        url=url,
        thing_url=url,
        due=request.due,
        since=request.received_on,
    )


def _activities(user: User, day: dt.date) -> Some:
    """The officer's activities whose planned end has passed or comes soon; stale ones."""
    delivered = Delivery.objects.approved().filter(activity=OuterRef("pk"))
    stale = Activity.objects.filter(pk=OuterRef("pk")).stale()
    mine = (
        Activity.objects.visible_to(user)
        .filter(created_by=user, planned_end__lte=day + ENDS_SOON, status__in=["1", "2", "3"])
        .annotate(is_delivered=Exists(delivered), due=F("planned_end"))
        .filter(Q(is_delivered=False) | Exists(stale))
        .prefetch_related("countries")
    )
    some = due_of(mine, MOST_TASKS, day=day)
    return replace(some, first=[_unfinished(activity, day) for activity in some.first])


def _unfinished(activity: Any, day: dt.date) -> Task:
    if activity.is_delivered:
        words = _("Unchanged for 60 days: close it, or bring it up to date.")
    elif activity.planned_end < day:
        words = _("The planned end has passed: enter what was delivered, or a new date.")
    else:
        words = _("Ends soon: enter what is delivered.")
    return Task(
        title=activity.title,
        words=words,
        note=_states(activity.countries.all()),
        act=_("Update"),
        url=reverse("activity-edit", args=[activity.pk]),
        thing_url=reverse("activity", args=[activity.pk]),
        due=activity.planned_end,
    )


def _objections(user: User, day: dt.date) -> Some:
    """Deliveries of the officer's activities that the State says did not reach it in full."""
    answered = (
        Delivery.objects.visible_to(user)
        .filter(activity__created_by=user)
        .with_last_reply()
        .filter(verdict__in=OBJECTIONS)
        .annotate(due=_day(TruncDate("replied_at") + SETTLE))
        .select_related("activity", "country")
    )
    some = due_of(answered, MOST_TASKS, day=day)
    return replace(some, first=[_objection(delivery) for delivery in some.first])


def _objection(delivery: Any) -> Task:
    url = reverse("delivery", args=[delivery.pk])
    return Task(
        title=delivery.title or delivery.activity.title,
        words=_("{verdict}: agree what is missing.").format(
            verdict=Verdict(delivery.verdict).label
        ),
        note=delivery.country.name if delivery.country else "",
        act=_("Read"),
        url=url,
        thing_url=url,
        due=delivery.due,
        since=delivery.replied_at.date(),
    )


def piles(user: User) -> list[Pile]:
    """Many of one kind: to link, to approve, to verify, to look at again."""
    tray = unlinked(user).aggregate(items=Count("item"), activities=Count("activity"))
    suspect = sum(
        model.objects.visible_to(user).suspect().count() for model in (ActivityMandate, ItemMandate)
    )
    found = [
        Pile(
            sum(tray.values()),
            _("Link to a mandate"),
            " ".join(
                [
                    ngettext("{number} item,", "{number} items,", tray["items"]).format(
                        number=tray["items"]
                    ),
                    ngettext("{number} activity", "{number} activities", tray["activities"]).format(
                        number=tray["activities"]
                    ),
                ]
            ),
            _("Start"),
            reverse("workbench"),
        ),
        Pile(
            Activity.objects.visible_to(user).to_approve_by(user).count(),
            _("Approve what others logged"),
            _("one look at activity, links and evidence"),
            _("Start"),
            reverse("approval-list"),
        ),
        Pile(
            Evidence.objects.visible_to(user).to_verify_by(user).count(),
            _("Verify evidence"),
            _("added by others"),
            _("Start"),
            reverse("evidence-list"),
        ),
        Pile(
            suspect,
            _("Look again at links"),
            _("the words changed since"),
            _("Start"),
            reverse("suspect-list"),
        ),
    ]
    return [pile for pile in found if pile.number]


def _own_paragraphs(user: User, resolution: Resolution) -> list[ParagraphFigures]:
    """The paragraphs an officer has requests or activities under, with their figures."""
    here = OuterRef("pk")
    own = set(
        Mandate.objects.filter(paragraph__resolution=resolution)
        .filter(
            Exists(ActivityMandate.objects.filter(mandate=here, activity__created_by=user))
            | Exists(ItemMandate.objects.filter(mandate=here, item__request__assigned_to=user))
        )
        .values_list("paragraph", flat=True)
    )
    if not own:
        return []
    figures = figures_of_resolution(resolution, user=user, window=Window.of(resolution))
    return [row for row in figures.paragraphs if row.paragraph.pk in own]
