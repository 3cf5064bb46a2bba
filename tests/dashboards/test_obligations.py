"""Reporting obligations: what is late, due and to come, and marking a report as submitted."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from django.urls import reverse

from assistance.reminders import remind_of_due_dates
from mandates.models import Correction
from mandates.services.correcting import ChangedMeanwhile
from mandates.services.reporting import mark_report_submitted
from notifications.models import OutboxMessage
from tests.factories import MandateFactory, ParagraphFactory, focal_point, manager, officer, today

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


def due(days: int | None, **fields: Any) -> Any:
    """A mandate whose report is due in so many days."""
    day = None if days is None else today() + dt.timedelta(days=days)
    return MandateFactory(
        paragraph=ParagraphFactory(),
        addressees=["secretary_general"],
        report_session=75,
        report_due_on=day,
        **fields,
    )


@pytest.fixture
def every() -> dict[str, Any]:
    yesterday = today() - dt.timedelta(days=1)
    MandateFactory()
    return {
        "late": due(-3),
        "due": due(90),
        "upcoming": due(91),
        "undated": due(None),
        "submitted": due(10, report_submitted_on=yesterday, report_symbol="A/75/1"),
        "submitted_late": due(-10, report_submitted_on=yesterday, report_symbol="A/75/2"),
    }


def test_each_obligation_stands_with_its_state_what_is_due_first(
    every: dict[str, Any], sign_in: SignIn
) -> None:
    client, page = sign_in(focal_point()), reverse("obligation-list")
    rows = client.get(page).context["rows"]
    assert {state.value: mandate for mandate, state, _mark in rows} == every
    assert [state.value for _mandate, state, _mark in rows] == [
        *("submitted_late", "late", "submitted", "due", "upcoming", "undated")
    ]
    for state, mandate in every.items():
        assert [row for row, *_rest in client.get(page, {"state": state}).context["rows"]] == [
            mandate
        ]
    assert len(client.get(page, {"state": "no such"}).context["rows"]) == len(every)
    sheet = client.get(page, {"state": "late", "format": "csv"}).content.decode("utf-8-sig")
    assert list(csv.reader(sheet.splitlines()))[1][3] == "Late"
    assert [one["label"] for one in client.get(page).context["exports"]] == ["Export CSV", "XLSX"]


def test_marking_a_report_keeps_who_when_and_the_document(sign_in: SignIn) -> None:
    mandate, boss = due(-3), manager()
    client, page = sign_in(boss), reverse("report-submit", args=[mandate.pk])
    wrong = client.post(page, {"submitted_on": "", "symbol": ""})
    assert set(wrong.context["form"].errors) == {"submitted_on", "symbol"}
    later = (today() + dt.timedelta(days=1)).isoformat()
    wrong = client.post(page, {"submitted_on": later, "symbol": "A/75/1"})
    assert set(wrong.context["form"].errors) == {"submitted_on"}
    version = client.get(page).context["form"].initial["version"]
    sent = {"submitted_on": today().isoformat(), "symbol": "A/75/1", "version": version}
    shown = client.post(page, sent, follow=True).content.decode()
    mandate.refresh_from_db()
    assert (mandate.report_submitted_on, mandate.report_symbol) == (today(), "A/75/1")
    assert f"marked by {boss}" in shown
    assert f"marked by {boss}" not in sign_in(focal_point()).get("/reports/").content.decode()
    again = client.post(page, {**sent, "symbol": "A/75/2"})
    assert "Somebody corrected this mandate" in again.content.decode()


def test_marking_twice_changes_nothing_and_a_change_is_kept() -> None:
    mandate, author = due(3), officer()
    for _each in (1, 2):
        mark_report_submitted(
            user=author, mandate_pk=mandate.pk, submitted_on=today(), symbol="A/75/1"
        )
    assert Correction.objects.count() == 2
    mark_report_submitted(user=author, mandate_pk=mandate.pk, submitted_on=today(), symbol="A/75/2")
    last = Correction.objects.first()
    assert (last.field, last.before, last.after) == ("report_symbol", "A/75/1", "A/75/2")


@pytest.mark.parametrize(
    ("days", "symbol", "field"),
    [(-5000, "A/75/1", "submitted_on"), (1, "A/75/1", "submitted_on"), (0, " ", "symbol")],
)
def test_a_day_to_come_before_the_adoption_or_without_document_is_refused(
    days: int, symbol: str, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        mark_report_submitted(
            user=officer(),
            mandate_pk=due(3).pk,
            submitted_on=today() + dt.timedelta(days=days),
            symbol=symbol,
        )
    assert list(refused.value.message_dict) == [field]


def test_only_a_mandate_that_asks_for_a_report_can_be_marked(sign_in: SignIn) -> None:
    plain = MandateFactory()
    given = {"submitted_on": today(), "symbol": "A/75/1"}
    with pytest.raises(ValidationError):
        mark_report_submitted(user=officer(), mandate_pk=plain.pk, **given)
    with pytest.raises(Http404):
        mark_report_submitted(user=officer(), mandate_pk=987654, **given)
    with pytest.raises(PermissionDenied):
        mark_report_submitted(user=focal_point(), mandate_pk=due(3).pk, **given)
    with pytest.raises(ChangedMeanwhile):
        mark_report_submitted(user=officer(), mandate_pk=due(3).pk, version="older", **given)
    page = reverse("report-submit", args=[plain.pk])
    assert sign_in(officer()).get(page).status_code == 404


@pytest.mark.parametrize(
    ("days", "number"), [(61, 0), (60, 1), (30, 1), (14, 1), (0, 1), (-1, 1), (-40, 1)]
)
def test_managers_are_reminded_before_the_day_and_once_it_has_passed(
    days: int, number: int
) -> None:
    boss = manager()
    officer()
    due(days)
    due(days, report_submitted_on=today())
    remind_of_due_dates()
    remind_of_due_dates()
    told = OutboxMessage.objects.filter(kind="report_due")
    assert [message.recipient for message in told] == [boss] * number
