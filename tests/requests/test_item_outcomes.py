"""Each item's outcome, the end of its request, its mandates, and the State's reply."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from assistance import workflow
from assistance.models import ItemMandate
from assistance.workflow import WrongState
from notifications.kinds import NotificationKind
from notifications.models import OutboxMessage
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db

LONG_AGO = factories.today() - dt.timedelta(days=61)


@pytest.fixture
def focal():
    return factories.focal_point("KE")


@pytest.fixture
def officer():
    return factories.officer()


@pytest.fixture
def item(focal, officer):
    return worlds.accepted(focal, officer).items.get()


def close(item, officer, outcome="fulfilled", basis="officer", reason=""):
    return workflow.close_item(item=item, outcome=outcome, basis=basis, user=officer, reason=reason)


def reply(delivery, focal, verdict, words=""):
    return workflow.reply_to_delivery(
        delivery=delivery,
        country=delivery.country,
        verdict=verdict,
        words=words,
        user=focal,
    )


def test_nothing_is_fulfilled_without_an_approved_delivery(item, officer):
    delivery = factories.DeliveryFactory(country=item.request.states.get())
    delivery.items.add(item)
    for outcome in ("fulfilled", "partly_fulfilled"):
        with pytest.raises(ValidationError) as refused:
            close(item, officer, outcome)
        assert set(refused.value.message_dict) == {"outcome"}


def test_the_last_items_outcome_closes_the_request(focal, officer):
    asked = worlds.accepted(focal, officer, items=2)
    first, second = asked.items.all()
    worlds.delivery_for(first)
    close(first, officer)
    asked.refresh_from_db()
    assert asked.state == "accepted"
    workflow.decline_item(item=second, user=officer, reason="No funds")
    asked.refresh_from_db()
    assert asked.state == "closed"
    assert asked.events.last().transition == "close_request"
    assert OutboxMessage.objects.filter(
        kind=NotificationKind.REQUEST_CLOSED, recipient=focal
    ).exists()


def test_all_items_declined_under_review_is_a_declined_request(focal, officer):
    asked = worlds.under_review(focal, officer)
    workflow.decline_item(item=asked.items.get(), user=officer, reason="No funds")
    asked.refresh_from_db()
    assert asked.state == "declined"


def test_all_items_withdrawn_is_a_withdrawn_request(focal):
    asked = worlds.submitted(focal)
    workflow.withdraw_item(item=asked.items.get(), user=focal)
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_an_item_once_delivered_is_not_ended_any_other_way(item, focal, officer):
    worlds.delivery_for(item)
    other = worlds.accepted(focal, officer).items.get()
    entity = factories.EntityFactory(code="interpol")
    for act in (
        lambda: workflow.decline_item(item=item, user=officer, reason="x"),
        lambda: workflow.refer_item(item=item, user=officer, entity=entity),
        lambda: workflow.withdraw_item(item=item, user=focal),
        lambda: workflow.merge_item(item=item, into=other, user=officer),
    ):
        with pytest.raises(ValidationError, match="partly fulfilled"):
            act()
    assert close(item, officer, "partly_fulfilled").outcome == "partly_fulfilled"


def test_an_item_has_one_outcome(focal, officer):
    first, _second = worlds.accepted(focal, officer, items=2).items.all()
    workflow.withdraw_item(item=first, user=focal)
    with pytest.raises(WrongState, match="Withdrawn"):
        workflow.decline_item(item=first, user=officer, reason="x")


def test_what_the_state_objects_to_is_not_fulfilled(item, focal, officer):
    delivery = worlds.delivery_for(item)
    reply(delivery, focal, "disputed", "Nobody came")
    with pytest.raises(ValidationError, match="objects"):
        close(item, officer)
    reply(delivery, focal, "confirmed")
    assert close(item, officer, basis="state").outcome_basis == "state"


def test_the_state_said_so_takes_its_reply_or_words(item, officer):
    worlds.delivery_for(item)
    with pytest.raises(ValidationError) as refused:
        close(item, officer, basis="state")
    assert set(refused.value.message_dict) == {"reason"}
    assert close(item, officer, basis="state", reason="By phone").outcome == "fulfilled"


def test_silence_takes_sixty_days(item, focal, officer):
    delivery = worlds.delivery_for(item)
    with pytest.raises(ValidationError) as refused:
        close(item, officer, basis="silence")
    assert set(refused.value.message_dict) == {"basis"}
    delivery.approvals.update(on=LONG_AGO)
    assert close(item, officer, basis="silence").outcome_basis == "silence"


def test_a_reply_is_no_silence(item, focal, officer):
    reply(worlds.delivery_for(item, approved_on=LONG_AGO), focal, "confirmed")
    with pytest.raises(ValidationError):
        close(item, officer, basis="silence")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"outcome": "declined"}, "outcome"), ({"basis": "rumour"}, "basis")],
)
def test_only_known_outcomes_and_bases_are_taken(item, officer, given, field):
    with pytest.raises(ValidationError) as refused:
        close(item, officer, **given)
    assert set(refused.value.message_dict) == {field}


def test_an_item_is_referred_to_another_entity(item, officer):
    for wrong in (factories.EntityFactory(), factories.UnitFactory()):
        with pytest.raises(ValidationError):
            workflow.refer_item(item=item, user=officer, entity=wrong)
    interpol = factories.EntityFactory(code="interpol")
    assert workflow.refer_item(item=item, user=officer, entity=interpol).referred_to == interpol


def test_an_item_is_merged_into_an_open_one_of_the_same_state(item, focal, officer):
    stranger = factories.focal_point("CO")
    foreign = worlds.accepted(stranger, officer).items.get()
    for wrong in (item, foreign):
        with pytest.raises(ValidationError) as refused:
            workflow.merge_item(item=item, into=wrong, user=officer)
        assert set(refused.value.message_dict) == {"into"}
    other = worlds.accepted(focal, officer).items.get()
    merged = workflow.merge_item(item=item, into=other, user=officer)
    assert merged.merged_into == other
    assert merged.request.state == "closed"


# mandates


def test_tying_confirms_the_link_at_the_present_words(item, officer):
    mandate = factories.MandateFactory(revision=3)
    link = workflow.tie_item_to_mandate(item=item, mandate=mandate, user=officer, reason="Same")
    assert (link.state, link.decided_by, link.mandate_revision) == (
        "confirmed",
        officer,
        3,
    )
    again = workflow.tie_item_to_mandate(item=item, mandate=mandate, user=officer)
    assert (again.pk, again.reason) == (link.pk, "Same")


def test_a_suspect_link_is_confirmed_anew(item, officer):
    mandate = factories.MandateFactory(revision=2)
    factories.link(item, mandate, mandate_revision=1)
    link = workflow.tie_item_to_mandate(item=item, mandate=mandate, user=officer)
    assert (link.mandate_revision, link.decided_by) == (2, officer)


def test_untying_keeps_the_link_with_its_reason(item, officer):
    mandate = factories.MandateFactory()
    with pytest.raises(ValidationError) as refused:
        workflow.untie_item_from_mandate(item=item, mandate=mandate, user=officer, reason="x")
    assert set(refused.value.message_dict) == {"mandate"}
    workflow.tie_item_to_mandate(item=item, mandate=mandate, user=officer)
    workflow.untie_item_from_mandate(item=item, mandate=mandate, user=officer, reason="Wrong")
    link = ItemMandate.objects.get()
    assert (link.state, link.reason, link.decided_by) == ("rejected", "Wrong", officer)


def test_a_focal_point_ties_nothing(item, focal):
    with pytest.raises(PermissionDenied):
        workflow.tie_item_to_mandate(item=item, mandate=factories.MandateFactory(), user=focal)


# replies


def test_the_latest_reply_counts_and_its_author_is_told(item, focal):
    delivery = worlds.delivery_for(item)
    reply(delivery, focal, "partly", "Half of it")
    reply(delivery, focal, "confirmed")
    reply(delivery, focal, "confirmed")
    assert [one.verdict for one in delivery.replies.all()] == ["partly", "confirmed"]
    told = OutboxMessage.objects.filter(
        kind=NotificationKind.DELIVERY_REPLIED, recipient=delivery.created_by
    )
    assert told.count() == 2


def test_an_objection_takes_words(item, focal):
    delivery = worlds.delivery_for(item)
    for verdict, field in (("disputed", "words"), ("maybe", "verdict")):
        with pytest.raises(ValidationError) as refused:
            reply(delivery, focal, verdict)
        assert set(refused.value.message_dict) == {field}


def test_only_the_state_concerned_replies(item, focal, officer):
    delivery = worlds.delivery_for(item)
    with pytest.raises(Http404):
        reply(delivery, factories.focal_point("CO"), "confirmed")
    with pytest.raises(PermissionDenied):
        reply(delivery, officer, "confirmed")
    with pytest.raises(PermissionDenied):
        workflow.reply_to_delivery(
            delivery=delivery,
            country=factories.CountryFactory(iso="CO"),
            verdict="confirmed",
            words="",
            user=focal,
        )
