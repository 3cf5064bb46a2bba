"""The pages to copy, to deliver again and again, to split; and participants of several States."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assistance.models import Activity
from assistance.services import change_activity, share_out
from tests import factories as f
from tests.activities.conftest import PDF, asked_by, logged, plan

pytestmark = pytest.mark.django_db


def day(ago: int) -> str:
    return (f.today() - dt.timedelta(days=ago)).isoformat()


@pytest.fixture
def officer(client):
    person = f.officer()
    client.force_login(person)
    return person


@pytest.fixture
def running(kenya, officer):
    """A programme of years in two States."""
    return logged(kenya, by=officer, status="2", actual_end=None, planned_end=None)


def test_a_copy_is_shown_before_it_is_made(client, running):
    address = reverse("activity-copy", args=[running.pk])
    assert f"{running.title} (2)" in client.get(address).text
    asked = {"number": "3", "every": "2", "unit": "weeks", "first": "2027-01-04"}
    shown = client.post(address, {**asked, "act": "show"}).text
    assert f"{running.title} (4)" in shown
    assert "1 Feb 2027" in shown
    assert Activity.objects.count() == 1
    made = client.post(address, {**asked, "act": "make"}, follow=True)
    assert Activity.objects.count() == 4
    assert "3 copies made." in made.text
    assert "Copy these links to 3 activities of the same series" in made.text


def test_one_copy_opens_and_belongs_to_no_series(client, running):
    address = reverse("activity-copy", args=[running.pk])
    made = client.post(address, {"number": "1", "every": "3", "unit": "months", "act": "make"})
    copy = Activity.objects.exclude(pk=running.pk).get()
    assert made["Location"] == reverse("activity", args=[copy.pk])
    assert copy.series is None


def test_too_many_copies_are_refused_at_the_field(client, running):
    address = reverse("activity-copy", args=[running.pk])
    page = client.post(address, {"number": "99", "every": "3", "unit": "months", "act": "make"})
    assert 'href="#id_number"' in page.text
    assert "Correct what is marked above." in page.text


def test_links_follow_by_a_button(client, officer, running):
    address = reverse("activity-copy-links", args=[running.pk])
    client.post(
        reverse("activity-copy", args=[running.pk]),
        {"number": "2", "every": "3", "unit": "months", "act": "make"},
    )
    others = {"to": [one.pk for one in Activity.objects.exclude(pk=running.pk)]}
    assert "don’t have these links yet" in client.post(address, others, follow=True).text
    client.post(
        reverse("link-new", args=[running.pk]),
        {"mandate": f.MandateFactory().pk, "weight": "principal"},
    )
    f.ActivityFactory(title=running.title, unit=running.unit, project_code=running.project_code)
    page = client.get(reverse("activity", args=[running.pk]))
    assert {one.pk for one in page.context["siblings"]} == set(others["to"]), "no guess in a series"
    assert "Proposed for 2 activities" in client.post(address, others, follow=True).text


def rows(*given: dict[str, str], **common: object) -> dict[str, object]:
    """What the form of several deliveries sends."""
    sent: dict[str, object] = {
        "row-TOTAL_FORMS": len(given),
        "row-INITIAL_FORMS": len(given),
        "kind": "training",
        "evidence_kind": "participants",
        "act": "add",
        **common,
    }
    for n, row in enumerate(given):
        sent |= {f"row-{n}-{name}": value for name, value in row.items()}
    return sent


def test_several_deliveries_are_a_row_each_with_one_evidence(client, officer, running, kenya):
    change_activity(
        activity=running, by=officer, revision=1, countries=[kenya.country, asked_by("NE").country]
    )
    address = reverse("deliveries-new", args=[running.pk])
    assert client.get(address).text.count("State NE") >= 2, "a row for each State"
    answer = client.post(
        address,
        rows(
            {"country": "KE", "on": day(1), "women": "20"},
            {"country": "NE", "on": day(1), "men": "20"},
            {"country": "NE"},
            file=SimpleUploadedFile("list.pdf", PDF),
        ),
        follow=True,
    )
    assert "2 deliveries added." in answer.text
    made = running.deliveries.order_by("-pk")[:2]
    assert {one.evidence.get().filename for one in made} == {"list.pdf"}


def test_a_row_that_is_wrong_is_marked_and_its_file_is_kept(client, officer, running):
    address = reverse("deliveries-new", args=[running.pk])
    soon = (f.today() + dt.timedelta(days=3)).isoformat()
    page = client.post(
        address,
        rows(
            {"country": "KE"},
            {"country": "KE", "on": soon},
            file=SimpleUploadedFile("list.pdf", PDF),
        ),
    )
    assert 'href="#id_row-1-on"' in page.text
    assert "Your file “list.pdf” is kept" in page.text
    assert running.deliveries.count() == 1
    page = client.post(address, rows({"country": "KE", "women": "3"}))
    assert "Say when it was delivered." in page.text
    page = client.post(address, rows({"country": "KE"}))
    assert "Give at least one day." in page.text
    page = client.post(address, rows({"country": "KE", "on": day(1)}, url="ftp://example.org"))
    assert 'href="#id_url"' in page.text
    assert client.post(address, rows()).status_code == 200, "no row at all"
    more = client.post(address, rows({"country": "KE", "on": day(1)}, act="row"))
    assert 'name="row-1-country"' in more.text
    assert running.deliveries.count() == 1


def test_one_delivery_comes_with_its_evidence_and_groups(client, running):
    address = reverse("delivery-new", args=[running.pk])
    sent = {
        "kind": "training",
        "country": "KE",
        "on": day(1),
        "participants": "40",
        "by_age-18_29": "30",
        "by_age-30_59": "9",
        "url": "https://example.org/list",
    }
    page = client.post(address, sent)
    assert 'href="#id_by_age-under_18"' in page.text
    assert "39 by age group, 40 in all, a difference of 1" in page.text
    answer = client.post(address, {**sent, "by_age-30_59": "10"})
    assert answer["Location"] == reverse("activity", args=[running.pk])
    delivery = running.deliveries.latest("pk")
    assert delivery.by_age == {"18_29": 30, "30_59": 10}
    shown = client.get(reverse("delivery", args=[delivery.pk])).text
    assert "18 to 29: 30, 30 to 59: 10" in shown
    edited = client.get(reverse("delivery-edit", args=[delivery.pk])).text
    assert 'name="by_age-18_29" value="30"' in edited


def test_shares_are_told_at_the_field_and_shown_with_the_plan(client, officer, running, kenya):
    change_activity(
        activity=running, by=officer, revision=1, countries=[kenya.country, asked_by("NE").country]
    )
    address = reverse("activity-shares", args=[running.pk])
    page = client.post(address, {"state-KE": "60", "state-NE": "60"})
    assert "The shares sum to 120; they must sum to 100." in page.text
    assert 'href="#id_state-KE"' in page.text
    mandate = f"mandate-{kenya.mandate.pk}"
    client.post(address, {"state-KE": "60", "state-NE": "40", mandate: "100"})
    shown = client.get(reverse("activity", args=[running.pk])).text
    assert "State KE 60" in shown
    assert running.mandate_links.get().share == 100
    history = client.get(reverse("activity-history", args=[running.pk])).text
    assert "Share in per cent" in history


def test_participants_of_several_states_are_asked_for_each(client, officer, kenya):
    niger = asked_by("NE")
    sent = {
        "title": "Training of 40",
        "kind": "training",
        "status": "4",
        "first": day(5),
        "last": day(3),
        "countries": ["KE", "NE"],
        "unit": f.UnitFactory().pk,
        "evidence_kind": "participants",
        "items": [kenya.item.pk, niger.item.pk],
        "file": SimpleUploadedFile("list.pdf", PDF),
        "act": "send",
    }
    page = client.post(reverse("activity-new"), {**sent, "women": "40"})
    assert 'href="#id_women-KE"' in page.text
    each = {"women-KE": "9", "men-KE": "11", "women-NE": "12", "men-NE": "8"}
    sent["file"] = SimpleUploadedFile("list.pdf", PDF)
    client.post(reverse("activity-new"), {**sent, **each, "cost": "", "currency": "USD"})
    activity = Activity.objects.get()
    assert [one.participants for one in activity.deliveries.all()] == [20, 20]
    assert activity.currency == ""


def test_cost_and_partners_are_logged_shown_and_in_the_history(client, officer, kenya):
    partner = f.EntityFactory(code="interpol")
    activity = logged(kenya, by=officer)
    values = {
        **{name: value for name, value in plan().items() if value is not None},
        "countries": ["KE"],
        "unit": f.UnitFactory().pk,
        "partners": [partner.code],
        "cost": "12500",
        "currency": "USD",
        "revision": activity.revision,
    }
    client.post(reverse("activity-edit", args=[activity.pk]), values)
    shown = client.get(reverse("activity", args=[activity.pk])).text
    assert "USD 12,500.00" in shown
    assert "interpol" in shown
    history = client.get(reverse("activity-history", args=[activity.pk])).text
    assert "Partner" in history
    stale = client.post(
        reverse("activity-edit", args=[activity.pk]), {**values, "partners": [], "place": "Nairobi"}
    )
    assert stale.status_code == 409
    assert "interpol" in stale.text


def test_what_is_stale_waits_on_its_officers_home_and_nobody_elses(client, officer, kenya):
    planned = f.today() + dt.timedelta(days=20)
    activity = logged(kenya, by=officer, status="2", actual_end=None, planned_end=planned)
    old = dt.datetime.now(dt.UTC) - dt.timedelta(days=61)
    f.approve(activity.deliveries.get())
    words = "Unchanged for 60 days"
    assert words not in client.get(reverse("home")).text
    Activity.objects.filter(pk=activity.pk).update(updated_at=old)
    for parts in (activity.mandate_links, activity.item_links):
        parts.update(proposed_at=old)
    activity.deliveries.update(updated_at=old)
    activity.deliveries.get().approvals.update(at=old)
    assert words in client.get(reverse("home")).text
    found = client.get(reverse("activity-list"), {"stale": "true"})
    assert activity.title in found.text
    client.force_login(f.officer())
    assert words not in client.get(reverse("home")).text


def test_shares_of_a_copy_are_those_of_the_original(client, officer, running, kenya):
    share_out(activity=running, by=officer, states={kenya.country: 100})
    client.post(
        reverse("activity-copy", args=[running.pk]),
        {"number": "1", "every": "1", "unit": "weeks", "act": "make"},
    )
    assert Activity.objects.latest("pk").country_rows.get().share == 100
