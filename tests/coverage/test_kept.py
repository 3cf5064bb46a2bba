"""What is kept of coverage says at every moment what the definition says."""

from __future__ import annotations

import datetime as dt
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assistance.coverage.kept import Waiting, disagreements, keep, keep_all, waiting
from assistance.coverage.models import Demand, DemandKind, KeptDemand, KeptWork, Mark
from assistance.coverage.tasks import keep_rows
from assistance.coverage.window import today
from assistance.models import ItemMandate
from config import views
from config.selfcheck import check_installation
from directory.viewer import SYSTEM, viewing_as
from tests import factories as make
from tests.coverage.comparing import VIEWS, rows_of_view

CHANGES = (
    "UPDATE assistance_assistancerequest SET received_on = received_on - 40",
    "UPDATE assistance_assistancerequest SET state = 'draft', ref = NULL",
    "UPDATE assistance_requeststate SET country_id = country_id + 90000",
    "DELETE FROM assistance_requeststate",
    "UPDATE assistance_requestitem SET outcome = 'partly_fulfilled' WHERE outcome = 'fulfilled'",
    "UPDATE assistance_requestitem SET outcome_on = outcome_on - 20",
    "UPDATE assistance_itemmandate SET state = 'rejected', decided_at = now()",
    "UPDATE assistance_itemmandate SET mandate_revision = mandate_revision - 1",
    "DELETE FROM assistance_itemmandate",
    "UPDATE assistance_activityitem SET state = 'rejected', decided_at = now()",
    "DELETE FROM assistance_activityitem",
    "DELETE FROM assistance_deliveryitem",
    "DELETE FROM assistance_deliveryneed",
    'UPDATE assistance_delivery SET "on" = "on" - 25',
    "UPDATE assistance_delivery SET revision = revision + 1",
    "UPDATE assistance_delivery SET country_id = NULL",
    "DELETE FROM assistance_approval",
    'UPDATE assistance_approval SET "on" = "on" - 25',
    "UPDATE assistance_approval SET revision = revision + 9 WHERE delivery_id IS NOT NULL",
    "DELETE FROM assistance_evidence",
    "UPDATE assistance_evidence SET verified_at = NULL, verified_by_id = NULL"
    " WHERE NOT self_verified",
    "UPDATE assistance_reply SET verdict = 'disputed'",
    "DELETE FROM assistance_reply",
    "UPDATE assistance_activity SET status = '4'",
    "UPDATE assistance_activity SET status = '5'",
    "UPDATE assistance_activity SET planned_end = now()::date - 3, planned_start = now()::date - 9,"
    " status = '2'",
    "UPDATE assistance_activity SET actual_start = actual_start - 30",
    "UPDATE assistance_activitymandate SET state = 'rejected', decided_at = now()",
    "UPDATE assistance_activitymandate SET mandate_revision = mandate_revision - 1",
    "DELETE FROM assistance_activitymandate",
    "UPDATE mandates_need SET valid_from = valid_from - 70",
    "UPDATE mandates_need SET valid_to = valid_from + 400",
    "UPDATE mandates_need SET published_by_id = NULL, published_at = NULL",
    "UPDATE mandates_need SET every_months = 5",
    "UPDATE mandates_need SET every_months = NULL",
    "UPDATE mandates_mandate SET basis = 'standing'",
    "UPDATE mandates_mandate SET kind = 'statement'",
    "UPDATE mandates_mandate SET revision = revision + 1",
    "DELETE FROM mandates_facet",
    "UPDATE mandates_resolution SET adopted_on = adopted_on + 50 WHERE superseded_on IS NULL",
    "UPDATE mandates_resolution SET superseded_on = now()::date",
    "UPDATE directory_entity SET code = 'somebody_else' WHERE code = 'unodc'",
)
"""Each way in which what stands below the definitions can be changed, for every row that has it."""


def read() -> dict[str, Any]:
    with connection.cursor() as cursor:
        return {view: rows_of_view(cursor, view) for view in VIEWS}


