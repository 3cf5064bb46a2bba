"""Who changed what, when and why, with the words before and after."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from assistance.history.parts import ACTIVITY, NOT_TOLD, REQUEST
from assistance.history.reading import history_of
from assistance.models import Evidence, Reply
from assistance.services import approve, change_activity, reject_link
from assistance.workflow import decline_request
from tests import factories
from tests.activities.conftest import asked_by, logged
from tests.requests import worlds

# The triggers write the start of the transaction: each act has its own, as on the site.
pytestmark = pytest.mark.django_db(transaction=True)


def log(officer, **changes):
    with transaction.atomic():
        asked = asked_by("KE")
    return logged(asked, by=officer, **changes)


@pytest.fixture
def officer():
    return factories.officer(display_name="Officer of the desk")


@pytest.mark.django_db
@pytest.mark.parametrize("part", [*REQUEST, *ACTIVITY], ids=lambda part: part.model.__name__)
def test_every_field_is_told_or_left_out_on_purpose(part):
    fields = {field.name for field in part.model._meta.concrete_fields}
    assert fields <= part.fields.keys() | NOT_TOLD
    assert not fields & part.fields.keys() & NOT_TOLD


def test_a_page_says_who_declined_a_request_and_why(client, officer):
    focal = factories.focal_point("KE", display_name="Focal point, Kenya")
    asked = worlds.under_review(focal, officer)
    client.force_login(officer)
    client.post(
        reverse("request-act", args=[asked.pk, "decline"]),
        {"reason": "Another entity does this.", "revision": asked.revision},
    )
    act = history_of(asked, REQUEST, asked.events.exclude(note="").values_list("at", "note"))[0]
    assert act.who == "Officer of the desk"
    assert act.why == ["Another entity does this."]
    told = {
        (change.thing, field.label): (field.before, field.after)
        for change in act.changes
        for field in change.fields
    }
    assert told["Request", "Status"] == ("Under review", "Declined")
    assert told["Item", "Outcome"] == ("Open", "Declined")
    page = client.get(reverse("request-history", args=[asked.pk])).content.decode()
    assert "Another entity does this." in page
    assert "Officer of the desk" in page


def test_an_activity_tells_the_words_before_and_after(client, officer):
    activity = log(officer, title="Course")
    change_activity(
        activity=activity, by=officer, revision=activity.revision, title="Longer course"
    )
    act = history_of(activity, ACTIVITY)[0]
    (change,) = act.changes
    (title,) = change.fields
    assert (change.kind, title.before, title.after) == ("update", "Course", "Longer course")
    assert act.who == "Officer of the desk"


def test_a_link_tells_who_rejected_it_and_for_what_reason(officer):
    activity = log(officer)
    other = factories.officer(display_name="Second officer")
    link = activity.mandate_links.get()
    reject_link(link=link, by=other, reason="It is about prisons.")
    act = history_of(activity, ACTIVITY)[0]
    told = {field.label: (field.before, field.after) for field in act.changes[0].fields}
    assert act.who == "Second officer"
    assert act.changes[0].name == link.mandate.identifier
    assert told["Link"] == ("Proposed", "Rejected")
    assert told["Reason"] == ("", "It is about prisons.")


def test_what_was_removed_stays_in_the_history(officer):
    activity = log(officer)
    evidence = Evidence.objects.get()
    evidence.delete()
    act = history_of(activity, ACTIVITY)[0]
    assert [(change.thing, change.kind) for change in act.changes] == [("Evidence", "delete")]
    assert act.changes[0].name == "https://example.org/agenda"


def test_replies_and_verification_are_told(officer):
    activity = log(officer)
    other = factories.officer()
    approve(activity=activity, by=other)
    delivery = activity.deliveries.get()
    focal = factories.focal_point("KE", display_name="Focal point, Kenya")
    Reply.objects.create(
        delivery=delivery, country=delivery.country, verdict="disputed", words="No.", by=focal
    )
    act = history_of(activity, ACTIVITY)[0]
    assert act.who == "Focal point, Kenya"
    assert {field.after for field in act.changes[0].fields} >= {"No.", "State KE"}


@pytest.mark.parametrize("number", [1, 3])
def test_a_history_takes_the_same_queries_however_long_it_is(
    client, officer, number, django_assert_num_queries
):
    activity = log(officer)
    for round_ in range(number):
        activity = change_activity(
            activity=activity, by=officer, revision=activity.revision, title=f"T{round_}"
        )
    client.force_login(officer)
    with django_assert_num_queries(18):
        client.get(reverse("activity-history", args=[activity.pk]))


def test_a_state_reads_no_history(client, officer):
    focal = factories.focal_point("KE")
    asked = worlds.under_review(focal, officer)
    decline_request(request=asked, user=officer, reason="No.")
    client.force_login(focal)
    assert client.get(reverse("request-history", args=[asked.pk])).status_code == 403


def test_states_added_and_taken_away_are_told_with_their_author(officer):
    activity = log(officer)
    niger = factories.CountryFactory(iso="NE")
    assert {act.who for act in history_of(activity, ACTIVITY)} == {str(officer)}, (
        "States say nothing of their author, the plan written with them does"
    )
    other = factories.officer()
    named = [*activity.countries.all(), niger]
    change_activity(activity=activity, by=other, revision=1, countries=named)
    newest = history_of(activity, ACTIVITY)[0]
    assert newest.who == str(other)
    assert ("State", "State NE", "insert") in [
        (change.thing, change.name, change.kind) for change in newest.changes
    ]
