"""What is due is told once to whoever can act on it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from assistance.models import Activity
from assistance.reminders import remind_of_due_dates
from config.owner_connection import connected_as_owner
from config.selfcheck import check_installation
from mandates.models import Text
from notifications.models import OutboxMessage
from tests.factories import (
    ActivityFactory,
    DeliveryFactory,
    RequestFactory,
    TextFactory,
    officer,
    person,
    today,
)

pytestmark = pytest.mark.django_db


def ago(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


def told(kind: str) -> list[str]:
    return sorted(message.recipient.username for message in OutboxMessage.objects.filter(kind=kind))


def test_a_request_near_its_thirtieth_day_is_brought_to_its_officer():
    one, other = officer(username="one"), officer(username="other")
    RequestFactory(received_on=ago(26), assigned_to=one)
    RequestFactory(received_on=ago(10), assigned_to=other)
    remind_of_due_dates()
    remind_of_due_dates()
    assert told("request_due") == ["one"]


def test_a_request_nobody_was_given_is_brought_to_all_officers():
    officer(username="one"), officer(username="other")
    RequestFactory(received_on=ago(30))
    remind_of_due_dates()
    assert told("request_due") == ["one", "other"]


def test_the_thirtieth_day_is_told_again():
    one = officer(username="one")
    asked = RequestFactory(received_on=ago(26), assigned_to=one)
    remind_of_due_dates()
    asked.received_on = ago(30)
    asked.save()
    remind_of_due_dates()
    assert told("request_due") == ["one", "one"]


def test_the_author_of_a_plan_whose_end_has_passed_is_told_once():
    author = officer(username="one")
    ActivityFactory(created_by=author, planned_end=ago(1))
    ActivityFactory(created_by=author, planned_end=ago(-1))
    remind_of_due_dates()
    remind_of_due_dates()
    assert told("activity_overdue") == ["one"]


def test_what_is_overdue_comes_to_its_officer_alone():
    author, other = officer(username="one"), officer(username="other")
    ActivityFactory(created_by=author, changed_by=other, planned_end=ago(1))
    remind_of_due_dates()
    assert told("activity_overdue") == ["one"]
    author.is_active = False
    author.save()
    remind_of_due_dates()
    assert told("activity_overdue") == ["one", "other"]


def untouched(activity, days):
    """The activity as it is when its last change is so many days ago."""
    Activity.objects.filter(pk=activity.pk).update(
        updated_at=timezone.now() - dt.timedelta(days=days)
    )


def test_what_nobody_touched_for_60_days_comes_to_its_officer_once():
    author, _other = officer(username="one"), officer(username="other")
    soon = {"created_by": author, "planned_end": ago(-20)}
    stale, fresh, closed, held = (
        ActivityFactory(**soon),
        ActivityFactory(**soon),
        ActivityFactory(**soon, status="4"),
        ActivityFactory(**soon, status="2"),
    )
    far = ActivityFactory(created_by=author, planned_end=ago(-40))
    DeliveryFactory(activity=held)
    for activity, days in ((stale, 61), (fresh, 59), (closed, 61), (held, 61), (far, 61)):
        untouched(activity, days)
    remind_of_due_dates()
    remind_of_due_dates()
    assert told("activity_stale") == ["one"]
    message = OutboxMessage.objects.get(kind="activity_stale")
    assert message.path == reverse("activity", args=[stale.pk])


def test_a_sound_installation_finds_nothing():
    person("administrator")
    assert check_installation() == []
    assert not OutboxMessage.objects.exists()


def test_a_site_that_works_as_the_owner_of_the_tables_is_told_of(transactional_db):
    with connected_as_owner():
        (words,) = check_installation()
    assert "row security does not bind" in words


def test_a_source_file_that_is_gone_is_told_to_administrators():
    person("administrator", username="root")
    TextFactory(filename="gone.txt")
    assert Text.objects.exists()
    assert check_installation() == ["source files are gone or were changed: gone.txt"]
    assert told("self_check_failed") == ["root"]
