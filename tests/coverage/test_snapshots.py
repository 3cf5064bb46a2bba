"""What was said on a day is kept, and the figures are checked against their rows."""

from __future__ import annotations

import datetime as dt

import pytest

from assistance.coverage import checks, tasks
from assistance.coverage.models import CoverageRecord, Demand
from assistance.coverage.snapshots import record_changes
from assistance.coverage.tally import Tally
from assistance.coverage.window import today
from assistance.models import ItemMandate
from config.selfcheck import check_installation
from mandates.models import Resolution
from tests import factories
from tests.coverage.conftest import Written

pytestmark = pytest.mark.django_db
YESTERDAY = today() - dt.timedelta(days=1)


def test_a_demand_is_recorded_once_until_it_changes():
    item = factories.served_item()
    assert record_changes(YESTERDAY) == 1
    assert record_changes(today()) == 0
    record = CoverageRecord.objects.get()
    assert (record.recorded_on, record.status, record.gone) == (YESTERDAY, "delivered", False)
    assert record.row["item_id"] == item.pk
    factories.EvidenceFactory(
        delivery=item.deliveries.get(),
        verified_by=factories.UserFactory(),
        verified_at=factories.timezone.now(),
    )
    assert record_changes(today()) == 1
    latest = CoverageRecord.objects.latest_by(today()).get()
    assert (latest.recorded_on, latest.status) == (today(), "evidenced")
    assert CoverageRecord.objects.latest_by(YESTERDAY).get().status == "delivered"


def test_recording_twice_on_a_day_keeps_the_later_word():
    item = factories.served_item()
    record_changes(today())
    item.deliveries.get().approvals.all().delete()
    assert record_changes(today()) == 1
    assert CoverageRecord.objects.get().status == "planned"
    assert record_changes(today()) == 0


def test_a_demand_that_is_no_longer_there_is_recorded_as_gone_and_may_return():
    factories.served_item()
    record_changes(today() - dt.timedelta(days=3))
    ItemMandate.objects.update(state="rejected")
    assert record_changes(today() - dt.timedelta(days=2)) == 1
    assert record_changes(YESTERDAY) == 0
    assert CoverageRecord.objects.latest_by(today()).get().gone
    ItemMandate.objects.update(state="confirmed")
    assert record_changes(today()) == 1
    assert not CoverageRecord.objects.latest_by(today()).get().gone


def test_a_new_definition_records_all_demands_anew():
    factories.served_item()
    record_changes(YESTERDAY)
    CoverageRecord.objects.update(definition="0.9")
    assert record_changes(today()) == 1


def test_the_nightly_task_records_today_or_the_day_it_is_given():
    factories.served_item()
    assert tasks.record_changes(YESTERDAY.isoformat()) == 1
    assert tasks.record_changes() == 0


def test_random_worlds_are_recorded_once(some_worlds: Written):
    assert record_changes(YESTERDAY) == Demand.objects.count()
    assert record_changes(YESTERDAY) == 0


def test_the_figures_of_random_worlds_contradict_nothing(some_worlds: Written):
    assert check_installation() == []


def test_figures_that_do_not_add_up_are_logged(monkeypatch, caplog):
    factories.served_item()
    wrong = Tally(opened=2)
    wrong.counted["delivered"] = 2
    monkeypatch.setattr(checks, "tally_by_mandate", lambda *_given: {0: wrong})
    monkeypatch.setattr(checks, "OUT_OF_ORDER", checks.Q(delivered_on__isnull=False))
    assert check_installation() == ["4 figures of coverage do not agree with their rows"]
    (resolution,) = Resolution.objects.all()
    assert f"{resolution}: the figures count 2 demands, the rows are 1" in caplog.text