def run(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(statement)
        return int(cursor.rowcount)


def test_rows_say_the_same_before_and_after_they_are_kept(some_worlds):
    before = read()
    assert all(before.values())
    assert disagreements() == []
    assert str(Mark(kind="item", thing=1)) == "item 1"
    assert keep() > 0
    assert not Mark.objects.exists()
    assert {str(row) for row in KeptDemand.objects.all()} == set(before["coverage_demand"])
    assert {str(row) for row in KeptWork.objects.all()} == set(before["work_without_demand"])
    assert KeptDemand.objects.count() == len(before["coverage_demand"])
    assert KeptWork.objects.count() == len(before["work_without_demand"])
    assert read() == before
    assert disagreements() == []


def test_every_change_is_read_at_once_and_after_it_is_kept(some_worlds):
    keep_all()
    before = read()
    unchanged = []
    for change in CHANGES:
        with transaction.atomic():
            assert run(change), change
            assert disagreements() == [], change
            if read() == before:
                unchanged.append(change)
            keep()
            assert disagreements() == [], change
            transaction.set_rollback(True)
    assert unchanged == []
    assert read() == before


def test_a_day_may_change_a_row_though_nothing_was_written(some_worlds):
    item, mandate, activity = (
        make.RequestFactory().items.get(),
        make.MandateFactory(),
        make.ActivityFactory(planned_end=today() + dt.timedelta(days=5)),
    )
    for left, right in ((item, mandate), (activity, mandate), (activity, item)):
        make.link(left, right)
    make.approve(activity)
    keep_all()
    rounds = KeptDemand.objects.filter(kind=DemandKind.ROUND)
    assert rounds.exists()
    assert set(rounds.values_list("stale_on", flat=True)) == {today() + dt.timedelta(days=1)}
    # Overdue from the day after.
    assert KeptDemand.objects.get(item_id=item.pk).stale_on == today() + dt.timedelta(days=6)
    before = read()

    # As on the day after: what was kept for yesterday is wrong, and not read.
    KeptDemand.objects.exclude(stale_on=None).update(
        stale_on=today(), opened_on=dt.date(1999, 1, 1)
    )
    KeptWork.objects.exclude(stale_on=None).update(stale_on=today(), until=dt.date(1999, 1, 1))

    assert read() == before
    assert keep() > 0
    assert read() == before
    assert disagreements() == []


def test_a_row_kept_otherwise_is_told_of_and_worked_out_again(some_worlds, caplog):
    keep_all()
    before = read()
    wrong = KeptDemand.objects.first()
    KeptDemand.objects.filter(pk=wrong.pk).update(closed_short=not wrong.closed_short)
    assert read() != before
    (problem,) = [one for one in check_installation() if "coverage" in one]
    assert problem.endswith("coverage does not agree with its rows")
    assert f"coverage_demand {wrong.key} is not kept as it is defined" in caplog.text
    assert read() == before
    assert check_installation() == []


def test_what_is_not_committed_yet_is_not_lost(transactional_db):
    """A change that keeping could not see leaves its mark behind."""
    with transaction.atomic():
        item = make.RequestFactory().items.get()
        link = make.link(item, make.MandateFactory())
    keep()
    written, kept = Event(), Event()

    def change() -> None:
        with viewing_as(SYSTEM), transaction.atomic():
            ItemMandate.objects.filter(pk=link.pk).delete()
            written.set()
            assert kept.wait(60)
        connection.close()

    thread = Thread(target=change)
    thread.start()
    assert written.wait(60)
    with transaction.atomic():
        make.RequestFactory()
    assert keep() > 0
    kept.set()
    thread.join()
    assert not Demand.objects.filter(item=item).exists()
    assert disagreements() == []
    keep_rows()
    assert not Demand.objects.filter(item=item).exists()
    assert not KeptDemand.objects.filter(item_id=item.pk).exists()


def test_two_do_not_keep_at_once(transactional_db):
    with transaction.atomic():
        make.RequestFactory()
    numbers: list[int] = []

    def other() -> None:
        with viewing_as(SYSTEM):
            numbers.append(keep())
        connection.close()

    with transaction.atomic():
        assert keep() > 0
        thread = Thread(target=other)
        thread.start()
        thread.join()
    assert numbers == [0]


def test_what_waits_for_a_worker_is_told_of_and_is_no_failure(some_worlds, client):
    keep_all()
    assert waiting() == Waiting(0, dt.timedelta())
    run("UPDATE assistance_reply SET verdict = 'disputed'")
    number = Mark.objects.count()
    assert number == waiting().number > 0
    answer = client.get("/ready/")
    assert answer.json()["coverage"] == "ok"
    Mark.objects.filter(pk=Mark.objects.latest("pk").pk).update(
        made_at=timezone.now() - dt.timedelta(minutes=11)
    )
    late = client.get("/ready/")
    assert late.json()["coverage"] == f"late: {number} waiting, the oldest for 11 minutes"
    assert late.status_code == answer.status_code
    [problem] = [one for one in check_installation() if "coverage" in one]
    assert problem.startswith(
        f"{number} changes wait to be worked into coverage, the oldest for 11"
    )
    keep_rows()
    assert client.get("/ready/").json()["coverage"] == "ok"
    assert check_installation() == []


def test_rows_that_come_of_age_wait_as_well(some_worlds):
    keep_all()
    made_yesterday = KeptDemand.objects.exclude(stale_on=None)
    number = made_yesterday.update(stale_on=today() - dt.timedelta(days=1))
    found = waiting()
    assert found.number == number > 0
    assert found.is_late
    assert dt.timedelta(days=1) <= found.age < dt.timedelta(days=2)


def test_a_site_whose_tables_are_missing_says_so(db, client, monkeypatch):
    def fails() -> None:
        raise DatabaseError

    monkeypatch.setattr(views, "waiting", fails)
    assert client.get("/ready/").json()["coverage"] == "not known"
