"""Two days beside each other: what moved, and because of which act."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from assistance.coverage.acts import ActKind
from assistance.coverage.comparing import Clock, Comparison, Move, Standing, compare, move_of
from assistance.coverage.models import CoverageRecord
from assistance.coverage.snapshots import record_changes
from assistance.coverage.status import Status
from assistance.coverage.window import Window, today
from assistance.models import ItemMandate
from mandates.models import Resolution
from tests import factories

pytestmark = pytest.mark.django_db


def ago(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


def compared(first: int, last: int, clock: Clock = Clock.RECORD, user: Any = None) -> Comparison:
    """The days so many days ago."""
    return compare(
        Resolution.objects.get(),
        user=user or factories.manager(),
        window=Window(ago(first), ago(last)),
        clock=clock,
    )


def only(found: Comparison) -> Any:
    (change,) = found.changes
    return change


@pytest.fixture
def item() -> Any:
    """Received ten days ago, its activity approved five days ago, delivered two days ago."""
    found = factories.served_item(evidenced=True)
    activity = found.activity_links.get().activity
    activity.approvals.update(on=ago(5))
    activity.actual_start = ago(3)
    activity.save()
    return found


def kinds(change: Any) -> list[ActKind]:
    return [act.kind for act in change.acts]


def test_a_demand_moves_by_the_events_between_the_two_days(item):
    change = only(compared(11, 9))
    assert (change.move, change.before, kinds(change)) == (Move.OPENED, None, [ActKind.REQUEST])
    assert change.acts[0].path == f"/requests/{item.request_id}/"
    change = only(compared(9, 4))
    assert (change.before.status, change.after.status) == (Status.UNMET, Status.PLANNED)
    assert (change.move, kinds(change)) == (Move.FORWARD, [ActKind.APPROVAL])
    change = only(compared(4, 0))
    assert change.after == Standing(Status.EVIDENCED)
    assert kinds(change) == [ActKind.VERIFICATION, ActKind.DELIVERY, ActKind.START]
    assert change.acts[0].who
    assert change.subject.item == item
    assert [country.iso for country in change.subject.countries] == ["KE"]


def test_the_figures_of_both_days_stand_beside(item):
    found = compared(11, 4)
    assert found.before == {}
    assert found.after == {Status.PLANNED: 1}
    assert found.moves == {Move.OPENED: 1}


def test_nothing_between_two_days_is_no_change(item):
    assert compared(1, 0).changes == []


def test_what_ended_says_why():
    asked = factories.RequestFactory(received_on=ago(9), state="accepted").items.get()
    factories.link(asked, factories.MandateFactory())
    asked.outcome, asked.outcome_on = "declined", ago(4)
    asked.outcome_basis, asked.outcome_reason = "officer", "No"
    asked.save()
    change = only(compared(6, 0))
    assert (change.move, change.after.why_ended) == (Move.ENDED, "Declined")
    assert kinds(change) == [ActKind.END]
    assert only(compared(10, 0)).move == Move.CAME_AND_WENT
    assert compared(3, 0).changes == []


def test_needs_rounds_and_the_implied_delivery_open_too():
    mandate = factories.MandateFactory(basis="standing")
    need = factories.NeedFactory(mandate=mandate, published=True, valid_from=ago(4))
    change = only(compared(6, 0))
    assert (kinds(change), change.acts[0].path) == ([ActKind.NEED], f"/needs/{need.pk}/")
    need.every_months = 12
    need.save()
    assert kinds(only(compared(6, 0))) == [ActKind.ROUND]
    need.delete()
    Resolution.objects.update(adopted_on=ago(3))
    change = only(compared(5, 0))
    assert (kinds(change), change.acts[0].path) == ([ActKind.NEED], "")


def test_a_state_compares_its_own_rows_alone(item):
    assert only(compared(11, 0, user=factories.focal_point("KE"))).subject.item == item
    assert compared(11, 0, user=factories.focal_point("CO")).changes == []


@pytest.mark.parametrize(
    ("before", "after", "move"),
    [
        (Standing(Status.DELIVERED), Standing(Status.PLANNED), Move.BACK),
        (Standing(Status.PLANNED, "declined"), Standing(Status.PLANNED), Move.REOPENED),
        (Standing(Status.PLANNED, "declined"), Standing(Status.PLANNED, "merged"), None),
        (Standing(Status.PLANNED), None, Move.GONE),
        (None, None, None),
    ],
)
def test_each_move_has_its_name(before, after, move):
    assert move_of(before, after) == move


def test_as_was_said_judgements_move_a_demand_too(item):
    record_changes(ago(1))
    item.deliveries.get().evidence.all().delete()
    record_changes(today())
    assert compared(1, 0).changes == []
    change = only(compared(1, 0, Clock.SAID))
    assert (change.before.status, change.after.status) == (Status.EVIDENCED, Status.DELIVERED)
    assert change.move == Move.BACK
    assert ActKind.VERIFICATION in kinds(change)


def test_as_was_said_a_demand_that_is_gone_keeps_its_last_words(item):
    record_changes(ago(1))
    for link in ItemMandate.objects.all():
        link.state, link.decided_at = "rejected", timezone.now()
        link.save()
    record_changes(today())
    change = only(compared(1, 0, Clock.SAID))
    assert (change.move, change.after, change.subject.item) == (Move.GONE, None, item)
    assert ActKind.LINK in kinds(change)


def test_as_was_said_days_to_come_had_not_come(item):
    CoverageRecord.objects.all().delete()
    record_changes(ago(11))
    assert only(compared(12, 9, Clock.SAID)).move == Move.OPENED
    need = factories.NeedFactory(published=True, valid_from=ago(8), valid_to=ago(6))
    record_changes(ago(9))
    record_changes(ago(5))
    found = {change.key: change for change in compared(7, 5, Clock.SAID).changes}
    assert found[f"n{need.pk}"].move == Move.ENDED


def test_a_second_activity_that_began_later_is_no_cause(item):
    later = factories.ActivityFactory(actual_start=ago(2))
    factories.link(later, item.mandate_links.get().mandate)
    factories.link(later, item)
    factories.approve(later, on=ago(4))
    assert kinds(only(compared(9, 4))) == [ActKind.APPROVAL]
