"""Stages and next step are read from what happened, never stored."""

from __future__ import annotations

import datetime as dt

import pytest

from assistance import workflow
from assistance.requests.progress import progress_of
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal():
    return factories.focal_point("KE")


@pytest.fixture
def officer():
    return factories.officer()


def standing(asked, user):
    return progress_of([asked], user=user)[asked.pk]


def line(asked, user):
    return [(stage.label, stage.state) for stage in standing(asked, user).stages]


def test_a_sent_request_waits_for_its_first_answer(focal):
    asked = worlds.submitted(focal)
    assert line(asked, focal) == [
        ("Sent", "done"),
        ("Answered", "now"),
        ("Accepted", "next"),
        ("In delivery", "next"),
        ("Closed", "next"),
    ]
    assert "answers by" in standing(asked, focal).next_step


def test_an_answer_that_is_late_is_called_late(focal):
    asked = worlds.submitted(focal)
    asked.received_on = factories.today() - dt.timedelta(days=31)
    asked.save()
    assert standing(asked, focal).overdue
    assert "was due on" in standing(asked, focal).next_step


def test_a_question_waits_for_those_who_asked(focal, officer):
    asked = worlds.asked_back(focal, officer)
    assert line(asked, focal)[1] == ("Question to you", "now")
    assert line(asked, officer)[1] == ("Question to the State", "now")
    assert standing(asked, focal).next_step == "Your answer, then UNODC decides."


def test_an_accepted_request_is_in_delivery_from_its_first_delivery(focal, officer):
    asked = worlds.accepted(focal, officer)
    item = asked.items.get()
    assert line(asked, focal)[2] == ("Accepted", "now")
    assert standing(asked, focal).next_step == "UNODC plans how to deliver it."
    worlds.delivery_for(item)
    assert line(asked, focal)[2:4] == [("Accepted", "done"), ("In delivery", "now")]
    assert standing(asked, focal).next_step == "Say whether you received what was delivered."


def test_the_status_of_an_item_is_the_one_of_its_demands(focal):
    item = factories.served_item("KE", state="accepted")
    one = standing(item.request, focal)
    assert [row.status for row in one.items] == ["delivered"]
    delivery = one.to_confirm[0]
    workflow.reply_to_delivery(
        delivery=delivery, country=delivery.country, verdict="confirmed", words="", user=focal
    )
    assert standing(item.request, focal).next_step == "UNODC records the outcome of each item."


@pytest.mark.parametrize(
    ("stage", "words"),
    [("planned", "UNODC begins what is planned."), ("under_way", "UNODC goes on delivering")],
)
def test_planned_and_begun_work_is_said(focal, officer, stage, words):
    asked = worlds.accepted(focal, officer)
    item, mandate = asked.items.get(), factories.MandateFactory()
    begun = factories.today() if stage == "under_way" else None
    activity = factories.ActivityFactory(actual_start=begun)
    for left, right in ((item, mandate), (activity, mandate), (activity, item)):
        factories.link(left, right)
    factories.approve(activity)
    assert words in standing(asked, focal).next_step


def test_ended_requests_say_how_they_ended(focal, officer):
    declined = workflow.decline_request(
        request=worlds.under_review(focal, officer), user=officer, reason="No funds"
    )
    withdrawn = workflow.withdraw_request(request=worlds.submitted(focal), user=focal)
    assert line(declined, focal)[-1] == ("Declined", "done")
    assert line(withdrawn, focal) == [("Sent", "done"), ("Withdrawn", "done")]
    item = worlds.accepted(focal, officer).items.get()
    worlds.delivery_for(item)
    closed = workflow.close_item(
        item=item, outcome="fulfilled", basis="officer", user=officer
    ).request
    said = [standing(one, focal).next_step for one in (declined, withdrawn, closed)]
    assert [words.split(";")[0] for words in said] == [
        "Declined",
        "Withdrawn",
        "Say whether you received what was delivered.",
    ]
    assert line(closed, focal)[-2:] == [("In delivery", "done"), ("Closed", "done")]


def test_a_draft_is_a_draft(focal):
    draft = worlds.draft(focal)
    assert line(draft, focal)[0] == ("Draft", "now")
    assert "Not sent yet" in standing(draft, focal).next_step


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_requests_takes_the_same_number_of_queries(
    focal, officer, count, django_assert_num_queries
):
    made = [worlds.accepted(focal, officer) for _each in range(count)]
    for asked in made:
        factories.link(asked.items.get(), factories.MandateFactory())
        worlds.delivery_for(asked.items.get())
    with django_assert_num_queries(7):
        for one in progress_of(made, user=focal).values():
            assert one.stages
            assert one.next_step
