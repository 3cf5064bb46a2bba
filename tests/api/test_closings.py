"""Closed periods, two days compared, reports and needs, as programs see them."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from assistance.coverage.models import ClosedRow
from tests import factories
from tests.api.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], APIClient]
CLOSINGS = "/api/v1/closings/"
RESOLUTION = "/api/v1/resolutions/A-RES-74-175/"
YESTERDAY = factories.today() - dt.timedelta(days=1)


def test_a_period_is_closed_once_for_good(world: World, as_: As) -> None:
    client = as_("manager")
    sent = {"resolution": "A-RES-74-175", "from": "2020-01-01", "to": YESTERDAY.isoformat()}
    made = client.post(CLOSINGS, sent, format="json")
    assert (made.status_code, made["Location"]) == (201, made.data["url"])
    assert made.data["window"] == {"from": "2020-01-01", "to": YESTERDAY.isoformat()}
    assert made.data["public"]["withheld"] == "fewer_than_3"
    again = client.post(CLOSINGS, sent, format="json")
    assert (again.status_code, again.data["errors"][0]["pointer"]) == (400, "/to")
    for wrong, pointer in (
        ({**sent, "to": factories.today().isoformat()}, "/to"),
        ({**sent, "resolution": "A-RES-1-1"}, "/resolution"),
        ({**sent, "from": "2019-01-01"}, "/from"),
    ):
        refused = client.post(CLOSINGS, wrong, format="json")
        assert refused.status_code == 400
        assert refused.data["errors"][0]["pointer"] == pointer
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(made.data["url"]).status_code == 405


def test_rows_revisions_and_hash_of_a_closing(world: World, as_: As) -> None:
    client, closing = as_("officer"), world.shared["closing"]
    rows = client.get(f"{CLOSINGS}{closing.pk}/rows/").data
    assert rows["count"] == closing.rows.count() == 6
    assert [row["kind"] for row in rows["results"]] == [
        *["delivery"] * 2,
        *["demand"] * 3,
        "mandate",
    ]
    assert client.get(f"{CLOSINGS}{closing.pk}/revisions/").data == []
    check = client.get(f"{CLOSINGS}{closing.pk}/verify/").data
    assert check == {"agrees": True, "sha256": closing.sha256, "rows": 6}
    world.ke["evidence"].delete()
    delivery, demand = client.get(f"{CLOSINGS}{closing.pk}/revisions/").data
    assert delivery["changed"] == ["status"]
    assert demand["changed"] == ["status", "evidenced_on"]
    for revised in (delivery, demand):
        statuses = (revised["before"]["status"], revised["after"]["status"])
        assert statuses == ("evidenced", "delivered")
    ClosedRow.objects.create(
        closing=closing,
        kind="mandate",
        key="x",
        status="no_demand",
        row={"paragraphs": ["9"], "position": 9, "ordinal": 1, "counted": True},
    )
    assert not client.get(f"{CLOSINGS}{closing.pk}/verify/").data["agrees"]


def test_a_closing_comes_as_a_data_package(world: World, as_: As) -> None:
    closing = world.shared["closing"]
    answer = as_("officer").get(f"{CLOSINGS}{closing.pk}/package/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    about = json.loads(archive.read("datapackage.json"))
    assert about["closing"]["sha256"] == closing.sha256
    assert about["window"]["to"] == closing.last.isoformat()
    head, *made = archive.read("deliveries.csv").decode().splitlines()
    assert head == "delivery,mandates,activity,state,kind,status,began_on,on"
    assert [row.split(",")[5] for row in made] == ["evidenced"] * 2


def test_a_row_that_came_since_has_no_before(world: World, as_: As) -> None:
    factories.link(factories.RequestFactory().items.get(), world.mandate)
    (revised,) = as_("officer").get(f"{CLOSINGS}{world.shared['closing'].pk}/revisions/").data
    assert (revised["before"], revised["changed"]) == (None, ["row"])


def test_closed_figures_stand_beside_the_own_rows_of_a_state(world: World, as_: As) -> None:
    data = as_("ke").get(f"{RESOLUTION}coverage/").json()
    assert data["totals"]["demands"] == 1
    closed = data["closed"]
    assert closed["closing"].endswith(f"{CLOSINGS}{world.shared['closing'].pk}/")
    assert closed["window"]["to"] == world.shared["closing"].last.isoformat()
    assert (closed["figures"]["withheld"], closed["figures"]["demands"]) == ("fewer_than_3", None)
    assert closed["figures"]["paragraphs"][0]["mandates"][0]["status"] == "under_way"
    listed = as_("co").get(CLOSINGS).data["results"]
    assert [one["public"] for one in listed] == [closed["figures"]]


def test_coverage_before_any_closing_has_none_beside_it(world: World, as_: As) -> None:
    factories.ResolutionFactory(symbol="A/RES/70/9")
    answer = as_("ke").get("/api/v1/resolutions/A-RES-70-9/coverage/")
    assert answer.data["closed"] is None


def test_closings_are_filtered_by_resolution(world: World, as_: As) -> None:
    client = as_("officer")
    assert client.get(f"{CLOSINGS}?resolution=A-RES-74-175&sort=to").data["count"] == 1
    assert client.get(f"{CLOSINGS}?resolution=A-RES-70-1").data["count"] == 0


def compare(client: APIClient, query: str = "") -> Any:
    return client.get(f"{RESOLUTION}compare/{query}")


def test_two_days_are_compared(world: World, as_: As) -> None:
    client = as_("officer")
    # Two requests came, and the need has work that was approved since.
    data = compare(client, f"?from={YESTERDAY - dt.timedelta(days=20)}").data
    assert data["moves"] == {"opened": 2, "forward": 1}
    assert (data["before"], data["after"]) == ({"unmet": 1}, {"evidenced": 2, "planned": 1})
    change = next(one for one in data["changes"] if one["move"] == "opened")
    assert client.get(change["demand_url"]).data["key"] == change["demand"]
    assert change["states"] in (["KE"], ["CO"])
    assert (change["before"], change["after"]["status"]) == (None, "evidenced")
    assert {name: change["acts"][-1][name] for name in ("kind", "words", "who")} == {
        "kind": "request",
        "words": "Request received",
        "who": "",
    }
    assert compare(client, "?clock=said").data["changes"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?clock=mine", "clock"),
        ("?to=2019-01-01", "to"),
        ("?from=2025-01-01&to=2024-01-01", "to"),
        ("?from=never", "from"),
        ("?until=2025-01-01", "until"),
    ],
)
def test_days_that_make_no_period_are_refused(
    query: str, parameter: str, world: World, as_: As
) -> None:
    refused = compare(as_("officer"), query)
    assert refused.status_code == 400
    assert refused.data["errors"][0]["parameter"] == parameter


def test_a_report_is_marked_as_submitted_and_found_by_its_state(world: World, as_: As) -> None:
    client, mandate = as_("manager"), world.mandate
    address = f"/api/v1/mandates/{mandate.pk}/submit-report/"
    sent = {"submitted_on": YESTERDAY.isoformat(), "symbol": "A/75/125"}
    assert client.post(address, sent, format="json").status_code == 400
    mandate.report_session = 75
    mandate.save()
    assert client.get("/api/v1/mandates/?report=undated").data["count"] == 1
    done = client.post(address, sent, format="json")
    assert (done.status_code, done.data["report_symbol"]) == (200, "A/75/125")
    assert client.get("/api/v1/mandates/?report=submitted").data["count"] == 1
    wrong = client.post(address, {**sent, "symbol": " "}, format="json")
    assert wrong.data["errors"][0]["pointer"] == "/symbol"


def test_a_need_is_published_in_place_of_another_and_ended(world: World, as_: As) -> None:
    client, old = as_("manager"), world.shared["need"]
    new = factories.NeedFactory(mandate=world.mandate, valid_from=YESTERDAY)
    address = f"/api/v1/needs/{new.pk}/"
    wrong = client.post(f"{address}publish/", {"in_place_of": new.pk}, format="json")
    assert wrong.data["errors"][0]["pointer"] == "/in_place_of"
    done = client.post(f"{address}publish/", {"in_place_of": old.pk}, format="json")
    assert done.data["published_at"]
    old.refresh_from_db()
    assert old.valid_to == YESTERDAY - dt.timedelta(days=1)
    sent = {"last_day": factories.today().isoformat()}
    assert client.post(f"{address}end/", sent, format="json").json()["valid_to"] == sent["last_day"]
    wrong = client.post(f"{address}end/", {"last_day": "2019-12-31"}, format="json")
    assert wrong.data["errors"][0]["pointer"] == "/last_day"


def test_a_need_that_was_never_published_is_removed(world: World, as_: As) -> None:
    client = as_("officer")
    draft = factories.NeedFactory(mandate=world.mandate)
    address = f"/api/v1/needs/{draft.pk}/"
    assert client.delete(address).status_code == 428, "which revision is said"
    tag = client.get(address)["ETag"]
    assert client.delete(address, headers={"If-Match": tag}).status_code == 204
    assert client.get(address).status_code == 404
    published = f"/api/v1/needs/{world.shared['need'].pk}/"
    refused = client.delete(published, headers={"If-Match": client.get(published)["ETag"]})
    assert refused.status_code == 400
    assert "end it instead" in refused.data["errors"][0]["detail"]
