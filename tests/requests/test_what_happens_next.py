"""In each state the State's page says in plain words what comes next; the receipt says it too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assistance import workflow
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal():
    return factories.focal_point("KE")


@pytest.fixture
def officer():
    return factories.officer()


def declined(focal, officer):
    asked = worlds.under_review(focal, officer)
    return workflow.decline_request(request=asked, user=officer, reason="No funds")


def withdrawn(focal, officer):
    return workflow.withdraw_request(request=worlds.submitted(focal), user=focal)


def closed(focal, officer):
    item = worlds.accepted(focal, officer).items.get()
    delivery = worlds.delivery_for(item)
    workflow.reply_to_delivery(
        delivery=delivery, country=delivery.country, verdict="confirmed", words="", user=focal
    )
    return workflow.close_item(item=item, outcome="fulfilled", basis="state", user=officer).request


def delivered(focal, officer):
    asked = worlds.accepted(focal, officer)
    worlds.delivery_for(asked.items.get())
    return asked


STATES = {
    "submitted": (lambda focal, _officer: worlds.submitted(focal), "UNODC reads it, and answers"),
    "under_review": (worlds.under_review, "UNODC reads it, and answers by"),
    "clarification": (worlds.asked_back, "Your answer, then UNODC decides."),
    "accepted": (worlds.accepted, "UNODC plans how to deliver it."),
    "delivered": (delivered, "Say whether you received what was delivered."),
    "declined": (declined, "Declined; the reason stands with each item."),
    "withdrawn": (withdrawn, "Withdrawn; UNODC does nothing more."),
    "closed": (closed, "Closed; each item has its outcome."),
}


@pytest.mark.parametrize("state", STATES)
def test_the_page_of_the_state_says_what_happens_next(client, focal, officer, state):
    make, words = STATES[state]
    asked = make(focal, officer)
    client.force_login(focal)
    page = client.get(reverse("request", args=[asked.pk])).content.decode()
    assert f"<strong>What happens next:</strong> {words}" in page
    client.force_login(officer)
    page = client.get(reverse("request", args=[asked.pk])).content.decode()
    assert "What happens next:" not in page


def test_the_receipt_names_reference_day_things_and_what_follows(client, focal):
    asked = worlds.submitted(focal, items=2)
    client.force_login(focal)
    confirmation = client.get(reverse("request-sent", args=[asked.pk])).content.decode()
    receipt = reverse("request-receipt", args=[asked.pk])
    assert receipt in confirmation
    assert receipt in client.get(reverse("request", args=[asked.pk])).content.decode()
    page = client.get(receipt).content.decode()
    for words in (asked.ref, "Training number 1", "Training number 2", "within 30 days"):
        assert words in page
    assert f"http://testserver/requests/{asked.pk}/" in page


def test_the_receipt_of_a_late_answer_says_when_it_was_due(client, focal):
    asked = worlds.submitted(focal)
    asked.received_on = factories.today() - dt.timedelta(days=40)
    asked.save()
    client.force_login(focal)
    page = client.get(reverse("request-receipt", args=[asked.pk])).content.decode()
    assert "Its first answer was due on" in page


def test_the_receipt_of_an_ended_request_promises_nothing(client, focal, officer):
    asked = declined(focal, officer)
    client.force_login(focal)
    page = client.get(reverse("request-receipt", args=[asked.pk])).content.decode()
    assert "within 30 days" not in page
    assert "Declined; the reason" in page
