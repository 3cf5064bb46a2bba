"""A State asks: form, draft, check, send, and what goes wrong on the way."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assistance.models import AssistanceRequest
from assistance.workflow import save_draft
from mandates.models import Theme
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal(client):
    user = factories.focal_point("KE")
    client.force_login(user)
    return user


@pytest.fixture
def theme():
    group = Theme.objects.create(code="people", names={"en": "People"}, position=1)
    return Theme.objects.create(
        code="prisons",
        parent=group,
        names={"en": "Prisons"},
        plain={"en": "Our prisons"},
        position=2,
    )


def sent_form(*words, **fields):
    """What the browser sends of the form."""
    data = {
        "title": "Prison officers",
        "beneficiaries": "Prison officers of two prisons",
        "reason": "Recruitment in prisons",
        "urgency": "soon",
        "items-TOTAL_FORMS": str(len(words)),
        "items-INITIAL_FORMS": "0",
        **{f"items-{n}-words": said for n, said in enumerate(words)},
    }
    return data | fields


def test_a_request_is_typed_checked_sent_and_confirmed(client, focal, theme):
    page = client.get(reverse("request-new"))
    assert "Our prisons" in page.content.decode()
    key = str(page.context["form"].initial["key"])
    form = sent_form(
        "Recognise recruitment",
        **{
            "key": key,
            "continue": "1",
            "items-0-themes": [str(theme.pk)],
            "items-0-help_kinds": ["training", "tool"],
        },
    )
    checked = client.post(reverse("request-new"), form, follow=True)
    draft = AssistanceRequest.objects.get()
    assert checked.redirect_chain[-1][0] == reverse("request-check", args=[draft.pk])
    assert "Recognise recruitment" in checked.content.decode()
    confirmed = client.post(
        reverse("request-send", args=[draft.pk]), {"revision": draft.revision}, follow=True
    )
    draft.refresh_from_db()
    assert draft.ref in confirmed.content.decode()
    assert draft.items.get().themes.get() == theme
    assert draft.items.get().help_kinds == ["training", "tool"]
    assert client.get(reverse("request-receipt", args=[draft.pk])).status_code == 200


def test_sending_twice_shows_the_same_confirmation(client, focal):
    draft = worlds.draft(focal)
    for _again in range(2):
        answer = client.post(reverse("request-send", args=[draft.pk]), {"revision": draft.revision})
        assert answer.url == reverse("request-sent", args=[draft.pk])
    assert AssistanceRequest.objects.count() == 1


def test_a_double_click_on_save_makes_one_draft(client, focal):
    form = sent_form("Training", key=str(uuid.uuid4()), save="1")
    for _again in range(2):
        client.post(reverse("request-new"), form)
    assert AssistanceRequest.objects.count() == 1


def test_another_thing_is_added_without_script_and_empty_ones_are_left_out(client, focal):
    answer = client.post(reverse("request-new"), sent_form("First", "", more="1"))
    draft = AssistanceRequest.objects.get()
    page = client.get(answer.url)
    assert len(page.context["items"].forms) == 2
    assert [item.words for item in draft.items.all()] == ["First"]


def test_nothing_typed_is_lost_when_a_field_is_wrong(client, focal):
    answer = client.post(
        reverse("request-new"), sent_form("My own words", needed_by="31/31/2026", save="1")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "My own words" in page
    assert "31/31/2026" in page
    assert "error-summary" in page
    assert not AssistanceRequest.objects.exists()


def test_what_is_missing_is_said_at_its_field_and_the_draft_is_kept(client, focal):
    form = sent_form("Training", title="", reason="", **{"continue": "1"})
    page = client.post(reverse("request-new"), form, follow=True)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"title", "reason"}
    assert AssistanceRequest.objects.get().items.get().words == "Training"


def test_a_stale_form_shows_both_versions_and_keeps_the_one_chosen(client, focal):
    draft = worlds.draft(focal)
    old = draft.revision
    save_draft(user=focal, organisation=draft.organisation, draft=draft, title="Theirs")
    edit = reverse("request-edit", args=[draft.pk])
    mine = sent_form("Training number 1", title="Mine", revision=old, save="1")
    both = client.post(edit, mine)
    page = both.content.decode()
    assert both.status_code == 409
    assert "Mine" in page
    assert "Theirs" in page
    draft.refresh_from_db()
    assert draft.title == "Theirs"
    again = mine | {
        "revision": draft.revision,
        "choose-title": "theirs",
        "choose-reason": "yours",
        "reason": "Mine stays",
    }
    client.post(edit, again)
    draft.refresh_from_db()
    assert (draft.title, draft.reason) == ("Theirs", "Mine stays")


def test_a_thing_a_colleague_added_is_not_lost_by_a_stale_form(client, focal):
    draft = worlds.draft(focal)
    old = draft.revision
    saved = save_draft(
        user=focal,
        organisation=draft.organisation,
        draft=draft,
        items=[worlds.ItemDraft(words="Training number 1"), worlds.ItemDraft(words="Added")],
    )
    edit = reverse("request-edit", args=[draft.pk])
    mine = sent_form("Training number 1", revision=old, save="1")
    assert "Added" in client.post(edit, mine).content.decode()
    client.post(edit, mine | {"revision": saved.revision, "choose-items-1-words": "theirs"})
    assert [item.words for item in draft.items.all()] == ["Training number 1", "Added"]


def test_a_lost_session_comes_back_to_the_form_after_signing_in(client, focal):
    client.logout()
    answer = client.post(reverse("request-new"), sent_form("Training", save="1"))
    assert answer.status_code == 302
    assert "next=/requests/new/" in answer.url


def test_a_draft_is_deleted_after_asking_once(client, focal):
    draft = worlds.draft(focal)
    url = reverse("request-delete", args=[draft.pk])
    assert "Keep it" in client.get(url).content.decode()
    client.post(url)
    assert not AssistanceRequest.objects.exists()


def test_files_are_judged_by_content_and_served_to_save(client, focal, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    draft = worlds.draft(focal)
    edit = reverse("request-edit", args=[draft.pk])
    bad = SimpleUploadedFile("letter.pdf", b"MZ\x00\x01" + bytes(100))
    form = sent_form("Kept words", revision=draft.revision, save="1")
    answer = client.post(edit, form | {"file": bad})
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    draft.refresh_from_db()
    good = SimpleUploadedFile("../letter.txt", b"Dear colleagues")
    client.post(edit, form | {"file": good, "revision": draft.revision})
    file = draft.attachments.get()
    assert (file.filename, file.content_type) == ("letter.txt", "text/plain")
    got = client.get(reverse("request-file", args=[draft.pk, file.pk]))
    assert got["Content-Disposition"] == 'attachment; filename="letter.txt"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert b"".join(got.streaming_content) == b"Dear colleagues"
    client.post(reverse("request-file-remove", args=[draft.pk, file.pk]))
    assert not draft.attachments.exists()


def test_an_officer_enters_a_note_verbale(client):
    officer = factories.officer()
    state = factories.StateFactory(country__iso="CO")
    client.force_login(officer)
    form = sent_form(
        "Training",
        organisation=state.pk,
        origin="note_verbale",
        received_on="2026-05-04",
        **{"continue": "1"},
    )
    client.post(reverse("request-new"), form)
    draft = AssistanceRequest.objects.get()
    client.post(reverse("request-send", args=[draft.pk]), {"revision": draft.revision})
    draft.refresh_from_db()
    assert (draft.state, draft.origin, str(draft.received_on)) == (
        "submitted",
        "note_verbale",
        "2026-05-04",
    )
    assert [country.iso for country in draft.states.all()] == ["CO"]


def test_a_regional_body_names_the_states_it_asks_for(client):
    body = factories.RegionalBodyFactory()
    client.force_login(factories.person("regional_body", body))
    kenya = factories.CountryFactory(iso="KE")
    form = sent_form("Training", states=[kenya.pk], **{"continue": "1"})
    client.post(reverse("request-new"), form)
    assert AssistanceRequest.objects.get().states.get() == kenya


def test_an_auditor_can_t_ask(client):
    client.force_login(factories.person("auditor"))
    assert client.get(reverse("request-new")).status_code == 403


def test_a_draft_opens_where_its_request_will_be(client, focal):
    draft = worlds.draft(focal)
    page = client.get(reverse("request", args=[draft.pk]))
    assert "What do you need?" in page.content.decode()


@pytest.mark.parametrize("name", ["request-edit", "request-check", "request-delete"])
def test_a_sent_request_is_no_draft_any_more(client, focal, name):
    asked = worlds.submitted(focal)
    answer = client.get(reverse(name, args=[asked.pk]))
    assert answer.url == reverse("request", args=[asked.pk])


def test_a_draft_has_no_confirmation_yet(client, focal):
    draft = worlds.draft(focal)
    answer = client.get(reverse("request-sent", args=[draft.pk]))
    assert answer.url == reverse("request-check", args=[draft.pk])


def test_an_incomplete_or_stale_draft_is_not_sent_but_shown_again(client, focal):
    draft = worlds.draft(focal, title="")
    check = reverse("request-check", args=[draft.pk])
    send = reverse("request-send", args=[draft.pk])
    assert client.post(send, {"revision": draft.revision}).url == check
    assert client.post(send, {"revision": "0"}).url == check
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_state_read_by_a_draft_of_a_regional_body_can_t_write_it(client, focal):
    body = factories.RegionalBodyFactory()
    regional = factories.person("regional_body", body)
    asked = worlds.submitted(regional, states=[focal.memberships.get().organisation.country])
    assert client.get(reverse("request", args=[asked.pk])).status_code == 200
    assert client.get(reverse("request-edit", args=[asked.pk])).status_code == 403
    assert client.get(reverse("request-act", args=[asked.pk, "withdraw"])).status_code == 403


def test_who_speaks_for_two_states_chooses_one(client, focal):
    other = factories.StateFactory(country__iso="CO")
    factories.directory.Membership.objects.create(
        user=focal, organisation=other, role="focal_point"
    )
    missing = client.post(reverse("request-new"), sent_form("Training", save="1"))
    assert missing.status_code == 422
    client.post(reverse("request-new"), sent_form("Training", organisation=other.pk, save="1"))
    assert AssistanceRequest.objects.get().organisation == other


def test_too_many_things_are_refused_and_none_is_lost(client, focal):
    answer = client.post(
        reverse("request-new"), sent_form(*[f"Thing {n}" for n in range(21)], save="1")
    )
    assert answer.status_code == 422
    assert "Thing 20" in answer.content.decode()
