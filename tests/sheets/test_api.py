"""Spreadsheets through the API: uploaded, looked at, written and undone by another system."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from api.models import ApiToken
from assistance.models import Activity, SheetUpload
from assistance.sheets import forms
from assistance.sheets.uploads import work_on
from tests import factories as f
from tests.sheets.conftest import ACTIVITIES, PLAN, activity_row, book, file

pytestmark = pytest.mark.django_db


def caller(person):
    """A client that calls by a token of a person, as another system would."""
    _, token = ApiToken.objects.create(user=person, expiry=None)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def api(officer):
    return caller(officer)


def uploaded(api, *rows):
    data = book({ACTIVITIES: [PLAN, *rows]})
    return api.post(reverse("api:upload-list"), {"file": file(data)}, format="multipart")


def test_a_sheet_goes_from_file_to_activities_and_back(api, mandate):
    answer = uploaded(api, activity_row("X-1"), activity_row("X-2", Kind="Magic"))
    assert (answer.status_code, answer.data["state"]) == (202, "waiting")
    url = answer.data["url"]
    work_on(upload_pk=answer.data["id"])
    assert api.get(url).data["state"] == "ready"
    rows = api.get(f"{url}rows/").data
    assert rows["count"] == 2
    first, second = rows["results"]
    assert (first["outcome"], first["after"]["states"]) == ("new", ["KE"])
    assert second["outcome"] == "refused"
    assert second["problems"][0]["column"] == "Kind"
    assert not Activity.objects.exists()
    applied = api.post(f"{url}apply/", {"send": True}, format="json")
    assert (applied.status_code, applied.data["state"]) == (200, "applying")
    work_on(upload_pk=answer.data["id"])
    assert Activity.objects.get().sent_at is not None
    assert api.post(f"{url}undo/").data["state"] == "undoing"
    work_on(upload_pk=answer.data["id"])
    assert not Activity.objects.exists()
    assert api.get(url).data["state"] == "undone"


def test_a_huge_file_is_refused_with_what_to_do(api, mandate, monkeypatch):
    monkeypatch.setattr(forms, "MAX_BYTES", 100)
    answer = uploaded(api, activity_row("X-1"))
    assert answer.status_code == 400
    assert "larger than 25 MB. Split it" in str(answer.data)


def test_a_wrong_file_and_a_second_person_are_refused(api, mandate):
    answer = api.post(reverse("api:upload-list"), {"file": file(b"a\n")}, format="multipart")
    assert answer.status_code == 400
    assert "not the headings of the template" in str(answer.data)
    upload = SheetUpload.objects.get(pk=uploaded(api, activity_row("X-1")).data["id"])
    work_on(upload_pk=upload.pk)
    answer = caller(f.officer()).post(
        reverse("api:upload-apply", args=[upload.pk]), {}, format="json"
    )
    assert answer.status_code == 400
    assert "Only whoever uploaded a sheet" in str(answer.data)
