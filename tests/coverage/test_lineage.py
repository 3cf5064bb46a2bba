"""A resolution handed over to its successor: old links stay, new ones are added, once counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict

from assistance.coverage.figures import figures_of_resolution
from assistance.coverage.filters import DemandFilter
from assistance.coverage.models import Demand
from assistance.coverage.window import Window, today
from assistance.models import Activity, DeliveryItem, RequestItem
from assistance.services import confirm_link, propose_link
from assistance.workflow import tie_item_to_mandate
from mandates.models import Mandate, Resolution
from mandates.services.lineage import confirm_successor
from tests import factories
from tests.coverage import oracle
from tests.coverage.comparing import VIEWS, differences, rows_of_view
from tests.coverage.reading import world_of_database

pytestmark = pytest.mark.django_db
HANDOVER = today() - dt.timedelta(days=100)
BEFORE, AFTER = HANDOVER - dt.timedelta(days=10), HANDOVER + dt.timedelta(days=10)


@dataclass
class Handover:
    """An item asked under a clause of a resolution that another one has taken the place of."""

    item: RequestItem
    activity: Activity
    earlier: Mandate
    later: Mandate

    def take_over(self) -> None:
        """What an officer and a manager do: clause, item and activity at the successor too."""
        confirm_successor(
            user=factories.officer(),
            mandate_pk=self.earlier.pk,
            later=self.later,
            relation="carried_over",
        )
        tie_item_to_mandate(item=self.item, mandate=self.later, user=factories.officer())
        link = propose_link(by=factories.officer(), activity=self.activity, mandate=self.later)
        confirm_link(link=link, by=factories.manager())

    def deliver(self, on: dt.date) -> None:
        """An approved delivery to the State that asked."""
        country = self.item.request.states.get()
        made = factories.DeliveryFactory(activity=self.activity, country=country, on=on)
        DeliveryItem.objects.get_or_create(delivery=made, item=self.item)
        factories.approve(made)

    def served(self, mandate: Mandate, day: dt.date) -> tuple[int, int]:
        """Of how many demands under a clause how many were served, from adoption to a day."""
        resolution = mandate.paragraph.resolution
        found = figures_of_resolution(
            resolution,
            user=factories.manager(),
            window=Window(min(resolution.adopted_on, day), day),
        )
        return found.totals.served, found.totals.demands

    def first_served(self, mandate: Mandate) -> int:
        """How many demands of a clause were first served in the time up to today: a flow."""
        rows = Demand.objects.filter(mandate=mandate)
        asked = QueryDict(f"flow=served&from=2000-01-01&to={today()}")
        return int(DemandFilter(asked, queryset=rows).qs.count())


@pytest.fixture
def handover() -> Handover:
    old = factories.ResolutionFactory(
        symbol="A/RES/72/1", adopted_on=HANDOVER - dt.timedelta(days=400)
    )
    new = factories.ResolutionFactory(symbol="A/RES/74/1", adopted_on=HANDOVER)
    earlier, later = (
        factories.MandateFactory(paragraph=factories.ParagraphFactory(resolution=one))
        for one in (old, new)
    )
    asked = factories.RequestFactory(received_on=BEFORE - dt.timedelta(days=20), state="accepted")
    item, activity = asked.items.get(), factories.ActivityFactory()
    activity.countries.add(*asked.states.all())
    for left, right in ((item, earlier), (activity, earlier), (activity, item)):
        factories.link(left, right)
    factories.approve(activity, on=BEFORE)
    Resolution.objects.filter(pk=old.pk).update(superseded_on=HANDOVER, superseded_by=new)
    return Handover(item, activity, earlier, later)


def agree() -> None:
    """Both views say what the oracle says."""
    world = world_of_database()
    demands = oracle.demand_rows(world, today())
    meant = demands, oracle.work_rows(world, demands)
    with connection.cursor() as cursor:
        for view, rows in zip(VIEWS, meant, strict=True):
            assert differences(rows_of_view(cursor, view), {row["key"]: row for row in rows}) == []


def test_what_nobody_took_over_ended_with_its_resolution(handover):
    assert handover.served(handover.earlier, HANDOVER - dt.timedelta(days=1)) == (0, 1)
    assert handover.served(handover.earlier, HANDOVER) == (0, 0)
    assert handover.served(handover.later, today()) == (0, 0)
    agree()


def test_an_open_item_taken_over_is_owed_under_the_successor_alone(handover):
    handover.take_over()
    assert {link.mandate for link in handover.item.mandate_links.all()} == {
        handover.earlier,
        handover.later,
    }
    assert handover.served(handover.earlier, HANDOVER - dt.timedelta(days=1)) == (0, 1)
    assert handover.served(handover.earlier, HANDOVER) == (0, 0)
    assert handover.served(handover.later, HANDOVER) == (0, 1)
    agree()


def test_a_delivery_after_the_handover_counts_for_the_successor_once(handover):
    handover.take_over()
    handover.deliver(AFTER)
    assert handover.served(handover.earlier, today()) == (0, 0)
    assert handover.served(handover.later, today()) == (1, 1)
    assert handover.first_served(handover.earlier) == 0
    assert handover.first_served(handover.later) == 1
    agree()


def test_a_delivery_before_the_handover_counts_for_the_earlier_clause_alone(handover):
    handover.deliver(BEFORE)
    handover.take_over()
    assert handover.served(handover.earlier, HANDOVER - dt.timedelta(days=1)) == (1, 1)
    assert handover.served(handover.later, today()) == (0, 1)
    assert handover.first_served(handover.earlier) == 1
    assert handover.first_served(handover.later) == 0
    agree()


def test_what_a_successor_continues_is_tied_anew_to_the_successor_only(handover):
    handover.take_over()
    other = factories.RequestFactory(state="accepted").items.get()
    with pytest.raises(ValidationError, match="choose"):
        tie_item_to_mandate(item=other, mandate=handover.earlier, user=factories.officer())
