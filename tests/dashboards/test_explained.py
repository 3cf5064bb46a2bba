"""The page of a mandate says how its status follows, from the rows that the figures count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assistance.coverage.versions import VERSIONS
from mandates.models import Mandate
from tests.factories import (
    CountryFactory,
    MandateFactory,
    RequestFactory,
    StateFactory,
    focal_point,
    link,
    manager,
    served_item,
    today,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


def explained(client: Client, mandate: Mandate, query: str = "") -> Any:
    response = client.get(f"/mandates/{mandate.pk}/why/{query}")
    assert response.status_code == 200
    return response


def test_every_mandate_of_the_demonstration_is_explained(world: None, sign_in: SignIn) -> None:
    """The test that holds gives the status that every other page shows."""
    client = sign_in("manager")
    for mandate in Mandate.objects.filter(paragraph__number__in=["1", "5", "6", "12", "19", "20"]):
        page = explained(client, mandate).context["page"]
        assert page.figures.counted == bool(page.figures.mandate.counted)
        if page.lines:
            assert page.holding.status == page.figures.status
            assert len(page.lines) == page.figures.demands
        for line in page.lines:
            tinted = [stage for stage in line.stages if stage.tint]
            assert len(tinted) == 1
            assert tinted[0].day <= today()


def test_a_delivered_item_shows_what_counted_for_it(sign_in: SignIn) -> None:
    item = served_item("KE")
    mandate = item.mandate_links.get().mandate
    shown = explained(sign_in(manager()), mandate)
    words = shown.content.decode()
    assert item.request.ref in words
    assert item.deliveries.get().activity.title in words
    assert [test.holds for test in shown.context["page"].tested] == [False, True, True, True, True]
    assert f"mandate={mandate.identifier.replace('/', '%2F')}" in words


def test_the_day_asked_for_is_the_day_shown(sign_in: SignIn) -> None:
    item = served_item("KE")
    mandate = item.mandate_links.get().mandate
    before = item.deliveries.get().on - dt.timedelta(days=1)
    page = explained(sign_in(manager()), mandate, f"?to={before}").context["page"]
    assert page.figures.status == "unmet"
    assert [stage.day for stage in page.lines[0].stages][1:] == [None] * 4
    assert explained(sign_in(manager()), mandate, "?to=1999-01-01").context["form"].errors


def test_ended_and_proposed_demands_stand_beside(sign_in: SignIn) -> None:
    mandate = MandateFactory()
    ended, proposed = (RequestFactory(state="accepted").items.get() for _each in range(2))
    link(ended, mandate)
    link(proposed, mandate, "proposed")
    ended.outcome, ended.outcome_on, ended.outcome_basis = "withdrawn", today(), "state"
    ended.save()
    page = explained(sign_in(manager()), mandate).context["page"]
    assert [owed.demand.item for owed in page.ended] == [ended]
    assert [mend.row.item for mend in page.not_counting] == [proposed]
    assert (page.lines, page.tested, page.figures.status) == ([], [], "no_demand")


def test_what_asks_others_is_never_counted(sign_in: SignIn) -> None:
    mandate = MandateFactory(addressees=["member_states"])
    words = explained(sign_in(manager()), mandate).content.decode()
    assert "It is not UNODC’s work" in words
    assert "member_states" in words or "Member States" in words


def test_a_state_reads_how_its_own_demands_stand(sign_in: SignIn) -> None:
    own, other = served_item("KE"), served_item("CO")
    mandate = own.mandate_links.get().mandate
    link(other, mandate)
    shown = explained(sign_in(focal_point("KE")), mandate)
    assert [line.owed.demand.item for line in shown.context["page"].lines] == [own]
    assert other.request.ref not in shown.content.decode()


def test_it_takes_the_same_queries_for_one_demand_and_for_three(sign_in: SignIn) -> None:
    item = served_item("KE")
    mandate = item.mandate_links.get().mandate
    client = sign_in(manager())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            explained(client, mandate)
        return len(captured)

    queries()
    with_one = queries()
    for iso in ("CO", "NE"):
        state = StateFactory(country=CountryFactory(iso=iso))
        link(RequestFactory(organisation=state).items.get(), mandate)
    assert queries() == with_one


def test_the_history_of_the_definition_is_told(sign_in: SignIn, client: Client) -> None:
    words = client.get("/help/coverage/").content.decode()
    for version in VERSIONS:
        assert version.number in words
        assert str(version.changes) in words
