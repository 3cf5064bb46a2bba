"""What all answers of the API have in common: pages, problems, headers, keys, limits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from rest_framework.test import APIClient

from api.models import ApiToken, IdempotencyKey
from api.resources.activities import ActivityResource
from api.resources.coverage import DemandResource, UnlinkedResource
from api.resources.requests import RequestResource
from assistance.activities.filters import ActivityFilter
from assistance.coverage.filters import DemandFilter, WorkFilter
from assistance.models import Activity, AssistanceRequest
from assistance.requests.filters import RequestFilter
from tests import factories
from tests.api.test_requests import DRAFT
from tests.api.world import World

As = Callable[[str], APIClient]
LIST = "/api/v1/requests/"


def test_lists_use_the_filters_of_the_pages() -> None:
    assert RequestResource.filterset_class is RequestFilter
    assert ActivityResource.filterset_class is ActivityFilter
    assert DemandResource.filterset_class is DemandFilter
    assert UnlinkedResource.filterset_class is WorkFilter


@pytest.mark.django_db
def test_pages_follow_each_other(world: World, as_: As) -> None:
    client = as_("officer")
    first = client.get(f"{LIST}?page_size=1&ordering=reference").json()
    assert list(first) == ["count", "next", "previous", "results"]
    assert (first["count"], len(first["results"]), first["previous"]) == (2, 1, None)
    second = client.get(first["next"]).json()
    assert second["next"] is None
    assert first["results"][0]["ref"] < second["results"][0]["ref"]
    turned = client.get(f"{LIST}?page_size=1&ordering=-reference").json()
    assert turned["results"] == second["results"]


@pytest.mark.django_db
def test_rows_that_are_alike_keep_one_order_over_all_pages(world: World, as_: As) -> None:
    for number in range(12):
        factories.ActivityFactory(status="2", title=f"Number {number}")
    Activity.objects.filter(title__endswith="1").update(title="Number 1")
    client = as_("officer")
    for order in ("status", "-status", "title"):
        asked = f"/api/v1/activities/?ordering={order}&page_size=3&page="
        count = client.get(f"{asked}1").data["count"]
        pages = [client.get(f"{asked}{n}").data["results"] for n in range(1, -(-count // 3) + 1)]
        found = [row["id"] for page in pages for row in page]
        assert sorted(found) == sorted(set(found))
        assert len(found) == count
        alike = [row["id"] for page in pages for row in page if row["status"] == "2"]
        assert order == "title" or alike == sorted(alike)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [LIST, "/api/v1/resolutions/A-RES-74-175/package/"])
def test_lists_and_files_answer_304_until_something_changes(
    path: str, world: World, as_: As
) -> None:
    client = as_("officer")
    first = client.get(path)
    kept = client.get(path, headers={"If-None-Match": f'"other", {first["ETag"]}'})
    assert (kept.status_code, kept.content, kept["ETag"]) == (304, b"", first["ETag"])
    assert int(kept["RateLimit-Remaining"]) < int(first["RateLimit-Remaining"])
    AssistanceRequest.objects.update(title="Another", received_on="2020-02-01")
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.django_db
def test_what_is_said_to_be_allowed_is(world: World, as_: As) -> None:
    answer = as_("officer").options(LIST)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST, HEAD"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (f"{LIST}?status=lost", "status"),
        (f"{LIST}?colour=blue", "colour"),
        (f"{LIST}?ordering=colour", "ordering"),
        (f"{LIST}?page_size=0", "page_size"),
        (f"{LIST}?page=x", "page"),
        (f"{LIST}?state=XX", "state"),
        (f"{LIST}?text=%00", "text"),
        ("/api/v1/items/?request=99999999999999999999999", "request"),
        ("/api/v1/items/?request=1.5", "request"),
        ("/api/v1/demands/?from=2024-13-01", "from"),
        ("/api/v1/demands/?from=2024-02-01&to=2024-01-01", "to"),
        ("/api/v1/demands/?mandate=A%00", "mandate"),
        ("/api/v1/resolutions/A-RES-74-175/coverage/?to=2010-01-01", "to"),
        ("/api/v1/resolutions/A-RES-74-175/coverage/?from=soon", "from"),
        ("/api/v1/resolutions/A-RES-74-175/coverage/?form=2020-01-01", "form"),
        ("/api/v1/resolutions/A-RES-74-175/?form=2020-01-01", "form"),
        ("/api/v1/units/tpb/?show=asked", "show"),
        ("/api/v1/me/?show=all", "show"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(
    path: str, parameter: str, world: World, as_: As
) -> None:
    answer = as_("officer").get(path)
    assert answer.status_code == 400, answer.data
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["parameter"] for error in answer.data["errors"]] == [parameter]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('"text"', "application/json", 400),
        ('{"title": "\\u0000"}', "application/json", 400),
        ('{"title": "\\ud800"}', "application/json", 400),
        ('{"organisation": 1e999}', "application/json", 400),
        ('{"organisation": 99999999999999999999999}', "application/json", 400),
        ('{"needed_by": "2024-02-30"}', "application/json", 400),
        ('{"states": ["XX"]}', "application/json", 400),
        ('{"items": [{"themes": [{}]}]}', "application/json", 400),
        ('{"title": NaN}', "application/json", 400),
        ("title=A", "application/x-www-form-urlencoded", 415),
        ("<title/>", "text/xml", 415),
    ],
)
def test_bad_input_is_refused_and_nothing_is_kept(
    body: str, content_type: str, status: int, world: World, as_: As
) -> None:
    before = AssistanceRequest.objects.count()
    answer = as_("ke").post(LIST, body, content_type=content_type)
    assert answer.status_code == status, answer.data
    assert answer["Content-Type"] == "application/problem+json"
    assert AssistanceRequest.objects.count() == before


@pytest.mark.django_db
def test_methods_and_media_types_nobody_offers(world: World, as_: As) -> None:
    client = as_("officer")
    assert client.post("/api/v1/countries/", {}, format="json").status_code == 405
    assert client.get("/api/v1/countries/", headers={"Accept": "text/csv"}).status_code == 406
    wrong = APIClient().get("/api/v1/me/", headers={"Authorization": "Bearer nonsense"})
    assert wrong.status_code == 401
    assert wrong["WWW-Authenticate"] == "Bearer"
    assert wrong["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_unknown_addresses_and_mistakes_of_ours_are_problems(
    world: World, as_: As, monkeypatch: Any
) -> None:
    client = as_("officer")
    lost = client.get("/api/v1/nothing/")
    assert (lost.status_code, lost["Content-Type"]) == (404, "application/problem+json")
    assert "text/html" in client.get("/nothing/")["Content-Type"]

    def broken(self: Any, request: Any) -> None:
        raise RuntimeError("secret of the server")

    monkeypatch.setattr(RequestResource, "list", broken)
    client.raise_request_exception = False
    answer = client.get(LIST)
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
def test_the_same_key_gives_the_same_answer_once(world: World, as_: As) -> None:
    client = as_("ke")
    key = {"Idempotency-Key": "4a7c"}
    first = client.post(LIST, DRAFT, format="json", headers=key)
    again = client.post(LIST, DRAFT, format="json", headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    other = client.post(LIST, {**DRAFT, "title": "Other"}, format="json", headers=key)
    assert other.status_code == 422
    somebody = as_("co").post(LIST, DRAFT, format="json", headers=key)
    assert somebody.json()["url"] != first.json()["url"]
    refused = client.post(LIST, DRAFT, format="json", headers={"Idempotency-Key": "x" * 101})
    assert refused.status_code == 400


@pytest.mark.django_db
def test_a_key_whose_request_was_refused_can_be_used_again(world: World, as_: As) -> None:
    client = as_("ke")
    key = {"Idempotency-Key": "5b"}
    wrong = client.post(LIST, {"needed_by": "never"}, format="json", headers=key)
    assert wrong.status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert client.post(LIST, DRAFT, format="json", headers=key).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_key_at_once_make_one_thing() -> None:
    person = factories.focal_point("KE")
    _, token = ApiToken.objects.create(user=person, expiry=None)
    gate = threading.Barrier(2)
    answers: list[Any] = []

    def ask() -> None:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        gate.wait()
        body = {"title": "Once"}
        answers.append(client.post(LIST, body, format="json", headers={"Idempotency-Key": "k"}))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["url"] == answers[1].json()["url"]
    assert AssistanceRequest.objects.count() == 1


@pytest.mark.django_db
def test_a_caller_is_told_the_limit_and_held_back_beyond_it(
    world: World, as_: As, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    client = as_("officer")
    answers = [client.get("/api/v1/countries/") for _ in range(4)]
    assert [answers[0][f"RateLimit-{name}"] for name in ("Limit", "Remaining")] == ["2", "1"]
    held = [answer for answer in answers if answer.status_code == 429]
    assert held, "four requests can't lie in three minutes"
    assert 0 < int(held[0]["Retry-After"]) <= 60
    assert held[0]["Content-Type"] == "application/problem+json"
    assert as_("manager").get("/api/v1/countries/").status_code == 200


@pytest.mark.django_db
def test_answers_are_kept_by_no_shared_cache(world: World, as_: As) -> None:
    answer = as_("officer").get("/api/v1/me/")
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(answer["Vary"].replace(" ", "").split(","))


@pytest.mark.django_db
def test_a_narrowed_token_may_only_what_its_scopes_name(world: World) -> None:
    _, token = ApiToken.objects.create(
        user=world.people["officer"], expiry=None, scopes=["resolutions.read"]
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get("/api/v1/me/").json()["permissions"] == ["resolutions.read"]
    assert client.get("/api/v1/mandates/").status_code == 200
    assert client.get(LIST).status_code == 403
    request = reverse("api:request-detail", args=[world.ke["request"].pk])
    assert client.get(request).status_code == 404


@pytest.mark.django_db
def test_a_session_signs_in_too_and_needs_the_csrf_token(world: World) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(world.people["ke"])
    assert client.get("/api/v1/me/").json()["login"] == "focal-ke"
    refused = client.post(LIST, DRAFT, format="json")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
