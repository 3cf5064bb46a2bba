"""Asking for another: officers for a State, regional bodies for several."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from assistance.models import AssistanceRequest
from assistance.services import change_activity, log_activity
from assistance.workflow import save_draft, submit_request
from notifications.kinds import NotificationKind
from notifications.models import OutboxMessage
from tests import factories
from tests.activities.conftest import plan
from tests.requests import worlds
from tests.requests.test_pages_asking import NEW, shown, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = factories.officer()
    client.force_login(user)
    return user


@pytest.fixture
def regional():
    return factories.person("regional_body", factories.RegionalBodyFactory())


def note_verbale(client, state, **fields):
    said = {
        "organisation": state.pk,
        "origin": "note_verbale",
        "received_on": "2026-05-04",
        "title": "Training",
        "continue": "1",
    }
    return client.post(NEW, shown(client.get(NEW)) | said | fields)


def test_an_officer_enters_a_note_verbale_and_the_state_is_told(client, officer):
    focal = factories.focal_point("CO")
    state = focal.memberships.get().organisation
    begun = note_verbale(client, state)
    draft = AssistanceRequest.objects.get()
    assert begun.url == step(draft, "needs")
    needs = client.get(begun.url)
    client.post(begun.url, shown(needs) | {"items-0-words": "A course", "continue": "1"})
    page = client.get(step(draft, "files"))
    assert "The note verbale itself" in page.content.decode()

    client.force_login(focal)
    assert client.get(reverse("request", args=[draft.pk])).status_code == 404
    client.force_login(officer)
    draft.refresh_from_db()
    client.post(reverse("request-send", args=[draft.pk]), {"revision": draft.revision})
    draft.refresh_from_db()
    assert (draft.state, draft.origin, str(draft.received_on)) == (
        "submitted",
        "note_verbale",
        "2026-05-04",
    )
    told = OutboxMessage.objects.filter(kind=NotificationKind.REQUEST_ENTERED, recipient=focal)
    assert told.count() == 1
    client.force_login(focal)
    assert "Note verbale" in client.get(reverse("request", args=[draft.pk])).content.decode()


def test_needs_of_an_assessment_are_entered_in_one_go(client, officer):
    begun = note_verbale(client, factories.StateFactory(country__iso="CO"), origin="assessment")
    draft = AssistanceRequest.objects.get()
    needs = client.get(begun.url)
    lines = "A law on biometrics\r\n\r\n  Trainers for border posts \r\nA laboratory"
    answer = client.post(begun.url, shown(needs) | {"several": lines, "continue": "1"})
    assert answer.url == begun.url, "what they are about is said next"
    assert [item.words for item in draft.items.all()] == [
        "A law on biometrics",
        "Trainers for border posts",
        "A laboratory",
    ]


def test_lines_still_being_typed_are_not_saved_as_things(client, officer):
    begun = note_verbale(client, factories.StateFactory(country__iso="CO"), origin="assessment")
    draft = AssistanceRequest.objects.get()
    typed = {"items-0-words": "A law", "several": "Train", "autosave": "1"}
    client.post(begun.url, shown(client.get(begun.url)) | typed)
    assert [item.words for item in draft.items.all()] == ["A law"]


def test_the_state_can_be_corrected_while_it_is_a_draft(client, officer):
    note_verbale(client, factories.StateFactory(country__iso="CO"))
    draft = AssistanceRequest.objects.get()
    right = factories.StateFactory(country__iso="NE")
    page = client.get(step(draft, "about"))
    client.post(step(draft, "about"), shown(page) | {"organisation": right.pk, "continue": "1"})
    draft.refresh_from_db()
    assert draft.organisation == right
    assert [country.iso for country in draft.states.all()] == ["NE"]


def test_a_day_before_the_letter_is_refused_and_one_since_is_not(client, officer):
    state = factories.StateFactory(country__iso="CO")
    for day, complaint in (("2026-05-03", True), ("2026-05-10", False)):
        draft = save_draft(
            user=officer,
            organisation=state,
            origin="note_verbale",
            received_on="2026-05-04",
            needed_by=day,
            title="Training",
            items=[worlds.ItemDraft(words="A course")],
        )
        page = client.get(reverse("request-check", args=[draft.pk])).content.decode()
        assert ("is before the day UNODC" in page) is complaint


def test_an_unknown_state_is_said_at_the_field_and_nothing_is_lost(client, officer):
    answer = note_verbale(client, factories.StateFactory(country__iso="CO"), states=["999999"])
    assert answer.status_code == 422
    assert "There is no such State" in str(answer.context["form"].errors["states"])
    assert answer.context["form"]["title"].value() == "Training"


def test_a_renamed_state_is_found_by_its_former_name(client, officer):
    country = factories.CountryFactory(
        iso="SZ", names={"en": "Eswatini"}, former_names={"en": ["Swaziland"]}
    )
    factories.StateFactory(country=country)
    page = client.get(NEW).content.decode()
    assert page.count("Eswatini (formerly Swaziland)") == 2, "who asks, and for which States"


def test_a_request_of_a_state_that_was_renamed_since_bears_the_present_name(client, officer):
    focal = factories.focal_point("SZ")
    state = focal.memberships.get().organisation
    country = state.country
    asked = worlds.submitted(focal)
    country.names, country.former_names = {"en": "Eswatini"}, {"en": ["Swaziland"]}
    country.save()
    state.names = country.names
    state.save()
    page = client.get(reverse("request", args=[asked.pk])).content.decode()
    assert "Eswatini" in page
    assert "State SZ" not in page
    found = client.get(reverse("request-list"), {"state": "SZ"})
    assert "Eswatini (formerly Swaziland)" in found.content.decode()
    assert [one.pk for one in found.context["page_obj"]] == [asked.pk]


def test_each_state_a_regional_body_names_sees_the_request(client, regional):
    kenya, niger = factories.focal_point("KE"), factories.focal_point("NE")
    client.force_login(regional)
    countries = [one.memberships.get().organisation.country for one in (kenya, niger)]
    said = {"states": [one.pk for one in countries], "title": "Training", "continue": "1"}
    client.post(NEW, shown(client.get(NEW)) | said)
    draft = AssistanceRequest.objects.get()
    assert set(draft.states.all()) == set(countries)

    page = client.get(step(draft, "about"))
    client.post(step(draft, "about"), shown(page) | {"states": [countries[0].pk], "go": "needs"})
    needs = client.get(step(draft, "needs"))
    client.post(step(draft, "needs"), shown(needs) | {"items-0-words": "A course", "go": "whom"})
    whom = shown(client.get(step(draft, "whom"))) | {"beneficiaries": "Police", "reason": "Cases"}
    client.post(step(draft, "whom"), whom | {"continue": "1"})
    draft.refresh_from_db()
    submit_request(draft=draft, user=regional)
    url = reverse("request", args=[draft.pk])
    for person, status in ((kenya, 200), (niger, 404)):
        client.force_login(person)
        assert client.get(url).status_code == status
    received = OutboxMessage.objects.filter(kind=NotificationKind.REQUEST_RECEIVED)
    assert {one.recipient for one in received} == {regional, kenya}


def test_a_state_named_reads_the_request_and_does_not_write_it(client, regional):
    kenya = factories.focal_point("KE")
    asked = worlds.submitted(regional, states=[kenya.memberships.get().organisation.country])
    client.force_login(kenya)
    assert client.get(reverse("request", args=[asked.pk])).status_code == 200
    assert client.get(reverse("request-edit", args=[asked.pk])).status_code == 403
    assert client.get(reverse("request-act", args=[asked.pk, "withdraw"])).status_code == 403
    assert client.get(reverse("request-act", args=[asked.pk, "hand-over"])).status_code == 403


def test_a_state_named_sees_deliveries_to_itself_and_not_to_the_others(client, regional):
    kenya, niger = factories.focal_point("KE"), factories.focal_point("NE")
    countries = [one.memberships.get().organisation.country for one in (kenya, niger)]
    asked = worlds.accepted(regional, factories.officer(), states=countries)
    for country in countries:
        delivery = factories.DeliveryFactory(country=country, title=f"Course in {country.iso}")
        delivery.items.add(asked.items.get())
        factories.approve(delivery)
    client.force_login(kenya)
    page = client.get(reverse("request", args=[asked.pk])).content.decode()
    assert "Course in KE" in page
    assert "Course in NE" not in page


def test_work_on_a_confidential_request_is_not_made_public(officer):
    focal = factories.focal_point("KE")
    country = focal.memberships.get().organisation.country
    asked = worlds.accepted(focal, officer, confidentiality="confidential")
    work = {**plan(), "countries": [country], "items": [asked.items.get()]}
    with pytest.raises(ValidationError) as refused:
        log_activity(by=officer, **work | {"visibility": "public"})
    assert set(refused.value.error_dict) == {"visibility"}
    made = log_activity(by=officer, **work)
    with pytest.raises(ValidationError):
        change_activity(activity=made, by=officer, revision=made.revision, visibility="public")


def test_officers_see_that_a_request_is_confidential(client, officer):
    asked = worlds.submitted(factories.focal_point("KE"), confidentiality="confidential")
    assert "Confidential" in client.get(reverse("request", args=[asked.pk])).content.decode()
