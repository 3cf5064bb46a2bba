"""Ten activities with links and evidence on one page, and one yes for them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assistance.models import Activity, Approval, Evidence, FileScan
from assistance.services import NewDelivery, NewEvidence, log_activity
from tests import factories as f
from tests.activities.conftest import asked_by, logged, plan

pytestmark = pytest.mark.django_db
APPROVALS = "/approvals/"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def second(client, db):
    person = f.officer()
    client.force_login(person)
    return person


def as_ticked(page, **changes):
    """What the browser sends of the page as it comes: everything is ticked."""
    cards = page.context["cards"]
    return {
        "activities": [card["activity"].pk for card in cards],
        "verify": [piece.pk for card in cards for piece in card["mine"].evidence],
        **{f"seen-{card['activity'].pk}": card["waiting"].seal for card in cards},
        **changes,
    }


def words_of(response):
    return " ".join(str(message) for message in response.context["messages"])


def photographed(by):
    file = SimpleUploadedFile("room.png", PNG, content_type="image/png")
    return log_activity(
        by=by,
        deliveries=[NewDelivery(on=f.today(), evidence=[NewEvidence("other", file=file)])],
        send=True,
        **plan(),
    )


def test_one_yes_is_for_ten_with_their_evidence(client, second):
    kenya, by = asked_by("KE"), f.officer()
    for n in range(11):
        logged(kenya, by=by, title=f"Course {n}")
    page = client.get(APPROVALS)
    assert len(page.context["cards"]) == 10
    assert "1 more comes after these" in page.text
    assert "<strong>10</strong> of 11" in page.text
    response = client.post(APPROVALS, as_ticked(page), follow=True)
    assert "10 activities approved" in words_of(response)
    assert len(response.context["cards"]) == 1
    assert Evidence.objects.filter(verified_by=second).count() == 10
    assert not Approval.objects.filter(self_approved=True).exists()


def test_what_is_unticked_is_left(client, second):
    kenya, by = asked_by("KE"), f.officer()
    first, other = (logged(kenya, by=by) for _twice in range(2))
    page = client.get(APPROVALS)
    client.post(APPROVALS, as_ticked(page, activities=[first.pk], verify=[]))
    assert set(Activity.objects.approved()) == {first}
    assert not Evidence.objects.filter(verified_at__isnull=False).exists()
    client.post(APPROVALS, as_ticked(page, activities=[], only=other.pk))
    assert set(Activity.objects.approved()) == {first, other}
    verified = Evidence.objects.get(verified_at__isnull=False)
    assert verified.delivery.activity == other, "evidence of what was not approved is left"


def test_the_own_work_is_not_among_them(client, second):
    own = logged(asked_by("KE"), by=second)
    page = client.get(APPROVALS)
    assert page.context["cards"] == []
    client.post(APPROVALS, {"activities": [own.pk]})
    assert not Approval.objects.exists()


def test_a_picture_is_shown_small_once_it_is_released(client, second, settings):
    photographed(f.officer())
    piece = Evidence.objects.get()
    page = client.get(APPROVALS)
    assert piece.sha256 in page.text
    assert f'<img class="evidence-tick__picture" src="/evidence/{piece.pk}/file/"' in page.text
    settings.SCANNER = "tcp://127.0.0.1:1"
    assert "<img" not in client.get(APPROVALS).text
    FileScan.objects.create(sha256=piece.sha256, found="")
    assert "<img" in client.get(APPROVALS).text


def test_the_official_words_of_each_mandate_are_shown(client, second):
    kenya = asked_by("KE")
    words = "Requests the Office to help."
    text = f.TextFactory(resolution=kenya.mandate.paragraph.resolution)
    paragraph_text = kenya.mandate.paragraph.texts.create(text=text, words=words)
    kenya.mandate.spans.create(paragraph_text=paragraph_text, start=0, end=len(words), verb="R")
    logged(kenya)
    assert words in client.get(APPROVALS).text
