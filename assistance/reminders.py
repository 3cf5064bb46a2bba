"""Who is reminded of what is due: requests to answer, plans late or left alone, reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assistance.models import Activity, AssistanceRequest, RequestStatus
from assistance.workflow.people import tell, triage_officers
from directory.models import Role, User
from mandates.reports import late_or_due
from notifications.kinds import NotificationKind

ANSWER_WITHIN = dt.timedelta(days=30)
# How many days before the thirtieth a reminder is sent, the first time and the second.
BEFORE = (dt.timedelta(days=5), dt.timedelta())
# The same for reports: the last time on the day after, when the report is late.
BEFORE_REPORT = (dt.timedelta(days=60), dt.timedelta(days=14), dt.timedelta(days=-1))


def remind_of_due_dates() -> None:
    """Tell each person once of each date; safe to repeat on the same day."""
    _remind_of_requests()
    _remind_of_plans()
    _remind_of_reports()


def _remind_of_requests() -> None:
    """Requests that nobody answered, to the officer they are assigned to, else to all."""
    today = timezone.now().date()
    waiting = AssistanceRequest.objects.filter(
        state__in=[RequestStatus.SUBMITTED, RequestStatus.UNDER_REVIEW],
        first_answered_at=None,
        received_on__lte=today - ANSWER_WITHIN + BEFORE[0],
    ).select_related("organisation", "assigned_to")
    for asked in waiting:
        due_on = asked.received_on + ANSWER_WITHIN
        step = sum(today >= due_on - before for before in BEFORE)
        tell(
            kind=NotificationKind.REQUEST_DUE,
            recipients=[asked.assigned_to] if asked.assigned_to else triage_officers(),
            key=f"request:{asked.pk}:due:{step}",
            path=reverse("request", args=[asked.pk]),
            about=asked,
            values={
                "reference": asked.ref,
                "organisation": asked.organisation,
                "received_on": asked.received_on,
            },
        )


def _remind_of_plans() -> None:
    """Activities whose planned end has passed, and those nobody touched for long, to their officer.

    That is whoever logged it; an account that was closed leaves it to who changed it last.
    """
    for activity in Activity.objects.overdue().select_related("created_by", "changed_by"):
        _tell_officer(
            activity,
            NotificationKind.ACTIVITY_OVERDUE,
            f"overdue:{activity.planned_end}",
            planned_end=activity.planned_end,
        )
    for activity in Activity.objects.stale().select_related("created_by", "changed_by"):
        _tell_officer(
            activity,
            NotificationKind.ACTIVITY_STALE,
            f"stale:{activity.changed_at.date()}",
            changed_on=activity.changed_at.date(),
        )


def _tell_officer(activity: Activity, kind: NotificationKind, event: str, **values: Any) -> None:
    officer = activity.created_by if activity.created_by.is_active else activity.changed_by
    tell(
        kind=kind,
        recipients=[officer],
        key=f"activity:{activity.pk}:{event}",
        path=reverse("activity", args=[activity.pk]),
        about=activity,
        values={"title": activity.title, **values},
    )


def _remind_of_reports() -> None:
    """Reports not submitted whose day comes near or has passed, to the managers."""
    today = timezone.now().date()
    managers = User.objects.filter(
        is_active=True, memberships__role=Role.MANAGER, memberships__ended_on=None
    ).distinct()
    for mandate in late_or_due(today):
        due_on = mandate.report_due_on
        step = sum(today >= due_on - before for before in BEFORE_REPORT)
        if step:
            tell(
                kind=NotificationKind.REPORT_DUE,
                recipients=managers,
                key=f"mandate:{mandate.pk}:report:{due_on}:{step}",
                path=reverse("report-submit", args=[mandate.pk]),
                about=mandate,
                values={"mandate": mandate.identifier, "due_on": due_on},
            )
