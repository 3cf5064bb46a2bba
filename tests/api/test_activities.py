"""Activities through the API: everything at once, a second yes, links, evidence, replies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from api.examples import EXAMPLES
from assistance.models import Activity
from tests import factories
from tests.api.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], APIClient]

LIST = "/api/v1/activities/"
MANDATE = "A/RES/74/175/op1/m2"


def everything(world: World, **fields: Any) -> dict[str, Any]:
    return {
        "title": "Course on tracing",
        "kind": "training",
        "status": "2",
        "actual_start": "2024-03-01",
        "unit": "tpb",
        "countries": ["KE"],
        "mandates": [{"mandate": MANDATE}],
        "items": [world.ke["item"].pk],
        "deliveries": [
            {
                "on": factories.today().isoformat(),
                "country": "KE",
                "women": 12,
                "men": 10,
                "evidence": [{"kind": "agenda", "url": "https://example.org/agenda"}],
            }
        ],
        "send": True,
        **fields,
    }


def test_an_activity_comes_with_everything_and_is_approved_by_another(
    world: World, as_: As
) -> None:
    officer, manager = as_("officer"), as_("manager")
    made = officer.post(LIST, everything(world), format="json")
    assert made.status_code == 201, made.data
    assert made.data["approval"] == "waiting"
    url = made.data["url"]
    own = officer.post(f"{url}approve/", {}, format="json")
    assert own.status_code == 403
    assert "your own" in own.data["detail"]
    waiting = manager.get(f"{url}waiting/").data
    assert (waiting["plan"], len(waiting["links"]), len(waiting["deliveries"])) == (True, 2, 1)
    stale = manager.post(f"{url}approve/", {"seen": "another"}, format="json")
    assert stale.status_code == 409
    yes = manager.post(f"{url}approve/", {"seen": waiting["seal"]}, format="json")
    assert yes.status_code == 200, yes.data
    assert yes.data["approval"] == "approved"
    assert {link["state"] for link in yes.data["mandates"] + yes.data["items"]} == {"confirmed"}
    again = manager.post(f"{url}approve/", {}, format="json")
    assert again.status_code == 409
    deliveries = officer.get(made.data["deliveries_url"]).data
    assert deliveries["count"] == 1
    assert deliveries["results"][0]["participants"] == 22
    assert deliveries["results"][0]["items"] == [world.ke["item"].pk]


def test_nothing_is_kept_of_an_activity_with_a_mistake(world: World, as_: As) -> None:
    before = Activity.objects.count()
    wrong = everything(world)
    wrong["deliveries"][0]["on"] = "2999-01-01"
    answer = as_("officer").post(LIST, wrong, format="json")
    assert answer.status_code == 400
    assert answer.data["errors"][0]["pointer"] == "/deliveries/0/on"
    assert Activity.objects.count() == before


def test_shares_and_items_of_other_states_are_refused(world: World, as_: As) -> None:
    officer = as_("officer")
    over = everything(world, mandates=[{"mandate": MANDATE, "share": "120"}])
    answer = officer.post(LIST, over, format="json")
    assert answer.status_code == 400
    foreign = everything(world, items=[world.co["item"].pk])
    answer = officer.post(LIST, foreign, format="json")
    assert answer.status_code == 400
    assert answer.data["errors"][0]["pointer"] == "/items"


def test_cost_partners_and_participants_come_and_go_with_an_activity(world: World, as_: As) -> None:
    officer = as_("officer")
    delivery = {
        "on": factories.today().isoformat(),
        "country": "KE",
        "participants": 40,
        "by_age": {"18_29": 30, "30_59": 10},
    }
    partner = factories.EntityFactory(code="interpol")
    fields = {"cost": "900.50", "currency": "EUR", "partners": ["interpol"]}
    made = officer.post(LIST, everything(world, **fields, deliveries=[delivery]), format="json")
    assert made.status_code == 201, made.data
    assert {name: made.data[name] for name in fields} == fields
    [shown] = officer.get(made.data["deliveries_url"]).data["results"]
    assert (shown["not_stated"], shown["by_age"], shown["by_function"]) == (
        40,
        {"18_29": 30, "30_59": 10},
        {},
    )
    listed = officer.get(LIST, {"partner": partner.code, "stale": "false"}).data["results"]
    assert [one["url"] for one in listed] == [made.data["url"]]
    assert "cost" not in as_("ke").get(LIST).data["results"][0]


def test_participants_that_do_not_add_up_are_named_at_their_field(world: World, as_: As) -> None:
    delivery = {
        "on": factories.today().isoformat(),
        "country": "KE",
        "women": 18,
        "men": 20,
        "participants": 40,
    }
    answer = as_("officer").post(LIST, everything(world, deliveries=[delivery]), format="json")
    assert answer.status_code == 400
    [error] = answer.data["errors"]
    assert error["pointer"] == "/deliveries/0/participants"
    assert "38 by sex, 40 in all, a difference of 2" in error["detail"]


def test_an_activity_is_split_over_its_states(world: World, as_: As) -> None:
    officer = as_("officer")
    made = officer.post(LIST, everything(world), format="json").data
    over = {"states": [{"country": "KE", "share": "90.00"}]}
    refused = officer.post(f"{made['url']}share-out/", over, format="json")
    assert refused.status_code == 400
    assert refused.data["errors"][0]["pointer"] == "/states"
    whole = {"states": [{"country": "KE", "share": "100.00"}]}
    split = officer.post(f"{made['url']}share-out/", whole, format="json")
    assert split.data["state_shares"] == [{"country": "KE", "share": "100.00"}]
    assert split.data["mandates"][0]["share"] is None


def test_a_series_is_made_and_its_links_follow(world: World, as_: As) -> None:
    officer = as_("officer")
    made = officer.post(LIST, everything(world), format="json").data
    alone = officer.post(f"{made['url']}series-links/", {}, format="json")
    assert alone.status_code == 400
    wanted = {"number": 2, "first": "2027-01-31", "every": 1, "unit": "months"}
    copies = officer.post(f"{made['url']}copy/", wanted, format="json")
    assert copies.status_code == 201, copies.data
    titles = [officer.get(url).data["title"] for url in copies.data["copies"]]
    assert titles == ["Course on tracing (2)", "Course on tracing (3)"]
    series = officer.get(made["url"]).data["series"]
    assert officer.get(LIST, {"series": series}).data["count"] == 3
    followed = officer.post(f"{made['url']}series-links/", {}, format="json")
    assert followed.data == {"proposed": 0}


def test_a_plan_is_changed_on_the_version_that_was_read(world: World, as_: As) -> None:
    officer = as_("officer")
    url = reverse("api:activity-detail", args=[world.ke["activity"].pk])
    tag = officer.get(url)["ETag"]
    first = officer.patch(url, {"title": "New"}, format="json", headers={"If-Match": tag})
    assert first.status_code == 200
    assert first.data["approval"] == "waiting"
    second = officer.patch(url, {"title": "Newer"}, format="json", headers={"If-Match": tag})
    assert second.status_code == 412


def test_a_state_sees_of_an_activity_what_is_its_own(world: World, as_: As) -> None:
    activity = world.ke["activity"]
    activity.countries.add(factories.CountryFactory(iso="CO"))
    seen = as_("ke").get(reverse("api:activity-detail", args=[activity.pk])).data
    assert seen["countries"] == ["KE"]
    assert not {"project_code", "approval", "mandates", "items", "created_by"} & set(seen)


def test_who_entered_a_delivery_is_not_told_to_the_state(world: World, as_: As) -> None:
    url = reverse("api:delivery-detail", args=[world.ke["delivery"].pk])
    internal = {"created_by", "changed_by", "needs"}
    assert internal <= set(as_("officer").get(url).data)
    assert not internal & set(as_("ke").get(url).data)


def test_links_are_proposed_confirmed_and_rejected(world: World, as_: As) -> None:
    officer = as_("officer")
    other = factories.MandateFactory(paragraph=world.shared["paragraph"], ordinal=3)
    made = officer.post(
        "/api/v1/activity-mandates/",
        {"activity": world.ke["activity"].pk, "mandate": other.identifier},
        format="json",
    )
    assert made.status_code == 201, made.data
    url = made.data["url"]
    twice = officer.post(
        "/api/v1/activity-mandates/",
        {"activity": world.ke["activity"].pk, "mandate": other.identifier},
        format="json",
    )
    assert twice.status_code == 400
    assert officer.post(f"{url}confirm/").status_code == 403
    confirmed = as_("manager").post(f"{url}confirm/", {}, format="json")
    assert confirmed.data["state"] == "confirmed", confirmed.data
    assert as_("manager").post(f"{url}confirm/").status_code == 409
    assert officer.post(f"{url}reject/", {}, format="json").status_code == 400
    rejected = officer.post(f"{url}reject/", {"reason": "Another one"}, format="json")
    assert rejected.data["state"] == "rejected"


def test_evidence_is_added_by_one_and_verified_by_another(world: World, as_: As) -> None:
    officer = as_("officer")
    made = officer.post(
        "/api/v1/evidence/",
        {
            "delivery": world.ke["delivery"].pk,
            "kind": "report",
            "file": SimpleUploadedFile("report.txt", b"All went well"),
        },
        format="multipart",
    )
    assert made.status_code == 201, made.data
    url = made.data["url"]
    assert b"".join(officer.get(f"{url}file/")) == b"All went well"
    assert officer.post(f"{url}verify/").status_code == 403
    assert as_("ke").get(url).status_code == 404  # not verified yet
    world.people["colleague"] = factories.officer()
    verified = as_("colleague").post(f"{url}verify/")
    assert verified.status_code == 200, verified.data
    assert as_("ke").get(url).status_code == 200
    assert as_("colleague").post(f"{url}verify/").status_code == 409


def test_a_state_replies_and_its_demand_is_open_again(world: World, as_: As) -> None:
    ke = as_("ke")
    served = f"/api/v1/demands/?mandate={MANDATE}&state=KE&served=true"
    assert ke.get(served).data["count"] == 1
    delivery = world.ke["delivery"].pk
    empty = ke.post(
        "/api/v1/replies/", {"delivery": delivery, "verdict": "disputed"}, format="json"
    )
    assert empty.data["errors"][0]["pointer"] == "/words"
    said = ke.post(
        "/api/v1/replies/",
        {"delivery": delivery, "verdict": "disputed", "words": "Nobody came"},
        format="json",
    )
    assert said.status_code == 201, said.data
    assert ke.get(served).data["count"] == 0
    foreign = ke.post(
        "/api/v1/replies/",
        {"delivery": world.co["delivery"].pk, "verdict": "confirmed"},
        format="json",
    )
    assert foreign.status_code == 400
    assert foreign.data["errors"][0]["pointer"] == "/delivery"


@pytest.mark.parametrize(
    ("role", "operation", "path"),
    [
        ("officer", "activities_create", LIST),
        ("ke", "requests_create", "/api/v1/requests/"),
        ("officer", "needs_create", "/api/v1/needs/"),
    ],
)
def test_the_examples_of_the_documentation_work(
    role: str, operation: str, path: str, world: World, as_: As
) -> None:
    factories.EntityFactory(code="interpol")
    answer = as_(role).post(path, EXAMPLES[operation], format="json")
    assert answer.status_code == 201, answer.data
