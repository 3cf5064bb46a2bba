"""The public site: what a visitor finds there, how it is cited, and how light it is."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from assistance.coverage.closing import close_period
from tests import factories as make

pytestmark = pytest.mark.django_db

SLUG = "A-RES-70-1"
ADDRESS = "https://mandates.example.org"
MOST = 70_000
"""Bytes of a page with all that it loads, compressed."""
OF_THE_FRAME = {"img/mark.svg", "css/app.css"}
FONT = "fonts/noto-sans-latin-wght-normal.woff2"
"""Named by the style sheet alone: asked for before, it would hold up the first words."""


@pytest.fixture(autouse=True)
def public_site(settings: Any) -> None:
    """It is on."""
    settings.PUBLIC_SITE = True
    settings.BASE_URL = ADDRESS


@pytest.fixture
def mandate() -> Any:
    """The first mandate of A/RES/70/1, paragraph 1, served for three States, its period closed."""
    items = [make.served_item(iso) for iso in ("KE", "CO", "NE")]
    mandate = items[0].mandate_links.get().mandate
    for item in items:
        item.mandate_links.update(mandate=mandate)
        item.activity_links.get().activity.mandate_links.update(mandate=mandate)
    text = make.TextFactory(resolution=mandate.paragraph.resolution, title="On help")
    mandate.paragraph.texts.create(text=text, words="Requests UNODC to help.")
    closed()
    return mandate


def closed() -> Any:
    """The period until yesterday, closed."""
    yesterday = make.today() - dt.timedelta(days=1)
    return close_period(user=make.manager(), resolution_slug=SLUG, first=None, last=yesterday)


def paragraph_page(mandate: Any) -> str:
    """The address of its page."""
    return reverse("paragraph", args=[SLUG, mandate.paragraph.number])


def test_visitors_find_what_the_site_is_and_the_latest_resolutions(
    client: Client, mandate: Any
) -> None:
    home = client.get("/").text
    assert "How the figures come about" in home
    assert reverse("resolution", args=[SLUG]) in home
    assert "figures up to" in home
    assert "data-figure" not in home
    places = {reverse(name) for name in ("home", "resolution-list", "activity-list")}
    navigation = home[home.index("<nav") : home.index("</nav>")]
    assert set(re.findall(r'href="([^"]+)"', navigation)) == places


def test_an_empty_site_says_so(client: Client) -> None:
    assert "No resolution is loaded yet." in client.get("/").text


@pytest.mark.parametrize(
    ("identifier", "leads_to"),
    [
        ("A/RES/70/1", "/resolutions/A-RES-70-1/"),
        ("A/RES/70/1/", "/resolutions/A-RES-70-1/"),
        ("A/RES/70/1/op{number}", "/resolutions/A-RES-70-1/paragraphs/{number}/"),
        ("A/RES/70/1/op{number}/m1", "/resolutions/A-RES-70-1/paragraphs/{number}/#clause-1"),
        ("A/RES/70/1/op99(a)", "/resolutions/A-RES-70-1/paragraphs/99%20(a)/"),
    ],
)
def test_an_identifier_leads_to_what_it_names(
    client: Client, identifier: str, leads_to: str
) -> None:
    mandate = make.MandateFactory()
    make.ParagraphFactory(resolution=mandate.paragraph.resolution, number="99 (a)")
    number = mandate.paragraph.number
    answer = client.get("/" + identifier.format(number=number))
    assert (answer.status_code, answer["Location"]) == (302, leads_to.format(number=number))


@pytest.mark.parametrize("wrong", ["A/RES/70/2", "A/RES/70/1/op98", "A/RES/70/1/op1/m77", "A/%0A"])
def test_an_identifier_of_nothing_is_not_found(client: Client, wrong: str) -> None:
    make.MandateFactory()
    assert client.get(f"/{wrong}").status_code == 404


def test_identifiers_ask_to_sign_in_while_the_site_is_off(client: Client, settings: Any) -> None:
    settings.PUBLIC_SITE = False
    for path in ("/", "/A/RES/70/1/op1", "/A/RES/9/9"):
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_a_paragraph_shows_its_mandates_their_closed_figures_and_citations(
    client: Client, mandate: Any
) -> None:
    page = client.get(paragraph_page(mandate)).text
    assert 'id="clause-1"' in page
    assert "3 of 3 demands served; 3 States asked." in page
    number = mandate.paragraph.number
    assert f"A/RES/70/1, para. {number}, <span" in page
    assert f"A/RES/70/1, para. {number}, clause 1, <span" in page
    for identifier in (f"A/RES/70/1/op{number}", mandate.identifier):
        assert f'<a href="{ADDRESS}/{identifier}">{ADDRESS}/{identifier}</a>' in page
    assert f'<link rel="canonical" href="{ADDRESS}{paragraph_page(mandate)}">' in page
    assert 'content="index, follow"' in page
    assert re.search(r'<meta name="description" content="[^"]{20,}"', page)


def test_a_number_below_three_states_is_hidden_on_every_page(client: Client) -> None:
    items = [make.served_item(iso) for iso in ("KE", "CO")]
    mandate = items[0].mandate_links.get().mandate
    closing = closed()
    pages = ["/", reverse("resolution", args=[SLUG]), paragraph_page(mandate)]
    pages += [reverse("closing-list", args=[SLUG]), reverse("closing", args=[closing.pk])]
    for path in pages:
        page = client.get(path).text
        assert not re.search(r"\b[12] of [12]\b|\b[12] States? asked", page), path
    assert "Fewer than 3 States asked." in client.get(paragraph_page(mandate)).text


def test_visitors_take_the_public_figures_of_a_closed_period_as_a_file(
    client: Client, mandate: Any
) -> None:
    others = make.MandateFactory(kind="statement")
    few = make.served_item("PE").mandate_links.get().mandate
    few.paragraph.number = "98"
    few.paragraph.save()
    closing = close_period(
        user=make.manager(),
        resolution_slug=SLUG,
        first=make.today() - dt.timedelta(days=400),
        last=make.today() - dt.timedelta(days=1),
    )
    page = reverse("closing", args=[closing.pk])
    assert "?format=csv" in client.get(page).text
    answer = client.get(f"{page}?format=csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))
    lines = {row[0]: row[3:] for row in rows[1 : rows.index([])]}
    assert lines["98"] == ["fewer than 3", "", ""]
    assert lines[others.paragraph.number] == ["", "", ""]
    assert lines[mandate.paragraph.number][0] in {"3", "not shown"}
    assert "TA-" not in answer.getvalue().decode()
    assert client.get(f"{page}?format=xlsx").status_code == 200


def test_whoever_is_signed_in_cites_too(sign_in: Callable[[Any], Client], mandate: Any) -> None:
    page = sign_in(make.officer()).get(paragraph_page(mandate)).text
    assert f"{ADDRESS}/{mandate.identifier}" in page
    assert 'name="robots" content="noindex"' in page
    assert "canonical" not in page


def test_pages_are_the_same_for_all_and_may_be_kept_a_minute(
    client: Client, mandate: Any, sign_in: Callable[[Any], Client]
) -> None:
    for path in ("/", "/resolutions/", paragraph_page(mandate), "/activities/", "/help/coverage/"):
        first = client.get(path)
        assert first["Cache-Control"] == "public, max-age=60", path
        assert {"Cookie", "Accept-Language"} <= set(first["Vary"].split(", ")), path
        assert not first.cookies, path
        assert "csrfmiddlewaretoken" not in first.text, path
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304, path
    packed = client.get("/resolutions/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    own = sign_in(make.officer()).get("/resolutions/", headers={"Accept-Encoding": "gzip"})
    assert "public" not in own.get("Cache-Control", "")
    assert "Content-Encoding" not in own


def test_visitors_choose_their_language_without_a_token() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("set_language"), {"language": "fr", "next": "/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert '<html lang="fr"' in client.get("/").text


def test_search_engines_read_the_public_site_only_while_it_is_on(
    client: Client, settings: Any
) -> None:
    assert client.get("/robots.txt").text.splitlines()[1:] == [
        "Disallow: /api/", "Disallow: /accounts/", "Disallow: /admin/"
    ]  # fmt: skip
    assert "noindex" in client.get("/resolutions/?sort=symbol").text
    settings.PUBLIC_SITE = False
    assert client.get("/robots.txt").text.splitlines()[1:] == ["Disallow: /"]


def test_visitors_read_an_activity_while_its_words_are_the_approved_ones(client: Client) -> None:
    country = make.CountryFactory(iso="KE")
    activity = make.ActivityFactory(
        title="Open course", visibility="public", project_code="GLOX1", planned_start=make.today()
    )
    activity.countries.add(country)
    mandate = make.MandateFactory()
    make.link(activity, mandate)
    page = reverse("activity", args=[activity.pk])
    assert client.get(page).status_code == 404
    make.approve(activity)
    shown = client.get(page).text
    assert mandate.identifier in shown
    for path in (page, "/activities/", "/activities/iati/", "/api/v1/activities/iati/"):
        told = client.get(path).getvalue().decode()
        assert "Open course" in told, path
        assert "GLOX1" not in told, path
    activity.title, activity.revision = "Not yet read by a second person", activity.revision + 1
    activity.save()
    for path in (page, "/activities/", "/activities/iati/", "/api/v1/activities/"):
        assert "Not yet read" not in client.get(path).getvalue().decode(), path


def test_the_api_tells_visitors_what_the_pages_tell(mandate: Any) -> None:
    need = make.NeedFactory(
        mandate=mandate, published=True, published_by=make.manager(username="who-published-it")
    )
    api = APIClient()
    page = api.get(reverse("need-edit", args=[need.pk]))
    assert page.status_code == 200
    for path in (reverse("api:need-list"), reverse("api:need-detail", args=[need.pk])):
        assert not {"created_by", "published_by"} & set(re.findall(r"\w+", api.get(path).text))
        assert need.words in api.get(path).text
    assert "who-published-it" not in page.text
    closings = api.get(reverse("api:closing-list")).json()["results"]
    assert closings[0]["public"]["requesting_states"] == 3
    assert api.get(reverse("api:request-list")).status_code == 401


def size(path: str) -> int:
    """Bytes of a file as it is sent: text compressed, fonts as they are."""
    content = (django_settings.BASE_DIR / "static" / path).read_bytes()
    return len(content if path.endswith(".woff2") else gzip.compress(content))


def test_a_page_loads_no_more_than_it_needs(client: Client, mandate: Any) -> None:
    closing = reverse("closing-list", args=[SLUG])
    cites = {reverse("resolution", args=[SLUG]), paragraph_page(mandate)}
    for path in ("/", "/resolutions/", closing, "/activities/", "/help/coverage/", *cites):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        html = gzip.decompress(answer.content).decode()
        files = set(re.findall(r'(?:src|href)="/static/([^"#]+)', html))
        assert files - {"img/sprite.svg"} == OF_THE_FRAME | (
            {"js/copy.js"} if path in cites else set()
        ), path
        assert len(answer.content) + sum(map(size, files | {FONT})) < MOST, path
