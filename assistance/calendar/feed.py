"""What stands in a person's calendar: activities, deliveries, answers and reports that are due.

Somebody who logs activities finds the own work; others find all that is visible to them, a focal
point that of the own States.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from assistance.activities.access import states_shown
from assistance.models import Activity, AssistanceRequest, Delivery
from assistance.requests.progress import FIRST_ANSWER, WAITING
from directory.policy import Permission, may
from mandates.models import Mandate
from mandates.reports import reporting_obligations

if TYPE_CHECKING:
    from directory.models import User

SINCE = dt.timedelta(days=366)
MOST_OF_A_KIND = 1000
# What lasts longer would cover a calendar; it stands there by its first and its last day.
LONGEST_BAR = dt.timedelta(days=14)
REFRESH = dt.timedelta(hours=1)

Absolute = Callable[[str], str]


def calendar_of(user: User, absolute: Absolute) -> bytes:
    """The calendar as iCalendar (RFC 5545); `absolute` makes an address of the site whole."""
    calendar = Calendar()
    calendar.add("prodid", "-//Mandate Tracker//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Mandate Tracker: {user}")
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    since = timezone.now().date() - SINCE
    for events in (_activities, _deliveries, _answers, _reports):
        for event in events(user, since, absolute):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(
    key: str,
    title: str,
    first: dt.date,
    last: dt.date,
    *,
    changed: dt.datetime,
    url: str,
    words: str = "",
) -> Event:
    """One entry of whole days; it is free time, so that nobody seems busy by it."""
    event = Event()
    event.add("uid", f"{key}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("summary", title)
    event.add("dtstart", first)
    event.add("dtend", last + dt.timedelta(days=1))
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("transp", "TRANSPARENT")
    event.add("url", url)
    if words:
        event.add("description", words)
    return event


def _activities(user: User, since: dt.date, absolute: Absolute) -> Iterator[Event]:
    rows = Activity.objects.visible_to(user)
    if may(user, Permission.LOG_ACTIVITIES):
        rows = rows.filter(created_by=user)
    elif user.country_ids:
        rows = rows.filter(countries__in=user.country_ids).distinct()
    dated = (
        rows.exclude(status="5")
        .annotate(
            starts_on=Coalesce("actual_start", "planned_start"),
            ends_on=Coalesce("actual_end", "planned_end"),
        )
        .filter(Q(ends_on__gte=since) | Q(ends_on=None, starts_on__gte=since))
        .prefetch_related("countries")
        .order_by("-starts_on", "-pk")
    )
    for one in dated[:MOST_OF_A_KIND]:
        states = ", ".join(country.name for country in states_shown(one, user))
        facts = {
            "changed": one.updated_at,
            "url": absolute(reverse("activity", args=[one.pk])),
            "words": f"{one.get_kind_display()} · {one.get_status_display()} · {states}".rstrip(
                " ·"
            ),
        }
        key, first, last = f"activity-{one.pk}", one.starts_on, one.ends_on
        # What began after its planned end has no bar either: a bar never ends before it begins.
        if first and last and first <= last <= first + LONGEST_BAR:
            yield _event(key, one.title, first, last, **facts)
            continue
        if first:
            title = _("Begins: %(title)s") % {"title": one.title}
            yield _event(f"{key}-begins", title, first, first, **facts)
        if last:
            title = _("Ends: %(title)s") % {"title": one.title}
            yield _event(f"{key}-ends", title, last, last, **facts)


def _deliveries(user: User, since: dt.date, absolute: Absolute) -> Iterator[Event]:
    rows = Delivery.objects.visible_to(user).filter(on__gte=since)
    if may(user, Permission.LOG_ACTIVITIES):
        rows = rows.filter(activity__created_by=user)
    for one in rows.select_related("activity", "country").order_by("-on", "-pk")[:MOST_OF_A_KIND]:
        yield _event(
            f"delivery-{one.pk}",
            _("Delivery: %(title)s") % {"title": one.title or one.activity.title},
            one.began_on or one.on,
            one.on,
            changed=one.updated_at,
            url=absolute(reverse("delivery", args=[one.pk])),
            words=one.country.name if one.country else "",
        )


def _answers(user: User, since: dt.date, absolute: Absolute) -> Iterator[Event]:
    """First answers that UNODC owes: an officer's own and those nobody has taken."""
    rows = AssistanceRequest.objects.visible_to(user).filter(
        state__in=WAITING, first_answered_at=None, received_on__gte=since
    )
    if may(user, Permission.TRIAGE):
        rows = rows.filter(Q(assigned_to=user) | Q(assigned_to=None))
    for one in rows.order_by("received_on", "pk")[:MOST_OF_A_KIND]:
        due = one.received_on + FIRST_ANSWER
        yield _event(
            f"answer-{one.pk}",
            _("Answer due: %(reference)s") % {"reference": one.ref},
            due,
            due,
            changed=one.updated_at,
            url=absolute(reverse("request", args=[one.pk])),
            words=one.title,
        )


def _reports(user: User, since: dt.date, absolute: Absolute) -> Iterator[Event]:
    """Reports that resolutions ask for, until they are submitted; for those who say so of them."""
    if not may(user, Permission.MARK_REPORTS):
        return
    rows = reporting_obligations(Mandate.objects.visible_to(user), timezone.now().date())
    owed = rows.filter(report_submitted_on=None, report_due_on__gte=since)
    for one in owed.select_related("paragraph__resolution")[:MOST_OF_A_KIND]:
        place = [one.paragraph.resolution.slug, one.paragraph.number]
        yield _event(
            f"report-{one.pk}",
            _("Report due: %(mandate)s") % {"mandate": one.identifier},
            one.report_due_on,
            one.report_due_on,
            changed=one.updated_at,
            url=absolute(reverse("paragraph", args=place)),
            words=one.label,
        )
