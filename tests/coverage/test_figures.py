"""The figures of a resolution: what they count, who sees them, in how many queries."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict

from assistance.coverage.figures import (
    Window,
    WindowError,
    figures_of_resolution,
    figures_of_resolutions,
    unlinked,
)
from assistance.coverage.filters import DemandFilter, WorkFilter, rows_of
from assistance.coverage.flags import Flag
from assistance.coverage.models import CoverageRecord, Demand, WorkWithoutDemand
from assistance.coverage.status import Status
from assistance.coverage.window import today
from mandates.models import Mandate, Resolution
from tests import factories

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


def figures(user=None, filters=None, **days):
    resolution = Resolution.objects.get()
    return figures_of_resolution(
        resolution,
        user=user or factories.officer(),
        window=Window.of(resolution, **days),
        filters=filters,
    )


def demands(query: str, user=None):
    rows = Demand.objects.visible_to(user or factories.officer())
    found = DemandFilter(QueryDict(query), queryset=rows)
    assert found.is_valid(), found.errors
    return found


def test_a_served_demand_is_counted_from_paragraph_to_resolution():
    factories.served_item()
    found = figures()
    (paragraph,) = found.paragraphs
    (mandate,) = paragraph.mandates
    assert (mandate.status, mandate.demands, mandate.served) == (Status.DELIVERED, 1, 1)
    assert (paragraph.status, paragraph.demands, paragraph.served) == (Status.DELIVERED, 1, 1)
    assert found.totals.mandates == found.totals.counted == found.totals.with_demand == 1
    assert found.totals.demands == found.totals.served == found.totals.delivered == 1


def test_what_was_served_before_the_period_is_left_out_of_its_figures_but_not_of_the_status():
    factories.served_item()
    found = figures(first=today())
    (paragraph,) = found.paragraphs
    assert (paragraph.status, paragraph.demands) == (Status.DELIVERED, 0)
    assert found.totals.with_demand == 0


def test_before_anything_was_asked_there_is_no_demand():
    factories.served_item()
    (paragraph,) = figures(last=today() - 11 * ONE_DAY).paragraphs
    assert paragraph.status == Status.NO_DEMAND


def test_help_without_a_request_shows_its_stage_and_the_flag():
    mandate, activity = factories.MandateFactory(), factories.ActivityFactory()
    factories.link(activity, mandate)
    factories.approve(activity)
    (paragraph,) = figures().paragraphs
    assert (paragraph.status, paragraph.demands) == (Status.PLANNED, 0)
    assert paragraph.flags == {Flag.NO_RECORDED_REQUEST: 1}


def test_a_focal_point_counts_only_the_own_states_rows():
    factories.served_item("KE")
    factories.served_item("CO")
    kenya = factories.focal_point("KE")
    found = figures(kenya)
    assert (found.totals.demands, found.totals.served) == (1, 1)
    assert {row.country_ids[0] for row in demands("", kenya).qs} == kenya.country_ids
    assert figures().totals.demands == 2
    assert unlinked(kenya) == type(unlinked(kenya))(items=0, activities=0)


def test_nobody_without_requests_sees_demands_or_the_tray():
    factories.served_item()
    administrator = factories.person("administrator")
    assert figures(administrator).totals.demands == 0
    assert not WorkWithoutDemand.objects.visible_to(administrator).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_take_four_queries_however_much_there_is(rows, django_assert_num_queries):
    for _row in range(rows):
        factories.served_item()
    user = factories.officer()
    assert user.roles
    resolution = Mandate.objects.first().paragraph.resolution
    with django_assert_num_queries(4):
        figures_of_resolution(resolution, user=user, window=Window.of(resolution))
    with django_assert_num_queries(3):
        figures_of_resolutions([resolution], user=user)


def test_state_and_unit_narrow_figures_and_lists_alike():
    factories.served_item("KE")
    item = factories.served_item("CO")
    other = factories.UnitFactory(code="another")
    item.activity_links.get().activity.__class__.objects.filter(item_links__item=item).update(
        unit=other
    )
    for narrow in ({"state": "KE"}, {"unit": "another"}, {"state": "CO", "unit": "another"}):
        found = figures(filters=narrow)
        assert found.totals.demands == 1, narrow
        listed = demands(rows_of(found.window, resolution=found.resolution, **narrow))
        assert listed.qs.count() == 1
        assert listed.narrowing == narrow
    assert figures(filters={"state": "KE", "unit": "another"}).totals.demands == 0


def test_a_units_demands_are_also_those_of_the_mandates_it_leads():
    factories.served_item()
    factories.UnitFactory(code="leader")
    assert figures(filters={"unit": "leader"}).totals.demands == 0
    Mandate.objects.update(lead_unit=factories.UnitFactory(code="leader"))
    assert figures(filters={"unit": "leader"}).totals.demands == 1


def test_state_and_unit_narrow_help_without_a_request():
    mandate = factories.MandateFactory()
    for iso, code in (("KE", "one"), ("CO", "two")):
        activity = factories.ActivityFactory(unit=factories.UnitFactory(code=code))
        activity.countries.add(factories.CountryFactory(iso=iso))
        factories.link(activity, mandate)
        factories.approve(activity)
    flagged = Flag.NO_RECORDED_REQUEST
    assert figures().flags == {flagged: 2}
    assert figures(filters={"state": "KE"}).flags == {flagged: 1}
    assert figures(filters={"unit": "two"}).flags == {flagged: 1}
    assert figures(filters={"state": "KE", "unit": "two"}).flags == {}
    found = WorkFilter(
        QueryDict("flag=no_recorded_request&state=KE"), queryset=WorkWithoutDemand.objects.all()
    )
    assert found.qs.count() == 1


def test_days_that_make_no_period_are_refused_at_their_field():
    resolution = factories.ResolutionFactory()
    before, tomorrow = resolution.adopted_on - ONE_DAY, today() + ONE_DAY
    for field, days in (
        ("to", {"last": before}),
        ("from", {"first": tomorrow}),
        ("to", {"first": today(), "last": today() - ONE_DAY}),
    ):
        with pytest.raises(WindowError) as refused:
            Window.of(resolution, **days)
        assert refused.value.field == field
    assert Window.of(resolution, last=tomorrow) == Window(resolution.adopted_on, today())


def test_the_list_says_at_the_field_what_is_wrong_with_the_days():
    reversed_days = DemandFilter(QueryDict("from=2024-02-01&to=2024-01-01"))
    assert set(reversed_days.errors) == {"to"}
    assert set(DemandFilter(QueryDict("from=nonsense")).errors) == {"from"}
    assert set(WorkFilter(QueryDict("to=nonsense")).errors) == {"to"}
    assert set(DemandFilter(QueryDict("status=nonsense")).errors) == {"status"}


def test_lists_can_be_ordered():
    first = factories.served_item(received_on=today() - 20 * ONE_DAY)
    second = factories.served_item()
    assert [row.item_id for row in demands("sort=opened").qs] == [first.pk, second.pk]
    assert [row.item_id for row in demands("sort=-opened").qs] == [second.pk, first.pk]


def test_the_query_of_a_list_leaves_out_what_is_not_asked():
    window = Window(dt.date.min, dt.date(2024, 1, 1))
    assert rows_of(window, paragraph="3 (a)") == "paragraph=3+%28a%29&to=2024-01-01"


def test_every_flag_says_what_it_means_and_where_its_rows_are():
    assert all(flag.meaning for flag in Flag)
    assert {flag for flag in Flag if not flag.of_demands} == {
        Flag.NO_RECORDED_REQUEST,
        Flag.UNLINKED,
    }


def test_rows_are_called_by_their_keys():
    item = factories.served_item()
    factories.ItemFactory(request=item.request)
    assert str(Demand.objects.get()) == f"m{Mandate.objects.get().pk}i{item.pk}"
    assert {str(row) for row in WorkWithoutDemand.objects.unlinked()} >= {
        f"i{item.request.items.last().pk}"
    }
    record = CoverageRecord(recorded_on=dt.date(2024, 1, 1), demand="m1")
    assert str(record) == "2024-01-01 m1"


def test_open_and_opened_differ_by_what_ended():
    item = factories.served_item()
    type(item).objects.update(outcome="withdrawn", outcome_on=today(), outcome_basis="state")
    assert Demand.objects.opened_by(today()).count() == 1
    assert Demand.objects.open_on(today()).count() == 0
    assert Demand.objects.open_on(today() - ONE_DAY).count() == 1
    assert figures().ended == {"withdrawn": 1}
