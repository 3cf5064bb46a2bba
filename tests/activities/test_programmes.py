"""Copies and series, programmes of years, participants, partners, cost and shares."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from assistance.models import ActivityCountry, Delivery
from assistance.services import (
    MandateLink,
    NewDelivery,
    NewEvidence,
    add_deliveries,
    change_activity,
    change_delivery,
    copy_links,
    log_activity,
    make_copies,
    planned_copies,
    propose_link,
    reject_link,
    share_out,
)
from directory.models import EntityKind
from tests import factories as f
from tests.activities.conftest import Asked, asked_by, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return f.officer()


@pytest.fixture
def held(kenya: Asked, officer):
    """A training in two States, with all that a plan can have, delivered to one of them."""
    return log_activity(
        by=officer,
        countries=[kenya.country, f.CountryFactory(iso="CO")],
        partners=[f.EntityFactory(code="interpol", kind=EntityKind.BODY)],
        mandates=[MandateLink(kenya.mandate, reason="Asked for")],
        items=[kenya.item],
        deliveries=[
            NewDelivery(
                on=f.today() - dt.timedelta(days=3),
                country=kenya.country,
                evidence=[NewEvidence("agenda", url="https://example.org/agenda")],
            )
        ],
        send=True,
        **plan(cost=Decimal("12500.50"), currency="USD", project_code="GLOU40"),
    )


def test_a_copy_takes_plan_links_and_shares_but_nothing_that_happened(held, officer, kenya):
    share_out(activity=held, by=officer, shares={kenya.mandate: Decimal(100)})
    states = {row.country: Decimal(50) for row in held.country_rows.all()}
    share_out(activity=held, by=officer, states=states)
    [copy] = make_copies(activity=held, by=f.officer())
    assert copy.title == f"{held.title} (2)"
    assert (copy.status, copy.sent_at, copy.series) == ("1", None, None)
    assert (copy.planned_start, copy.actual_start) == (None, None)
    assert (copy.cost, copy.currency, copy.project_code) == (held.cost, "USD", "GLOU40")
    assert set(copy.countries.all()) == set(held.countries.all())
    assert set(copy.partners.all()) == set(held.partners.all())
    link = copy.mandate_links.get()
    assert (link.mandate, link.state, link.share) == (kenya.mandate, "proposed", 100)
    assert {row.share for row in copy.country_rows.all()} == {50}
    assert copy.item_links.get().item == kenya.item
    assert not copy.deliveries.exists()
    assert not copy.approvals.exists()


def test_a_series_is_numbered_and_follows_the_calendar(held, officer):
    made = make_copies(
        activity=held, by=officer, number=3, first=dt.date(2027, 1, 31), every=1, unit="months"
    )
    assert [one.title[-4:] for one in made] == [" (2)", " (3)", " (4)"]
    assert [one.planned_start for one in made] == [
        dt.date(2027, 1, 31),
        dt.date(2027, 2, 28),
        dt.date(2027, 3, 31),
    ]
    assert made[1].planned_end == dt.date(2027, 3, 2), "as many days as the original"
    held.refresh_from_db()
    assert {one.series for one in made} == {held.series}
    more = planned_copies(made[2], number=1, first=dt.date(2027, 6, 1), every=2, unit="weeks")
    assert more[0].title == f"{held.title} (5)"
    fortnights = planned_copies(made[2], number=2, first=dt.date(2027, 6, 1), every=2, unit="weeks")
    assert fortnights[1].planned_start == dt.date(2027, 6, 15)


def test_copies_sent_wait_for_a_second_person(held, officer):
    made = make_copies(activity=held, by=officer, number=2, send=True)
    assert all(one.sent_at for one in made)


@pytest.mark.parametrize("wrong", [{"number": 0}, {"number": 25}, {"every": 0}])
def test_a_series_has_a_measure(held, officer, wrong):
    with pytest.raises(ValidationError, match="1 to 24"):
        make_copies(activity=held, by=officer, **wrong)


def test_links_are_copied_to_others(held, officer, kenya):
    split, second, third = make_copies(activity=held, by=officer, number=3)
    share_out(activity=split, by=officer, shares={kenya.mandate: Decimal(100)})
    narrow, rejected, wrong = (f.MandateFactory() for _n in range(3))
    past = f.MandateFactory(paragraph__resolution__symbol="A/RES/65/1")
    for mandate in (narrow, rejected, wrong, past):
        propose_link(by=officer, activity=held, mandate=mandate, weight="significant")
    reject_link(link=held.mandate_links.get(mandate=wrong), by=officer, reason="Not this one")
    link = propose_link(by=officer, activity=second, mandate=rejected)
    reject_link(link=link, by=officer, reason="Not this one")
    past.paragraph.resolution.superseded_on = f.today()
    past.paragraph.resolution.save()
    colombia, secret, ended = asked_by("CO").item, asked_by("CO").item, asked_by("CO").item
    change_activity(activity=second, by=officer, revision=1, visibility="public")
    secret.request.confidentiality = "confidential"
    secret.request.save()
    for item in (colombia, secret, ended):
        propose_link(by=officer, activity=held, item=item)
    type(ended).objects.filter(pk=ended.pk).update(
        outcome="withdrawn", outcome_on=f.today(), outcome_basis="state"
    )
    third.countries.remove(colombia.request.states.get())
    copied = copy_links(from_activity=held, to_activities=[held, split, second, third], by=officer)
    assert {one: len(links) for one, links in copied.items()} == {
        held: 0, split: 0, second: 2, third: 2,
    }  # fmt: skip
    new = second.mandate_links.get(mandate=narrow)
    assert (new.state, new.weight, new.share) == ("proposed", "significant", None)
    assert new.reason == f"As for “{held.title}”."
    assert second.mandate_links.get(mandate=rejected).state == "rejected", "what was decided stays"
    assert second.item_links.get(item=colombia).state == "proposed"
    assert third.mandate_links.filter(mandate__in=[narrow, rejected]).count() == 2
    assert not third.item_links.filter(item=colombia).exists(), "it names no State that asked"
    again = copy_links(from_activity=held, to_activities=[second, third], by=officer)
    assert not any(again.values())


def test_a_copy_leaves_out_a_mandate_that_was_superseded(held, officer, kenya):
    past = f.MandateFactory(paragraph__resolution__symbol="A/RES/65/1")
    propose_link(by=officer, activity=held, mandate=past)
    share_out(activity=held, by=officer, shares={kenya.mandate: Decimal(60), past: Decimal(40)})
    past.paragraph.resolution.superseded_on = f.today()
    past.paragraph.resolution.save()
    [copy] = make_copies(activity=held, by=officer)
    assert [(link.mandate, link.share) for link in copy.mandate_links.all()] == [
        (kenya.mandate, None)
    ], "what is left is no whole to be split"


def test_several_deliveries_come_whole_or_not_at_all(held, officer, kenya):
    ago = f.today() - dt.timedelta(days=1)
    right = NewDelivery(on=ago, country=kenya.country, women=3)
    wrong = NewDelivery(on=ago, country=f.CountryFactory(iso="NE"))
    with pytest.raises(ValidationError) as refused:
        add_deliveries(activity=held, by=officer, deliveries=[right, wrong])
    assert set(refused.value.message_dict) == {"deliveries.1.country"}
    assert held.deliveries.count() == 1
    made = add_deliveries(activity=held, by=officer, deliveries=[right])
    assert made[0].items.get() == kenya.item


def test_all_participants_are_kept_as_not_stated_where_no_sex_was_counted(held, officer):
    delivery = change_delivery(
        delivery=held.deliveries.get(),
        by=officer,
        revision=1,
        participants=40,
        by_age={"18_29": 30, "30_59": 10, "60_over": 0},
        by_function={"judges": 40},
    )
    assert (delivery.not_stated, delivery.participants) == (40, 40)
    assert delivery.by_age == {"18_29": 30, "30_59": 10}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"women": 18, "men": 20, "participants": 40}, "participants", "38 by sex, 40 in all"),
        ({"women": 18, "men": 20, "participants": 40}, "participants", "a difference of 2"),
        ({"women": 40, "by_age": {"18_29": 37}}, "by_age", "37 by age group, 40 in all"),
        ({"women": 40, "by_function": {"judges": 41}}, "by_function", "a difference of 1"),
        ({"by_age": {"18_29": 1}}, "by_age", "1 by age group, 0 in all"),
        ({"women": 4, "by_age": {"old": 4}}, "by_age", "“old” is no group"),
        ({"women": 4, "by_age": {"18_29": 5, "30_59": -1}}, "by_age", "0 or more"),
    ],
)
def test_participants_that_do_not_add_up_are_named_with_the_difference(
    held, officer, fields, field, words
):
    with pytest.raises(ValidationError) as refused:
        change_delivery(delivery=held.deliveries.get(), by=officer, revision=1, **fields)
    assert words in " ".join(refused.value.message_dict[field])


def test_the_database_holds_the_sum_of_participants(held):
    for groups in ({"18_29": 3}, {"18_29": 5, "30_59": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.update(women=4, by_age=groups)
    Delivery.objects.update(women=4, by_age={"18_29": 4})


@pytest.mark.parametrize(
    ("cost", "field", "words"),
    [
        ({"cost": Decimal(5)}, "currency", "in which currency"),
        ({"currency": "USD"}, "cost", "the amount"),
        ({"cost": Decimal(-5), "currency": "USD"}, "cost", "0 or more"),
        ({"cost": Decimal(5), "currency": "XXX"}, "currency", "“XXX” is no currency"),
    ],
)
def test_a_cost_has_its_currency(officer, cost, field, words):
    with pytest.raises(ValidationError) as refused:
        log_activity(by=officer, **plan(**cost))
    assert words in " ".join(refused.value.message_dict[field])


def test_taking_the_cost_away_takes_its_currency(held, officer):
    changed = change_activity(activity=held, by=officer, revision=1, cost=None, partners=[])
    assert (changed.currency, changed.revision) == ("", 2)
    assert not changed.partners.exists()


def test_shares_over_states_sum_to_100_or_are_absent(held, officer, kenya):
    colombia = held.countries.get(iso="CO")
    with pytest.raises(ValidationError) as refused:
        share_out(
            activity=held, by=officer, states={kenya.country: Decimal(60), colombia: Decimal(60)}
        )
    assert refused.value.message_dict == {
        "states": ["The shares sum to 120; they must sum to 100."]
    }
    with pytest.raises(ValidationError, match="does not name"):
        share_out(activity=held, by=officer, states={f.CountryFactory(iso="NE"): Decimal(100)})
    share_out(activity=held, by=officer, states={kenya.country: Decimal(60), colombia: Decimal(40)})
    ActivityCountry.objects.filter(country=colombia).update(share=50)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_another_state_ends_the_split(held, officer, kenya):
    colombia = held.countries.get(iso="CO")
    share_out(activity=held, by=officer, states={kenya.country: Decimal(60), colombia: Decimal(40)})
    change_activity(activity=held, by=officer, revision=1, countries=[kenya.country])
    assert held.country_rows.get().share is None
