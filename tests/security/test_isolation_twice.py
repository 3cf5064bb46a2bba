"""Two walls between States: with either taken down nothing leaks, with both something does.

Colombia's focal point asks for everything of Kenya's: each page and endpoint there is (a new one
comes by itself), exports, searches, counts, messages written and mails. What answers with a word,
a number or an address of Kenya's is a leak. With both walls down a new page or endpoint has to
leak, or to be named among those that tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.security.isolation_cases import SILENT, Case, cases, cases_of_a_visitor
from tests.security.isolation_world import TwoStates, build
from tests.security.switches import walls


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TwoStates]:
    """The world, made once; what is written into it is taken back."""
    with (
        django_db_blocker.unblock(),
        override_settings(
            MEDIA_ROOT=tmp_path_factory.mktemp("files"), API_REQUESTS_PER_MINUTE=1_000_000
        ),
        transaction.atomic(),
    ):
        cache.clear()
        yield build()
        transaction.set_rollback(True)


def _leaks(world: TwoStates, asked: list[Case]) -> list[Case]:
    """Those that tell something which was not in the question."""
    traces = world.traces()

    def tells(case: Case) -> bool:
        answer = case.ask()
        told = [trace for trace in traces if answer is not None and trace in answer]
        return any(trace not in case.name for trace in told)

    return [case for case in asked if tells(case)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy_holds", "row_security_holds"),
    [(True, True), (False, True), (True, False)],
    ids=["both on", "policy off", "row security off"],
)
def test_both_walls_and_each_alone_let_nothing_through(
    world: TwoStates,
    says: Callable[[str], None],
    request: pytest.FixtureRequest,
    policy_holds: bool,
    row_security_holds: bool,
) -> None:
    asked = cases(world)
    with walls(policy_holds=policy_holds, row_security_holds=row_security_holds):
        leaks = _leaks(world, asked)
    says(f"Isolation, {request.node.callspec.id}: {len(leaks)} of {len(asked)} cases leak")
    assert [(leak.kind, leak.name) for leak in leaks] == []


@pytest.mark.django_db
@override_settings(PUBLIC_SITE=True)
@pytest.mark.parametrize("row_security_holds", [True, False])
def test_the_public_site_tells_visitors_of_no_state(
    world: TwoStates, row_security_holds: bool
) -> None:
    with walls(policy_holds=True, row_security_holds=row_security_holds):
        leaks = _leaks(world, cases_of_a_visitor(world))
    assert [(leak.kind, leak.name) for leak in leaks] == []


@pytest.mark.django_db
def test_without_both_walls_everything_leaks_that_tells_of_a_state(
    world: TwoStates, says: Callable[[str], None]
) -> None:
    asked = cases(world)
    with walls(policy_holds=False, row_security_holds=False):
        leaks = _leaks(world, asked)
    says(f"Isolation, both off: {len(leaks)} of {len(asked)} cases leak")
    assert {case.name for case in asked if case not in leaks} == SILENT
