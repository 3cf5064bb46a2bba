"""Pages of closed periods, of two days compared, and what States see of closed figures."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assistance.coverage.closing import close_period
from assistance.coverage.models import ClosedRow, Closing
from assistance.coverage.snapshots import record_changes
from tests.factories import (
    EvidenceFactory,
    MandateFactory,
    RequestFactory,
    UserFactory,
    focal_point,
    link,
    manager,
    officer,
    person,
    served_item,
    today,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
SLUG = "A-RES-70-1"
YESTERDAY = today() - dt.timedelta(days=1)


@pytest.fixture
def item() -> Any:
    return served_item()


def file_of(client: Client, page: str, **query: str) -> list[list[str]]:
    answer = client.get(page, {**query, "format": "csv"})
    return list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))


@pytest.fixture
def closing(item: Any) -> Closing:
    return close_period(user=manager(), resolution_slug=SLUG, first=None, last=YESTERDAY)


def test_a_manager_sees_the_figures_of_a_period_and_closes_it(item: Any, sign_in: SignIn) -> None:
    client, page = sign_in(manager()), reverse("closing-new", args=[SLUG])
    days = {"from": "2020-01-01", "to": YESTERDAY.isoformat(), "note": "The year"}
    assert "Close this period for good" not in client.get(page).content.decode()
    seen = client.get(page, days).content.decode()
    assert "1 of 1" in seen
    assert "Close this period for good" in seen
    assert not Closing.objects.exists(), "looking closes nothing"
    answer = client.post(page, days, follow=True)
    made = Closing.objects.get()
    assert (made.first, made.last, made.note) == (dt.date(2020, 1, 1), YESTERDAY, "The year")
    assert "The period is closed" in answer.content.decode()
    assert "This period is closed already" in client.post(page, days).content.decode()


def test_a_period_that_has_not_ended_is_refused_at_its_field(item: Any, sign_in: SignIn) -> None:
    page = reverse("closing-new", args=[SLUG])
    answer = sign_in(manager()).get(page, {"from": "2020-01-01", "to": today().isoformat()})
    assert "once its last day has passed" in answer.context["form"].errors["to"][0]
    wrong = sign_in(manager()).get(page, {"from": "", "to": "never"})
    assert set(wrong.context["form"].errors) == {"from", "to"}


def test_the_page_of_a_closing_shows_its_rows_and_works_its_hash_out(
    closing: Closing, item: Any, sign_in: SignIn
) -> None:
    client, page = sign_in(officer()), reverse("closing", args=[closing.pk])
    answer = client.get(page)
    assert answer.context["numbers"] == {
        "all": 1,
        "counted": 1,
        "served": 1,
        "deliveries": 1,
        "revised": 0,
    }
    assert item.request.ref in answer.content.decode()
    assert "it agrees" in client.get(page, {"check": "1"}).content.decode()
    for show in ("counted", "served", "deliveries"):
        assert len(client.get(page, {"show": show}).context["lines"]) == 1
    assert "every row is as it was closed" in client.get(page, {"show": "revised"}).content.decode()
    ClosedRow.objects.create(
        closing=closing,
        kind="mandate",
        key="x",
        status="no_demand",
        row={"paragraphs": ["9"], "position": 9, "ordinal": 1, "counted": True},
    )
    assert "does not agree" in client.get(page, {"check": "1"}).content.decode()


def test_what_was_revised_stands_with_before_after_and_act(
    closing: Closing, item: Any, sign_in: SignIn
) -> None:
    verified_by = UserFactory()
    EvidenceFactory(
        delivery=item.deliveries.get(), verified_by=verified_by, verified_at=timezone.now()
    )
    client, address = sign_in(officer()), reverse("closing", args=[closing.pk])
    page = client.get(address, {"show": "revised"})
    shown = page.content.decode()
    assert page.context["numbers"]["revised"] == len(page.context["lines"]) == 2
    for words in ("Delivered", "Evidenced", "Evidence verified", str(verified_by)):
        assert words in shown
    head, of_delivery, row, *_about = file_of(client, address, show="revised")
    assert of_delivery[0] == f"d{item.deliveries.get().pk}"
    was = dict(zip(head, row, strict=True))
    assert (was["Status"], was["When closed"]) == ("Evidenced", "Delivered")
    assert "Evidence verified" in was["Because of"]


def test_the_rows_of_a_closing_come_as_a_file_with_hash_and_version(
    closing: Closing, sign_in: SignIn
) -> None:
    client, page = sign_in(officer()), reverse("closing", args=[closing.pk])
    rows = file_of(client, page)
    assert rows[1][5:7] == ["Delivered", "yes"]
    assert ["SHA-256", closing.sha256] in rows
    book = load_workbook(io.BytesIO(client.get(page, {"format": "xlsx"}).content))
    assert [cell.value for cell in book.worksheets[0][2]][5:7] == ["Delivered", "yes"]
    closed_on = {row[0].value: row[1].value for row in book.worksheets[1].rows}["Closed on"]
    assert abs(closed_on - closing.closed_at.replace(tzinfo=None)) < dt.timedelta(seconds=1)
    assert file_of(client, page, status="unmet")[1] == []


def test_the_deliveries_of_a_closing_are_narrowed_as_the_figures_of_a_report(
    closing: Closing, item: Any, sign_in: SignIn
) -> None:
    client, page = sign_in(officer()), reverse("closing", args=[closing.pk])
    delivery = item.deliveries.get()

    def listed(**query: str) -> int:
        return len(client.get(page, {"show": "deliveries", **query}).context["lines"])

    shown = client.get(page, {"show": "deliveries"}).content.decode()
    assert reverse("delivery", args=[delivery.pk]) in shown
    assert delivery.country.name in shown
    number = item.mandate_links.get().mandate.paragraph.number
    assert [listed(paragraph=one) for one in (number, "99")] == [1, 0]
    assert [listed(area=code) for code in ("002", "019", "nowhere")] == [1, 0, 1]
    assert listed(verified="true") == 0
    row = file_of(client, page, show="deliveries")[1]
    assert (row[2], row[12]) == ("KE", delivery.on.isoformat())


@pytest.mark.parametrize("wanted", [{"status": "\0"}, {"status": "x"}, {"kind": "\0"}])
def test_a_narrowing_that_is_none_finds_no_row(
    closing: Closing, wanted: dict[str, str], sign_in: SignIn
) -> None:
    page = sign_in(officer()).get(reverse("closing", args=[closing.pk]), wanted)
    assert page.context["page_obj"].paginator.count == 0


def test_a_closing_comes_as_a_data_package_of_what_was_closed(
    closing: Closing, item: Any, sign_in: SignIn
) -> None:
    client, page = sign_in(officer()), reverse("closing", args=[closing.pk])
    assert "?format=package" in client.get(page).content.decode()
    answer = client.get(page, {"format": "package"})
    assert answer["Content-Type"] == "application/zip"
    assert f"closed-{SLUG}-2019-12-18-{YESTERDAY}.zip" in answer["Content-Disposition"]
    item.mandate_links.all().delete()
    assert client.get(page, {"format": "package"}).content == answer.content
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert closing.sha256 in archive.read("datapackage.json").decode()
    assert hashlib.sha256(archive.read("rows.txt")).hexdigest() == closing.sha256
    assert item.request.ref in archive.read("demands.csv").decode()
    refused = sign_in(focal_point("KE")).get(page, {"format": "package"})
    assert refused["Content-Type"].startswith("text/html")


def test_what_ended_before_a_closed_period_is_not_in_its_package(sign_in: SignIn) -> None:
    ended = RequestFactory(received_on=YESTERDAY - dt.timedelta(days=90)).items.get()
    link(ended, MandateFactory())
    day = YESTERDAY - dt.timedelta(days=60)
    type(ended).objects.update(outcome="withdrawn", outcome_on=day, outcome_basis="officer")
    closing = close_period(
        user=manager(), resolution_slug=SLUG, first=day + dt.timedelta(days=1), last=YESTERDAY
    )
    page = reverse("closing", args=[closing.pk])
    answer = sign_in(officer()).get(page, {"format": "package"})
    demands = zipfile.ZipFile(io.BytesIO(answer.content)).read("demands.csv").decode()
    assert len(demands.splitlines()) == 1


def test_the_trend_says_that_it_is_against_a_closed_period(
    closing: Closing, item: Any, sign_in: SignIn
) -> None:
    page = sign_in(officer()).get(reverse("resolution", args=[SLUG])).content.decode()
    assert f'<a href="/closings/{closing.pk}/">last closed period</a>' in page


def test_states_and_the_public_see_what_is_public_of_it(
    closing: Closing, item: Any, sign_in: SignIn, settings: Any
) -> None:
    for somebody in (focal_point("CO"), person("administrator")):
        page = sign_in(somebody).get(reverse("closing", args=[closing.pk])).content.decode()
        assert "fewer than 3 States asked" in page
        assert item.request.ref not in page
    settings.PUBLIC_SITE = True
    assert "fewer than 3" in Client().get(reverse("closing", args=[closing.pk])).content.decode()
    listed = Client().get(reverse("closing-list", args=[SLUG]))
    assert list(listed.context["page_obj"]) == [closing]


def test_a_focal_point_sees_closed_figures_beside_its_own_rows(
    item: Any, sign_in: SignIn, settings: Any
) -> None:
    client, page = sign_in(focal_point("KE")), reverse("resolution", args=[SLUG])
    assert "All States: figures of the last closed period" not in client.get(page).content.decode()
    for iso in ("CO", "NE"):
        served_item(iso)
    close_period(user=manager(), resolution_slug=SLUG, first=None, last=YESTERDAY)
    shown = client.get(page).content.decode()
    assert "All States: figures of the last closed period" in shown
    assert "3 of 3 demands served; 3 States asked" in shown
    settings.PUBLIC_SITE = True
    assert "Figures of the last closed period" in Client().get(page).content.decode()


def test_a_list_without_closings_says_who_closes_one(item: Any, sign_in: SignIn) -> None:
    page = reverse("closing-list", args=[SLUG])
    shown = sign_in(manager()).get(page).content.decode()
    assert "No period is closed yet" in shown
    assert reverse("closing-new", args=[SLUG]) in shown
    assert reverse("closing-new", args=[SLUG]) not in sign_in(officer()).get(page).content.decode()


def compare(client: Client, **query: str) -> Any:
    return client.get(reverse("comparison", args=[SLUG]), query)


def test_two_days_are_compared_row_by_row(item: Any, sign_in: SignIn) -> None:
    client = sign_in(officer())
    page = compare(client)
    (change,) = page.context["found"].changes
    assert (change.move, change.after.status) == ("opened", "delivered")
    for words in ("Opened", "Request received", "Delivered", item.request.ref):
        assert words in page.content.decode()
    ((_label, number, url),) = page.context["moves"]
    assert len(client.get(url).context["page_obj"]) == number
    assert len(compare(client, move="ended").context["page_obj"]) == 0
    assert "Nothing changed" in compare(client, move="ended").content.decode()
    by_status = {fact.status: fact.cells for fact in page.context["sections"][2].facts}
    assert [cell.number for cell, _of in by_status["delivered"]] == [0, 1]
    for cells in by_status.values():
        for figure, _of in cells:
            if figure.number:
                assert len(client.get(figure.url).context["page_obj"]) == figure.number


def test_days_that_make_no_period_are_said_at_their_field(item: Any, sign_in: SignIn) -> None:
    client = sign_in(officer())
    page = compare(client, **{"from": "2026-01-02", "to": "2020-01-01"})
    assert set(page.context["form"].errors) == {"to"}
    assert set(compare(client, to="never").context["form"].errors) == {"to"}


def test_days_without_a_record_are_no_noughts(item: Any, sign_in: SignIn) -> None:
    client = sign_in(officer())
    said = compare(client, clock="said").content.decode()
    assert "Nothing had been recorded by" in said
    assert "from the first night on" in said
    assert "Demands by status" not in said
    record_changes(today())
    said = compare(client, clock="said", to=YESTERDAY.isoformat()).content.decode()
    assert "choose later days" in said
    assert "Demands by status" not in said


def test_what_was_said_is_compared_too_and_comes_as_a_file(item: Any, sign_in: SignIn) -> None:
    client = sign_in(officer())
    record_changes(YESTERDAY)
    said = compare(client, clock="said")
    assert [one.move for one in said.context["found"].changes] == ["opened"]
    assert "the first record is of" in said.content.decode()
    assert [section.words for section in said.context["sections"]] == ["Demands by status"]
    item.outcome, item.outcome_on = "declined", YESTERDAY
    item.outcome_basis, item.outcome_reason = "officer", "No"
    item.save()
    page = reverse("comparison", args=[SLUG])
    rows = file_of(client, page)
    assert rows[1][3:6] == ["Opened and ended in between", "", "Delivered; Declined"]
    assert "move=ended&amp;format=xlsx" in compare(client, move="ended").content.decode()
    assert file_of(client, page, move="ended")[1] == []
