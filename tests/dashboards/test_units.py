"""The page of a lead unit: what is due this month, its activities, its mandates, its gaps."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Membership
from tests.factories import (
    ActivityFactory,
    MandateFactory,
    NeedFactory,
    RequestFactory,
    UnitFactory,
    approve,
    link,
    manager,
    officer,
    today,
)

pytestmark = pytest.mark.django_db

PAGE = "/units/tpb/"


@pytest.fixture
def unit() -> Any:
    return UnitFactory(names={"en": "Terrorism Prevention Branch"})


@pytest.fixture
def colleague(unit: Any) -> Any:
    """An officer who works in the unit."""
    person = officer()
    Membership.objects.filter(user=person).update(unit=unit)
    return person


@pytest.fixture
def client_of(sign_in: Callable[[Any], Client], colleague: Any) -> Client:
    return sign_in(colleague)


def due(client: Client) -> list[tuple[dt.date, str]]:
    return [(one.day, one.what) for one in client.get(PAGE).context["page"].due]


def last_of_month() -> dt.date:
    return (today().replace(day=1) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def test_the_month_is_told_by_day_and_what_falls_outside_is_not(
    client_of: Client, unit: Any, colleague: Any
) -> None:
    first, last = today().replace(day=1), last_of_month()
    for end, fields in (
        (last, {}),
        (first, {}),
        (first - dt.timedelta(days=1), {}),
        (last + dt.timedelta(days=1), {}),
        (last, {"status": "4"}),
        (last, {"unit": UnitFactory(code="other")}),
    ):
        ActivityFactory(**{"unit": unit, "planned_end": end, **fields})
    assert due(client_of) == [
        (first, "Planned end of an activity"),
        (last, "Planned end of an activity"),
    ]


def test_first_answers_are_those_that_the_people_of_the_unit_owe(
    client_of: Client, colleague: Any
) -> None:
    received = today() - dt.timedelta(days=70)
    owed = RequestFactory(assigned_to=colleague, received_on=received)
    RequestFactory(assigned_to=officer(), received_on=received)
    RequestFactory(assigned_to=colleague, received_on=received, state="accepted")
    RequestFactory(assigned_to=colleague, received_on=last_of_month())
    assert due(client_of) == [(received + dt.timedelta(days=30), "First answer to a request")]
    Membership.objects.filter(user=colleague).update(unit=None)
    assert due(client_of) == []
    assert owed.ref not in client_of.get(PAGE).content.decode()


def test_rounds_of_needs_open_and_end_by_their_spans(client_of: Client, unit: Any) -> None:
    mandate = MandateFactory(basis="standing", lead_unit=unit)
    begins = today().replace(year=today().year - 1, day=1)
    need = NeedFactory(mandate=mandate, valid_from=begins, every_months=12, published=True)
    other = MandateFactory(basis="standing", lead_unit=unit)
    NeedFactory(mandate=other, valid_from=begins, valid_to=last_of_month(), published=True)
    elsewhere = MandateFactory(basis="standing", lead_unit=None)
    NeedFactory(mandate=elsewhere, valid_from=today(), published=True)
    assert due(client_of) == [
        (today().replace(day=1), "A round opens"),
        (last_of_month(), "A need ends"),
    ]
    assert f"#n{need.pk}r1" in client_of.get(PAGE).content.decode()


def test_reports_are_due_until_they_are_submitted(client_of: Client, unit: Any) -> None:
    late = today() - dt.timedelta(days=100)
    mandate = MandateFactory(lead_unit=unit, report_session=75, report_due_on=late)
    MandateFactory(lead_unit=unit, report_session=76, report_due_on=dt.date(2100, 1, 1))
    assert due(client_of) == [(late, "Report asked for")]
    assert "tasks__due--late" in client_of.get(PAGE).content.decode()
    mandate.report_submitted_on, mandate.report_symbol = today(), "A/75/1"
    mandate.save()
    assert due(client_of) == []


def test_activities_that_go_on_or_need_something_are_counted_and_listed(
    client_of: Client, unit: Any
) -> None:
    running = ActivityFactory(unit=unit, planned_end=today() + dt.timedelta(days=90))
    approve(running)
    overdue = ActivityFactory(unit=unit, status="1", planned_end=today() - dt.timedelta(days=90))
    approve(overdue)
    quiet = ActivityFactory(unit=unit, status="1", planned_end=today() + dt.timedelta(days=90))
    approve(quiet)
    waiting = ActivityFactory(unit=unit, status="1")
    page = client_of.get(PAGE).context["page"]
    assert [(pile.label, pile.number) for pile in page.piles] == [
        ("Running", 1),
        ("Overdue", 1),
        ("Stale", 0),
        ("Waiting for approval", 1),
    ]
    assert page.activities == [overdue, running, waiting]
    for pile in page.piles:
        assert client_of.get(pile.url).context["page_obj"].paginator.count == pile.number


def test_more_activities_than_fit_are_said_and_linked(client_of: Client, unit: Any) -> None:
    ActivityFactory.create_batch(17, unit=unit)
    page = client_of.get(PAGE)
    assert len(page.context["page"].activities) == 15
    assert "2 more, later" in page.content.decode()


def test_what_is_due_is_shown_in_pages_and_is_whole_in_the_file(
    client_of: Client, unit: Any
) -> None:
    ActivityFactory.create_batch(16, unit=unit, planned_end=last_of_month())
    page = client_of.get(PAGE)
    assert (len(page.context["page_obj"]), len(page.context["page"].due)) == (15, 16)
    assert "?page=2" in page.content.decode()
    text = client_of.get(f"{PAGE}?format=csv").content.decode("utf-8-sig")
    rows = [row["Part"] for row in csv.DictReader(text.splitlines())]
    assert rows.count("Due this month") == 16


def test_mandates_have_the_figures_of_their_demands(client_of: Client, unit: Any) -> None:
    mandate = MandateFactory(lead_unit=unit)
    link(RequestFactory().items.get(), mandate)
    MandateFactory(lead_unit=unit, addressees=[])
    [led, not_counted] = client_of.get(PAGE).context["page"].led
    assert (led.figures.demands, led.figures.served, led.figures.status) == (1, 0, "unmet")
    assert not not_counted.figures.counted
    assert client_of.get(led.demands_url).context["page_obj"].paginator.count == 1


def test_a_unit_without_anything_says_what_to_do_next(client_of: Client, unit: Any) -> None:
    page = client_of.get("/units/tpb/").content.decode()
    for words in (
        "Nothing is due this month.",
        "No activity goes on.",
        "/activities/new/",
        "This unit leads no mandate yet.",
        "The unit has no gap.",
    ):
        assert words in page


def test_home_and_gaps_lead_to_the_page(
    client_of: Client, sign_in: Callable[[Any], Client], unit: Any
) -> None:
    assert 'href="/units/tpb/"' in client_of.get("/").content.decode()
    assert "Your unit" in client_of.get(PAGE).content.decode()
    link(RequestFactory().items.get(), MandateFactory(lead_unit=unit))
    overseer = sign_in(manager())
    assert 'href="/units/tpb/"' in overseer.get("/gaps/").content.decode()
    assert "Your unit" not in overseer.get(PAGE).content.decode()


def test_the_page_takes_as_many_queries_whatever_the_unit_has(
    client_of: Client, unit: Any, colleague: Any
) -> None:
    def add() -> None:
        led = {"lead_unit": unit, "report_session": 75, "report_due_on": today()}
        link(RequestFactory().items.get(), MandateFactory(**led))
        need = NeedFactory(mandate=MandateFactory(**led, basis="standing"), published=True)
        NeedFactory(mandate=need.mandate, valid_from=today(), valid_to=today(), published=True)
        ActivityFactory(unit=unit, planned_end=today())
        RequestFactory(assigned_to=colleague, received_on=today() - dt.timedelta(days=70))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client_of.get(PAGE).status_code == 200
        return len(captured)

    add()
    queries()
    with_one = queries()
    add()
    add()
    assert queries() == with_one == 19


def test_only_units_have_a_page(client_of: Client) -> None:
    MandateFactory()
    assert client_of.get("/units/unodc/").status_code == 404
    assert client_of.get("/units/nothing/").status_code == 404


def test_the_file_holds_each_part(client_of: Client, unit: Any) -> None:
    link(RequestFactory().items.get(), MandateFactory(lead_unit=unit))
    ActivityFactory(unit=unit, title="Training", planned_end=last_of_month())
    text = client_of.get(f"{PAGE}?format=csv").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["Part"]]
    assert [row["Part"] for row in rows][:1] == ["Due this month"]
    assert [row["Words"] for row in rows if row["Part"] == "Due this month"] == ["Training"]
    [mandate] = [row for row in rows if row["Part"] == "Mandates"]
    assert (mandate["Status"], mandate["Number"]) == ("Unmet", "1")
    assert "mandate=" in mandate["Rows: Number"]
