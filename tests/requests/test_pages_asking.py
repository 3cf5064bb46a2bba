"""A State asks, step by step: draft, check, send, and what goes wrong on the way."""

from __future__ import annotations

import datetime as dt
import re
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

NEW = "/requests/new/"


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


def step(draft, slug):
    return reverse("request-step", args=[draft.pk, slug])


def shown(page):
    """What the browser would send back of a page, nothing changed."""
    data = {}
    for form in [*page.context["all_forms"]]:
        for field in form:
            value = field.value()
            many = isinstance(value, list)
            sent = [str(one) for one in value] if many else "" if value is None else str(value)
            if value is False:
                sent = []
            elif value is True:
                sent = "on"
            data[field.html_name] = sent
            if field.field.show_hidden_initial:
                data[field.html_initial_name] = sent
    if page.context["items"] is not None:
        data["items-TOTAL_FORMS"] = str(len(page.context["items"].forms))
        data["items-INITIAL_FORMS"] = "0"
    return {name: value for name, value in data.items() if value != ""}


def things(*words, **fields):
    """The step of what is needed, as a browser without hidden memory would send it."""
    return {
        "items-TOTAL_FORMS": str(len(words)),
        "items-INITIAL_FORMS": "0",
        **{f"items-{n}-words": said for n, said in enumerate(words)},
        **fields,
    }


def test_a_request_is_typed_step_by_step_checked_sent_and_confirmed(client, focal, theme):
    first = client.get(NEW)
    begun = client.post(NEW, shown(first) | {"title": "Prison officers", "continue": "1"})
    draft = AssistanceRequest.objects.get()
    assert begun.url == step(draft, "needs")

    needs = client.get(begun.url)
    assert "Our prisons" in needs.content.decode()
    said = {
        "items-0-words": "Recognise recruitment",
        "items-0-themes": [str(theme.pk)],
        "items-0-help_kinds": ["training", "tool"],
        "continue": "1",
    }
    whom = client.post(begun.url, shown(needs) | said, follow=True)
    assert whom.redirect_chain[-1][0] == step(draft, "whom")
    said = {
        "beneficiaries": "Officers of two prisons",
        "reason": "Recruitment in prisons",
        "tried": "A two-day course in 2023",
        "urgency": "soon",
        "continue": "1",
    }
    files = client.post(step(draft, "whom"), shown(whom) | said)
    assert files.url == step(draft, "files")
    checked = client.post(files.url, {"continue": "1"}, follow=True)
    assert checked.redirect_chain[-1][0] == reverse("request-check", args=[draft.pk])
    assert "A two-day course in 2023" in checked.content.decode()

    draft.refresh_from_db()
    confirmed = client.post(
        reverse("request-send", args=[draft.pk]), {"revision": draft.revision}, follow=True
    )
    draft.refresh_from_db()
    assert draft.ref in confirmed.content.decode()
    item = draft.items.get()
    assert (item.words, item.themes.get(), item.help_kinds) == (
        "Recognise recruitment",
        theme,
        ["training", "tool"],
    )
    for name in ("request", "request-receipt"):
        page = client.get(reverse(name, args=[draft.pk])).content.decode()
        assert "A two-day course in 2023" in page


