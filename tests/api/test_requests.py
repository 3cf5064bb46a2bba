"""A State asks and an officer works, through the API alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from assistance.models import AssistanceRequest
from tests.api.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], APIClient]

LIST = "/api/v1/requests/"
DRAFT = {
    "title": "Tracing virtual assets",
    "beneficiaries": "Thirty investigators",
    "reason": "Cases rise",
    "items": [{"words": "A course on tracing", "themes": ["evidence"], "help_kinds": ["training"]}],
}


def draft(client: APIClient, **fields: Any) -> Any:
    answer = client.post(LIST, {**DRAFT, **fields}, format="json")
    assert answer.status_code == 201, answer.data
    return answer


def test_a_state_drafts_changes_and_sends_a_request(world: World, as_: As) -> None:
    client = as_("ke")
    made = draft(client)
    url = made["Location"]
    assert made.data["url"] == url
    assert made.data["state"] == "draft"
    assert made.data["states"] == ["KE"]
    assert made.data["items"][0]["themes"] == ["evidence"]

    changed = client.patch(
        url, {"title": "Tracing of assets"}, format="json", headers={"If-Match": made["ETag"]}
    )
    assert changed.status_code == 200
    assert changed.data["title"] == "Tracing of assets"
    assert len(changed.data["items"]) == 1

    sent = client.post(f"{url}submit/")
    assert sent.status_code == 200, sent.data
    assert sent.data["ref"].startswith("TA-")
    assert sent.data["state"] == "submitted"
    events = client.get(f"{url}events/").data["results"]
    assert [event["transition"] for event in events] == ["submit_request"]


def test_what_is_missing_is_said_at_its_place(world: World, as_: As) -> None:
    client = as_("ke")
    url = draft(client, title="", items=[{"words": ""}])["Location"]
    answer = client.post(f"{url}submit/")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert {"/title", "/items/0/words"} <= {error["pointer"] for error in answer.data["errors"]}


def test_a_change_names_the_version_it_is_based_on(world: World, as_: As) -> None:
    client = as_("ke")
    made = draft(client)
    url = made["Location"]
    missing = client.patch(url, {"title": "A"}, format="json")
    assert missing.status_code == 428
    first = client.patch(url, {"title": "A"}, format="json", headers={"If-Match": made["ETag"]})
    assert first.status_code == 200
    stale = client.patch(url, {"title": "B"}, format="json", headers={"If-Match": made["ETag"]})
    assert stale.status_code == 412
    assert client.get(url).data["title"] == "A"
    stale = client.delete(url, headers={"If-Match": made["ETag"]})
    assert stale.status_code == 412
    gone = client.delete(url, headers={"If-Match": first["ETag"]})
    assert gone.status_code == 204
    assert client.get(url).status_code == 404


def test_an_answer_that_is_known_is_not_sent_again(world: World, as_: As) -> None:
    client = as_("ke")
    url = reverse("api:request-detail", args=[world.ke["request"].pk])
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    AssistanceRequest.objects.filter(pk=world.ke["request"].pk).update(title="Other")
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_officer_reviews_ties_and_accepts(world: World, as_: As) -> None:
    officer = as_("officer")
    url = reverse("api:request-detail", args=[world.ke["request"].pk])
    asked = officer.post(f"{url}request-clarification/", {"words": "Which police?"}, format="json")
    assert asked.data["state"] == "clarification_requested", asked.data
    answered = as_("ke").post(f"{url}answer-clarification/", {"words": "All"}, format="json")
    assert answered.data["state"] == "under_review", answered.data
    messages = officer.get(f"{url}messages/").data["results"]
    assert [one["kind"] for one in messages][-2:] == ["question", "answer"]
    item = reverse("api:item-detail", args=[int(world.ke["unlinked"][1:])])
    tied = officer.post(f"{item}tie/", {"mandate": "A/RES/74/175/op1/m2"}, format="json")
    assert tied.data["mandates"] == ["A/RES/74/175/op1/m2"], tied.data
    untied = officer.post(
        f"{item}untie/", {"mandate": "A/RES/74/175/op1/m2", "reason": "Wrong"}, format="json"
    )
    assert untied.data["mandates"] == []
    accepted = officer.post(f"{url}accept/")
    assert accepted.data["state"] == "accepted", accepted.data
    fulfilled = officer.post(
        reverse("api:item-fulfil-item", args=[world.ke["item"].pk]),
        {"basis": "state"},
        format="json",
    )
    assert fulfilled.data["outcome"] == "fulfilled", fulfilled.data


def test_a_transition_from_a_wrong_state_is_a_conflict(world: World, as_: As) -> None:
    url = reverse("api:request-detail", args=[world.ke["request"].pk])
    answer = as_("officer").post(f"{url}start-review/")
    assert answer.status_code == 409
    assert answer.data["code"] == "wrong_state"
    assert "under review" in answer.data["detail"]


def test_declining_needs_a_reason(world: World, as_: As) -> None:
    url = reverse("api:request-detail", args=[world.ke["request"].pk])
    answer = as_("officer").post(f"{url}decline/", {}, format="json")
    assert answer.status_code == 400
    assert answer.data["errors"][0]["pointer"] == "/reason"


def test_an_item_that_was_delivered_is_not_declined(world: World, as_: As) -> None:
    url = reverse("api:item-detail", args=[world.ke["item"].pk])
    answer = as_("officer").post(f"{url}decline/", {"reason": "No"}, format="json")
    assert answer.status_code == 409, answer.data


def test_who_asks_for_another_state_is_refused(world: World, as_: As) -> None:
    colombia = world.co["request"].organisation_id
    answer = as_("ke").post(LIST, {**DRAFT, "organisation": colombia}, format="json")
    assert answer.status_code == 403
    assert AssistanceRequest.objects.filter(title=DRAFT["title"]).count() == 0


def test_an_officer_enters_a_request_for_a_state(world: World, as_: As) -> None:
    officer = as_("officer")
    refused = officer.post(LIST, DRAFT, format="json")
    assert refused.status_code == 400
    assert refused.data["errors"][0]["pointer"] == "/organisation"
    made = draft(
        officer,
        organisation=world.ke["request"].organisation_id,
        origin="note_verbale",
        received_on="2024-02-01",
    )
    sent = officer.post(f"{made['Location']}submit-on-behalf/")
    assert sent.status_code == 200, sent.data
    assert sent.json()["received_on"] == "2024-02-01"
    assert as_("ke").get(made["Location"]).status_code == 200


def test_files_go_up_and_come_down_unchanged(world: World, as_: As) -> None:
    client = as_("ke")
    url = draft(client)["Location"]
    paper = SimpleUploadedFile("../draft law.txt", b"Article 1", "text/html")
    put = client.post(f"{url}attachments/", {"file": paper}, format="multipart")
    assert put.status_code == 201, put.data
    assert put.data["content_type"] == "text/plain"
    assert put.data["filename"] == "draft_law.txt"
    got = client.get(f"{put.data['url']}file/")
    assert b"".join(got) == b"Article 1"
    assert got["Content-Disposition"].startswith("attachment")
    binary = SimpleUploadedFile("law.pdf", b"\x7fELF" + bytes(100))
    refused = client.post(f"{url}attachments/", {"file": binary}, format="multipart")
    assert refused.status_code == 400
    assert refused.data["errors"][0]["pointer"] == "/file"
    assert client.post(f"{url}attachments/", {"file": "x"}, format="json").status_code in (400, 415)
    assert client.delete(put.data["url"]).status_code == 204
    assert client.get(f"{url}attachments/").data["count"] == 0


def test_who_works_on_it_and_with_what_is_not_told_to_the_state(world: World, as_: As) -> None:
    url = reverse("api:request-detail", args=[world.ke["request"].pk])
    officer = as_("officer")
    assert officer.post(f"{url}assign/", {"to": "officer"}, format="json").status_code == 200
    internal = officer.get(f"{url}events/").data["results"]
    assert "assign_request" in {event["transition"] for event in internal}
    told = as_("ke").get(f"{url}events/").data["results"]
    assert "assign_request" not in {event["transition"] for event in told}
    assert all(event["by"] is None for event in told)


def test_several_requests_are_assigned_at_once_or_none(world: World, as_: As) -> None:
    officer, both = as_("officer"), [world.of[iso]["request"] for iso in ("KE", "CO")]
    sent = {"requests": [one.pk for one in both], "to": "officer"}
    answer = officer.post(f"{LIST}assign/", sent, format="json")
    assert answer.status_code == 200, answer.data
    assert {one["assigned_to"] for one in answer.data} == {"officer"}
    for path, value in (("requests", [987654321]), ("to", "manager"), ("requests", [])):
        refused = officer.post(f"{LIST}assign/", {**sent, path: value}, format="json")
        assert refused.status_code == 400
        assert refused.data["errors"][0]["pointer"].startswith(f"/{path}")
