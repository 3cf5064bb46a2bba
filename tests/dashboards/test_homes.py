"""Homes show the first of what waits, how many there are, and where all of them stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assistance.models import Activity, Message, Reply
from directory.models import Membership
from tests.factories import (
    ActivityFactory,
    CountryFactory,
    DeliveryFactory,
    NeedFactory,
    RequestFactory,
    StateFactory,
    UserFactory,
    approve,
    focal_point,
    manager,
    officer,
    today,
)

pytestmark = pytest.mark.django_db


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


@pytest.fixture
def person() -> Any:
    return officer()


@pytest.fixture
def kenya(sign_in: Callable[[Any], Client]) -> Client:
    return sign_in(focal_point("KE"))


@pytest.fixture
def state(kenya: Client) -> Any:
    return StateFactory(country=CountryFactory(iso="KE"))


def test_an_officer_reads_the_first_of_all_that_has_a_date(
    sign_in: Callable[[Any], Client], person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.home.officer.MOST_TASKS", 3)
    author = {"created_by": person, "changed_by": person}
    late = RequestFactory(received_on=today() - days(40))
    RequestFactory(assigned_to=person, received_on=today() - days(5), state="under_review")
    RequestFactory(assigned_to=officer(), received_on=today() - days(90))
    ActivityFactory(**author, planned_end=today() - days(3))
    ActivityFactory(**author, planned_end=today() + days(3))
    ActivityFactory(**author, planned_end=today() + days(90))
    disputed = DeliveryFactory(activity__created_by=person)
    said = {"delivery": disputed, "country": disputed.country, "by": UserFactory()}
    Reply.objects.create(**said, verdict="disputed", words="Nobody came")
    page = sign_in(person).get("/")
    home = page.context["home"]
    assert [(task.title, task.due) for task in home.tasks] == [
        (late.title, today() - days(10)),
        (home.tasks[1].title, today() - days(3)),
        (home.tasks[2].title, today() + days(3)),
    ]
    assert (home.more, home.late) == (2, 2)
    assert "5 things have a date" in page.content.decode()
    Reply.objects.create(**said, verdict="confirmed")
    assert sign_in(person).get("/").context["home"].more == 1


def test_a_question_counts_from_the_day_it_was_asked(
    sign_in: Callable[[Any], Client], person: Any
) -> None:
    RequestFactory(
        assigned_to=person,
        state="clarification_requested",
        first_answered_at=dt.datetime.combine(today() - days(4), dt.time(23, 30), dt.UTC),
    )
    [task] = sign_in(person).get("/").context["home"].tasks
    assert (task.due, task.act) == (today() + days(10), "Remind")


def test_a_delivered_activity_is_a_task_again_when_nothing_changes(
    sign_in: Callable[[Any], Client], person: Any
) -> None:
    long_ago = dt.datetime.now(dt.UTC) - days(90)
    activity = ActivityFactory(created_by=person, planned_end=today(), status="2")
    delivery = DeliveryFactory(activity=activity)
    approval = approve(delivery)
    client = sign_in(person)
    assert client.get("/").context["home"].tasks == []
    for one in (activity, delivery):
        type(one).objects.filter(pk=one.pk).update(updated_at=long_ago)
    type(approval).objects.update(at=long_ago)
    assert Activity.objects.stale().exists()
    [task] = client.get("/").context["home"].tasks
    assert task.words.startswith("Unchanged for 60 days")


def test_a_state_reads_the_first_of_each_kind_of_task_and_how_many_more_there_are(
    kenya: Client, state: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.home.state.MOST_TASKS", 1)
    gone = focal_point("KE")
    Membership.objects.filter(user=gone).update(ended_on=today())
    for number in range(2):
        asked = RequestFactory(
            organisation=state,
            state="clarification_requested",
            logged_by=gone,
            received_on=today() - days(9 - number),
        )
        Message.objects.create(
            request=asked, kind="question", words=f"How many, {number}?", by=UserFactory()
        )
        approve(
            DeliveryFactory(
                country=state.country, title=f"Visit {number}", on=today() - days(9 - number)
            )
        )
    page = kenya.get("/")
    home = page.context["home"]
    assert home.tasks[0].words == "How many, 0?"
    assert "Visit 0" in home.tasks[1].title
    assert home.tasks[2].act == "Hand over"
    assert (home.waiting, home.at_work) == (6, 0)
    shown = page.content.decode()
    for words in ("6 things wait", "1 more question", "1 more delivery", "1 more request to hand"):
        assert words in shown
    listed = kenya.get(home.questions.url).context["page_obj"].paginator.count
    assert listed == home.questions.number == 2


def test_a_state_reads_its_first_requests_and_drafts_and_a_link_to_all(
    kenya: Client, state: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.home.state.MOST_REQUESTS", 2)
    for number in range(3):
        RequestFactory(organisation=state, received_on=today() - days(number))
        RequestFactory(organisation=state, state="draft", received_on=None)
    RequestFactory(organisation=state, state="closed")
    page = kenya.get("/")
    home = page.context["home"]
    for some in (home.open, home.drafts):
        assert (len(some.first), some.number, some.more) == (2, 3, 1)
        assert some.url in page.content.decode()
        assert kenya.get(some.url).context["page_obj"].paginator.count == 3
    assert [one.request.received_on for one in home.open.first] == [
        today() - days(2),
        today() - days(1),
    ]
    assert "at work on all your 3 open requests" in page.content.decode()


def test_a_manager_reads_the_first_needs_to_publish(
    sign_in: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.home.manager.MOST_NEEDS", 1)
    for _each in range(2):
        NeedFactory(published=False)
    client = sign_in(manager())
    page = client.get("/")
    needs = page.context["home"].needs
    assert (len(needs.first), needs.number) == (1, 2)
    assert client.get(needs.url).context["page_obj"].paginator.count == 2
    assert "1 more" in page.content.decode()
