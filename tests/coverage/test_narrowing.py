"""What narrows figures, flows and lists: the same names everywhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from assistance.coverage.closing import close_period
from assistance.coverage.figures import figures_of_resolution
from assistance.coverage.filters import (
    HELP_OF_DELIVERY,
    NARROWING,
    DeliveredFilter,
    DemandFilter,
    WorkFilter,
    regions,
)
from assistance.coverage.flows import (
    Quarter,
    counted_deliveries,
    delivered_under,
    deliveries_for,
    quarters_of,
)
from assistance.coverage.models import Demand, WorkWithoutDemand
from assistance.coverage.status import Status
from assistance.coverage.trend import end_of_quarter_before, previous_status
from assistance.coverage.window import Window
from assistance.models import Delivery, HelpKind
from mandates.models import DeliveryKind, Facet, Mandate, Resolution, Theme
from tests import factories

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


def found(filter_class: Any, query: str, rows: Any) -> int:
    asked = filter_class(QueryDict(query), queryset=rows)
    assert asked.is_valid(), asked.errors
    return len(asked.qs)


def demands(query: str) -> int:
    return found(DemandFilter, query, Demand.objects.all())


def work(query: str) -> int:
    return found(WorkFilter, query, WorkWithoutDemand.objects.all())


@pytest.fixture
def world() -> Any:
    """An item of Kenya, served, about prisons, and a need that names no State."""
    item = factories.served_item("KE")
    item.help_kinds = ["training"]
    item.save()
    upper = Theme.objects.create(code="people", names={"en": "People"})
    theme = Theme.objects.create(code="prisons", names={"en": "Prisons"}, parent=upper)
    Facet.objects.create(
        mandate=item.mandate_links.get().mandate, role="theme", theme=theme, source="person"
    )
    factories.NeedFactory(
        mandate=factories.MandateFactory(basis="standing"),
        kind="tool",
        published=True,
        valid_from=factories.today() - 5 * ONE_DAY,
    )
    return item


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 2),
        ("region=014", 1),
        ("region=005", 0),
        ("region=none", 1),
        ("area=002", 1),
        ("area=019", 0),
        ("state=KE", 1),
        ("state=KE&region=none", 0),
        ("theme=prisons", 1),
        ("theme=people", 1),
        ("theme=none", 1),
        ("help=training", 1),
        ("help=tool", 1),
        ("help=law", 0),
        ("kind=need", 1),
        ("kind=item&region=014&theme=people&help=training", 1),
    ],
)
def test_demands_are_narrowed(world: Any, query: str, number: int) -> None:
    assert demands(query) == number


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 2),
        ("region=014", 2),
        ("region=005", 0),
        ("region=none", 0),
        ("state=KE", 2),
        ("theme=people", 1),
        ("theme=none", 1),
        ("help=training", 2),
        ("help=law", 0),
    ],
)
def test_the_tray_is_narrowed_by_the_same_names(query: str, number: int) -> None:
    country = factories.CountryFactory(iso="KE")
    upper = Theme.objects.create(code="people", names={"en": "People"})
    theme = Theme.objects.create(code="prisons", names={"en": "Prisons"}, parent=upper)
    request = factories.RequestFactory(organisation=factories.StateFactory(country=country))
    item = request.items.get()
    item.help_kinds = ["training"]
    item.save()
    item.themes.add(theme)
    activity = factories.ActivityFactory(kind="training")
    activity.countries.add(country)
    factories.approve(activity)
    assert work(query) == number


def test_help_without_a_request_is_narrowed_by_the_theme_of_its_mandate() -> None:
    mandate, activity = factories.MandateFactory(), factories.ActivityFactory(kind="drafting")
    theme = Theme.objects.create(code="laws", names={"en": "Laws"})
    Facet.objects.create(mandate=mandate, role="theme", theme=theme, source="person")
    factories.link(activity, mandate)
    factories.approve(activity)
    assert work("flag=no_recorded_request&theme=laws&help=law") == 1
    assert work("flag=no_recorded_request&help=tool") == 0
    assert work("flag=no_recorded_request&region=none") == 1
    assert work("flag=no_recorded_request&theme=none") == 0


def test_every_kind_of_delivery_is_some_kind_of_help() -> None:
    assert set(HELP_OF_DELIVERY) == set(HelpKind)
    assert {kind for kinds in HELP_OF_DELIVERY.values() for kind in kinds} == set(DeliveryKind)


def test_figures_and_lists_take_the_same_names(world: Any) -> None:
    resolution = Resolution.objects.get()
    for narrowing in ({"region": "014"}, {"theme": "none"}, {"help": "tool"}, {"region": "none"}):
        figures = figures_of_resolution(
            resolution,
            user=factories.manager(),
            window=Window.of(resolution),
            filters=narrowing,
        )
        ((name, value),) = narrowing.items()
        assert name in NARROWING
        assert figures.totals.demands == demands(f"{name}={value}") == 1


def test_regions_are_chosen_by_name_with_no_state_last() -> None:
    names = [words for _code, words in regions()]
    assert names[:-1] == sorted(names[:-1])
    assert regions()[-1][0] == "none"


def test_flows_list_what_happened_within_a_period_whatever_became_of_it(world: Any) -> None:
    demand = Demand.objects.get(kind="item")
    opened, served = demand.opened_on, demand.delivered_on
    assert served
    assert demands(f"kind=item&flow=asked&from={opened}&to={opened}") == 1
    assert demands(f"kind=item&flow=asked&from={opened + ONE_DAY}") == 0
    assert demands(f"kind=item&flow=served&from={served}&to={served}") == 1
    assert demands(f"kind=item&flow=served&to={served - ONE_DAY}") == 0
    assert demands(f"kind=item&asked_after={opened - ONE_DAY}") == 1
    assert demands(f"kind=item&asked_after={opened}") == 0
    assert demands(f"kind=item&served_after={served - ONE_DAY}") == 1
    assert demands(f"kind=item&served_after={served}") == 0


def test_a_list_of_what_stays_behind_asks_who_reads_it(world: Any) -> None:
    class Asked:
        user = factories.manager()

    rows = Demand.objects.all()
    for request in (None, Asked()):
        asked = DemandFilter(QueryDict("behind=no_reply"), queryset=rows, request=request)
        assert asked.qs.count() == 1


def test_quarters_of_a_period() -> None:
    window = Window(dt.date(2023, 11, 30), dt.date(2024, 4, 1))
    quarters = quarters_of(window)
    assert quarters == [Quarter(2023, 4), Quarter(2024, 1), Quarter(2024, 2)]
    assert quarters[1].first == dt.date(2024, 1, 1)
    assert quarters[1].last == dt.date(2024, 3, 31)
    assert quarters[0].within(window) == Window(dt.date(2023, 11, 30), dt.date(2023, 12, 31))
    assert quarters[2].within(window) == Window(dt.date(2024, 4, 1), dt.date(2024, 4, 1))


def test_deliveries_that_count_are_listed_once_by_their_date(world: Any) -> None:
    delivery, user = Delivery.objects.get(), factories.manager()
    under = delivered_under(Demand.objects.all())
    assert under[world.mandate_links.get().mandate.paragraph_id] == {delivery.pk}

    def listed(**wanted: str) -> int:
        window = Window(delivery.on, delivery.on)
        return deliveries_for([delivery.pk], user=user, wanted=wanted, window=window).count()

    assert listed() == listed(state="KE") == listed(region="014") == listed(region="none") == 1
    assert listed(state="CO") == listed(region="005") == 0
    assert found(DeliveredFilter, "theme=prisons", Demand.objects.all()) == 1


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("area=002", 1),
        ("area=019", 0),
        ("verified=true", 0),
        ("verified=false", 1),
        ("made=true", 3),
        ("made=true&resolution=A-RES-70-1", 3),
        ("made=true&area=002", 2),
        ("made=true&verified=true", 1),
        ("made=true&region=none", 1),
        ("made=true&region=014", 2),
        ("made=true&state=NE", 1),
        ("made=true&theme=people", 1),
        ("made=true&theme=none", 2),
        ("made=true&help=training", 2),
        ("made=true&help=tool", 1),
        ("made=true&paragraph=1", 2),
        ("made=true&unit=of-clause", 2),
        ("made=true&unit=of-activity", 1),
    ],
)
def test_deliveries_made_are_listed_whether_or_not_a_demand_stands_for_them(
    world: Any, query: str, number: int
) -> None:
    """Beside the one that serves the item one to Niger, and a tool for no State."""
    clause = factories.MandateFactory(lead_unit=factories.UnitFactory(code="of-clause"))
    statement = factories.MandateFactory(paragraph=clause.paragraph, addressees=[])
    type(clause.paragraph).objects.filter(pk=clause.paragraph.pk).update(number="1")
    niger = factories.ActivityFactory(unit=factories.UnitFactory(code="of-activity"))
    to_nobody, uncounted = factories.ActivityFactory(), factories.ActivityFactory()
    for activity, mandate in ((niger, clause), (to_nobody, clause), (uncounted, statement)):
        factories.link(activity, mandate)
        factories.approve(activity)
    country = factories.CountryFactory(iso="NE")
    factories.approve(factories.DeliveryFactory(activity=niger, country=country))
    tool = factories.DeliveryFactory(activity=to_nobody, country=None, kind="tool")
    factories.approve(tool)
    factories.EvidenceFactory(
        delivery=tool, verified_by=factories.UserFactory(), verified_at=timezone.now()
    )
    factories.approve(factories.DeliveryFactory(activity=uncounted, country=country))

    asked = DeliveredFilter(QueryDict(query), queryset=Demand.objects.all())
    assert asked.is_valid(), asked.errors
    assert counted_deliveries(asked, factories.manager()).count() == number


def test_deliveries_made_are_those_of_one_clause(world: Any) -> None:
    clause = world.mandate_links.get().mandate
    for mandate, number in ((clause, 1), (factories.MandateFactory(), 0)):
        query = QueryDict(f"made=true&mandate={mandate.identifier}")
        asked = DeliveredFilter(query, queryset=Demand.objects.all())
        assert asked.is_valid(), asked.errors
        assert counted_deliveries(asked, factories.manager()).count() == number


def test_the_trend_is_against_the_end_of_the_quarter_before() -> None:
    def basis(first: dt.date, last: dt.date) -> dt.date | None:
        return end_of_quarter_before(Window(first, last))

    adopted = dt.date(2019, 12, 18)
    assert basis(adopted, dt.date(2024, 5, 20)) == dt.date(2024, 3, 31)
    assert basis(adopted, dt.date(2024, 1, 1)) == dt.date(2023, 12, 31)
    assert basis(dt.date(2024, 3, 31), dt.date(2024, 5, 1)) == dt.date(2024, 3, 31)
    assert basis(dt.date(2024, 4, 1), dt.date(2024, 5, 1)) is None


def test_the_status_before_is_that_of_the_earlier_day() -> None:
    mandate: Mandate = factories.MandateFactory()
    request = factories.RequestFactory(received_on=dt.date(2022, 5, 2))
    factories.link(request.items.get(), mandate)
    resolution, user = Resolution.objects.get(), factories.manager()

    def before(last: dt.date) -> Any:
        window = Window.of(resolution, last=last)
        figures = figures_of_resolution(resolution, user=user, window=window)
        return previous_status(figures, user=user)

    paragraph = mandate.paragraph_id
    assert before(dt.date(2022, 6, 1)).statuses == {paragraph: Status.NO_DEMAND}
    assert before(dt.date(2022, 8, 1)).statuses == {paragraph: Status.UNMET}
    assert before(resolution.adopted_on) is None


def test_the_trend_is_against_the_last_closed_period_if_there_is_one() -> None:
    mandate: Mandate = factories.MandateFactory()
    request = factories.RequestFactory(received_on=dt.date(2022, 5, 2))
    link = factories.link(request.items.get(), mandate)
    resolution, user = Resolution.objects.get(), factories.manager()
    for last in (dt.date(2022, 5, 1), dt.date(2022, 5, 10)):
        close_period(user=user, resolution_slug=resolution.slug, first=None, last=last)
    link.delete()
    later = factories.MandateFactory(paragraph__resolution=resolution)

    def before(first: dt.date | None, last: dt.date, **asked: Any) -> Any:
        window = Window.of(resolution, first, last)
        figures = figures_of_resolution(resolution, user=user, window=window)
        return previous_status(figures, **{"user": user, **asked})

    paragraph, day = mandate.paragraph_id, dt.date(2022, 8, 1)
    found = before(None, day)
    assert (found.day, found.closing.last) == (dt.date(2022, 5, 10), dt.date(2022, 5, 10))
    assert found.statuses == {
        paragraph: Status.UNMET,  # as it was closed
        later.paragraph_id: Status.NOT_APPLICABLE,  # not yet there
    }
    for asked in ({"user": factories.focal_point("CO")}, {"filters": {"theme": "none"}}):
        assert before(None, day, **asked).day == dt.date(2022, 5, 10)
        assert before(None, day, **asked).statuses[paragraph] == Status.NO_DEMAND
    assert before(None, dt.date(2022, 5, 10)).day == dt.date(2022, 5, 1)
    assert before(dt.date(2022, 5, 20), day).closing is None, "it lies before the period"
    assert before(dt.date(2022, 5, 20), day).day == dt.date(2022, 6, 30)
    assert before(dt.date(2022, 7, 20), day) is None
