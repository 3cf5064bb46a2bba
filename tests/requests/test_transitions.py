"""Whatever people try, requests only go through declared changes; numbers have no gaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistance import workflow
from assistance.models import AssistanceRequest, RequestEvent, RequestItem, RequestStatus
from assistance.workflow import StaleRevision, WrongState, transitions
from assistance.workflow.references import next_reference
from directory.viewer import viewer_of, viewing_as
from tests import factories
from tests.requests import worlds

REFUSALS = (ValidationError, PermissionDenied, WrongState, StaleRevision, Http404)
DECLARED = {
    (source, step.to, step.name)
    for step in transitions.REQUEST_TRANSITIONS
    for source in step.sources
    if step.to
}
ITEM_OUTCOMES = {step.to for step in transitions.ITEM_TRANSITIONS} | {"open"}

ACTS = {
    "save": lambda r, i, u: workflow.save_draft(
        user=u, organisation=r.organisation, draft=r, title="Changed"
    ),
    "submit": lambda r, i, u: workflow.submit_request(draft=r, user=u),
    "on behalf": lambda r, i, u: workflow.submit_on_behalf(draft=r, user=u),
    "review": lambda r, i, u: workflow.start_review(request=r, user=u),
    "ask": lambda r, i, u: workflow.request_clarification(request=r, user=u, words="Which?"),
    "ask nothing": lambda r, i, u: workflow.request_clarification(request=r, user=u, words=" "),
    "answer": lambda r, i, u: workflow.answer_clarification(request=r, user=u, words="This"),
    "accept": lambda r, i, u: workflow.accept_request(request=r, user=u),
    "decline": lambda r, i, u: workflow.decline_request(request=r, user=u, reason="No"),
    "withdraw": lambda r, i, u: workflow.withdraw_request(request=r, user=u),
    "assign": lambda r, i, u: workflow.assign_request(request=r, to=u, user=u),
    "stale": lambda r, i, u: workflow.accept_request(request=r, user=u, revision=-1),
    "deliver": lambda r, i, u: worlds.delivery_for(i),
    "fulfil": lambda r, i, u: workflow.close_item(
        item=i, outcome="fulfilled", basis="officer", user=u
    ),
    "fulfil partly": lambda r, i, u: workflow.close_item(
        item=i, outcome="partly_fulfilled", basis="silence", user=u
    ),
    "decline item": lambda r, i, u: workflow.decline_item(item=i, reason="No", user=u),
    "withdraw item": lambda r, i, u: workflow.withdraw_item(item=i, user=u),
    "refer item": lambda r, i, u: workflow.refer_item(
        item=i, entity=factories.EntityFactory(code="interpol"), user=u
    ),
    "merge item": lambda r, i, u: workflow.merge_item(
        item=i, into=RequestItem.objects.exclude(pk=i.pk).first() or i, user=u
    ),
}


def row(asked):
    """All that a refusal must leave as it was."""
    return (
        AssistanceRequest.objects.filter(pk=asked.pk).values().get(),
        list(asked.items.values()),
        asked.events.count(),
        asked.messages.count(),
    )


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 1), st.integers(0, 3)),
        min_size=4,
        max_size=12,
    ),
    lead=st.sampled_from(["draft", "submitted", "under_review", "asked_back", "accepted"]),
)
def test_no_sequence_of_acts_leaves_the_declared_changes(steps, lead, people):
    walk(steps, lead, people)


@pytest.fixture
def people():
    return [
        factories.focal_point("KE"),
        factories.officer(),
        factories.focal_point("CO"),
        factories.manager(),
    ]


def walk(steps, lead, people):
    focal, officer = people[:2]
    made = getattr(worlds, lead)
    users = (focal,) if lead in {"draft", "submitted"} else (focal, officer)
    asked = made(*users, items=2)
    for name, index, who in steps:
        item = asked.items.order_by("n")[index]
        before = row(asked)
        try:
            with transaction.atomic():
                ACTS[name](asked, item, people[who])
        except REFUSALS:
            assert row(asked) == before
        asked.refresh_from_db()
        check(asked)


def check(asked):
    assert asked.state in RequestStatus
    assert (asked.state == "draft") == (asked.ref is None)
    state = "draft"
    for event in asked.events.filter(item=None):
        assert event.from_state == state
        if event.to_state != state:
            assert (event.from_state, event.to_state, event.transition) in DECLARED
        state = event.to_state
    assert state == asked.state
    outcomes = set(asked.items.values_list("outcome", flat=True))
    assert outcomes <= ITEM_OUTCOMES
    ended = asked.state in {"closed", "declined", "withdrawn"}
    assert ended == ("open" not in outcomes)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_many_are_sent_at_once():
    def take(number):
        try:
            with transaction.atomic():
                reference = next_reference(2031)
                if number % 4 == 0:
                    raise RuntimeError("the sending fails")
                return reference
        except RuntimeError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = sorted(filter(None, pool.map(take, range(16))))
    assert taken == [f"TA-2031-{n:05d}" for n in range(1, 13)]


@pytest.mark.django_db(transaction=True)
def test_two_people_sending_the_same_draft_at_once_send_it_once():
    focal = factories.focal_point("KE")
    draft = worlds.draft(focal)

    def send(_number):
        try:
            with viewing_as(viewer_of(focal)):
                workflow.submit_request(draft=draft, user=focal)
        except WrongState:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [False, True]
    assert RequestEvent.objects.filter(transition="submit_request").count() == 1


def test_the_documentation_is_drawn_from_the_declaration():
    table, diagram = transitions.states_as_markdown(), transitions.states_as_mermaid()
    page = Path("docs/states.md").read_text()
    assert table in page, f"docs/states.md should hold:\n{table}"
    assert diagram in page, f"docs/states.md should hold:\n{diagram}"
    for step in (*transitions.REQUEST_TRANSITIONS, *transitions.ITEM_TRANSITIONS):
        assert f"| `{step.name}` |" in table
    assert "    draft --> submitted: submit_request" in diagram
    assert diagram.count("--> [*]") == 3


def test_each_declared_change_is_a_function_or_follows_by_itself():
    follows = {"close_request", "fulfil_item", "fulfil_item_partly"}
    by_the_clock = {"remind_item", "fulfil_silent_item"}
    for step in (*transitions.REQUEST_TRANSITIONS, *transitions.ITEM_TRANSITIONS):
        assert step.name in {*workflow.__all__, *follows, *by_the_clock}


def test_no_other_code_writes_the_state_of_a_request():
    allowed = Path("assistance/workflow")
    for app in ("assistance", "dashboards", "api", "mandates", "directory", "notifications"):
        for file in Path(app).rglob("*.py"):
            if allowed in file.parents or "migrations" in file.parts:
                continue
            assert "asked.state = " not in file.read_text(encoding="utf-8"), file
