"""The list of resolutions, 300 of them, and two of them side by side."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from mandates.models import Resolution
from tests.factories import (
    CountryFactory,
    MandateFactory,
    ParagraphFactory,
    RequestFactory,
    ResolutionFactory,
    StateFactory,
    focal_point,
    link,
    manager,
    served_item,
    today,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


def symbols(client: Client, **query: str) -> list[str]:
    page = client.get("/resolutions/", query).context["page_obj"]
    return [line.resolution.symbol for line in page]


@pytest.fixture
def three() -> None:
    ResolutionFactory(labels={"en": "Counter-terrorism"}, adopted_on=dt.date(2015, 12, 1))
    ResolutionFactory(symbol="A/RES/71/2", labels={"en": "Water"}, adopted_on=dt.date(2016, 12, 1))
    ResolutionFactory(
        symbol="S/RES/2396",
        organ="SC",
        adopted_on=dt.date(2017, 12, 21),
        superseded_on=dt.date(2020, 1, 1),
    )


def test_a_resolution_is_found_by_symbol_and_by_words(three: None, sign_in: SignIn) -> None:
    client = sign_in(manager())
    assert symbols(client, q="70/1") == ["A/RES/70/1"]
    assert symbols(client, q="water") == ["A/RES/71/2"]
    assert symbols(client, q="nothing of the kind") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"organ": "SC"}, ["S/RES/2396"]),
        ({"year": "2016"}, ["A/RES/71/2"]),
        ({"force": "no"}, ["S/RES/2396"]),
        ({"force": "yes"}, ["A/RES/71/2", "A/RES/70/1"]),
        ({"organ": "nonsense"}, ["S/RES/2396", "A/RES/71/2", "A/RES/70/1"]),
    ],
)
def test_resolutions_are_filtered_and_each_filter_can_be_taken_away(
    three: None, sign_in: SignIn, query: dict[str, str], found: list[str]
) -> None:
    client = sign_in(manager())
    assert symbols(client, **query) == found
    tags = client.get("/resolutions/", query).context["filter_tags"]
    assert [tag["url"] for tag in tags] == (
        [] if "nonsense" in query.values() else ["/resolutions/"]
    )


def test_resolutions_are_grouped_and_sorted(three: None, sign_in: SignIn) -> None:
    mandate = MandateFactory(
        paragraph=ParagraphFactory(resolution=Resolution.objects.get(symbol="A/RES/71/2"))
    )
    link(RequestFactory().items.get(), mandate)
    client = sign_in(manager())
    assert symbols(client, sort="-open")[0] == "A/RES/71/2"
    assert symbols(client, sort="symbol") == ["A/RES/70/1", "A/RES/71/2", "S/RES/2396"]
    for sort in ("counted", "full", "adopted"):
        assert len(symbols(client, sort=sort)) == 3
    by_organ = client.get("/resolutions/", {"group": "organ", "sort": "adopted"})
    assert [line.group for line in by_organ.context["page_obj"]] == [
        "General Assembly",
        "General Assembly",
        "Security Council",
    ]
    assert by_organ.content.decode().count('scope="rowgroup"') == 2
    by_year = client.get("/resolutions/", {"group": "year"}).context["page_obj"]
    assert [line.group for line in by_year] == ["2017", "2016", "2015"]


def test_300_resolutions_take_as_many_queries_as_one(sign_in: SignIn) -> None:
    client = sign_in(manager())
    served_item("KE")
    client.get("/resolutions/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/resolutions/?sort=-open&group=year").status_code == 200
        return len(captured)

    with_one = queries()
    Resolution.objects.bulk_create(
        Resolution(
            symbol=f"A/RES/60/{number}",
            slug=f"A-RES-60-{number}",
            organ="GA",
            adopted_on=dt.date(1990 + number % 30, 12, 1),
        )
        for number in range(299)
    )
    assert queries() == with_one
    page = client.get("/resolutions/?sort=-open").context["page_obj"]
    assert (page.paginator.count, len(page)) == (300, 50)
    assert page[0].resolution.symbol == "A/RES/70/1"


def test_the_file_of_resolutions_holds_all_of_them(three: None, sign_in: SignIn) -> None:
    answer = sign_in(manager()).get("/resolutions/?format=xlsx&force=yes")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["A/RES/71/2", "A/RES/70/1"]


def test_the_public_sees_no_figure_and_takes_no_file(
    three: None, client: Client, settings: Any
) -> None:
    settings.PUBLIC_SITE = True
    for query in ("", "?format=csv", "?sort=open"):
        answer = client.get(f"/resolutions/{query}")
        assert answer["Content-Type"].startswith("text/html")
        assert "data-figure" not in answer.content.decode()


def compared(client: Client, query: str) -> dict[str, list[str]]:
    answer = client.get(f"/resolutions/compare/?{query}&format=csv")
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    return {row[0]: row[1:5] for row in rows if row}


def test_two_resolutions_stand_side_by_side(sign_in: SignIn) -> None:
    served_item("KE")
    other = ResolutionFactory(symbol="A/RES/71/2")
    mandate = MandateFactory(paragraph=ParagraphFactory(resolution=other, number="4"))
    link(RequestFactory().items.get(), mandate)
    client = sign_in(manager())
    rows = compared(client, "r=A-RES-70-1&r=A-RES-71-2")
    assert rows["Demands served"] == ["1", "1", "0", "1"]
    assert rows["Unmet"][0] == "0"
    assert "Two resolutions" in client.get("/resolutions/compare/?r=A-RES-70-1").content.decode()


def test_one_resolution_on_two_days(sign_in: SignIn) -> None:
    item = served_item("KE")
    before = item.request.received_on - dt.timedelta(days=1)
    chosen = f"a=A-RES-70-1&b=A-RES-70-1&b_to={before}"
    assert compared(sign_in(focal_point("KE")), chosen)["Demands served"] == ["1", "1", "0", "0"]
    answer = sign_in(manager()).get(f"/resolutions/compare/?{chosen}", follow=True)
    assert answer.redirect_chain == [
        (f"/resolutions/A-RES-70-1/compare/?from={before}&to={today()}", 302)
    ]
    served = answer.context["sections"][0].facts[0]
    assert [(part.number, of.number) for part, of in served.cells] == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Choose two resolutions"),
        ("a=A-RES-70-1", "This field is required"),
        ("a=A-RES-70-1&b=nonsense", "Select a valid choice"),
        ("a=A-RES-70-1&b=A-RES-70-1&a_to=1990-01-01", "must not be before the adoption"),
        ("a=A-RES-70-1&b=A-RES-70-1&a_to=never", "Enter a valid date"),
    ],
)
def test_what_cannot_be_compared_is_said_at_its_field(
    sign_in: SignIn, query: str, words: str
) -> None:
    ResolutionFactory()
    answer = sign_in(manager()).get(f"/resolutions/compare/?{query}")
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_focal_point_compares_the_own_rows(sign_in: SignIn) -> None:
    mandate = served_item("CO").mandate_links.get().mandate
    state = StateFactory(country=CountryFactory(iso="KE"))
    link(RequestFactory(organisation=state).items.get(), mandate)
    query = "a=A-RES-70-1&b=A-RES-70-1"
    assert compared(sign_in(focal_point("CO")), query)["Demands served"] == ["1", "1", "1", "1"]
