"""Gaps with owners: each kind with its rows, its owner and the one act that closes it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from assistance.coverage.gaps import Gap, gaps_of
from assistance.coverage.next_acts import GapAct, GapRow, read_gaps
from assistance.models import DeliveryItem, EvidenceKind, Reply
from tests.factories import (
    ActivityFactory,
    CountryFactory,
    DeliveryFactory,
    EvidenceFactory,
    MandateFactory,
    NeedFactory,
    RequestFactory,
    StateFactory,
    UnitFactory,
    UserFactory,
    approve,
    focal_point,
    link,
    officer,
    served_item,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def mandate() -> Any:
    return MandateFactory(lead_unit=UnitFactory(code="tpb", position=1))


def gaps(**wanted: str) -> list[GapRow]:
    """The gaps an officer sees, checked against the table of numbers."""
    found = gaps_of(officer(), wanted)
    assert found.is_valid(), found.errors
    rows = read_gaps(list(found.qs))
    numbers = found.matrix().total
    assert {gap: number for gap, number in numbers.items() if number} == {
        gap: sum(row.gap == gap for row in rows) for gap in {row.gap for row in rows}
    }
    return rows


def acts(**wanted: str) -> list[tuple[Gap, GapAct]]:
    return [(row.gap, row.act) for row in gaps(**wanted)]


def asked(mandate: Any, iso: str = "KE", **fields: Any) -> Any:
    """An item of a request under the mandate."""
    state = StateFactory(country=CountryFactory(iso=iso))
    fields = {"state": "accepted", **fields}
    item = RequestFactory(organisation=state, **fields).items.get()
    link(item, mandate)
    return item


def serving(item: Any, mandate: Any, **fields: Any) -> Any:
    """An approved activity that answers the item."""
    activity = ActivityFactory(**fields)
    link(activity, mandate)
    link(activity, item)
    approve(activity)
    return activity


def delivered(item: Any, activity: Any) -> Any:
    """An approved delivery for the item."""
    country = item.request.states.get()
    delivery = DeliveryFactory(activity=activity, country=country)
    DeliveryItem.objects.create(delivery=delivery, item=item)
    approve(delivery)
    return delivery


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("accepted", GapAct.PLAN),
        ("submitted", GapAct.ANSWER),
        ("under_review", GapAct.ANSWER),
        ("clarification_requested", GapAct.REMIND),
    ],
)
def test_an_item_with_nothing_planned_waits_for_an_answer_or_a_plan(
    mandate: Any, state: str, act: GapAct
) -> None:
    item = asked(mandate, state=state, received_on=today() - dt.timedelta(days=12))
    (row,) = gaps()
    assert (row.gap, row.act, row.days, row.bar) == (Gap.UNMET, act, 12, 2)
    assert (row.unit, row.mandate, row.item) == (mandate.lead_unit, mandate, item)
    assert [country.iso for country in row.countries] == ["KE"]


def test_an_item_whose_activity_waits_is_closed_by_approving_it(mandate: Any) -> None:
    item, activity = asked(mandate), ActivityFactory()
    link(activity, item)
    assert acts() == [(Gap.UNMET, GapAct.APPROVE), (Gap.UNLINKED, GapAct.LINK)]


def test_an_item_whose_link_is_proposed_is_closed_by_deciding_it(mandate: Any) -> None:
    item, activity = asked(mandate), ActivityFactory()
    link(activity, mandate)
    link(activity, item, "proposed")
    approve(activity)
    assert (Gap.UNMET, GapAct.DECIDE_LINK) in acts()


def test_a_draft_is_sent_and_what_waits_for_a_second_person_goes_first(mandate: Any) -> None:
    item = asked(mandate)
    draft = ActivityFactory(sent_at=None)
    link(draft, mandate, "proposed")
    link(draft, item, "proposed")
    link(ActivityFactory(sent_at=None, status="5"), item)  # cancelled: nothing to wait for
    assert [(row.gap, row.act, row.activity) for row in gaps(kind="unmet")] == [
        (Gap.UNMET, GapAct.SEND, draft)
    ]
    waiting = ActivityFactory()
    link(waiting, item, "proposed")
    assert [(row.act, row.activity) for row in gaps(kind="unmet")] == [(GapAct.APPROVE, waiting)]


def test_an_activity_whose_link_to_the_mandate_is_proposed_is_decided(mandate: Any) -> None:
    item, activity = asked(mandate), ActivityFactory()
    link(activity, item)
    link(activity, mandate, "proposed")
    approve(activity)
    assert acts() == [(Gap.UNMET, GapAct.DECIDE_LINK), (Gap.UNLINKED, GapAct.DECIDE_LINK)]


def test_what_was_begun_for_standing_work_is_approved_first(mandate: Any) -> None:
    mandate.basis = "standing"
    mandate.save()
    activity = ActivityFactory()
    link(activity, mandate, "proposed")
    assert acts() == [(Gap.STANDING, GapAct.APPROVE), (Gap.UNLINKED, GapAct.APPROVE)]
    activity.mandate_links.all().delete()
    link(activity, mandate)
    approve(activity)
    assert acts() == [(Gap.STANDING, GapAct.DELIVER)]
    DeliveryFactory(activity=activity)
    assert acts() == [(Gap.STANDING, GapAct.APPROVE)]
    activity.sent_at = None
    activity.save()
    assert acts() == [(Gap.STANDING, GapAct.DELIVER)]


def test_help_is_linked_to_the_item_that_the_same_state_asked_for(mandate: Any) -> None:
    helped = ActivityFactory()
    link(helped, mandate)
    approve(helped)
    kenya = CountryFactory(iso="KE")
    asked(mandate, "CO")
    assert [row.act for row in gaps(kind="no_recorded_request")] == [GapAct.RECORD_REQUEST]
    helped.countries.add(kenya)
    assert [row.act for row in gaps(kind="no_recorded_request")] == [GapAct.RECORD_REQUEST]
    item = asked(mandate, "KE")
    assert [row.act for row in gaps(kind="no_recorded_request")] == [GapAct.LINK_ITEM]
    link(helped, item, "proposed")
    assert [row.act for row in gaps(kind="no_recorded_request")] == [GapAct.DECIDE_LINK]
    helped.item_links.all().delete()
    link(helped, item)
    assert gaps(kind="no_recorded_request") == []


def test_standing_work_is_planned_then_delivered(mandate: Any) -> None:
    mandate.basis = "standing"
    mandate.save()
    need = NeedFactory(mandate=mandate, published=True)
    assert acts() == [(Gap.STANDING, GapAct.PLAN)]
    activity = ActivityFactory()
    link(activity, mandate)
    approve(activity)
    (row,) = gaps()
    assert (row.act, row.activity, row.demand and row.demand.need) == (
        GapAct.DELIVER,
        activity,
        need,
    )


def test_a_delivery_without_evidence_takes_some_and_then_a_second_person(mandate: Any) -> None:
    item = asked(mandate)
    delivery = delivered(item, serving(item, mandate, planned_end=today()))
    (row,) = gaps()
    assert (row.gap, row.act, row.delivery) == (Gap.NO_EVIDENCE, GapAct.ADD_EVIDENCE, delivery)
    assert row.since == delivery.on
    EvidenceFactory(delivery=delivery, kind=EvidenceKind.AGENDA)
    assert acts() == [(Gap.NO_EVIDENCE, GapAct.VERIFY)]


def test_evidence_is_asked_of_the_delivery_that_has_none(mandate: Any) -> None:
    """Two States of one request: one has verified evidence."""
    item = served_item("KE", evidenced=True)
    other = CountryFactory(iso="CO")
    item.request.states.add(other)
    activity = item.deliveries.get().activity
    second = DeliveryFactory(activity=activity, country=other)
    DeliveryItem.objects.create(delivery=second, item=item)
    approve(second)
    (row,) = gaps()
    assert (row.act, row.delivery) == (GapAct.ADD_EVIDENCE, second)


def test_a_delivery_the_state_disputes_is_settled(mandate: Any) -> None:
    item = asked(mandate)
    delivery = delivered(item, serving(item, mandate))
    said = {
        "delivery": delivery,
        "country": delivery.country,
        "words": "Not all",
        "by": UserFactory(),
    }
    Reply.objects.create(verdict="partly", **said)
    (row,) = gaps()
    assert (row.gap, row.act, row.delivery) == (Gap.DISPUTED, GapAct.SETTLE, delivery)
    Reply.objects.create(verdict="confirmed", **said)
    assert acts() == [(Gap.NO_EVIDENCE, GapAct.ADD_EVIDENCE)]


def test_what_is_overdue_takes_news_of_the_activity_that_is_late(mandate: Any) -> None:
    item = asked(mandate)
    serving(item, mandate, planned_end=today() + dt.timedelta(days=9))
    late = serving(item, mandate, planned_end=today() - dt.timedelta(days=9))
    (row,) = gaps()
    assert (row.gap, row.act, row.activity) == (Gap.OVERDUE, GapAct.UPDATE, late)


def test_a_link_whose_words_changed_is_compared(mandate: Any) -> None:
    asked(mandate)
    mandate.revision += 1
    mandate.save()
    assert acts() == [(Gap.UNMET, GapAct.PLAN), (Gap.SUSPECT_LINK, GapAct.COMPARE)]


def test_help_without_a_request_and_the_tray(mandate: Any) -> None:
    helped, untied = ActivityFactory(), ActivityFactory(unit=UnitFactory(code="gpml", position=0))
    link(helped, mandate)
    approve(helped)
    wish = RequestFactory(organisation=StateFactory()).items.get()
    assert [(row.gap, row.act, row.unit, row.activity, row.item) for row in gaps()] == [
        (Gap.UNLINKED, GapAct.LINK, untied.unit, untied, None),
        (Gap.NO_REQUEST, GapAct.RECORD_REQUEST, mandate.lead_unit, helped, None),
        (Gap.UNLINKED, GapAct.LINK, None, None, wish),
    ]
    assert [row.mandate for row in gaps(kind="unlinked")] == [None, None]


def test_the_filters_narrow_rows_and_table_alike(mandate: Any) -> None:
    old = today() - dt.timedelta(days=100)
    kenya = asked(mandate, "KE", received_on=old)
    colombia = asked(MandateFactory(paragraph=mandate.paragraph, ordinal=9), "CO")
    wish = RequestFactory(organisation=kenya.request.organisation).items.get()
    for wanted, items in (
        ({}, [kenya, colombia, wish]),
        ({"unit": "tpb"}, [kenya]),
        ({"unit": "none"}, [colombia, wish]),
        ({"kind": "unmet"}, [kenya, colombia]),
        ({"kind": "overdue"}, []),
        ({"kind": "unlinked"}, [wish]),
        ({"state": "KE"}, [kenya, wish]),
        ({"region": CountryFactory(iso="CO").region}, None),
        ({"waiting": "90"}, [kenya]),
        ({"resolution": mandate.paragraph.resolution.slug}, [kenya, colombia]),
    ):
        rows = gaps(**wanted)
        if items is not None:
            assert [row.item for row in rows] == items, wanted


def test_a_region_holds_its_states_only(mandate: Any) -> None:
    east, south = CountryFactory(iso="KE"), CountryFactory(iso="CO")
    east.region, south.region = "014", "005"
    east.save(), south.save()
    kenya = asked(mandate, "KE")
    asked(mandate, "CO")
    activity = ActivityFactory()
    activity.countries.add(east)
    wish = RequestFactory(organisation=kenya.request.organisation).items.get()
    found = {row.item or row.activity for row in gaps(region="014")}
    assert found == {kenya, activity, wish}


def test_the_oldest_unmet_demand_is_told(mandate: Any) -> None:
    asked(mandate, received_on=today() - dt.timedelta(days=3))
    asked(MandateFactory(), received_on=today() - dt.timedelta(days=5))
    found = gaps_of(officer())
    assert found.is_valid()
    matrix = found.matrix()
    assert matrix.longest == today() - dt.timedelta(days=5)
    assert [(line.code, line.all) for line in matrix.lines] == [("tpb", 1), ("none", 1)]


def test_a_state_finds_no_work_of_unodc_among_gaps(mandate: Any) -> None:
    ActivityFactory()
    asked(mandate, "CO")
    own = asked(mandate, "KE")
    found = gaps_of(focal_point("KE"))
    assert found.is_valid()
    assert [row.item for row in read_gaps(list(found.qs))] == [own]


def test_a_row_that_has_gone_since_is_left_out() -> None:
    gone = dict.fromkeys(("mandate_id", "unit"), None) | {"gap": 0, "day": today()}
    assert read_gaps([gone | {"source": "demand", "row": "m1i1"}]) == []
