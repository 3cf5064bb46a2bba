"""A programme officer's home: what has a date, piles to work off, the own paragraphs, news."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assistance.coverage.figures import ParagraphFigures, Window, figures_of_resolution
from assistance.models import (
    Activity,
    ActivityMandate,
    AssistanceRequest,
    Delivery,
    Evidence,
    ItemMandate,
    RequestStatus,
)
from assistance.querysets import ENDS_SOON
from assistance.services import waiting_of
from assistance.workbench.tray import TrayFilter, tray_of, unlinked
from dashboards.home.stages import first_answer_by
from dashboards.home.tasks import Pile, Task
from dashboards.links import Rows
from dashboards.received import latest_reply
from directory.models import Country, User
from mandates.models import Paragraph, Resolution

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
    tasks = sorted(
        [*_requests(user), *_activities(user, day), *_objections(user)],
        key=lambda task: (task.due or dt.date.max, task.title),
    )
    resolution = Resolution.objects.visible_to(user).filter(superseded_on=None).first()
    return OfficerHome(
        tasks=tasks[:MOST_TASKS],
        more=max(0, len(tasks) - MOST_TASKS),
        late=sum(task.is_late(day) for task in tasks),
        piles=piles(user),
        resolution=resolution,
        rows=Rows(resolution, Window.of(resolution)) if resolution else None,
        paragraphs=_own_paragraphs(user, resolution) if resolution else [],
    )


def _states(countries: Iterable[Country]) -> str:
    return ", ".join(country.name for country in countries)


def _requests(user: User) -> list[Task]:
    """Requests that wait for an answer: the officer's own, and those nobody has taken."""
    waiting = (
        AssistanceRequest.objects.visible_to(user)
        .filter(
            state__in=[
                RequestStatus.SUBMITTED,
                RequestStatus.UNDER_REVIEW,
                RequestStatus.CLARIFICATION_REQUESTED,
            ]
        )
        .filter(Q(assigned_to=user) | Q(assigned_to=None))
        .prefetch_related("states")
    )
    return [_request(request) for request in waiting]


def _request(request: AssistanceRequest) -> Task:
    due = first_answer_by(request)
    match request.state:
        case RequestStatus.CLARIFICATION_REQUESTED:
            words, act = _("The State owes an answer."), _("Remind")
            if request.first_answered_at:
                due = request.first_answered_at.date() + ANSWER_TO_QUESTION
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
        due=due,
        since=request.received_on,
    )


def _activities(user: User, day: dt.date) -> list[Task]:
    """The officer's activities whose planned end has passed or comes soon; stale ones."""
    delivered = Delivery.objects.approved().filter(activity=OuterRef("pk"))
    mine = (
        Activity.objects.visible_to(user)
        .filter(created_by=user, planned_end__lte=day + ENDS_SOON, status__in=["1", "2", "3"])
        .exclude(Exists(delivered))
        .prefetch_related("countries")
    )
    undelivered = list(mine)
    shown = {activity.pk for activity in undelivered}
    stale = Activity.objects.visible_to(user).stale().filter(created_by=user)
    return [
        *(_unfinished(activity, _words(activity, day)) for activity in undelivered),
        *(
            _unfinished(activity, _("Unchanged for 60 days: close it, or bring it up to date."))
            for activity in stale.exclude(pk__in=shown).prefetch_related("countries")
        ),
    ]


def _words(activity: Activity, day: dt.date) -> str:
    if activity.planned_end < day:
        return _("The planned end has passed: enter what was delivered, or a new date.")
    return _("Ends soon: enter what is delivered.")


def _unfinished(activity: Activity, words: str) -> Task:
    return Task(
        title=activity.title,
        words=words,
        note=_states(activity.countries.all()),
        act=_("Update"),
        url=reverse("activity-edit", args=[activity.pk]),
        thing_url=reverse("activity", args=[activity.pk]),
        due=activity.planned_end,
    )


def _objections(user: User) -> list[Task]:
    """Deliveries of the officer's activities that the State says did not reach it in full."""
    answered: QuerySet[Delivery] = (
        Delivery.objects.visible_to(user)
        .filter(activity__created_by=user, replies__verdict__in=["partly", "disputed"])
        .distinct()
        .select_related("activity", "country")
        .prefetch_related("replies")
    )
    tasks = []
    for delivery in answered:
        reply = latest_reply(delivery)
        if reply and reply.verdict != "confirmed":
            url = reverse("delivery", args=[delivery.pk])
            tasks.append(
                Task(
                    title=delivery.title or delivery.activity.title,
                    words=_("{verdict}: agree what is missing.").format(
                        verdict=reply.get_verdict_display()
                    ),
                    note=delivery.country.name if delivery.country else "",
                    act=_("Read"),
                    url=url,
                    thing_url=url,
                    due=reply.at.date() + SETTLE,
                    since=reply.at.date(),
                )
            )
    return tasks


def piles(user: User) -> list[Pile]:
    """Many of one kind: to link, to approve, to verify, to look at again."""
    tray = tray_of(TrayFilter({}, queryset=unlinked(user)))
    suspect = sum(
        model.objects.visible_to(user).suspect().count() for model in (ActivityMandate, ItemMandate)
    )
    found = [
        Pile(
            len(tray.keys),
            _("Link to a mandate"),
            " ".join(
                [
                    ngettext("{number} item,", "{number} items,", tray.items).format(
                        number=tray.items
                    ),
                    ngettext("{number} activity", "{number} activities", tray.activities).format(
                        number=tray.activities
                    ),
                ]
            ),
            _("Start"),
            reverse("workbench"),
        ),
        Pile(
            to_approve(user),
            _("Approve what others logged"),
            _("one look at activity, links and evidence"),
            _("Start"),
            reverse("approval-list"),
        ),
        Pile(
            Evidence.objects.visible_to(user).unverified().exclude(added_by=user).count(),
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


def to_approve(user: User) -> int:
    """Activities of which something waits for a yes that this person may give."""
    waiting = (
        Activity.objects.visible_to(user)
        .awaiting_approval()
        .prefetch_related(
            "approvals",
            "mandate_links",
            "item_links",
            "deliveries__approvals",
            "deliveries__evidence",
        )
    )
    return sum(bool(waiting_of(activity).for_person(user)) for activity in waiting)


def _own_paragraphs(user: User, resolution: Resolution) -> list[ParagraphFigures]:
    """The paragraphs an officer has requests or activities under, with their figures."""
    own = set(
        Paragraph.objects.filter(resolution=resolution)
        .filter(
            Q(mandates__activity_links__activity__created_by=user)
            | Q(mandates__item_links__item__request__assigned_to=user)
        )
        .values_list("pk", flat=True)
    )
    if not own:
        return []
    figures = figures_of_resolution(resolution, user=user, window=Window.of(resolution))
    return [row for row in figures.paragraphs if row.paragraph.pk in own]
