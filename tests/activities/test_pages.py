"""The pages of activities, through HTTP."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assistance.models import Activity, Evidence, LinkState
from assistance.services import add_evidence, approve, change_activity
from tests import factories as f
from tests.activities.conftest import PDF, asked_by, logged

pytestmark = pytest.mark.django_db


def day(ago: int) -> str:
    return (f.today() - dt.timedelta(days=ago)).isoformat()


def form_values(asked, **changes):
    return {
        "title": "Training on tracing virtual assets, second part",
        "kind": "training",
        "status": "4",
        "first": day(5),
        "last": day(3),
        "countries": [asked.country.iso],
        "unit": f.UnitFactory().pk,
        "project_code": "GLOU40",
        "items": [asked.item.pk],
        "women": "10",
        "men": "12",
        "evidence_kind": "participants",
        "file": SimpleUploadedFile("list-of-participants.pdf", PDF),
        "submission": "one",
        "act": "send",
        **changes,
    }


@pytest.fixture
def officer(client):
    person = f.officer()
    client.force_login(person)
    return person


def test_an_activity_is_logged_on_one_page(client, officer, kenya):
    response = client.post(reverse("activity-new"), form_values(kenya))
    activity = Activity.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("activity", args=[activity.pk])
    assert (activity.actual_start.isoformat(), activity.actual_end.isoformat()) == (day(5), day(3))
    assert activity.planned_start is None
    assert activity.sent_at is not None
    link = activity.mandate_links.get()
    assert (link.mandate, link.weight, link.state) == (kenya.mandate, "principal", "proposed"), (
        "the mandate comes with its item, also without script"
    )
    delivery = activity.deliveries.get()
    assert (delivery.on.isoformat(), delivery.began_on.isoformat()) == (day(3), day(5))
    assert (delivery.women, delivery.men, delivery.not_stated) == (10, 12, None)
    assert delivery.evidence.get().filename == "list-of-participants.pdf"
    page = client.get(response["Location"])
    assert "Waits for a second person’s yes" in page.text
    assert "Somebody who did not write it has to approve it" in page.text


def test_a_mandate_unticked_by_hand_stays_unticked(client, officer, kenya):
    client.post(reverse("activity-new"), form_values(kenya, offered=[kenya.mandate.pk]))
    assert not Activity.objects.get().mandate_links.exists()


def test_weight_and_several_states_and_draft(client, officer, kenya):
    colombia = asked_by("CO")
    values = form_values(
        kenya,
        countries=["KE", "CO"],
        items=[kenya.item.pk, colombia.item.pk],
        mandates=[kenya.mandate.pk],
        women="",
        men="",
        act="draft",
        **{f"weight-{kenya.mandate.pk}": "significant"},
    )
    client.post(reverse("activity-new"), values)
    activity = Activity.objects.get()
    assert activity.sent_at is None
    assert activity.mandate_links.get(mandate=kenya.mandate).weight == "significant"
    ticked = {one.country.iso: [i.pk for i in one.items.all()] for one in activity.deliveries.all()}
    assert ticked == {"KE": [kenya.item.pk], "CO": [colombia.item.pk]}


def test_a_planned_activity_keeps_planned_dates_and_no_delivery(client, officer, kenya):
    tomorrow = (f.today() + dt.timedelta(days=1)).isoformat()
    values = form_values(kenya, status="1", first=tomorrow, last="", women="", men="")
    del values["file"]
    client.post(reverse("activity-new"), values)
    activity = Activity.objects.get()
    assert (activity.planned_start.isoformat(), activity.actual_start) == (tomorrow, None)
    assert not activity.deliveries.exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"first": day(2), "last": day(3)}, "last", "must not be before"),
        ({"countries": ["XX"]}, "countries", "is no State we know"),
        ({"held_on": "2999-01-01"}, "held_on", "can&#x27;t be dated in the future"),
        ({"title": ""}, "title", "required"),
        ({"countries": ["CO"]}, "items", "which the activity does not name"),
        ({"file": SimpleUploadedFile("a.pdf", b"\x7fELF\x02")}, "file", "Send a PDF"),
        ({"file": SimpleUploadedFile("a.pdf", b"")}, "file", "The file is empty"),
        ({"url": "https://example.org"}, "url", "not both"),
        ({"countries": ["KE", "CO"]}, "women-CO", "counted by State"),
        ({"last": "", "status": "2"}, "held_on", "Say when it was delivered"),
    ],
)
def test_bad_input_is_told_at_the_field_and_nothing_is_saved(
    client, officer, kenya, changes, field, words
):
    f.CountryFactory(iso="CO")
    response = client.post(reverse("activity-new"), form_values(kenya, **changes))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert words in response.text
    assert "GLOU40" in response.text, "nothing typed is lost"
    assert not Activity.objects.exists()


def test_a_chosen_file_survives_an_error_elsewhere(client, officer, kenya):
    response = client.post(reverse("activity-new"), form_values(kenya, title=""))
    kept = re.search(r'name="kept_file" value="([^"]+)"', response.text)[1]
    assert "list-of-participants.pdf" in response.text
    values = form_values(kenya, kept_file=kept)
    del values["file"]
    client.post(reverse("activity-new"), values)
    assert Evidence.objects.get().file.read() == PDF


def test_a_kept_file_is_nobody_elses(client, officer, kenya):
    response = client.post(reverse("activity-new"), form_values(kenya, title=""))
    kept = re.search(r'name="kept_file" value="([^"]+)"', response.text)[1]
    client.force_login(f.officer())
    values = form_values(kenya, kept_file=kept)
    del values["file"]
    client.post(reverse("activity-new"), values)
    assert not Evidence.objects.exists()


def test_a_double_click_logs_once(client, officer, kenya):
    values = form_values(kenya)
    first = client.post(reverse("activity-new"), values)
    second = client.post(reverse("activity-new"), form_values(kenya))
    assert first["Location"] == second["Location"]
    assert Activity.objects.count() == 1


def test_the_next_one_begins_with_unit_project_and_states_of_the_last(client, officer, kenya):
    response = client.post(reverse("activity-new"), form_values(kenya, act="next"))
    page = client.get(response["Location"])
    values = page.context["form"].initial
    assert (values["project_code"], values["countries"]) == ("GLOU40", ["KE"])


def test_refresh_shows_items_of_the_states_and_what_a_yes_will_do(client, officer, kenya):
    values = form_values(kenya, act="refresh", title="")
    del values["file"]
    response = client.post(reverse("activity-new"), values)
    assert response.context["form"].errors == {}
    assert kenya.item.words in response.text
    [effect] = response.context["outlook"].effects
    assert (effect.now, effect.after_yes, effect.after_evidence) == (
        "unmet",
        "delivered",
        "delivered",
    )
    assert not Activity.objects.exists()


def test_the_form_opens_with_the_item_of_a_request(client, officer, kenya):
    page = client.get(reverse("activity-new"), {"item": kenya.item.pk})
    assert page.context["answers"].ticked_items[0].item == kenya.item
    assert page.context["answers"].ticked_mandates[0].mandate == kenya.mandate


def test_a_stale_form_shows_both_texts_and_loses_nothing(client, officer, kenya):
    activity = logged(kenya)
    page = client.get(reverse("activity-edit", args=[activity.pk]))
    values = {k: v for k, v in page.context["form"].initial.items() if v is not None}
    change_activity(activity=activity, by=f.officer(), revision=1, title="Theirs", place="Nairobi")
    stale = client.post(reverse("activity-edit", args=[activity.pk]), {**values, "title": "Mine"})
    assert stale.status_code == 409
    keeps = {one.name: (one.yours, one.theirs, one.keep) for one in stale.context["conflicts"]}
    assert keeps == {
        "title": ("Mine", "Theirs", "yours"),
        "place": ("–", "Nairobi", "theirs"),
    }
    again = {
        **values,
        "title": "Mine",
        "revision": stale.context["form"]["revision"].value(),
        "keep-title": "yours",
        "keep-place": "theirs",
    }
    assert client.post(reverse("activity-edit", args=[activity.pk]), again).status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.place, activity.revision) == ("Mine", "Nairobi", 3)


def test_reversed_dates_are_told_at_the_field_when_changing(client, officer, kenya):
    activity = logged(kenya)
    page = client.get(reverse("activity-edit", args=[activity.pk]))
    values = {k: v for k, v in page.context["form"].initial.items() if v is not None}
    values["actual_end"] = day(30)
    response = client.post(reverse("activity-edit", args=[activity.pk]), values)
    assert list(response.context["form"].errors) == ["actual_end"]


def test_a_delivery_is_added_changed_and_shown_with_its_evidence(client, officer, kenya):
    activity = logged(kenya)
    response = client.post(
        reverse("delivery-new", args=[activity.pk]),
        {"kind": "mentoring", "country": "KE", "on": day(1), "women": "3"},
    )
    made = activity.deliveries.get(kind="mentoring")
    assert response["Location"] == reverse("evidence-add", args=[made.pk])
    assert list(made.items.all()) == [kenya.item]
    client.post(
        response["Location"],
        {"evidence_kind": "report", "file": SimpleUploadedFile("report.pdf", PDF)},
    )
    values = {"kind": "mentoring", "country": "KE", "on": day(1), "women": "4", "revision": 1}
    client.post(reverse("delivery-edit", args=[made.pk]), {**values, "items": [kenya.item.pk]})
    made.refresh_from_db()
    assert (made.women, made.revision) == (4, 2)
    stale = client.post(reverse("delivery-edit", args=[made.pk]), {**values, "women": "9"})
    assert stale.status_code == 409
    assert "women 4" in stale.text
    page = client.get(reverse("delivery", args=[made.pk]))
    assert "report.pdf" in page.text
    assert kenya.item.words in page.text


def test_evidence_is_served_to_save_and_never_to_open(client, officer, kenya):
    delivery = logged(kenya).deliveries.get()
    piece = add_evidence(
        delivery=delivery, by=officer, kind="text", file=SimpleUploadedFile("a.txt", b"<b>words")
    )
    response = client.get(reverse("evidence-file", args=[piece.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="a.txt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == b"<b>words"


def test_links_are_proposed_rejected_with_a_reason_and_reopened(client, officer, kenya):
    activity = logged(kenya)
    other = f.MandateFactory()
    client.post(
        reverse("link-new", args=[activity.pk]),
        {"mandate": other.pk, "weight": "significant", "reason": "tools"},
    )
    link = activity.mandate_links.get(mandate=other)
    assert (link.state, link.reason, link.proposed_by) == ("proposed", "tools", officer)
    decide = reverse("link-decide", args=["mandate", link.pk])
    client.post(decide, {"act": "confirm"})
    link.refresh_from_db()
    assert link.state == LinkState.PROPOSED, "nobody confirms the own proposal"
    client.post(decide, {"act": "reject"})
    link.refresh_from_db()
    assert link.state == LinkState.PROPOSED, "a rejection needs a reason"
    client.post(decide, {"act": "reject", "reason": "Another paragraph"})
    link.refresh_from_db()
    assert (link.state, link.reason, link.decided_by) == ("rejected", "Another paragraph", officer)
    assert "Another paragraph" in client.get(reverse("activity", args=[activity.pk])).text
    client.post(decide, {"act": "reopen"})
    client.force_login(f.officer())
    client.post(decide, {"act": "confirm"})
    link.refresh_from_db()
    assert link.state == LinkState.CONFIRMED


def test_a_suspect_link_is_looked_at_again(client, officer, kenya):
    activity = logged(kenya)
    approve(activity=activity, by=f.officer())
    kenya.mandate.revision += 1
    kenya.mandate.save()
    page = client.get(reverse("suspect-list"))
    assert {row.kind for row in page.context["rows"]} == {"mandate", "tie"}
    for row in page.context["rows"]:
        client.post(
            reverse("link-decide", args=[row.kind, row.link.pk]),
            {"act": "look-again", "next": "suspect"},
        )
    assert client.get(reverse("suspect-list")).context["rows"] == []


def test_the_list_filters_sorts_and_exports_exactly_what_it_shows(client, officer, kenya):
    mine = logged(kenya, by=officer, title="=Mine")
    approve(activity=mine, by=f.officer())
    waits = logged(asked_by("CO"), title="Waits")
    draft = logged(asked_by("NE"), title="Draft", send=False)
    paragraph = kenya.mandate.paragraph
    cases = {
        "": {mine, waits, draft},
        "mine=true": {mine},
        "approval=waiting": {waits},
        "approval=draft": {draft},
        "state=CO": {waits},
        f"resolution={paragraph.resolution.slug}&paragraph={paragraph.number}": {mine},
        "text=wai": {waits},
        f"from={day(0)}": set(),
        f"to={day(4)}": {mine, waits, draft},
        "kind=tool": set(),
        "overdue=true": set(),
    }
    for query, expected in cases.items():
        page = client.get(f"{reverse('activity-list')}?{query}")
        assert set(page.context["page_obj"].object_list) == expected, query
        rows = client.get(f"{reverse('activity-export')}?{query}").content.decode().splitlines()
        assert len(rows) == 1 + len(expected), query
    page = client.get(f"{reverse('activity-list')}?sort=-title&approval=waiting&mine=false")
    assert [tag["value"] for tag in page.context["filter_tags"]] == ["Waits for approval", "no"]
    export = client.get(reverse("activity-export")).content.decode()
    assert "'=Mine" in export, "no cell begins a formula"


@pytest.mark.parametrize(("rows", "queries"), [(1, 11), (3, 11)])
def test_the_list_reads_a_constant_number_of_queries(
    client, officer, django_assert_num_queries, rows, queries
):
    for iso in ["KE", "CO", "NE"][:rows]:
        logged(asked_by(iso))
    client.get(reverse("activity-list"))
    with django_assert_num_queries(queries):
        client.get(reverse("activity-list"))


@pytest.mark.parametrize(("rows", "queries"), [(1, 31), (3, 31)])
def test_the_queue_reads_a_constant_number_of_queries(
    client, officer, django_assert_num_queries, rows, queries
):
    for iso in ["KE", "CO", "NE"][:rows]:
        logged(asked_by(iso))
    client.get(reverse("approval-list"))
    with django_assert_num_queries(queries):
        client.get(reverse("approval-list"))