def test_each_step_is_saved_when_going_back_and_from_the_list_of_steps(client, focal):
    draft = worlds.draft(focal)
    page = client.get(step(draft, "whom"))
    back = client.post(
        step(draft, "whom"), shown(page) | {"reason": "Said on going back", "go": "needs"}
    )
    assert back.url == step(draft, "needs")
    check = client.post(step(draft, "needs"), shown(client.get(back.url)) | {"go": "check"})
    assert check.url == reverse("request-check", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.reason == "Said on going back"


def test_a_draft_goes_on_where_something_is_missing(client, focal):
    draft = worlds.draft(focal, reason="")
    edit = reverse("request-edit", args=[draft.pk])
    assert client.get(edit).url == step(draft, "whom")
    save_draft(user=focal, organisation=draft.organisation, draft=draft, reason="Said")
    assert client.get(edit).url == reverse("request-check", args=[draft.pk])
    check = reverse("request-check", args=[draft.pk])
    assert client.get(reverse("request", args=[draft.pk])).url == check


def test_a_step_saved_unchanged_writes_nothing(client, focal):
    draft = worlds.draft(focal, items=2)
    for slug in ("about", "needs", "whom", "files"):
        client.post(step(draft, slug), shown(client.get(step(draft, slug))) | {"continue": "1"})
    before = draft.revision
    draft.refresh_from_db()
    assert draft.revision == before


def test_sending_twice_shows_the_same_confirmation(client, focal):
    draft = worlds.draft(focal)
    for _again in range(2):
        answer = client.post(reverse("request-send", args=[draft.pk]), {"revision": draft.revision})
        assert answer.url == reverse("request-sent", args=[draft.pk])
    assert AssistanceRequest.objects.count() == 1


def test_a_double_click_on_the_first_step_makes_one_draft(client, focal):
    form = {"title": "Training", "key": str(uuid.uuid4()), "continue": "1"}
    first, second = client.post(NEW, form), client.post(NEW, form)
    assert first.url == second.url
    assert AssistanceRequest.objects.count() == 1


def test_another_thing_is_added_without_script_and_empty_ones_are_left_out(client, focal):
    draft = worlds.draft(focal)
    needs = step(draft, "needs")
    answer = client.post(needs, shown(client.get(needs)) | {"more": "1"})
    page = client.get(answer.url)
    assert len(page.context["items"].forms) == 2
    client.post(needs, shown(page) | {"items-1-words": "Second", "continue": "1"})
    assert [item.words for item in draft.items.all()] == ["Training number 1", "Second"]
    page = client.get(needs)
    client.post(needs, shown(page) | {"items-0-words": "", "continue": "1"})
    assert [(item.n, item.words) for item in draft.items.all()] == [(1, "Second")]


def test_nothing_typed_is_lost_when_a_field_is_wrong(client, focal):
    draft = worlds.draft(focal)
    answer = client.post(
        step(draft, "whom"),
        {"reason": "My own words", "needed_by": "31/31/2026", "revision": draft.revision},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "My own words" in page
    assert "31/31/2026" in page
    assert "error-summary" in page
    draft.refresh_from_db()
    assert draft.reason == "Cases rise"


def test_what_is_missing_leads_from_the_check_to_its_field(client, focal):
    draft = worlds.draft(focal, title="", reason="")
    page = client.get(reverse("request-check", args=[draft.pk]))
    assert page.status_code == 422
    assert "Training number 1" in page.content.decode()
    links = [one["url"] for one in page.context["missing"]]
    assert links == [
        f"{step(draft, 'about')}?missing=1#id_title",
        f"{step(draft, 'whom')}?missing=1#id_reason",
    ]
    asked = client.get(links[1])
    assert set(asked.context["form"].errors) == {"reason"}
    assert "Police investigators" in asked.content.decode()


def test_a_thing_without_words_and_a_day_that_has_passed_are_missing(client, focal):
    draft = worlds.draft(focal, needed_by="2020-01-01")
    draft.items.update(words="")
    page = client.get(reverse("request-check", args=[draft.pk]))
    links = [one["url"] for one in page.context["missing"]]
    assert links == [
        f"{step(draft, 'needs')}?missing=1#id_items-0-words",
        f"{step(draft, 'whom')}?missing=1#id_needed_by",
    ]
    asked = client.get(links[0])
    assert "words" in asked.context["items"].forms[0].errors


# Two colleagues


def test_both_changes_are_kept_where_colleagues_changed_different_fields(client, focal):
    draft = worlds.draft(focal)
    page = client.get(step(draft, "whom"))
    save_draft(user=focal, organisation=draft.organisation, draft=draft, reason="Theirs")
    mine = shown(page) | {"beneficiaries": "Mine", "continue": "1"}
    answer = client.post(step(draft, "whom"), mine, follow=True)
    draft.refresh_from_db()
    assert (draft.beneficiaries, draft.reason) == ("Mine", "Theirs")
    assert "A colleague changed the same page" in answer.content.decode()


def test_who_saves_second_sees_both_texts_and_chooses(client, focal):
    draft = worlds.draft(focal)
    whom = step(draft, "whom")
    page = client.get(whom)
    save_draft(
        user=focal, organisation=draft.organisation, draft=draft, reason="Theirs", urgency="urgent"
    )
    both = client.post(whom, shown(page) | {"reason": "Mine", "continue": "1"})
    assert both.status_code == 409
    [conflict] = both.context["conflicts"]
    assert (conflict["yours"], conflict["theirs"]) == ("Mine", "Theirs")
    assert both.context["form"]["urgency"].value() == "urgent"
    draft.refresh_from_db()
    assert draft.reason == "Theirs"

    chosen = client.post(whom, shown_again(both) | {"choose-reason": "theirs", "continue": "1"})
    assert chosen.url == step(draft, "files")
    draft.refresh_from_db()
    assert (draft.reason, draft.urgency) == ("Theirs", "urgent")


def test_a_day_that_is_none_is_shown_as_it_was_typed_beside_the_other(client, focal):
    draft = worlds.draft(focal)
    whom = step(draft, "whom")
    page = client.get(whom)
    save_draft(
        user=focal, organisation=draft.organisation, draft=draft, needed_by=dt.date(2030, 5, 1)
    )
    both = client.post(whom, shown(page) | {"needed_by": "31/31/2030"})
    assert both.status_code == 409
    [conflict] = both.context["conflicts"]
    assert (conflict["yours"], conflict["theirs"]) == ("31/31/2030", "1 May 2030")


def shown_again(page):
    """What the browser sends of a page that came back with what was typed."""
    html = page.content.decode()
    data = shown(page)
    for name in list(data):
        if name.startswith("initial-"):
            found = re.search(f'name="{name}" value="([^"]*)"', html)
            data[name] = found[1] if found else ""
    return data


def test_one_s_own_version_is_kept_where_it_was_chosen(client, focal):
    draft = worlds.draft(focal)
    whom = step(draft, "whom")
    page = client.get(whom)
    save_draft(user=focal, organisation=draft.organisation, draft=draft, reason="Theirs")
    both = client.post(whom, shown(page) | {"reason": "Mine"})
    client.post(whom, shown_again(both) | {"choose-reason": "yours", "continue": "1"})
    draft.refresh_from_db()
    assert draft.reason == "Mine"


def test_a_thing_a_colleague_added_or_took_out_meanwhile_is_told(client, focal):
    draft = worlds.draft(focal, items=2)
    needs = step(draft, "needs")
    page = client.get(needs)
    kept = draft.items.get(n=1)
    save_draft(
        user=focal,
        organisation=draft.organisation,
        draft=draft,
        items=[
            worlds.ItemDraft(pk=kept.pk, words="Training number 1"),
            worlds.ItemDraft(words="Added"),
        ],
    )
    mine = shown(page) | {"items-0-words": "Mine", "continue": "1"}
    answer = client.post(needs, mine, follow=True)
    assert [item.words for item in draft.items.all()] == ["Mine", "Added"]
    told = answer.content.decode()
    assert "taken out: “Training number 2”" in told
    assert "added: “Added”" in told


def test_a_thing_taken_out_by_a_colleague_stays_where_it_was_changed(client, focal):
    draft = worlds.draft(focal, items=2)
    needs = step(draft, "needs")
    page = client.get(needs)
    kept = draft.items.get(n=1)
    save_draft(
        user=focal,
        organisation=draft.organisation,
        draft=draft,
        items=[worlds.ItemDraft(pk=kept.pk, words="Training number 1")],
    )
    client.post(needs, shown(page) | {"items-1-words": "Changed here", "continue": "1"})
    assert [item.words for item in draft.items.all()] == ["Training number 1", "Changed here"]


def test_both_versions_of_a_thing_stand_field_by_field(client, focal, theme):
    draft = worlds.draft(focal)
    needs = step(draft, "needs")
    page = client.get(needs)
    item = draft.items.get()
    save_draft(
        user=focal,
        organisation=draft.organisation,
        draft=draft,
        items=[worlds.ItemDraft(pk=item.pk, words="Theirs", themes=[theme], theme_unsure=True)],
    )
    mine = {"items-0-words": "Mine", "items-0-help_kinds": ["tool"]}
    both = client.post(needs, shown(page) | mine)
    assert [one["name"] for one in both.context["conflicts"]] == ["choose-items-0-words"]
    form = both.context["items"].forms[0]
    assert form["themes"].value() == [str(theme.pk)]
    assert form["help_kinds"].value() == ["tool"]


# Saved while one types


def test_a_draft_is_saved_while_it_is_typed(client, focal):
    first = client.get(NEW)
    typed = shown(first) | {"title": "Prison", "autosave": "1"}
    answer = client.post(NEW, typed)
    draft = AssistanceRequest.objects.get()
    html = answer.content.decode()
    assert draft.title == "Prison"
    assert f'data-address="{step(draft, "about")}"' in html
    assert 'name="initial-title" value="Prison"' in html
    assert "Draft saved at" in html
    assert "<html" not in html

    client.post(NEW, typed | {"title": "Prison officers", "initial-title": "Prison"})
    draft.refresh_from_db()
    assert draft.title == "Prison officers"
    assert AssistanceRequest.objects.count() == 1


def test_things_saved_while_typed_stay_the_same_things(client, focal):
    draft = worlds.draft(focal)
    needs = step(draft, "needs")
    item = draft.items.get()
    page = client.get(f"{needs}?more=1")
    typed = shown(page) | {"items-1-words": "Second", "autosave": "1"}
    html = client.post(needs, typed).content.decode()
    second = draft.items.get(n=2)
    assert f'name="items-0-pk" value="{item.pk}"' in html
    assert f'name="items-1-pk" value="{second.pk}"' in html


def test_saving_while_typing_never_writes_over_a_colleague(client, focal):
    draft = worlds.draft(focal)
    whom = step(draft, "whom")
    page = client.get(whom)
    save_draft(user=focal, organisation=draft.organisation, draft=draft, reason="Theirs")
    for change in ({"reason": "Mine"}, {"beneficiaries": "Mine"}):
        answer = client.post(whom, shown(page) | change | {"autosave": "1"})
        assert answer.status_code == 409
        assert "Save and see both" in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.reason, draft.beneficiaries) == ("Theirs", "Police investigators")


def test_a_colleague_at_another_step_does_not_disturb(client, focal):
    draft = worlds.draft(focal)
    page = client.get(step(draft, "whom"))
    save_draft(user=focal, organisation=draft.organisation, draft=draft, title="Theirs")
    typed = shown(page) | {"reason": "Mine", "autosave": "1"}
    assert client.post(step(draft, "whom"), typed).status_code == 200
    draft.refresh_from_db()
    assert (draft.title, draft.reason) == ("Theirs", "Mine")


def test_what_can_t_be_saved_while_typing_is_said_in_one_line(client, focal):
    draft = worlds.draft(focal)
    typed = {"needed_by": "soon", "revision": draft.revision, "autosave": "1"}
    answer = client.post(step(draft, "whom"), typed)
    assert answer.status_code == 422
    assert "Needed by" in answer.content.decode()


def test_what_no_form_of_this_site_sends_is_not_saved(client, focal):
    draft = worlds.draft(focal)
    answer = client.post(step(draft, "needs"), {"autosave": "1", "revision": draft.revision})
    assert answer.status_code == 422
    assert "load the page again" in answer.content.decode()


def test_the_first_step_of_a_request_that_was_sent_leads_to_it(client, focal):
    form = {"title": "Training", "key": str(uuid.uuid4()), "continue": "1"}
    client.post(NEW, form)
    AssistanceRequest.objects.get().delete()
    asked = worlds.submitted(focal)
    AssistanceRequest.objects.update(creation_key=form["key"])
    assert client.post(NEW, form).url == reverse("request", args=[asked.pk])


def test_a_request_sent_meanwhile_is_not_written_any_more(client, focal):
    asked = worlds.submitted(focal)
    answer = client.post(step(asked, "whom"), {"reason": "Late", "autosave": "1"})
    assert answer.status_code == 409
    told = client.post(step(asked, "whom"), {"reason": "Late"}, follow=True)
    assert told.redirect_chain[-1][0] == reverse("request", args=[asked.pk])
    asked.refresh_from_db()
    assert asked.reason == "Cases rise"


def test_a_lost_session_comes_back_to_the_step_after_signing_in(client, focal):
    draft = worlds.draft(focal)
    client.logout()
    for path in (NEW, step(draft, "whom")):
        answer = client.post(path, {"title": "Training"})
        assert answer.status_code == 302
        assert f"next={path}" in answer.url


def test_a_draft_is_deleted_after_asking_once(client, focal):
    draft = worlds.draft(focal)
    url = reverse("request-delete", args=[draft.pk])
    assert "Keep it" in client.get(url).content.decode()
    client.post(url)
    assert not AssistanceRequest.objects.exists()


def test_files_are_judged_by_content_and_served_to_save(client, focal, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    draft = worlds.draft(focal)
    files = step(draft, "files")
    bad = SimpleUploadedFile("letter.pdf", b"MZ\x00\x01" + bytes(100))
    good = SimpleUploadedFile("../letter.txt", b"Dear colleagues")
    answer = client.post(files, {"file": [bad, good], "continue": "1"})
    assert answer.status_code == 422
    assert "letter.pdf" in str(answer.context["form"].errors["file"])
    file = draft.attachments.get()
    assert (file.filename, file.content_type) == ("letter.txt", "text/plain")
    got = client.get(reverse("request-file", args=[draft.pk, file.pk]))
    assert got["Content-Disposition"] == 'attachment; filename="letter.txt"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert b"".join(got.streaming_content) == b"Dear colleagues"
    removed = client.post(reverse("request-file-remove", args=[draft.pk, file.pk]))
    assert removed.url == files
    assert not draft.attachments.exists()


def test_an_auditor_can_t_ask(client):
    client.force_login(factories.person("auditor"))
    assert client.get(NEW).status_code == 403


def test_there_are_no_other_steps(client, focal):
    draft = worlds.draft(focal)
    assert client.get(step(draft, "nothing")).status_code == 404


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


def test_who_speaks_for_two_states_chooses_one(client, focal):
    other = factories.StateFactory(country__iso="CO")
    factories.directory.Membership.objects.create(
        user=focal, organisation=other, role="focal_point"
    )
    missing = client.post(NEW, {"title": "Training", "continue": "1"})
    assert missing.status_code == 422
    client.post(NEW, {"title": "Training", "organisation": other.pk, "continue": "1"})
    assert AssistanceRequest.objects.get().organisation == other


def test_too_many_things_are_refused_and_none_is_lost(client, focal):
    draft = worlds.draft(focal)
    words = [f"Thing {n}" for n in range(21)]
    answer = client.post(step(draft, "needs"), things(*words, revision=draft.revision))
    assert answer.status_code == 422
    assert "Thing 20" in answer.content.decode()
