"""What people outside UNODC see of activities: theirs, reduced; the rest is not there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assistance.models import Activity, Evidence
from assistance.services import (
    MandateLink,
    NewDelivery,
    add_evidence,
    approve,
    log_activity,
    verify_evidence,
)
from tests import factories as f
from tests.activities.conftest import PDF, asked_by, logged, plan

pytestmark = pytest.mark.django_db

SECRETS = ("TA-2000", "GLOU40", "Estado", "Secret of the plan", "proposed by", "confirmed by")


@pytest.fixture
def world(kenya):
    """An approved activity for Kenya and Colombia, one for Colombia alone, one public, a draft."""
    colombia = asked_by("CO")
    kenya.item.words, colombia.item.words = "Wish of Kenya", "Wish of Colombia"
    kenya.item.save(), colombia.item.save()
    both = log_activity(
        by=f.officer(),
        countries=[kenya.country, colombia.country],
        mandates=[MandateLink(kenya.mandate), MandateLink(colombia.mandate)],
        items=[kenya.item, colombia.item],
        deliveries=[
            NewDelivery(on=f.today(), country=kenya.country, women=1),
            NewDelivery(on=f.today(), country=colombia.country, women=77),
        ],
        send=True,
        **plan(title="For both", project_code="GLOU40", description="Secret of the plan"),
    )
    theirs = logged(colombia, title="For Colombia")
    public = logged(colombia, title="Public", visibility="public", project_code="GLOU40")
    for activity in (both, theirs, public):
        approve(activity=activity, by=f.manager())
    logged(kenya, title="Not approved")
    logged(kenya, title="Draft", send=False)
    return {"both": both, "theirs": theirs, "public": public}


def test_a_focal_point_lists_its_own_and_what_is_public(client, world):
    client.force_login(f.focal_point("KE"))
    page = client.get(reverse("activity-list"))
    assert {one.title for one in page.context["page_obj"]} == {"For both", "Public"}
    export = client.get(reverse("activity-export")).content.decode()
    for words in (page.text, export):
        assert "For Colombia" not in words
        assert "GLOU40" not in words
    row = next(line for line in export.splitlines() if line.startswith("For both"))
    assert "State KE" in row
    assert "State CO" not in row


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("state=CO", {"Public"}),
        ("state=KE", {"For both"}),
        ("text=secret", set()),
        ("text=GLOU40", set()),
        ("approval=draft", {"For both", "Public"}),
        ("mine=true", {"For both", "Public"}),
    ],
)
def test_filters_tell_a_focal_point_nothing_internal(client, world, query, titles):
    client.force_login(f.focal_point("KE"))
    page = client.get(f"{reverse('activity-list')}?{query}")
    assert {one.title for one in page.context["page_obj"]} == titles


def test_the_page_is_reduced_to_what_is_the_states_own(client, world, kenya):
    client.force_login(f.focal_point("KE"))
    words = client.get(reverse("activity", args=[world["both"].pk])).text
    assert "Wish of Kenya" in words
    assert kenya.item.request.ref in words
    for hidden in ("Wish of Colombia", "State CO", "GLOU40", "Secret of the plan", "confirmed by"):
        assert hidden not in words
    client.force_login(f.officer())
    internal = client.get(reverse("activity", args=[world["both"].pk])).text
    for shown in ("Wish of Colombia", "State CO", "GLOU40", "Secret of the plan", "confirmed by"):
        assert shown in internal


def test_what_is_another_states_is_not_there(client, world, kenya):
    not_approved = Activity.objects.get(title="Not approved")
    hidden = [world["theirs"], not_approved, Activity.objects.get(title="Draft")]
    client.force_login(f.focal_point("KE"))
    for activity in hidden:
        assert client.get(reverse("activity", args=[activity.pk])).status_code == 404
        for delivery in activity.deliveries.all():
            assert client.get(reverse("delivery", args=[delivery.pk])).status_code == 404
    other = world["both"].deliveries.get(country__iso="CO")
    assert client.get(reverse("delivery", args=[other.pk])).status_code == 404


def test_evidence_is_the_states_own_once_verified(client, world):
    pieces = {}
    for delivery in world["both"].deliveries.all():
        pieces[delivery.country.iso] = add_evidence(
            delivery=delivery,
            by=f.officer(),
            kind="report",
            file=SimpleUploadedFile("report.pdf", PDF),
        )

    def answers(person):
        client.force_login(person)
        return {
            iso: client.get(reverse("evidence-file", args=[piece.pk])).status_code
            for iso, piece in pieces.items()
        }

    focal = f.focal_point("KE")
    assert answers(focal) == {"KE": 404, "CO": 404}
    for piece in pieces.values():
        verify_evidence(evidence=piece, by=f.officer())
    assert answers(focal) == {"KE": 200, "CO": 404}
    assert answers(f.officer()) == {"KE": 200, "CO": 200}
    address = Evidence.objects.filter(file="").first()
    assert client.get(reverse("evidence-file", args=[address.pk])).status_code == 404


def test_the_state_replies_on_the_page_of_the_delivery(client, world):
    delivery = world["both"].deliveries.get(country__iso="KE")
    client.force_login(f.focal_point("KE"))
    page = reverse("delivery", args=[delivery.pk])
    answer = client.post(page, {"verdict": "disputed", "words": ""})
    assert "words" in answer.context["form"].errors
    client.post(page, {"verdict": "disputed", "words": "Nobody came"})
    assert delivery.replies.get().words == "Nobody came"
    client.force_login(f.officer())
    assert "Nobody came" in client.get(reverse("activity", args=[world["both"].pk])).text


WRITING = [
    "activity-new",
    "activity-edit",
    "delivery-new",
    "link-new",
    "approval-list",
    "evidence-list",
    "suspect-list",
]


@pytest.mark.parametrize("name", WRITING)
def test_only_staff_enters_the_pages_of_work(client, world, name):
    args = [world["both"].pk] if name.endswith(("edit", "new")) and name != "activity-new" else []
    address = reverse(name, args=args)
    assert "/accounts/login/" in client.get(address)["Location"]
    client.force_login(f.focal_point("KE"))
    assert client.get(address).status_code == 403


def test_the_public_reads_what_is_public_when_the_site_is_open(client, world, settings):
    assert "/accounts/login/" in client.get(reverse("activity-list"))["Location"]
    settings.PUBLIC_SITE = True
    page = client.get(reverse("activity-list"))
    assert [one.title for one in page.context["page_obj"]] == ["Public"]
    words = client.get(reverse("activity", args=[world["public"].pk])).text
    assert "GLOU40" not in words
    assert "TA-2000" not in words
    assert client.get(reverse("activity", args=[world["both"].pk])).status_code == 404
