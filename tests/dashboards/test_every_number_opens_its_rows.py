"""Each number on a page of figures is a link, and the link lists exactly as many rows."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import resolve

from assistance.coverage.filters import DeliveredFilter, DemandFilter
from assistance.coverage.flows import counted_deliveries
from assistance.coverage.models import Closing, Demand
from dashboards.report.gather import gather
from dashboards.views.closings import Chosen
from directory.models import User
from mandates.models import Resolution

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(1200)]

SLUG = "A-RES-74-175"
GLANCE = f"/resolutions/{SLUG}/"
VIEWS = [f"{GLANCE}{view}/" for view in ("places", "quarters", "steps", "themes")]
TWO_DAYS = f"/resolutions/compare/?a={SLUG}&b={SLUG}&a_to=2024-06-30"
PERIOD = "from=2022-01-01&to=2024-06-30"

# How many rows a page lists.
ROWS: dict[str, Callable[[Any], int]] = {
    "coverage-deliveries": lambda context: context["page_obj"].paginator.count,
    "demand-list": lambda context: context["page_obj"].paginator.count,
    "unlinked-list": lambda context: context["page_obj"].paginator.count,
    "gap-list": lambda context: context["page_obj"].paginator.count,
    "mandate-list": lambda context: len(context["mandates"]),
    "resolution": lambda context: len(context["table"]),
    "need-list": lambda context: context["page_obj"].paginator.count,
    "closing": lambda context: context["page_obj"].paginator.count,
    "received": lambda context: context["page_obj"].paginator.count,
    "state": lambda context: context["page_obj"].paginator.count,
    "activity-list": lambda context: context["page_obj"].paginator.count,
    "approval-list": lambda context: len(context["cards"]) + context["more"],
    "evidence-list": lambda context: context["page_obj"].paginator.count,
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


class AskedBy:
    """What a filter needs of a request."""

    def __init__(self, user: Any) -> None:
        self.user = user


KNOWN: dict[tuple[str, str], int] = {}
"""What was counted already in this world, by log-in and address."""
OPENED: set[tuple[str, ...]] = set()
"""The lists that were opened, by log-in and what they were filtered by."""


def rows_at(client: Client, user: Any, address: str) -> int:
    """How many rows an address lists; counted once."""
    key = (user.username, address)
    if key not in KNOWN:
        KNOWN[key] = _count(client, user, address)
    return KNOWN[key]


def _count(client: Client, user: Any, address: str) -> int:
    """How many rows an address lists.

    Of the many lists of demands, and of frozen rows, one is opened for each set of filters. The
    others are counted through the filter of that page, which is all it adds to what the person may
    see; so are deliveries to a paragraph. Every other list is opened.
    """
    path, _mark, query = address.partition("?")
    name = resolve(path).url_name or ""
    alike = (user.username, *sorted(QueryDict(query)))
    if name == "demand-list" and alike in OPENED:
        rows = Demand.objects.visible_to(user)
        found = DemandFilter(QueryDict(query), queryset=rows, request=AskedBy(user))
        assert found.is_valid(), found.errors
        return found.qs.count()
    if name == "demand-list":
        OPENED.add(alike)
    if name == "closing" and alike in OPENED:
        closing = Closing.objects.get(pk=path.rstrip("/").rpartition("/")[2])
        return len(Chosen.of(closing, QueryDict(query)).rows)
    if name == "closing":
        OPENED.add(alike)
    if name == "coverage-deliveries" and "paragraph=" in query:
        rows = Demand.objects.visible_to(user)
        return counted_deliveries(DeliveredFilter(QueryDict(query), queryset=rows), user).count()
    response = client.get(address)
    assert response.status_code == 200, address
    return ROWS[name](response.context)


def wrong_figures(
    client: Client, user: Any, pages: list[str], followed: Counter[str]
) -> Iterator[str]:
    """Each figure whose link lists another number of rows; `followed` counts those looked at."""
    for page in pages:
        for href, number in sorted(figures_on(client, page)):
            address = page.split("?")[0] + href if href.startswith("?") else href
            address = address.split("#")[0]
            followed[resolve(address.split("?")[0]).url_name or ""] += 1
            if (rows := rows_at(client, user, address)) != number:
                yield f"{page}: {number}, but {rows} rows at {address}"


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
                f"{GLANCE}?region=014&theme=people&help=training",
                f"{GLANCE}paragraphs/6/?{PERIOD}",
                "/gaps/",
                "/units/tpb/",
                "/states/KE/",
                "/states/KE/print/",
                f"/gaps/?resolution={SLUG}&unit=tpb&waiting=90",
                *VIEWS,
                f"{GLANCE}places/?by=state&{PERIOD}",
                f"{GLANCE}places/?region=014&unit=tpb",
                f"{GLANCE}quarters/?show=asked&{PERIOD}",
                f"{GLANCE}quarters/?show=served&region=none",
                f"{GLANCE}quarters/?state=KE",
                f"{GLANCE}steps/?help=training&{PERIOD}",
                f"{GLANCE}themes/?theme=evidence&region=014",
                f"{GLANCE}compare/?from=2024-06-30",
                "/closings/{closing}/",
            ],
            {
                "coverage-deliveries",
                "demand-list",
                "unlinked-list",
                "mandate-list",
                "need-list",
                "resolution",
                "approval-list",
                "gap-list",
                "activity-list",
                "state",
                "closing",
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
            [
                "/",
                "/received/",
                "/states/KE/print/",
                "/resolutions/",
                GLANCE,
                f"{GLANCE}paragraphs/6/",
                *VIEWS,
                TWO_DAYS,
            ],
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
    followed: Counter[str] = Counter()
    user = User.objects.get(username=login)
    pages = [page.format(closing=Closing.objects.get().pk) for page in pages]
    wrong = list(wrong_figures(sign_in(user), user, pages, followed))
    print(f"{login}: {followed.total()} figures, {len(wrong)} differ")
    assert wrong == []
    assert followed.keys() >= lists


def figures_in(client: Client, page: str) -> Iterator[tuple[int, str]]:
    """The figures of a page's file, each with the address beside it."""
    answer = client.get(f"{page}{'&' if '?' in page else '?'}format=csv")
    assert answer.status_code == 200, page
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    head = rows[0]
    columns = [
        (head.index(name.removeprefix("Rows: ")), place)
        for place, name in enumerate(head)
        if name.startswith("Rows: ")
    ]
    assert columns, page
    for row in rows[1 : rows.index([])]:
        for number, address in columns:
            if row[number] not in {"", "0"}:
                yield int(row[number]), row[address].removeprefix("http://testserver")


