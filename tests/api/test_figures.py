"""The views of a resolution's figures, why a status is what it is, and what an act would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from api.examples import EXAMPLES
from mandates.models import Need
from notifications.models import OutboxMessage
from tests import factories
from tests.api.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], APIClient]
HERE = "/api/v1/resolutions/A-RES-74-175/"
VIEWS = ("places", "quarters", "steps", "themes")


def numbers(answer: Any) -> dict[tuple[str | None, str | None], int]:
    return {(one["row"], one["column"]): one["number"] for one in answer.json()["figures"]}


def test_all_views_have_one_shape_and_open_exactly_their_rows(world: World, as_: As) -> None:
    for role in ("officer", "ke", "regional"):
        client = as_(role)
        for view in VIEWS:
            answer = client.get(f"{HERE}{view}/").json()
            assert list(answer) == ["definition", "window", "rows", "columns", "figures"]
            heads = {name: {one["code"] for one in answer[name]} for name in ("rows", "columns")}
            for figure in answer["figures"]:
                assert figure["row"] in heads["rows"] | {None}
                assert figure["column"] in heads["columns"] | {None}
                rows = client.get(figure["rows_url"])
                assert rows.status_code == 200, figure
                assert rows.json()["count"] == figure["number"], figure


def test_demands_by_place_and_theme_say_how_they_stand(world: World, as_: As) -> None:
    client = as_("officer")
    places = client.get(f"{HERE}places/")
    assert numbers(places)["1", "none"] == 1  # the published need
    assert numbers(places)[None, None] == 3
    by_state = client.get(f"{HERE}places/?by=state")
    assert {("KE", "1"), ("CO", "1")} <= set(numbers(by_state))
    (evidence,) = [
        one for one in client.get(f"{HERE}themes/").json()["figures"] if one["row"] == "evidence"
    ]
    assert (evidence["number"], evidence["served"], evidence["status"]) == (3, 2, "under_way")
    assert evidence["by_status"] == {"evidenced": 2, "planned": 1}


def test_flows_add_up_and_are_narrowed_by_the_same_names(world: World, as_: As) -> None:
    client = as_("officer")
    delivered = numbers(client.get(f"{HERE}quarters/"))
    assert delivered["1", None] == sum(
        number for (row, column), number in delivered.items() if row == "1" and column
    )
    assert numbers(client.get(f"{HERE}quarters/?state=KE"))[None, None] == 1
    assert numbers(client.get(f"{HERE}quarters/?show=asked"))[None, None] == 3
    assert numbers(client.get(f"{HERE}steps/?state=KE")) == {
        **{(step, None): 1 for step in ("asked", "planned", "begun", "delivered", "confirmed")},
        (None, None): 1,
    }


def test_a_state_reads_its_own_figures_and_not_those_by_state(world: World, as_: As) -> None:
    client = as_("ke")
    assert set(numbers(client.get(f"{HERE}places/")).values()) == {1}
    assert client.get(f"{HERE}places/?by=state").status_code == 403


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (f"{HERE}places/?by=planet", "by"),
        (f"{HERE}quarters/?show=all", "show"),
        (f"{HERE}steps/?show=asked", "show"),
        (f"{HERE}themes/?region=atlantis", "region"),
        (f"{HERE}themes/?to=2010-01-01", "to"),
        ("/api/v1/counted-deliveries/?from=soon", "from"),
        ("/api/v1/gaps/matrix/?unit=nobody", "unit"),
        ("/api/v1/states/KE/?show=all", "show"),
        ("/api/v1/mandates/{mandate}/why/?from=2020-01-01", "from"),
        ("/api/v1/mandates/{mandate}/why/?to=2010-01-01", "to"),
        ("/api/v1/paragraphs/{paragraph}/why/?state=KE", "state"),
    ],
)
def test_what_means_nothing_is_refused_by_its_name(
    path: str, parameter: str, world: World, as_: As
) -> None:
    keys = {"mandate": world.mandate.pk, "paragraph": world.shared["paragraph"].pk}
    answer = as_("officer").get(path.format(**keys))
    assert answer.status_code == 400, answer.data
    assert [error["parameter"] for error in answer.data["errors"]] == [parameter]


def test_a_status_is_explained_step_by_step(world: World, as_: As) -> None:
    path = f"/api/v1/mandates/{world.mandate.pk}/why/"
    answer = as_("officer").get(path)
    why = answer.json()
    assert (why["mandate"], why["counted"], why["basis"]) == (
        "A/RES/74/175/op1/m2",
        True,
        "on_request",
    )
    assert (why["status"], why["demands"], why["served"]) == ("under_way", 3, 2)
    assert why["owed_for"] == {"item": 2, "need": 1}
    assert [(test["status"], test["number"]) for test in why["tests"] if test["decides"]] == [
        ("under_way", 2)
    ]
    served = next(one for one in why["owed"] if one["states"] == ["KE"])
    assert served["delivered_on"] is not None
    ((work,),) = [one["work"] for one in why["owed"] if one["states"] == ["KE"]]
    assert (work["counts"], work["verified"], work["reply"]) == (True, 1, "confirmed")
    (step,) = why["to_turn_green"]
    assert (step["act"], step["states"]) == ("date", [])
    assert why["sentence"].startswith("To turn it green: date ")
    assert "<" not in why["sentence"]
    assert as_("officer").get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    before = as_("officer").get(f"{path}?to=2019-12-31").json()
    assert (before["status"], before["owed"], before["tests"]) == ("no_demand", [], [])


def test_a_paragraph_says_what_would_turn_it_green(world: World, as_: As) -> None:
    item = factories.ItemFactory(request=world.ke["request"])
    factories.link(item, world.mandate, "proposed")
    path = f"/api/v1/paragraphs/{world.shared['paragraph'].pk}/why/"
    why = as_("officer").get(path).json()
    assert (why["paragraph"], why["status"]) == ("1", "under_way")
    (row,) = why["not_counting"]
    assert (row["reason"], row["act"]) == ("link_proposed", "decide_link")
    assert row["item_url"].endswith(f"/items/{item.pk}/")
    assert [one["act"] for one in why["to_turn_green"]] == ["date"]
    own = as_("ke").get(path).json()
    assert [one["states"] for one in own["owed"]] == [["KE"]]
    assert (own["to_turn_green"], own["not_counting"]) == ([], [])
    preamble = factories.ParagraphFactory(
        resolution=world.shared["resolution"], kind="preambular", number="p1"
    )
    assert as_("officer").get(f"/api/v1/paragraphs/{preamble.pk}/why/").status_code == 404


def test_gaps_are_counted_by_unit_and_kind(world: World, as_: As) -> None:
    client = as_("officer")
    table = client.get("/api/v1/gaps/matrix/?kind=standing")
    assert numbers(table) == {("tpb", "standing"): 1, ("tpb", None): 1, (None, "standing"): 1} | {
        (None, None): 1
    }
    for figure in table.json()["figures"]:
        assert client.get(figure["rows_url"]).json()["count"] == figure["number"]


def test_a_unit_has_its_mandates_its_gaps_and_their_rows(world: World, as_: As) -> None:
    client = as_("manager")
    (listed,) = client.get("/api/v1/units/").json()["results"]
    unit = client.get(listed["url"]).json()
    (led,) = unit["mandates"]
    assert (led["mandate"], led["demands"], led["served"]) == ("A/RES/74/175/op1/m2", 3, 2)
    for one in (*unit["activities"], *unit["gaps"]):
        assert client.get(one["rows_url"]).json()["count"] == one["number"], one
    assert client.get("/api/v1/units/nobody/").status_code == 404


def test_a_state_has_what_it_asked_and_received(world: World, as_: As) -> None:
    assert [one["iso"] for one in as_("ke").get("/api/v1/states/").json()["results"]] == ["KE"]
    for role in ("ke", "officer"):
        state = as_(role).get("/api/v1/states/KE/").json()
        assert (state["asked"], state["standing"]) == (2, {"confirmed": 1, "to_come": 1})
        (row,) = as_(role).get("/api/v1/states/KE/?show=confirmed").json()["rows"]
        (delivery,) = row["deliveries"]
        assert delivery["delivery_url"].endswith(f"/deliveries/{world.ke['delivery'].pk}/")
        assert row["reply_to"] is None


def test_a_new_need_is_foreseen_and_nothing_is_saved(world: World, as_: As) -> None:
    client, before = as_("officer"), Need.objects.count()
    sent = EXAMPLES["needs_foresee_create"]
    foreseen = client.post("/api/v1/needs/foresee/", sent, format="json")
    assert foreseen.status_code == 200, foreseen.data
    places = [one["place"] for one in foreseen.data]
    assert places == ["A/RES/74/175/op1/m2", "1", "A/RES/74/175"]
    assert foreseen.data[0]["after"]["demands"] > foreseen.data[0]["before"]["demands"] == 3
    assert (foreseen.data[0]["changes"], foreseen.data[2]["after"]["status"]) == (True, None)
    assert Need.objects.count() == before
    assert not OutboxMessage.objects.exists()
    wrong = client.post("/api/v1/needs/foresee/", {**sent, "valid_from": ""}, format="json")
    assert wrong.data["errors"][0]["pointer"] == "/valid_from"
    others = factories.MandateFactory(addressees=["member_states"])
    asked = {**sent, "mandate": others.identifier}
    assert client.post("/api/v1/needs/foresee/", asked, format="json").status_code == 404
    assert client.get(f"/api/v1/mandates/{others.pk}/need-proposals/").status_code == 404


def test_acts_on_a_need_are_foreseen_as_they_would_be_done(world: World, as_: As) -> None:
    manager, need = as_("manager"), world.shared["need"]
    month_ago = factories.today() - dt.timedelta(days=30)
    draft = factories.NeedFactory(mandate=world.mandate, valid_from=month_ago)
    yesterday = (factories.today() - dt.timedelta(days=1)).isoformat()
    for key, act, sent, demands in (
        (draft.pk, "publish", {}, 4),
        (draft.pk, "publish", {"in_place_of": need.pk}, 3),
        (draft.pk, "change", {"valid_to": yesterday}, 3),
        (need.pk, "end", {"last_day": yesterday}, 2),
        (need.pk, "change", {"valid_to": yesterday}, 2),
    ):
        path = f"/api/v1/needs/{key}/{act}/foresee/"
        answer = manager.post(path, sent, format="json")
        assert answer.status_code == 200, (act, sent, answer.data)
        assert answer.data[0]["after"]["demands"] == demands, (act, sent)
    refused = manager.post(
        f"/api/v1/needs/{need.pk}/end/foresee/", {"last_day": "2000-01-01"}, format="json"
    )
    assert refused.data["errors"][0]["pointer"] == "/last_day"
    assert not Need.objects.exclude(pk=need.pk).published().exists()


def test_reports_asked_for_say_how_they_stand(world: World, as_: As) -> None:
    late = factories.MandateFactory(
        paragraph=world.shared["paragraph"], ordinal=9, report_due_on=dt.date(2021, 1, 1)
    )
    client = as_("officer")
    found = client.get("/api/v1/mandates/?report=late&ordering=report_due_on").json()["results"]
    assert [(one["id"], one["report_state"]) for one in found] == [(late.pk, "late")]
    other = client.get(f"/api/v1/mandates/{world.mandate.pk}/").json()
    assert other["report_state"] is None
