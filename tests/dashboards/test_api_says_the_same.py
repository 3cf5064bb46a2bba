"""The API gives the figures of the pages: the same numbers, and behind each the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.test import Client

from mandates.models import Mandate, Paragraph
from tests.dashboards.test_every_number_opens_its_rows import figures_on

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SignIn = Callable[[Any], Client]

API = "/api/v1/"
HERE = "resolutions/A-RES-74-175/"
PERIOD = "from=2022-01-01&to=2024-06-30"
SAME_LIST = {
    "/coverage/demands/": "demands",
    "/coverage/deliveries/": "counted-deliveries",
    "/gaps/": "gaps",
    "/activities/": "activities",
}
"""Where a page lists rows, and where the API does."""
Figure = tuple[str, frozenset[tuple[str, str]], int]
"""The list, its filters, and the number of its rows."""

EVERYBODYS = [
    f"{HERE}places/",
    f"{HERE}places/?{PERIOD}",
    f"{HERE}quarters/",
    f"{HERE}quarters/?show=asked&{PERIOD}",
    f"{HERE}quarters/?show=served&theme=evidence",
    f"{HERE}steps/",
    f"{HERE}steps/?help=training&{PERIOD}",
    f"{HERE}themes/",
    f"{HERE}themes/?theme=evidence&to=2024-06-30",
]
OF_UNODC = [
    f"{HERE}places/?by=state&{PERIOD}",
    f"{HERE}places/?region=014&unit=tpb",
    f"{HERE}quarters/?state=KE",
    f"{HERE}steps/?region=014&state=KE",
    f"{HERE}themes/?region=014&unit=tpb",
    "units/tpb/",
]


def figure(url: str, number: int, lists: dict[str, str]) -> Figure | None:
    """A figure by its rows, whoever links to them; None of what is no list."""
    path, _mark, query = url.partition("#")[0].removeprefix("http://testserver").partition("?")
    name = lists.get(path)
    return (name, frozenset(parse_qsl(query)), number) if name else None


def of_page(client: Client, address: str) -> set[Figure]:
    links = figures_on(client, f"/{address}")
    return {one for href, number in links if (one := figure(href, number, SAME_LIST))}


def told(answer: Any) -> Iterator[tuple[str, int]]:
    """Every number in an answer of the API that says where its rows are."""
    if isinstance(answer, list):
        for one in answer:
            yield from told(one)
    elif isinstance(answer, dict):
        number = answer.get("number", answer.get("demands"))
        if number and answer.get("rows_url"):
            yield answer["rows_url"], number
        for one in answer.values():
            yield from told(one)


def of_api(client: Client, address: str) -> dict[Figure, str]:
    answer = client.get(f"{API}{address}")
    assert answer.status_code == 200, (address, answer.json())
    lists = {f"{API}{name}/": name for name in SAME_LIST.values()}
    found = {figure(url, number, lists): url for url, number in told(answer.json())}
    return {one: url for one, url in found.items() if one}


@pytest.mark.parametrize(
    ("login", "addresses", "each"),
    [("manager", [*EVERYBODYS, *OF_UNODC], 9), ("focal-ke", EVERYBODYS, 1)],
)
def test_every_view_has_the_figures_of_its_page(
    world: None, sign_in: SignIn, login: str, addresses: list[str], each: int
) -> None:
    client = sign_in(login)
    looked_at = followed = 0
    for address in addresses:
        shown, answered = of_page(client, address), of_api(client, address)
        assert shown <= set(answered), address
        # The page of themes says the number of all demands in the words of its picture alone.
        assert len(set(answered) - shown) <= ("themes" in address), address
        looked_at += len(answered)
        for (_name, _query, number), url in list(answered.items())[::each]:
            rows = client.get(f"{url}&page_size=1").json()
            assert rows["count"] == number, url
            followed += 1
    assert looked_at > len(addresses)
    print(f"{login}: {looked_at} figures equal, {followed} followed to their rows")


def test_the_gaps_are_counted_as_on_their_page(world: None, sign_in: SignIn) -> None:
    client = sign_in("manager")
    for query in ("", "?unit=tpb&waiting=90", "?kind=unmet&region=014"):
        matrix = client.get(f"/gaps/{query}").context["matrix"]
        table = client.get(f"{API}gaps/matrix/{query}").json()
        numbers = {(one["row"], one["column"]): one["number"] for one in table["figures"]}
        shown = {
            (line.code, gap.value): line.numbers[gap]
            for line in matrix.lines
            for gap in matrix.kinds
            if line.numbers[gap]
        }
        assert {key: number for key, number in numbers.items() if None not in key} == shown
        assert numbers[None, None] == matrix.total.total()
        for url, number in told(table):
            assert client.get(url).json()["count"] == number, url


@pytest.mark.parametrize("login", ["manager", "focal-ke"])
def test_every_status_follows_as_on_its_page(world: None, sign_in: SignIn, login: str) -> None:
    client = sign_in(login)
    numbers = ["1", "5", "6", "12", "19", "20"]
    for paragraph in Paragraph.objects.filter(number__in=numbers, kind="operative"):
        page = client.get(f"/{HERE}paragraphs/{paragraph.number}/?{PERIOD}").context["page"]
        answer = client.get(f"{API}paragraphs/{paragraph.pk}/why/?{PERIOD}").json()
        assert (answer["status"], answer["demands"], answer["served"]) == (
            page.figures.status,
            page.figures.demands,
            page.figures.served,
        )
        owed = [one.demand.key for clause in page.clauses for one in clause.owed]
        assert [one["demand"] for one in answer["owed"]] == owed
        assert len(answer["not_counting"]) == len(page.not_counting)
        assert client.get(answer["demands_url"]).json()["count"] == answer["demands"]
    for mandate in Mandate.objects.filter(paragraph__number__in=numbers):
        page = client.get(f"/mandates/{mandate.pk}/why/").context["page"]
        answer = client.get(f"{API}mandates/{mandate.pk}/why/").json()
        assert answer["status"] == page.figures.status
        assert [one["demand"] for one in answer["owed"]] == [
            line.owed.demand.key for line in page.lines
        ]
        assert [one["holds"] for one in answer["tests"]] == [one.holds for one in page.tested]
        decides = [one["status"] for one in answer["tests"] if one["decides"]]
        assert decides == ([page.holding.status] if page.holding else [])
        waiting = {one["demand"] for one in answer["to_turn_green"]}
        assert waiting == {one["demand"] for one in answer["owed"] if one["status"] != "evidenced"}
        assert client.get(answer["demands_url"]).json()["count"] == answer["demands"]


def test_a_state_stands_as_on_its_page(world: None, sign_in: SignIn) -> None:
    for login in ("manager", "focal-ke"):
        client = sign_in(login)
        words = client.get("/states/KE/").context["words"]
        answer = client.get(f"{API}states/KE/").json()
        assert answer["standing"] == {word.value: n for word, _label, n in words if n}
        assert len(answer["rows"]) == sum(answer["standing"].values())
        for show in ("asked", *answer["standing"]):
            rows = client.get(f"{API}states/KE/?show={show}").json()["rows"]
            shown = client.get(f"/states/KE/?show={show}").context["rows"]
            assert len(rows) == len(shown), show


def test_needs_are_proposed_and_foreseen_as_on_their_pages(world: None, sign_in: SignIn) -> None:
    client = sign_in("manager")
    mandate = Mandate.objects.get(identifier="A/RES/74/175/op1/m2")
    proposed = client.get(f"{API}mandates/{mandate.pk}/need-proposals/").json()
    page = client.get(f"/mandates/{mandate.pk}/needs/new/").context["proposals"]
    assert [len(one["proposals"]) for one in proposed] == [len(one.proposed) for one in page]
