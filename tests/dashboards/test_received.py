"""What a State asked for and received: each thing once, under one word, also as a file."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assistance.models import Delivery, Message, RequestItem
from tests.factories import (
    CountryFactory,
    DeliveryFactory,
    RegionalBodyFactory,
    RequestFactory,
    StateFactory,
    UserFactory,
    approve,
    focal_point,
    manager,
    served_item,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kenya(sign_in: Callable[[Any], Client]) -> Client:
    return sign_in(focal_point("KE"))


def words(client: Client, query: str = "") -> list[str]:
    return [row.word.value for row in client.get(f"/received/{query}").context["rows"]]


def end(item: RequestItem, outcome: str, basis: str = "officer", **fields: Any) -> None:
    RequestItem.objects.filter(pk=item.pk).update(
        outcome=outcome, outcome_on=today(), outcome_basis=basis, **fields
    )


def test_help_that_nobody_asked_for_stands_beside_what_was_asked(kenya: Client) -> None:
    served_item("KE")
    unasked = approve(DeliveryFactory(country=CountryFactory(iso="KE"), title="A visit")).delivery
    approve(DeliveryFactory(country=CountryFactory(iso="CO"), title="Elsewhere"))
    assert words(kenya) == ["reply_open", "unasked"]
    page = kenya.get("/received/?show=unasked").content.decode()
    assert "A visit" in page
    assert f"/deliveries/{unasked.pk}/#reply-title" in page
    assert "Elsewhere" not in kenya.get("/received/").content.decode()


def test_what_came_before_it_was_asked_is_said_not_to_count(kenya: Client) -> None:
    item = served_item("KE")
    early = "before it was asked, so it does not count"
    for page in ("/received/", "/states/KE/print/"):
        assert early not in kenya.get(page).text
    item.request.received_on = today()
    item.request.save()
    Delivery.objects.update(on=today() - dt.timedelta(days=1))
    for page in ("/received/", "/states/KE/print/"):
        assert early in kenya.get(page).text


def test_what_closed_without_a_reply_is_never_called_confirmed(kenya: Client) -> None:
    item = served_item("KE", state="closed")
    end(item, "fulfilled", "silence")
    assert words(kenya) == ["silent"]
    page = kenya.get("/received/").content.decode()
    assert "Closed without your reply" in page
    assert kenya.get("/").context["home"].tasks == []
    delivery = Delivery.objects.get()
    kenya.post(f"/deliveries/{delivery.pk}/", {"verdict": "disputed", "words": "Nobody came"})
    assert words(kenya) == ["objected"]


def test_a_merged_item_leads_to_where_it_goes_on(kenya: Client) -> None:
    first, second = served_item("KE"), served_item("KE")
    end(first, "merged", merged_into=second)
    page = kenya.get("/received/?show=ended").content.decode()
    assert f"goes on as item 1 of {second.request.ref}" in page


def test_the_file_holds_the_rows_shown(kenya: Client) -> None:
    item = served_item("KE")
    approve(DeliveryFactory(country=CountryFactory(iso="KE"), title="A visit"))
    text = kenya.get("/received/?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["Reference"], row["How it stands"]) for row in rows] == [
        (item.request.ref, "Received, your reply open"),
        ("", "Help received without asking"),
    ]
    assert (
        "received/?show=unasked&amp;format=csv"
        in kenya.get("/received/?show=unasked").content.decode()
    )
    text = kenya.get("/received/?show=unasked&format=csv").content.decode("utf-8-sig")
    assert [row["Received"] for row in csv.DictReader(text.splitlines())] == ["A visit"]


def test_many_rows_are_shown_in_pages_and_counted_whole(
    kenya: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.views.states.PAGE_SIZE", 2)
    for _each in range(2):
        served_item("KE")
    approve(DeliveryFactory(country=CountryFactory(iso="KE"), title="A visit"))
    page = kenya.get("/received/")
    assert (len(page.context["rows"]), page.context["page_obj"].paginator.count) == (2, 3)
    assert "?page=2" in page.content.decode()
    assert words(kenya, "?page=2") == ["unasked"]
    assert (
        len(list(csv.DictReader(kenya.get("/received/?format=csv").content.decode().splitlines())))
        == 3
    )


def test_a_state_has_a_page_for_itself_and_for_those_who_read_all(
    kenya: Client, sign_in: Callable[[Any], Client]
) -> None:
    item = served_item("KE")
    approve(DeliveryFactory(country=CountryFactory(iso="CO"), title="Elsewhere"))
    not_approved = DeliveryFactory(country=CountryFactory(iso="KE"), title="Not said yet")
    for person, said in ((None, "your reply open"), (manager(), "reply of the State open")):
        client = sign_in(person) if person else kenya
        for page in ("/states/KE/", "/states/KE/print/"):
            shown = client.get(page).content.decode()
            assert item.words in shown
            assert "Elsewhere" not in shown
            assert not_approved.title not in shown
        assert said in client.get("/states/KE/").content.decode()
        assert "reply of the State open" in client.get("/states/KE/print/").content.decode()


@pytest.mark.parametrize("page", ["/states/KE/", "/states/KE/print/", "/states/KE/?format=csv"])
def test_another_state_learns_nothing_not_even_that_the_page_is_there(
    sign_in: Callable[[Any], Client], page: str
) -> None:
    served_item("KE")
    StateFactory(country=CountryFactory(iso="CO"))
    colombia = sign_in(focal_point("CO"))
    assert colombia.get(page).status_code == 404
    assert colombia.get(page.replace("KE", "ZZ")).status_code == 404
    assert colombia.get(page.replace("KE", "CO")).status_code == 200


def test_the_document_says_what_is_open_and_what_waits_for_the_state(
    kenya: Client, sign_in: Callable[[Any], Client]
) -> None:
    served = served_item("KE", state="accepted")
    state = served.request.organisation
    asked_back = RequestFactory(organisation=state, state="clarification_requested")
    Message.objects.create(
        request=asked_back, kind="question", words="How many people?", by=UserFactory()
    )
    by_body = RequestFactory(
        organisation=RegionalBodyFactory(),
        state="clarification_requested",
        countries=[state.country],
    )
    visit = DeliveryFactory(country=state.country, title="A visit", women=2, men=1)
    approve(visit)
    for client in (kenya, sign_in(manager())):
        document = client.get("/states/KE/print/").context["document"]
        assert {group.request for group in document.asked} == {served.request, asked_back, by_body}
        assert [one.delivery.title for one in document.received if not one.items] == ["A visit"]
        assert len(document.open) == 3
        assert document.waiting[0].words == "How many people?"
        assert len(document.waiting) == 3
        shown = client.get("/states/KE/print/").content.decode()
        assert "3: 2 women, 1 man" in shown
        assert "<nav" not in shown


def test_a_state_without_anything_has_a_document_that_says_so(kenya: Client) -> None:
    shown = kenya.get("/states/KE/print/").content.decode()
    for words in ("Nothing was asked for.", "Nothing was received yet.", "No request is open."):
        assert words in shown
    assert "Nothing was asked for or received yet." in kenya.get("/states/KE/").content.decode()


def test_lists_of_states_lead_to_the_page(sign_in: Callable[[Any], Client]) -> None:
    item = served_item("KE")
    overseer = sign_in(manager())
    slug = item.mandate_links.get().mandate.paragraph.resolution.slug
    for page in (
        "/requests/",
        f"/requests/{item.request_id}/",
        f"/resolutions/{slug}/places/?by=state",
    ):
        assert 'href="/states/KE/"' in overseer.get(page).content.decode(), page
