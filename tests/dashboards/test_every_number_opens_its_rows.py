"""Each number on a page of figures is a link, and the link lists exactly as many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import resolve

from assistance.coverage.filters import DemandFilter
from assistance.coverage.models import Demand
from directory.models import User

pytestmark = pytest.mark.django_db

SLUG = "A-RES-74-175"
GLANCE = f"/resolutions/{SLUG}/"
PERIOD = "from=2022-01-01&to=2024-06-30"

# How many rows a page lists.
ROWS: dict[str, Callable[[Any], int]] = {
    "demand-list": lambda context: context["page_obj"].paginator.count,
    "unlinked-list": lambda context: context["page_obj"].paginator.count,
    "gap-list": lambda context: context["page_obj"].paginator.count,
    "mandate-list": lambda context: len(context["mandates"]),
    "resolution": lambda context: len(context["table"]),
    "need-list": lambda context: context["page_obj"].paginator.count,
    "received": lambda context: len(context["rows"]),
    "approval-list": lambda context: len(context["cards"]) + context["more"],
    "evidence-list": lambda context: len(context["rows"]),
    "suspect-list": lambda context: context["page_obj"].paginator.count,
    "workbench": lambda context: len(context["tray"].keys),
}


class Figures(HTMLParser):
    """Collects the links that carry a figure."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, int]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if number := given.get("data-figure"):
            assert tag == "a"
            self.found.add((str(given["href"]), int(number)))


def figures_on(client: Client, page: str) -> set[tuple[str, int]]:
    response = client.get(page)
    assert response.status_code == 200, page
    parser = Figures()
    parser.feed(response.content.decode())
    return parser.found


def rows_at(client: Client, user: Any, address: str) -> int:
    """How many rows an address lists.

    The many lists of one paragraph's demands are counted through the filter of that page, which
    is all it adds to what the person may see; every other list is opened.
    """
    path, _mark, query = address.partition("?")
    name = resolve(path).url_name or ""
    if name == "demand-list" and "paragraph=" in query:
        return DemandFilter(QueryDict(query), queryset=Demand.objects.visible_to(user)).qs.count()
    response = client.get(address)
    assert response.status_code == 200, address
    return ROWS[name](response.context)


def wrong_figures(client: Client, user: Any, pages: list[str], followed: set[str]) -> Iterator[str]:
    """Each figure whose link lists another number of rows."""
    known: dict[str, int] = {}
    for page in pages:
        for href, number in sorted(figures_on(client, page)):
            address = page.split("?")[0] + href if href.startswith("?") else href
            address = address.split("#")[0]
            if address not in known:
                known[address] = rows_at(client, user, address)
            followed.add(resolve(address.split("?")[0]).url_name or "")
            if known[address] != number:
                yield f"{page}: {number}, but {known[address]} rows at {address}"


@pytest.mark.parametrize(
    ("login", "pages", "lists"),
    [
        (
            "manager",
            [
                "/",
                "/resolutions/",
                GLANCE,
                f"{GLANCE}?{PERIOD}&state=CO",
                f"{GLANCE}paragraphs/6/?{PERIOD}",
                "/gaps/",
                f"/gaps/?resolution={SLUG}&unit=tpb&waiting=90",
            ],
            {
                "demand-list",
                "unlinked-list",
                "mandate-list",
                "need-list",
                "resolution",
                "approval-list",
                "gap-list",
            },
        ),
        (
            "officer",
            ["/", f"{GLANCE}paragraphs/12/"],
            {"demand-list", "workbench", "evidence-list", "suspect-list"},
        ),
        (
            "auditor",
            ["/", f"{GLANCE}mandates/?show=asked&unit=tpb"],
            {"demand-list", "mandate-list", "unlinked-list"},
        ),
        (
            "focal-ke",
            ["/", "/received/", "/resolutions/", GLANCE, f"{GLANCE}paragraphs/6/"],
            {"demand-list", "mandate-list", "received"},
        ),
        ("focal-co", ["/", GLANCE], {"demand-list", "received"}),
        ("regional", ["/", GLANCE], {"demand-list"}),
    ],
)
def test_every_figure_lists_exactly_its_rows(
    world: None,
    sign_in: Callable[[Any], Client],
    login: str,
    pages: list[str],
    lists: set[str],
) -> None:
    followed: set[str] = set()
    user = User.objects.get(username=login)
    wrong = list(wrong_figures(sign_in(user), user, pages, followed))
    assert wrong == []
    assert followed >= lists
