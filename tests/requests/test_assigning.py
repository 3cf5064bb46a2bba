"""Several requests given to one officer at once: all or none, told once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse

from assistance.models import AssistanceRequest, RequestEvent
from assistance.workflow import assign_request, assign_requests, start_review
from notifications.models import OutboxMessage
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.officer(username="anna")


@pytest.fixture
def manager():
    return factories.manager(username="mara")


@pytest.fixture
def several():
    focal = factories.focal_point("KE")
    return [worlds.submitted(focal, title=title) for title in ("First", "Second", "Third")]


def holders() -> list[str]:
    return [str(one.assigned_to or "-") for one in AssistanceRequest.objects.order_by("pk")]


def refused(**kwargs):
    with pytest.raises(ValidationError) as error:
        assign_requests(**kwargs)
    return error.value.message_dict


def test_several_are_given_in_one_act_and_their_officer_is_told_once(several, officer, manager):
    assign_requests(requests=several, to=officer, user=manager)
    assert holders() == ["anna"] * 3
    assert RequestEvent.objects.filter(transition="assign_request", note="anna").count() == 3
    message = OutboxMessage.objects.get(recipient=officer, kind="requests_assigned")
    assert message.worded.subject == "3 requests are assigned to you"
    assert all(one.ref in message.worded.words for one in several)
    assert message.path == "/requests/?assigned=me"


def test_one_alone_is_told_by_its_name(several, officer, manager):
    assign_request(request=several[0], to=officer, user=manager)
    assign_requests(requests=several[:2], to=officer, user=manager)
    told = OutboxMessage.objects.filter(recipient=officer, kind="request_assigned")
    assert [message.path for message in told.order_by("pk")] == [
        reverse("request", args=[one.pk]) for one in several[:2]
    ]
    assert RequestEvent.objects.filter(transition="assign_request").count() == 2


def test_an_officer_takes_requests_and_is_not_told_of_it(several, officer):
    assign_requests(requests=several, to=officer, user=officer)
    assert holders() == ["anna"] * 3
    assert not OutboxMessage.objects.filter(kind__contains="assigned").exists()


def test_giving_to_a_colleague_is_for_those_who_may_reassign(several, officer):
    other = factories.officer()
    assert set(refused(requests=several, to=other, user=officer)) == {"to"}
    with pytest.raises(ValidationError, match="ask a manager"):
        assign_request(request=several[0], to=other, user=officer)
    assert holders() == ["-"] * 3


def test_one_that_cannot_be_given_stops_all_and_is_named(several, officer, manager):
    AssistanceRequest.objects.filter(pk=several[1].pk).update(state="closed")
    seen = {one.pk: one.revision for one in several}
    start_review(request=several[2], user=officer)
    errors = refused(requests=several, to=officer, user=manager, revisions=seen)["requests"]
    assert [words.split(":")[0] for words in errors] == [several[1].ref, several[2].ref]
    assert "It is closed" in errors[0]
    assert "anna changed it meanwhile" in errors[1]
    assert holders() == ["-", "-", "anna"]
    assert not OutboxMessage.objects.filter(kind="requests_assigned").exists()


def test_who_may_not_assign_is_refused(several, officer):
    with pytest.raises(PermissionDenied):
        assign_requests(requests=several, to=officer, user=factories.person("auditor"))
    with pytest.raises(Http404):
        assign_requests(requests=several, to=officer, user=factories.focal_point("CO"))


# the page


def post(client, user, query="", **data):
    client.force_login(user)
    return client.post(reverse("request-list") + query, data)


def ticked(requests):
    return {
        "requests": [one.pk for one in requests],
        **{f"seen-{one.pk}": one.revision for one in requests},
    }


def test_ticked_rows_are_assigned_and_the_filters_stay(client, several, officer, manager):
    answer = post(
        client, manager, "?assigned=nobody", **ticked(several[:2]), **{"assign-to": "anna"}
    )
    assert answer.status_code == 302
    assert answer.url == "/requests/?assigned=nobody"
    page = client.get(answer.url)
    assert "2 requests are assigned to anna." in page.content.decode()
    assert [row.asked.title for row in page.context["rows"]] == ["Third"]


def test_what_is_refused_is_said_on_the_list_and_the_ticks_stay(client, several, officer):
    AssistanceRequest.objects.filter(pk=several[0].pk).update(state="closed", revision=1)
    page = post(client, officer, **ticked(several), **{"assign-to": "anna"})
    words = page.content.decode()
    assert page.status_code == 422
    assert f"{several[0].ref}: It is closed" in words
    assert words.count(" checked") == 3
    assert holders() == ["-"] * 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"assign-to": "anna"}, "Tick the requests to assign first."),
        ({"assign-to": ""}, "Choose who takes them on."),
        ({"assign-to": "nobody"}, "Select a valid choice"),
        ({"assign-to": "anna", "requests": ["x", "-1"]}, "Tick the requests to assign first."),
    ],
)
def test_what_is_missing_is_said(client, several, officer, data, words):
    page = post(client, officer, **data)
    assert page.status_code == 422
    assert words in page.content.decode()


def test_assigning_again_changes_nothing(client, several, officer):
    for one in several:
        assign_request(request=one, to=officer, user=officer)
    post(client, officer, **{"requests": [one.pk for one in several], "assign-to": "anna"})
    assert "All of them were with anna already." in client.get("/requests/").content.decode()
    assert RequestEvent.objects.filter(transition="assign_request").count() == 3


def test_only_those_who_assign_see_boxes_to_tick(client, several, officer):
    for user, shown in ((officer, True), (factories.person("auditor"), False)):
        client.force_login(user)
        assert ("assign-several" in client.get("/requests/").content.decode()) is shown
    assert post(client, factories.focal_point("KE"), **ticked(several)).status_code == 403


def test_filters_by_due_date_and_waiting_time_are_tags(client, officer):
    focal = factories.focal_point("KE")
    for days in (1, 20, 28, 40):
        asked = worlds.submitted(focal, title=f"Waited {days}")
        asked.received_on = factories.today() - dt.timedelta(days=days)
        asked.save()
    answered = worlds.accepted(focal, officer, title="Accepted")
    AssistanceRequest.objects.filter(pk=answered.pk).update(received_on="2020-01-01")
    client.force_login(officer)
    found = {
        query: [row.asked.title for row in client.get(f"/requests/?{query}").context["rows"]]
        for query in ("due=7", "due=14", "waiting=14", "waiting=30", "overdue=true")
    }
    assert found == {
        "due=7": ["Waited 28"],
        "due=14": ["Waited 28", "Waited 20"],
        "waiting=14": ["Waited 40", "Waited 28", "Waited 20"],
        "waiting=30": ["Waited 40"],
        "overdue=true": ["Waited 40"],
    }
    tags = client.get("/requests/?due=7&waiting=14").context["filter_tags"]
    assert [(tag["label"], tag["value"]) for tag in tags] == [
        ("First answer due within", "7 days"),
        ("Waits for UNODC longer than", "14 days"),
    ]
