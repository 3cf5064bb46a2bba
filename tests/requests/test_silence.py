"""A State that says nothing is reminded twice, then its item closes apart; it can still object."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assistance import models
from assistance.coverage.models import Demand
from assistance.tasks import close_silent_items
from assistance.workflow import remind_or_close_silent_items, reply_to_delivery
from assistance.workflow.silence import _remind_or_close
from notifications.models import OutboxMessage
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


def ago(days: int) -> dt.date:
    return factories.today() - dt.timedelta(days=days)


@pytest.fixture
def focal():
    return factories.focal_point("KE", username="focal")


@pytest.fixture
def officer():
    return factories.officer(username="anna")


@pytest.fixture
def item(focal, officer):
    return worlds.accepted(focal, officer).items.get()


def told(kind: str) -> list[str]:
    return sorted(one.recipient.username for one in OutboxMessage.objects.filter(kind=kind))


def reminded(item, *, days_ago: int) -> None:
    """As if the last reminder went out so many days ago."""
    event = item.events.filter(transition="remind_item").last()
    models.RequestEvent.objects.filter(pk=event.pk).update(
        at=event.at - dt.timedelta(days=days_ago)
    )


def approved(delivery, *, days_ago: int) -> None:
    delivery.approvals.update(on=ago(days_ago))


def test_the_state_is_reminded_at_30_and_at_53_days_then_the_item_closes(item, focal, officer):
    delivery = worlds.delivery_for(item, approved_on=ago(29))
    assert remind_or_close_silent_items() == (0, 0)
    approved(delivery, days_ago=30)
    assert remind_or_close_silent_items() == (1, 0)
    assert remind_or_close_silent_items() == (0, 0)
    approved(delivery, days_ago=53)
    assert remind_or_close_silent_items() == (1, 0)
    assert told("reply_awaited") == ["focal", "focal"]
    approved(delivery, days_ago=60)
    assert remind_or_close_silent_items() == (0, 0)
    reminded(item, days_ago=7)
    assert remind_or_close_silent_items() == (0, 1)
    item.refresh_from_db()
    assert (item.outcome, item.outcome_basis) == ("fulfilled", "silence")
    assert item.request.state == "closed"
    assert told("item_silent") == ["focal"]
    assert told("item_closed_silent") == ["anna"]
    assert item.events.last().by is None


def test_the_task_can_run_as_often_as_it_likes(item, caplog):
    worlds.delivery_for(item, approved_on=ago(70))
    for _night in range(3):
        close_silent_items()
    assert item.events.filter(transition="remind_item").count() == 2
    reminded(item, days_ago=7)
    for _night in range(3):
        close_silent_items()
    assert item.events.filter(transition="fulfil_silent_item").count() == 1


def test_a_state_that_was_never_reminded_is_given_a_week(item):
    worlds.delivery_for(item, approved_on=ago(400))
    assert remind_or_close_silent_items() == (1, 0)
    item.refresh_from_db()
    assert item.outcome == "open"


@pytest.mark.parametrize("verdict", ["confirmed", "partly", "disputed"])
def test_any_reply_breaks_the_silence(item, focal, verdict):
    delivery = worlds.delivery_for(item, approved_on=ago(90))
    reply_to_delivery(
        delivery=delivery, country=delivery.country, verdict=verdict, words="x", user=focal
    )
    assert remind_or_close_silent_items() == (0, 0)
    # As when the reply comes after the silent items were listed.
    assert _remind_or_close(item.pk, item.request_id) == ""


def test_a_delivery_that_waits_for_approval_holds_the_item_open(item):
    worlds.delivery_for(item, approved_on=ago(90))
    waiting = factories.DeliveryFactory(country=item.request.states.get())
    waiting.items.add(item)
    assert remind_or_close_silent_items() == (0, 0)


def test_an_activity_that_is_planned_to_go_on_holds_the_item_open(item):
    delivery = worlds.delivery_for(item, approved_on=ago(90))
    factories.link(delivery.activity, item)
    models.Activity.objects.update(planned_end=ago(-10))
    assert remind_or_close_silent_items() == (0, 0)
    models.Activity.objects.update(status="4")
    assert remind_or_close_silent_items() == (1, 0)


def test_each_state_named_has_to_be_served(officer):
    body = factories.person("regional_body", factories.RegionalBodyFactory())
    kenya, niger = (factories.CountryFactory(iso=iso) for iso in ("KE", "NE"))
    asked = factories.RequestFactory(
        organisation=body.memberships.get().organisation,
        state="accepted",
        countries=[kenya, niger],
        logged_by=body,
    )
    item = asked.items.get()
    for country, done in ((kenya, (0, 0)), (niger, (1, 0))):
        delivery = factories.DeliveryFactory(country=country)
        delivery.items.add(item)
        factories.approve(delivery, on=ago(90))
        assert remind_or_close_silent_items() == done


def test_an_item_under_review_is_left_alone(focal, officer):
    item = worlds.under_review(focal, officer).items.get()
    worlds.delivery_for(item, approved_on=ago(90))
    assert remind_or_close_silent_items() == (0, 0)


def test_the_state_can_still_object_and_the_item_counts_no_more(client, focal):
    item = factories.served_item("KE", state="accepted")
    delivery = item.deliveries.get()
    approved(delivery, days_ago=90)
    for _night in range(2):
        remind_or_close_silent_items()
    reminded(item, days_ago=7)
    assert remind_or_close_silent_items() == (0, 1)
    client.force_login(focal)
    page = client.get(reverse("request", args=[item.request_id])).content.decode()
    assert "60 days without an answer" in page
    assert "closed after 60 days without a reply" in page
    assert "Did you receive this?" in page
    assert Demand.objects.get(item=item).delivered_on is not None
    name = f"reply-{delivery.pk}"
    client.post(
        reverse("delivery-reply", args=[item.request_id, delivery.pk]),
        {f"{name}-verdict": "disputed", f"{name}-words": "Nobody came"},
    )
    assert Demand.objects.get(item=item).delivered_on is None


def test_each_item_takes_the_same_number_of_queries(
    item, focal, officer, django_assert_num_queries
):
    worlds.delivery_for(item)
    for _more in range(3):
        worlds.delivery_for(worlds.accepted(focal, officer).items.get())
    with django_assert_num_queries(1):
        remind_or_close_silent_items()
