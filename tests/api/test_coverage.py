"""The coverage of a resolution, and that each number opens to exactly its rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from assistance.coverage.status import DEFINITION
from tests import factories
from tests.api.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], APIClient]

COVERAGE = "/api/v1/resolutions/A-RES-74-175/coverage/"


def test_coverage_has_the_shape_of_the_design(world: World, as_: As) -> None:
    factories.MandateFactory(
        paragraph=world.shared["paragraph"], ordinal=3, kind="statement", addressees=[]
    )
    data = as_("officer").get(f"{COVERAGE}?from=2020-01-01").json()
    assert data["definition"] == DEFINITION
    assert data["window"] == {"from": "2020-01-01", "to": factories.today().isoformat()}
    assert data["totals"] == {
        "mandates": 2,
        "counted": 1,
        "demands": 3,
        "served": 2,
        "with_demand": 1,
        "delivered": 0,
    }
    (paragraph,) = data["paragraphs"]
    assert (paragraph["number"], paragraph["status"]) == ("1", "under_way")
    counted, statement = paragraph["mandates"]
    assert (counted["id"], counted["ordinal"]) == (world.mandate.pk, 2)
    assert (counted["demands"], counted["served"]) == (3, 2)
    assert (statement["counted"], statement["status"]) == (False, "not_applicable")
    assert (statement["demands"], statement["served"], statement["flags"]) == (0, 0, {})


@pytest.mark.parametrize("role", ["officer", "ke", "regional"])
@pytest.mark.parametrize("window", ["", "?to=2020-06-30", "?from=2024-01-01"])
def test_each_number_lists_exactly_its_rows(role: str, window: str, world: World, as_: As) -> None:
    client = as_(role)
    data = client.get(f"{COVERAGE}{window}").json()
    for paragraph in data["paragraphs"]:
        for mandate in paragraph["mandates"]:
            rows = client.get(mandate["demands_url"]).json()
            assert rows["count"] == mandate["demands"]
            served = client.get(f"{mandate['demands_url']}&served=true").json()
            assert served["count"] == mandate["served"]
            statuses = {row["status"] for row in served["results"]}
            assert statuses <= {"delivered", "evidenced"}


@pytest.mark.parametrize(
    ("query", "demands"),
    [("state=KE", 1), ("region=014", 2), ("region=none", 1), ("help=law", 0), ("theme=none", 0)],
)
def test_figures_are_narrowed_by_the_filters_of_the_list(
    query: str, demands: int, world: World, as_: As
) -> None:
    client = as_("officer")
    data = client.get(f"{COVERAGE}?{query}").json()
    assert data["totals"]["demands"] == demands
    rows = [mandate for paragraph in data["paragraphs"] for mandate in paragraph["mandates"]]
    for mandate in rows:
        assert client.get(mandate["demands_url"]).json()["count"] == mandate["demands"]


def test_what_narrows_nothing_is_told_by_its_name(world: World, as_: As) -> None:
    answer = as_("officer").get(f"{COVERAGE}?region=atlantis")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "region"


def test_coverage_answers_304_until_something_changes(world: World, as_: As) -> None:
    client = as_("officer")
    tag = client.get(COVERAGE)["ETag"]
    assert client.get(COVERAGE, headers={"If-None-Match": tag}).status_code == 304
    factories.link(factories.RequestFactory().items.get(), world.mandate)
    assert client.get(COVERAGE, headers={"If-None-Match": tag}).status_code == 200
