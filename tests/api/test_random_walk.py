"""Hundreds of acts of all roles at the same time, and every rule of the design still holds."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Q

from assistance.models import (
    Activity,
    Approval,
    AssistanceRequest,
    Delivery,
    Evidence,
    ItemMandate,
    RequestEvent,
    RequestItem,
)
from assistance.workflow import transitions
from assistance.workflow.steps import today_utc
from notifications.models import OutboxMessage
from tests.api.walk import OFFICERS, Town, town, walk
from tests.coverage import oracle
from tests.coverage.comparing import VIEWS, differences, rows_of_view
from tests.coverage.reading import world_of_database

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SEED = int(os.environ.get("WALK_SEED", "74175"))
STEPS = int(os.environ.get("WALK_STEPS", "250"))
"""Of each officer."""
LONG = STEPS >= 600
"""Whether what is done seldom, and seldom succeeds, must have been done too."""


@pytest.fixture
def walked() -> Town:
    shared = town()
    walk(shared, steps=STEPS, seed=SEED)
    return shared


def test_after_hundreds_of_acts_at_once_every_rule_holds(walked, says):
    assert sum(walked.answers.values()) >= 3 * STEPS
    for check in CHECKS:
        check()
    done = sum(n for (_act, status), n in walked.answers.items() if status < 300)
    says(
        f"Random walk of {len(walked.people)} people at once: {sum(walked.answers.values())} "
        f"acts, {done} done, the others refused; {AssistanceRequest.objects.count()} requests, "
        f"{Activity.objects.count()} activities, {Delivery.objects.count()} deliveries."
    )
    done_acts = {act for (act, status) in walked.answers if status < 300}
    assert done_acts >= {"submit", "start-review", "accept", "tie", "approve"}
    if LONG:
        assert done_acts >= {
            "submit-on-behalf", "withdraw", "send-back", "verify", "replies", "patch", "confirm",
            "reject",
        }  # fmt: skip


def the_views_say_what_the_oracle_says() -> None:
    world = world_of_database()
    today = today_utc()
    demands = oracle.demand_rows(world, today)
    meant = {VIEWS[0]: demands, VIEWS[1]: oracle.work_rows(world, demands)}
    with connection.cursor() as cursor:
        for view in VIEWS:
            rows = {row["key"]: row for row in meant[view]}
            assert rows
            assert not differences(rows_of_view(cursor, view), rows)
    assert len({oracle.demand_status(row, today) for row in demands}) >= (4 if LONG else 3)


def requests_went_through_declared_changes_only() -> None:
    declared = {
        (step.name, source, step.to)
        for step in transitions.REQUEST_TRANSITIONS
        for source in step.sources
        if step.to
    }
    state: dict[int, str] = defaultdict(lambda: "draft")
    for event in RequestEvent.objects.filter(item=None).order_by("pk"):
        if event.from_state == event.to_state:
            continue
        assert event.from_state == state[event.request_id]
        assert (event.transition, event.from_state, event.to_state) in declared
        state[event.request_id] = event.to_state
    for asked in AssistanceRequest.objects.all():
        assert asked.state == state[asked.pk]


def references_have_no_gaps() -> None:
    numbers = sorted(
        int(ref.rpartition("-")[2])
        for ref in AssistanceRequest.objects.exclude(ref=None).values_list("ref", flat=True)
    )
    assert numbers == list(range(1, len(numbers) + 1))


def a_request_is_closed_with_its_last_item() -> None:
    assert not RequestItem.objects.filter(request__state="closed", outcome="open").exists()
    assert (
        not AssistanceRequest.objects.filter(state="accepted")
        .exclude(items__outcome="open")
        .exists()
    )


def nobody_says_yes_to_their_own() -> None:
    present = Q(activity__revision=F("revision")) | Q(delivery__revision=F("revision"))
    for approval in Approval.objects.filter(present).select_related("activity", "delivery"):
        thing = approval.activity or approval.delivery
        assert approval.by_id not in thing.author_ids
    assert not Evidence.objects.filter(verified_by=F("added_by")).exists()
    assert not ItemMandate.objects.filter(state="confirmed", decided_by=None).exists()


def what_is_told_was_committed_and_what_was_committed_is_told() -> None:
    told: dict[str, set[int]] = defaultdict(set)
    for key in OutboxMessage.objects.filter(key__contains=":request:").values_list(
        "key", flat=True
    ):
        _kind, _request, _pk, name, event, _recipient = key.split(":")
        told[name].add(int(event))
    for step in (*transitions.REQUEST_TRANSITIONS, *transitions.ITEM_TRANSITIONS):
        events = RequestEvent.objects.filter(transition=step.name)
        assert told[step.name] <= set(events.values_list("pk", flat=True)), step.name
        if any(audience == transitions.Audience.ASKING for _kind, audience in step.tells):
            by_unodc = events.filter(by__username__in=OFFICERS).values_list("pk", flat=True)
            assert told[step.name] >= set(by_unodc), step.name


def the_history_ends_with_what_there_is() -> None:
    for name in ("AssistanceRequest", "RequestItem", "Activity", "Delivery", "ItemMandate"):
        model = apps.get_model("assistance", name)
        history = apps.get_model("assistance", f"{name}Event")
        column = {"RequestItem": "outcome", "Delivery": "on"}.get(
            name, "state" if name != "Activity" else "status"
        )
        last = dict(history.objects.order_by("pgh_id").values_list("pgh_obj_id", column))
        assert last == dict(model.objects.values_list("pk", column)), name


CHECKS = (
    the_views_say_what_the_oracle_says,
    requests_went_through_declared_changes_only,
    references_have_no_gaps,
    a_request_is_closed_with_its_last_item,
    nobody_says_yes_to_their_own,
    what_is_told_was_committed_and_what_was_committed_is_told,
    the_history_ends_with_what_there_is,
)
