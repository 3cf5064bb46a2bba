"""What is linked to a paragraph and does not count has a first reason, and often an act."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from assistance import models
from assistance.coverage.explain import not_counting
from assistance.coverage.reasons import Act, Reason
from assistance.coverage.window import today
from mandates.models import Basis
from tests import factories

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


class Case:
    """A request of Kenya, received ten days ago, an approved activity linked to it."""

    def __init__(self, **activity):
        self.mandate = factories.MandateFactory()
        self.kenya = factories.CountryFactory(iso="KE")
        self.request = factories.RequestFactory(
            organisation=factories.StateFactory(country=self.kenya)
        )
        self.item = self.request.items.get()
        self.asked = factories.link(self.item, self.mandate)
        self.activity = factories.ActivityFactory(**activity)
        self.link = factories.link(self.activity, self.mandate)
        self.answer = factories.link(self.activity, self.item)
        self.approval = factories.approve(self.activity)

    def deliver(self, *, approved=True, ticked=True, country=None, **fields):
        delivery = factories.DeliveryFactory(
            activity=self.activity, country=country or self.kenya, **fields
        )
        if approved:
            factories.approve(delivery)
        if ticked:
            models.DeliveryItem.objects.create(delivery=delivery, item=self.item)
        return delivery

    def explained(self, day=None):
        rows = not_counting(self.mandate.paragraph, user=factories.officer(), day=day or today())
        return list(rows)

    def reason(self, day=None):
        (row,) = self.explained(day)
        assert row.words
        assert "{" not in row.words
        assert row.code == row.reason.value
        return row.reason, row.act


def change(thing, **fields):
    type(thing).objects.filter(pk=thing.pk).update(**fields)


def decide(link, state):
    undecided = state == "proposed"
    change(
        link,
        state=state,
        decided_by=None if undecided else factories.UserFactory(),
        decided_at=None if undecided else timezone.now(),
    )


def test_what_counts_is_not_listed():
    case = Case()
    assert case.explained() == []
    case.deliver()
    assert case.explained() == []


def test_a_rejected_link():
    case = Case()
    decide(case.link, "rejected")
    assert case.reason() == (Reason.LINK_REJECTED, None)


def test_an_activity_that_waits_for_approval_or_was_not_sent():
    case = Case()
    case.approval.delete()
    assert case.reason() == (Reason.WAITING_FOR_PLAN, Act.APPROVE)
    change(case.activity, sent_at=None)
    assert case.reason() == (Reason.NOT_SENT, Act.SEND)


def test_a_link_that_is_only_proposed():
    case = Case()
    decide(case.link, "proposed")
    assert case.reason() == (Reason.LINK_PROPOSED, Act.DECIDE_LINK)


def test_an_item_whose_link_is_only_proposed():
    case = Case()
    decide(case.asked, "proposed")
    rows = case.explained()
    assert [(row.item, row.reason) for row in rows] == [
        (case.item, Reason.LINK_PROPOSED),
        (None, Reason.NO_RECORDED_REQUEST),
    ]


@pytest.mark.parametrize(
    ("status", "reason"),
    [("5", Reason.CANCELLED), ("6", Reason.SUSPENDED), ("4", Reason.CLOSED)],
)
def test_an_activity_stopped_before_anything_was_delivered(status, reason):
    assert Case(status=status).reason() == (reason, None)


@pytest.mark.parametrize(
    ("state", "reason"),
    [("proposed", Reason.ITEM_LINK_PROPOSED), ("rejected", Reason.ITEM_LINK_REJECTED)],
)
def test_an_activity_whose_link_to_the_item_does_not_stand(state, reason):
    case = Case()
    decide(case.answer, state)
    assert case.reason()[0] == reason
    case.deliver()
    assert case.reason()[0] == reason


def test_an_activity_linked_to_no_item():
    case = Case()
    case.answer.delete()
    assert case.reason() == (Reason.NO_ITEM, Act.LINK_ITEM)
    case.deliver(ticked=False)
    assert case.reason() == (Reason.NO_ITEM, Act.LINK_ITEM)


def test_what_another_state_asked_for_is_no_item_to_link_to():
    case = Case()
    case.answer.delete()
    case.deliver(ticked=False, country=factories.CountryFactory(iso="CO"))
    assert case.reason() == (Reason.NO_RECORDED_REQUEST, Act.RECORD_REQUEST)


def test_a_delivery_that_waits_for_approval():
    case = Case()
    case.deliver(approved=False)
    assert case.reason() == (Reason.WAITING_FOR_DELIVERY, Act.APPROVE)


def test_a_delivery_after_the_day_shown():
    case = Case()
    case.deliver(on=today() - ONE_DAY)
    assert case.reason(today() - 2 * ONE_DAY)[0] == Reason.AFTER_DAY


def test_a_delivery_before_the_adoption():
    case = Case()
    case.deliver(on=case.mandate.paragraph.resolution.adopted_on - ONE_DAY)
    assert case.reason() == (Reason.BEFORE_ADOPTION, Act.CORRECT)


def test_a_delivery_after_the_resolution_that_serves_no_demand():
    case = Case()
    case.deliver(ticked=False)
    change(case.mandate.paragraph.resolution, superseded_on=today() - 5 * ONE_DAY)
    assert case.reason()[0] == Reason.AFTER_SUPERSEDED


def test_a_delivery_that_is_not_ticked():
    case = Case()
    case.deliver(ticked=False)
    assert case.reason() == (Reason.NOT_TICKED, Act.TICK)


def test_a_delivery_to_another_state_or_to_none():
    case = Case()
    delivery = case.deliver(country=factories.CountryFactory(iso="CO"))
    assert case.reason()[0] == Reason.OTHER_STATE
    change(delivery, country=None)
    assert case.reason()[0] == Reason.NO_STATE


def test_a_delivery_before_it_was_asked():
    case = Case()
    case.deliver(on=case.request.received_on - ONE_DAY)
    (row,) = case.explained()
    assert row.reason == Reason.BEFORE_RECEIVED
    assert row.days == {
        "on": case.request.received_on - ONE_DAY,
        "since": case.request.received_on,
    }


def test_a_delivery_the_state_objects_to():
    case = Case()
    delivery = case.deliver()
    for verdict, reason in (("partly", Reason.PARTLY), ("disputed", Reason.DISPUTED)):
        models.Reply.objects.create(
            delivery=delivery,
            country=case.kenya,
            verdict=verdict,
            words="No",
            by=factories.UserFactory(),
        )
        assert case.reason() == (reason, Act.SETTLE)


def standing(**need):
    """An approved activity under a standing mandate with one published need."""
    mandate = factories.MandateFactory(basis=Basis.STANDING)
    found = factories.NeedFactory(mandate=mandate, published=True, **need) if need else None
    activity = factories.ActivityFactory()
    factories.link(activity, mandate)
    factories.approve(activity)
    return mandate, found, activity


def first_reason(mandate):
    (row,) = not_counting(mandate.paragraph, user=factories.officer(), day=today())
    return row.reason


def test_a_delivery_outside_the_days_of_a_need_or_not_ticked_for_it():
    mandate, need, activity = standing(valid_from=today() - 30 * ONE_DAY)
    delivery = factories.DeliveryFactory(activity=activity, on=today() - 40 * ONE_DAY)
    factories.approve(delivery)
    assert first_reason(mandate) == Reason.NOT_TICKED
    models.DeliveryNeed.objects.create(delivery=delivery, need=need)
    assert first_reason(mandate) == Reason.OUTSIDE_NEED


def test_an_activity_that_starts_in_no_round():
    mandate, _need, activity = standing(valid_from=today() - 60 * ONE_DAY, every_months=1)
    assert first_reason(mandate) == Reason.NO_START
    change(activity, planned_start=today() - 90 * ONE_DAY)
    assert first_reason(mandate) == Reason.OUTSIDE_ROUNDS


def test_a_disputed_delivery_under_an_implied_need():
    mandate, _none, activity = standing()
    delivery = factories.DeliveryFactory(activity=activity)
    factories.approve(delivery)
    models.Reply.objects.create(
        delivery=delivery,
        country=delivery.country,
        verdict="disputed",
        words="No",
        by=factories.UserFactory(),
    )
    assert first_reason(mandate) == Reason.DISPUTED


def test_states_are_not_told_of_work_that_is_not_approved():
    case = Case()
    case.approval.delete()
    kenya = factories.focal_point("KE")
    assert case.explained()
    assert not_counting(case.mandate.paragraph, user=kenya, day=today()) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_explaining_takes_fifteen_queries_however_much_there_is(rows, django_assert_num_queries):
    case = Case()
    for n in range(rows):
        case.deliver(ticked=False, on=today() - n * ONE_DAY)
    user = factories.officer()
    assert user.roles
    paragraph = case.mandate.paragraph
    with django_assert_num_queries(15):
        found = not_counting(paragraph, user=user, day=today())
        assert len(list(found)) == len(found) == rows


def test_any_part_of_the_rows_is_read_by_itself():
    case = Case()
    for n in range(4):
        case.deliver(ticked=False, on=today() - n * ONE_DAY)
    other = factories.ActivityFactory()
    factories.link(other, case.mandate)
    proposed = factories.RequestFactory().items.get()
    factories.link(proposed, case.mandate, "proposed")
    rows = not_counting(case.mandate.paragraph, user=factories.officer(), day=today())
    every = list(rows)
    assert [row.item for row in every[:1]] == [proposed]
    assert len(every) == len(rows) == 6
    for first in range(7):
        for last in range(7):
            assert rows[first:last] == every[first:last]
    assert [rows[n] for n in range(6)] == every
    with pytest.raises(IndexError):
        rows[6]
