"""The calendar of a person, as a calendar program reads it at its private address."""

from __future__ import annotations

import datetime as dt
import re

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from assistance.models import CalendarAddress
from assistance.services import approve
from tests import factories as f
from tests.activities.conftest import Asked, asked_by, logged, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return f.officer()


def address_of(user) -> str:
    client = Client()
    client.force_login(user)
    page = client.post(reverse("calendar-address"), {"act": "make"}).content.decode()
    return re.search(r'value="http://testserver(/calendar/\S+\.ics)"', page)[1]


def entries(address: str) -> dict[str, icalendar.Event]:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_an_officer_finds_the_own_activities_deliveries_and_answers_due(
    kenya: Asked, officer, settings
):
    settings.BASE_URL = "https://mandates.example.org"
    logged(kenya, by=officer)
    colombia = asked_by("CO")
    logged(colombia, title="Of somebody else")
    mine, others = (f.RequestFactory(assigned_to=one) for one in (officer, f.officer()))
    found = entries(address_of(officer))
    ref = kenya.item.request.ref
    assert set(found) == {
        "Training on tracing virtual assets",
        "Delivery: Training on tracing virtual assets",
        f"Answer due: {ref}",
        f"Answer due: {colombia.item.request.ref}",
        f"Answer due: {mine.ref}",
    }, f"{others.ref} is with somebody else, {ref} with nobody yet"
    activity = found["Training on tracing virtual assets"]
    assert activity["uid"].endswith("@mandates.example.org"), "unique beside other installations"
    assert activity["dtstart"].dt == f.today() - dt.timedelta(days=5)
    assert activity["dtend"].dt == f.today() - dt.timedelta(days=2), "the day after the last"
    assert found[f"Answer due: {ref}"]["dtstart"].dt == (
        kenya.item.request.received_on + dt.timedelta(days=30)
    )


def test_what_lasts_for_years_stands_by_its_ends(kenya: Asked, officer):
    start = f.today() - dt.timedelta(days=400)
    end = f.today() + dt.timedelta(days=400)
    logged(kenya, by=officer, status="2", actual_start=start, actual_end=None, planned_end=end)
    found = entries(address_of(officer))
    assert found["Begins: Training on tracing virtual assets"]["dtstart"].dt == start
    assert found["Ends: Training on tracing virtual assets"]["dtstart"].dt == end


def test_what_began_after_its_planned_end_never_ends_before_it_begins(kenya: Asked, officer):
    began, planned = f.today() - dt.timedelta(days=3), f.today() - dt.timedelta(days=8)
    logged(
        kenya,
        by=officer,
        status="2",
        planned_start=planned,
        planned_end=planned,
        actual_start=began,
        actual_end=None,
    )
    found = entries(address_of(officer))
    assert found["Begins: Training on tracing virtual assets"]["dtstart"].dt == began
    assert found["Ends: Training on tracing virtual assets"]["dtstart"].dt == planned
    for event in found.values():
        assert event["dtstart"].dt < event["dtend"].dt, event["summary"]


def test_reports_owed_stand_in_the_calendar_of_those_who_mark_them_as_submitted(officer):
    owed, submitted = f.MandateFactory(), f.MandateFactory()
    for one in (owed, submitted):
        one.report_due_on = f.today() + dt.timedelta(days=40)
        one.save()
    submitted.report_submitted_on = f.today()
    submitted.save()
    manager = f.manager()
    found = entries(address_of(manager))
    assert set(found) == {f"Report due: {owed.identifier}"}
    assert found[f"Report due: {owed.identifier}"]["dtstart"].dt == owed.report_due_on
    assert entries(address_of(f.focal_point("KE"))) == {}


def test_what_ended_over_a_year_ago_is_left_out(kenya: Asked, officer):
    long_ago = f.today() - dt.timedelta(days=500)
    logged(
        kenya, by=officer, actual_start=long_ago, actual_end=long_ago, title="Long ago", status="4"
    )
    assert "Long ago" not in entries(address_of(officer))


def test_a_focal_point_finds_its_own_state_and_nothing_else(kenya: Asked, officer):
    colombia = asked_by("CO")
    for asked, title in ((kenya, "In Kenya"), (colombia, "In Colombia")):
        activity = logged(asked, by=officer, title=title, visibility="public")
        approve(activity=activity, by=f.officer())
    found = entries(address_of(f.focal_point("KE")))
    assert {"In Kenya", "Delivery: In Kenya"} < set(found)
    assert not [name for name in found if "Colombia" in name]
    assert f"Answer due: {kenya.item.request.ref}" in found
    assert f"Answer due: {colombia.item.request.ref}" not in found


def test_the_address_is_kept_as_a_digest_and_ends_when_renewed_or_revoked(officer):
    first = address_of(officer)
    secret = first.split("/")[-1].removesuffix(".ics")
    kept = CalendarAddress.objects.get(user=officer)
    assert secret not in (kept.digest, str(kept))
    second = address_of(officer)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client = Client()
    client.force_login(officer)
    assert "made" in client.get(reverse("calendar-address")).content.decode()
    client.post(reverse("calendar-address"), {"act": "revoke"})
    assert Client().get(second).status_code == 404


def test_a_closed_account_has_no_calendar(officer):
    address = address_of(officer)
    officer.is_active = False
    officer.save()
    assert Client().get(address).status_code == 404


def test_the_number_of_queries_does_not_grow(kenya: Asked, officer, django_assert_max_num_queries):
    for n in range(4):
        logged(kenya, by=officer, **plan(title=f"Training {n}"))
    address = address_of(officer)
    with django_assert_max_num_queries(12):
        assert len(entries(address)) > 8
