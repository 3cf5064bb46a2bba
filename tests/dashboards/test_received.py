"""What a State asked for and received: each thing once, under one word, also as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assistance.models import Delivery, RequestItem
from tests.factories import (
    CountryFactory,
    DeliveryFactory,
    approve,
    focal_point,
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
