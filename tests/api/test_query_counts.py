"""Every list takes the same number of queries for one row as for three."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from api.urls import router
from assistance.coverage.closing import close_period
from mandates.models import ResolutionImport, Theme
from tests import factories
from tests.api.world import World, everything_of

pytestmark = pytest.mark.django_db
As = Callable[[str], APIClient]

# Of these two tell who calls (the token, the memberships), one counts the rows.
QUERIES = {
    "country": 5,
    "entity": 5,
    "organisation": 5,
    "theme": 5,
    "resolution": 6,
    "import": 5,
    "paragraph": 7,
    "mandate": 7,
    "need": 5,
    "request": 9,
    "answer-template": 5,
    "attachment": 5,
    "item": 7,
    "activity": 10,
    "delivery": 7,
    "evidence": 5,
    "reply": 5,
    "narrative": 5,
    "report": 6,
    "upload": 5,
    "item-mandate": 5,
    "activity-mandate": 5,
    "activity-item": 5,
    "demand": 5,
    "counted-delivery": 7,
    "state": 5,
    "unit": 5,
    "closing": 5,
    "gap": 13,
    "unlinked": 5,
}
BELOW = {"request-events": 6, "request-messages": 6, "request-notes": 6, "request-attachments": 6}


# The same for what answers the figures of something.
FIGURES = {
    "resolutions/A-RES-74-175/coverage/": 9,
    "resolutions/A-RES-74-175/places/": 7,
    "resolutions/A-RES-74-175/places/?by=state": 7,
    "resolutions/A-RES-74-175/quarters/": 7,
    "resolutions/A-RES-74-175/quarters/?show=asked": 6,
    "resolutions/A-RES-74-175/steps/": 5,
    "resolutions/A-RES-74-175/themes/": 10,
    "paragraphs/{paragraph}/why/": 26,
    "mandates/{mandate}/why/": 27,
    "mandates/{mandate}/need-proposals/": 6,
    "units/tpb/": 19,
    "states/KE/": 10,
    "gaps/matrix/": 6,
}


@pytest.fixture
def three(world: World) -> World:
    """The world with three of everything."""
    grow(world)
    return world


def grow(world: World) -> None:
    """As many more of everything, under the mandate and elsewhere."""
    world.people["ne"] = factories.focal_point("NE")
    world.of["NE"] = everything_of("NE", world.mandate, world.people)
    for n in (1, 2):
        resolution = factories.ResolutionFactory(symbol=f"A/RES/70/{n}")
        factories.TextFactory(resolution=resolution)
        paragraph = factories.ParagraphFactory(resolution=resolution)
        unit = factories.UnitFactory(code=f"unit{n}")
        mandate = factories.MandateFactory(paragraph=paragraph, lead_unit=unit)
        factories.NeedFactory(mandate=mandate, published=True)
        Theme.objects.create(
            code=f"theme{n}", names={"en": "T"}, position=n + 1, parent=world.shared["theme"]
        )
        close_period(
            user=world.people["manager"],
            resolution_slug=resolution.slug,
            first=None,
            last=factories.today() - dt.timedelta(days=n),
        )
        ResolutionImport.objects.create(file="x", filename="x", sha256="0" * 64)
        factories.EntityFactory(code=f"body{n}")
        factories.AnswerTemplateFactory()
        upload = world.shared["upload"]
        upload.rows.create(sheet="activities", number=n)
        upload.pk = None
        upload.save()
        factories.NarrativeFactory(resolution=resolution)
        factories.ReportFactory(resolution=resolution)
        asked = world.ke["request"]
        asked.messages.create(words=f"Word {n}", by=world.people["ke"])
        asked.notes.create(words=f"Note {n}", by=world.people["officer"])
        asked.events.create(transition="submit_request", by=world.people["ke"])
        there = world.ke["attachment"]
        there.pk = None
        there.save()


def queries(client: APIClient, path: str, rows: int) -> int:
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(f"{path}?page_size={rows}")
    assert answer.status_code == 200, answer.data
    assert len(answer.data["results"]) == rows, path
    return len(caught)


def test_every_list_is_counted() -> None:
    lists = {
        one.callback.initkwargs["basename"]
        for one in router.urls
        if "list" in one.callback.actions.values()
    }
    assert lists == set(QUERIES)


def test_lists_take_as_many_queries_for_one_row_as_for_three(three: World, as_: As) -> None:
    client = as_("officer")
    found = {
        name: (queries(client, path, 1), queries(client, path, 3))
        for name, path in ((name, reverse(f"api:{name}-list")) for name in QUERIES)
    }
    assert found == {name: (count, count) for name, count in QUERIES.items()}


def test_a_state_takes_no_more_queries_than_an_officer(three: World, as_: As) -> None:
    client = as_("ke")
    for name in ("request", "item", "activity", "delivery", "evidence", "reply", "demand"):
        path = reverse(f"api:{name}-list")
        assert queries(client, path, 1) <= QUERIES[name], name


def test_lists_below_a_request_are_counted(three: World, as_: As) -> None:
    client = as_("officer")
    pk = three.ke["request"].pk
    found = {
        name: (queries(client, path, 1), queries(client, path, 3))
        for name, path in ((name, reverse(f"api:{name}", args=[pk])) for name in BELOW)
    }
    assert found == {name: (count, count) for name, count in BELOW.items()}


def test_figures_take_the_same_queries_whatever_their_size(world: World, as_: As) -> None:
    client = as_("officer")
    keys = {"paragraph": world.shared["paragraph"].pk, "mandate": world.mandate.pk}

    def counted() -> dict[str, int]:
        found = {}
        for path in FIGURES:
            with CaptureQueriesContext(connection) as caught:
                answer = client.get(f"/api/v1/{path.format(**keys)}")
            assert answer.status_code == 200, path
            found[path] = len(caught)
        return found

    before = counted()
    grow(world)
    for ordinal in (11, 12):
        factories.MandateFactory(
            paragraph=world.shared["paragraph"], ordinal=ordinal, lead_unit=world.shared["unit"]
        )
        everything_of("KE", world.mandate, world.people)
    assert (before, counted()) == (FIGURES, FIGURES)