def test_every_figure_of_a_file_carries_the_address_of_exactly_its_rows(
    world: None, sign_in: Callable[[Any], Client]
) -> None:
    looked_at, wrong = 0, []
    pages = [("manager", page) for page in (GLANCE, "/resolutions/", *VIEWS)]
    for login, page in [*pages, ("focal-ke", TWO_DAYS)]:
        user = User.objects.get(username=login)
        client = sign_in(user)
        for number, address in figures_in(client, page):
            looked_at += 1
            if (rows := rows_at(client, user, address.split("#")[0])) != number:
                wrong.append((page, number, rows, address))
    print(f"files: {looked_at} figures, {len(wrong)} differ")
    assert wrong == []
    assert looked_at > 300


def test_every_figure_of_a_report_opens_exactly_its_rows(
    world: None, sign_in: Callable[[Any], Client]
) -> None:
    """Of a closed period and of one that is open; clauses of a closing have no list of their own,
    and numbers of States open what these asked for."""
    resolution, user = Resolution.objects.get(slug=SLUG), User.objects.get(username="manager")
    closing = Closing.objects.get(resolution=resolution)
    client, looked_at, wrong = sign_in(user), 0, []
    for last in (closing.last, closing.last + dt.timedelta(days=90)):
        content = gather(
            resolution, user=user, first=closing.first, last=last, as_of=last, language="en"
        )
        assert bool(content.closed) == (last == closing.last)
        for figure in content.figures:
            if figure.name.endswith(".states") or figure.record.endswith("#public-figures"):
                continue
            if figure.value and figure.record:
                looked_at += 1
                if (rows := rows_at(client, user, figure.record.split("#")[0])) != figure.value:
                    wrong.append((figure, rows))
    print(f"report: {looked_at} figures, {len(wrong)} differ")
    assert wrong == []
    assert looked_at > 100
