"""Several people write the texts of a report: nothing is lost, and all is remembered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from rest_framework.test import APIClient

from dashboards.report.models import Narrative
from tests import factories as f
from tests.report.conftest import ReportWorld

QUERY = "?paragraph=1&from=2020-01-01&to=2020-12-31&language=en"
API = "/api/v1/narratives/"
SENT = {
    "resolution": "A-RES-70-1",
    "paragraph": "1",
    "from": "2020-01-01",
    "to": "2020-12-31",
    "language": "en",
    "words": "Much was done.",
}


def write(client: Any, words: str, revision: int, **more: str) -> Any:
    path = reverse("resolution-narrative", args=["A-RES-70-1"]) + QUERY
    return client.post(path, {"words": words, "revision": revision, **more})


@pytest.fixture
def writer(report_world: ReportWorld, client) -> Any:
    client.force_login(report_world.officer)
    return client


def test_a_text_is_written_and_stands_in_the_list(writer) -> None:
    answer = write(writer, "Much was done.", 0)

    page = writer.get(answer["Location"]).content.decode()
    assert "Much was done." in page
    assert "1 text written" in page
    # The page begins with the period somebody last wrote for.
    assert "2020-12-31" in writer.get("/resolutions/A-RES-70-1/report/").content.decode()


def test_two_people_write_at_once_and_nothing_is_lost(writer) -> None:
    write(writer, "Hers.", 0)
    clash = write(writer, "Mine.", 0)
    assert clash.status_code == 409
    page = clash.content.decode()
    assert "Hers." in page
    assert "Mine." in page
    assert Narrative.objects.get().words == "Hers."

    revision = clash.context["form"]["revision"].value()
    assert write(writer, "Mine.", revision, keep="both").status_code == 302
    assert Narrative.objects.get().words == "Hers.\n\nMine."
    assert write(writer, "Third.", 1).status_code == 409
    assert write(writer, "Third.", 2, keep="theirs").status_code == 302
    assert Narrative.objects.get().words == "Hers.\n\nMine."
    assert write(writer, "Third.", 2, keep="yours").status_code == 302
    assert Narrative.objects.get().words == "Third."


def test_history_says_who_changed_what(report_world: ReportWorld, writer) -> None:
    write(writer, "Before.", 0)
    writer.force_login(f.manager(display_name="The manager"))
    write(writer, "After.", 1)
    writer.force_login(f.person("auditor"))

    page = writer.get(reverse("narrative-history", args=[Narrative.objects.get().pk]))

    said = page.content.decode()
    assert "The manager" in said
    # Entered, and as it was before the change.
    assert (said.count("Before."), said.count("After.")) == (2, 1)


def test_a_summary_has_no_paragraph_and_a_strange_number_no_page(writer) -> None:
    path = reverse("resolution-narrative", args=["A-RES-70-1"])
    assert writer.get(path).status_code == 200
    assert writer.get(f"{path}?paragraph=99").status_code == 404
    assert writer.get(f"{path}?from=nonsense").status_code == 302
    writer.post(path + QUERY.replace("paragraph=1&", ""), {"words": "All.", "revision": 0})
    assert Narrative.objects.get().paragraph is None


def test_a_text_may_not_be_endless(writer) -> None:
    answer = write(writer, "x" * 20_001, 0)
    assert answer.status_code == 200
    assert answer.context["form"].errors["words"]


def test_the_api_writes_texts_with_their_version(report_world: ReportWorld) -> None:
    client = APIClient()
    client.force_login(report_world.officer)
    made = client.post(API, SENT, format="json")
    assert made.status_code == 201, made.data
    url, tag = made.data["url"], made["ETag"]

    assert client.patch(url, {"words": "x"}, format="json").status_code == 428
    changed = client.patch(url, {"words": "More."}, format="json", headers={"If-Match": tag})
    assert (changed.data["words"], changed.data["revision"]) == ("More.", 2)
    stale = client.patch(url, {"words": "x"}, format="json", headers={"If-Match": tag})
    assert stale.status_code == 412
    assert client.post(API, SENT, format="json").status_code == 412
    assert client.post(API, {**SENT, "words": "More."}, format="json").status_code == 201
    found = client.get(f"{API}?resolution=A-RES-70-1&paragraph=1&from=2020-01-01&language=en").data
    assert [row["words"] for row in found["results"]] == ["More."]


@pytest.mark.parametrize(
    ("field", "value"),
    [("paragraph", "99"), ("to", "2019-01-01"), ("resolution", "none"), ("language", "ar")],
)
def test_the_api_names_the_field_that_is_wrong(
    report_world: ReportWorld, field: str, value: str
) -> None:
    client = APIClient()
    client.force_login(report_world.officer)
    answer = client.post(API, {**SENT, field: value}, format="json")
    assert answer.status_code == 400
    assert answer.data["errors"][0]["pointer"] == f"/{field}"


def test_the_demonstration_world_has_texts_once(report_world: ReportWorld, settings) -> None:
    settings.DEMONSTRATION = True
    with pytest.raises(CommandError):
        call_command("load_demonstration_report")
    resolution = f.ResolutionFactory(symbol="A/RES/74/175")
    f.ParagraphFactory(resolution=resolution, number="6")
    f.officer(username="officer")
    for _time in range(2):
        call_command("load_demonstration_report")
    texts = Narrative.objects.filter(resolution=resolution)
    assert texts.count() == 6
    assert all(re.search("d[eé]mon?stra", one.words, re.IGNORECASE) for one in texts)
