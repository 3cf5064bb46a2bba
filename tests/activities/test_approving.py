"""A second person's yes: what it confirms, who may give it, and that it is given once."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections, transaction
from django.urls import reverse

from assistance.coverage.models import Demand
from assistance.models import Activity, Approval, Evidence
from assistance.services import (
    AlreadyApproved,
    ChangedSinceRead,
    add_delivery,
    approve,
    approve_many,
    change_activity,
    change_delivery,
    propose_link,
    remove_evidence,
    send_back,
    send_for_approval,
    verify_evidence,
    waiting_of,
)
from directory.viewer import viewer_of, viewing_as
from notifications.models import OutboxMessage
from tests import factories as f
from tests.activities.conftest import asked_by, logged

pytestmark = pytest.mark.django_db


def status(asked):
    return Demand.objects.as_of(f.today()).get(item=asked.item).status


def test_one_yes_confirms_plan_links_and_deliveries_and_the_demand_is_served(kenya):
    activity = logged(kenya)
    assert status(kenya) == "unmet"
    second = f.officer()
    approve(activity=activity, by=second)
    assert {link.state for link in activity.mandate_links.all()} == {"confirmed"}
    assert activity.item_links.get().decided_by == second
    assert not waiting_of(activity)
    assert status(kenya) == "delivered"
    assert Approval.objects.filter(by=second, self_approved=False).count() == 2


def test_evidence_ticked_is_verified_in_the_same_act(kenya):
    activity = logged(kenya)
    approve(activity=activity, by=f.officer(), verify=Evidence.objects.all())
    assert status(kenya) == "evidenced"
    assert Evidence.objects.get().self_verified is False


def test_nobody_approves_the_own_work(kenya):
    by = f.officer()
    activity = logged(kenya, by=by)
    with pytest.raises(PermissionDenied):
        approve(activity=activity, by=by)
    with pytest.raises(PermissionDenied):
        verify_evidence(evidence=Evidence.objects.get(), by=by)
    for person in (f.focal_point("KE"), f.person("auditor")):
        with pytest.raises(PermissionDenied):
            approve(activity=activity, by=person)
    assert not Approval.objects.exists()


def test_a_yes_leaves_out_what_the_approver_wrote(kenya):
    activity = logged(kenya)
    second = f.officer()
    own = add_delivery(activity=activity, by=second, country=kenya.country, on=f.today())
    link = propose_link(by=second, activity=activity, mandate=f.MandateFactory())
    approve(activity=activity, by=second)
    waiting = waiting_of(activity)
    assert (waiting.plan, waiting.links, waiting.deliveries) == (False, [link], [own])
    approve(activity=activity, by=f.manager())
    assert not waiting_of(activity)


def test_an_office_of_one_approves_its_own_and_the_record_says_so(kenya, settings):
    settings.OFFICE_OF_ONE = True
    by = f.officer()
    activity = logged(kenya, by=by)
    approve(activity=activity, by=by, verify=Evidence.objects.all())
    assert set(Approval.objects.values_list("self_approved", flat=True)) == {True}
    assert Evidence.objects.get().self_verified is True
    demand = Demand.objects.as_of(f.today()).get(item=kenya.item)
    assert (demand.status, demand.self_approved) == ("evidenced", True)


def test_a_draft_waits_for_its_author(kenya):
    activity = logged(kenya, send=False)
    with pytest.raises(ValidationError, match="still a draft"):
        approve(activity=activity, by=f.officer())
    send_for_approval(activity=activity, by=activity.created_by)
    send_for_approval(activity=activity, by=activity.created_by)
    approve(activity=activity, by=f.officer())


def test_what_changed_since_it_was_read_is_not_approved(kenya):
    activity = logged(kenya)
    seen = waiting_of(activity).seal
    add_delivery(activity=activity, by=activity.created_by, country=kenya.country, on=f.today())
    with pytest.raises(ChangedSinceRead):
        approve(activity=activity, by=f.officer(), seen=seen)
    approve(activity=activity, by=f.officer(), seen=waiting_of(activity).seal)


def test_a_changed_delivery_goes_back_alone(kenya):
    activity = logged(kenya)
    approve(activity=activity, by=f.officer())
    delivery = activity.deliveries.get()
    changed = change_delivery(delivery=delivery, by=f.officer(), revision=1, women=5)
    waiting = waiting_of(activity)
    assert (waiting.plan, waiting.links, waiting.deliveries) == (False, [], [changed])
    assert status(kenya) == "planned" or status(kenya) == "unmet"


def test_a_changed_plan_goes_on_counting(kenya):
    activity = logged(kenya)
    approve(activity=activity, by=f.officer())
    change_activity(activity=activity, by=f.officer(), revision=1, status="6")
    activity.refresh_from_db()
    assert waiting_of(activity).plan
    assert status(kenya) == "delivered"


def test_a_delivery_moves_its_ticks_with_its_state(kenya):
    colombia = asked_by("CO")
    activity = logged(kenya)
    change_activity(
        activity=activity,
        by=f.officer(),
        revision=1,
        countries=[kenya.country, colombia.country],
    )
    propose_link(by=f.officer(), activity=activity, item=colombia.item)
    delivery = activity.deliveries.get()
    change_delivery(delivery=delivery, by=f.officer(), revision=1, country=colombia.country)
    assert list(delivery.items.all()) == [colombia.item]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"on": dt.date(2999, 1, 1)}, "on"),
        ({"began_on": dt.date(2999, 1, 1)}, "on"),
        ({"country": "CO"}, "country"),
        ({"items": "CO"}, "items"),
        ({"items": "unlinked"}, "items"),
        ({"needs": True}, "needs"),
    ],
)
def test_a_wrong_delivery_is_refused_at_its_field(kenya, fields, field):
    colombia = asked_by("CO")
    activity = logged(kenya)
    given = {"on": f.today(), "country": kenya.country, **fields}
    if fields.get("country") == "CO":
        given["country"] = colombia.country
    if fields.get("items") == "CO":
        given["items"] = [colombia.item]
    if fields.get("items") == "unlinked":
        given["items"] = [asked_by("KE").item]
    if "needs" in fields:
        given["needs"] = [f.NeedFactory(published=True)]
    with pytest.raises(ValidationError) as refused:
        add_delivery(activity=activity, by=f.officer(), **given)
    assert list(refused.value.message_dict) == [field]


def test_the_same_delivery_is_not_entered_twice(kenya):
    activity = logged(kenya)
    first = activity.deliveries.get()
    with pytest.raises(ValidationError, match="entered already"):
        add_delivery(activity=activity, by=f.officer(), country=kenya.country, on=first.on)


def test_an_item_linked_later_takes_the_deliveries_already_made(kenya):
    later = asked_by("KE")
    activity = logged(kenya)
    approve(activity=activity, by=f.officer())
    propose_link(by=f.officer(), activity=activity, item=later.item)
    propose_link(by=f.officer(), activity=activity, mandate=later.mandate)
    assert status(later) == "unmet"
    approve(activity=activity, by=f.manager())
    assert status(later) == "delivered"


def test_removed_evidence_counts_no_longer(kenya):
    activity = logged(kenya)
    approve(activity=activity, by=f.officer(), verify=Evidence.objects.all())
    remove_evidence(evidence=Evidence.objects.get(), by=f.officer())
    assert status(kenya) == "delivered"


def test_verified_evidence_is_not_verified_twice(kenya):
    logged(kenya)
    verify_evidence(evidence=Evidence.objects.get(), by=f.officer(display_name="Luis"))
    with pytest.raises(ValidationError, match="Luis has verified it already"):
        verify_evidence(evidence=Evidence.objects.get(), by=f.officer())


def test_sent_back_with_a_reason_it_is_a_draft_again(kenya):
    activity = logged(kenya)
    with pytest.raises(ValidationError) as refused:
        send_back(activity=activity, by=f.officer(), reason=" ")
    assert list(refused.value.message_dict) == ["reason"]
    assert send_back(activity=activity, by=f.officer(), reason="Dates?").sent_at is None
    message = OutboxMessage.objects.get(kind="activity_sent_back")
    assert (message.recipient, message.context["reason"]) == (activity.created_by, "Dates?")


def test_the_author_reads_on_the_page_why_it_came_back(kenya, client):
    author, second = f.officer(), f.officer(display_name="Luis")
    activity = logged(kenya, by=author)
    send_back(activity=activity, by=second, reason="The dates do not fit.")
    client.force_login(author)
    page = client.get(reverse("activity", args=[activity.pk]))
    assert page.context["sent_back"].reason == "The dates do not fit."
    assert "Sent back by Luis" in page.content.decode()
    activity.refresh_from_db()
    send_for_approval(activity=activity, by=author)
    page = client.get(reverse("activity", args=[activity.pk]))
    assert page.context["sent_back"] is None
    assert "Luis sent it back: “The dates do not fit.”" in page.content.decode()


def test_a_state_does_not_read_why_it_came_back(kenya, client):
    focal, second = f.focal_point("KE"), f.manager()
    activity = logged(kenya)
    approve(activity=activity, by=second)
    add_delivery(activity=activity, by=activity.created_by, country=kenya.country, on=f.today())
    send_back(activity=activity, by=second, reason="Counterpart unreliable")
    client.force_login(focal)
    page = client.get(reverse("activity", args=[activity.pk]))
    assert page.status_code == 200
    assert "unreliable" not in page.content.decode()


def test_who_may_say_yes_is_told_and_then_the_author_and_the_state(kenya):
    focal = f.focal_point("KE")
    f.focal_point("CO")
    by, second = f.officer(), f.manager()
    activity = logged(kenya, by=by)
    assert set(told("activity_to_approve")) == {second}
    approve(activity=activity, by=second)
    assert told("activity_approved") == [by]
    assert told("delivery_to_confirm") == [focal]


def told(kind):
    return [one.recipient for one in OutboxMessage.objects.filter(kind=kind)]


def test_several_are_approved_at_once_and_the_others_are_named(kenya):
    by = f.officer()
    own, other, stale = logged(kenya, by=by), logged(asked_by("CO")), logged(asked_by("NE"))
    outcome = approve_many(activities=[own, other, stale], by=by, seen={stale.pk: "old"})
    assert outcome.approved == [other]
    assert [activity for activity, _why in outcome.refused] == [own, stale]


def test_the_queue_shows_what_others_wrote_and_approves_what_is_ticked(client, kenya):
    by = f.officer()
    own, other = logged(kenya, by=by), logged(asked_by("CO"))
    client.force_login(by)
    page = client.get(reverse("approval-list"))
    assert [card["activity"] for card in page.context["cards"]] == [other]
    assert page.context["own"] == 1
    values = {"activities": [other.pk, own.pk], f"seen-{other.pk}": waiting_of(other).seal}
    answer = client.post(reverse("approval-list"), values, follow=True)
    assert "1 activity approved." in answer.text
    assert "somebody else has to approve it" in answer.text
    assert not waiting_of(other)


@pytest.mark.parametrize("alone", [False, True])
def test_the_queue_holds_what_this_person_may_say_yes_to(kenya, settings, alone):
    settings.OFFICE_OF_ONE = alone
    one, other = f.officer(), f.officer()
    logged(kenya, by=one)
    logged(asked_by("CO"), by=one, send=False)
    approve(activity=logged(asked_by("NE"), by=one), by=f.officer())
    added = logged(asked_by("FJ"), by=one)
    approve(activity=added, by=f.officer())
    add_delivery(activity=added, by=other, on=f.today(), kind="tool")
    linked = logged(asked_by("TG"), by=one)
    approve(activity=linked, by=f.officer())
    f.link(linked, f.MandateFactory(), "proposed", proposed_by=other)
    asked = logged(asked_by("PE"), by=one)
    approve(activity=asked, by=f.officer())
    f.link(asked, f.RequestFactory().items.get(), "proposed", proposed_by=other)
    sent = Activity.objects.exclude(sent_at=None)
    for person in (one, other, f.manager()):
        waiting = {pk for pk in sent if waiting_of(pk).for_person(person)}
        assert set(Activity.objects.to_approve_by(person)) == waiting
        assert len(waiting) in {1, 3, 4}
    assert not Activity.objects.to_approve_by(f.focal_point()).exists()


def test_evidence_of_others_is_listed_in_pages(client, kenya, monkeypatch):
    monkeypatch.setattr("assistance.activities.views_approvals.PAGE_SIZE", 1)
    logged(kenya)
    logged(asked_by("CO"))
    client.force_login(f.officer())
    page = client.get(reverse("evidence-list"))
    assert (len(page.context["page_obj"]), page.context["page_obj"].paginator.count) == (1, 2)
    assert "?page=2" in page.text


def test_evidence_of_others_is_verified_from_its_list(client, kenya):
    by = f.officer()
    logged(kenya, by=by)
    logged(asked_by("CO"))
    client.force_login(by)
    [piece] = client.get(reverse("evidence-list")).context["page_obj"]
    client.post(reverse("evidence-list"), {"evidence": [e.pk for e in Evidence.objects.all()]})
    assert list(Evidence.objects.filter(verified_at__isnull=False)) == [piece]


def test_the_second_of_two_reads_who_was_faster(client, kenya):
    activity = logged(kenya)
    seen = waiting_of(activity).seal
    approve(activity=activity, by=f.officer(display_name="Luis"))
    client.force_login(f.officer())
    answer = client.post(
        reverse("activity-approve", args=[activity.pk]), {"seen": seen}, follow=True
    )
    assert "Luis has approved it already" in answer.text


@pytest.mark.django_db(transaction=True)
def test_two_people_approving_at_once_give_one_approval():
    with transaction.atomic():
        activity = logged(asked_by("KE"))
    seen = waiting_of(activity).seal
    people = [f.officer(), f.officer()]
    start = threading.Barrier(2)
    results = []

    def say_yes(person):
        try:
            start.wait()
            with viewing_as(viewer_of(person)):
                results.append(approve(activity=activity, by=person, seen=seen))
        except AlreadyApproved as late:
            results.append(late)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=say_yes, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(type(one).__name__ for one in results) == ["Activity", "AlreadyApproved"]
    assert Approval.objects.filter(activity=activity).count() == 1
