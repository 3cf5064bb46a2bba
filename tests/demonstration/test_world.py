"""The demonstration world has something to show on every page, and says what it is."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from assistance.coverage.models import Demand, DemandKind, EndedBy, WorkWithoutDemand
from assistance.coverage.status import Status
from assistance.models import (
    Activity,
    AssistanceRequest,
    Delivery,
    Evidence,
    LinkState,
    RequestStatus,
    Verdict,
)
from directory.demonstration_logins import demonstration_logins
from directory.models import Membership, Role, User
from tests.coverage import oracle
from tests.coverage.comparing import VIEWS, differences, rows_of_view
from tests.coverage.reading import world_of_database

pytestmark = pytest.mark.django_db

LOGINS = {
    "officer", "officer2", "manager", "auditor", "admin", "regional",
    "focal-ke", "focal-co", "focal-ne",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world, loaded once for the module and rolled back after it."""
    folder = tmp_path_factory.mktemp("demonstration")
    with (
        django_db_blocker.unblock(),
        override_settings(
            MEDIA_ROOT=folder / "files",
            DEMONSTRATION_LOGINS_FILE=folder / "logins.json",
            DEMONSTRATION=True,
        ),
        transaction.atomic(),
    ):
        call_command("load_resolution", verbosity=0)
        call_command("load_demonstration", verbosity=0)
        yield
        transaction.set_rollback(True)


def today() -> dt.date:
    return timezone.now().date()


def test_every_status_of_a_demand_is_shown(world):
    shown = set(Demand.objects.as_of(today()).open_on(today()).values_list("status", flat=True))
    assert shown == {
        Status.EVIDENCED, Status.DELIVERED, Status.UNDER_WAY, Status.PLANNED, Status.UNMET,
    }  # fmt: skip


@pytest.mark.parametrize(
    "flag",
    ["disputed", "overdue", "closed_short", "closed_without_delivery", "self_approved",
     "suspect_link"],
)  # fmt: skip
def test_every_flag_is_shown(world, flag):
    assert Demand.objects.open_on(today()).filter(**{flag: True}).exists()


def test_work_without_a_request_and_unlinked_work_and_wishes_are_shown(world):
    rows = WorkWithoutDemand.objects.on(today())
    assert rows.filter(flag="no_recorded_request").exists()
    assert rows.filter(flag="unlinked", activity__isnull=False).exists()
    assert rows.filter(flag="unlinked", item__isnull=False).exists()


def test_kinds_of_demand_and_endings_are_shown(world):
    assert set(Demand.objects.values_list("kind", flat=True)) == set(DemandKind)
    ended = set(Demand.objects.exclude(ended_by="").values_list("ended_by", flat=True))
    assert ended >= {
        EndedBy.REFERRED, EndedBy.WITHDRAWN, EndedBy.MERGED, EndedBy.NEXT_ROUND,
        EndedBy.NEED_ENDED,
    }  # fmt: skip


def test_requests_are_in_every_state(world):
    states = set(AssistanceRequest.objects.values_list("state", flat=True))
    assert states == set(RequestStatus)


def test_states_have_said_everything_a_state_can_say(world):
    verdicts = set(
        Delivery.objects.filter(replies__isnull=False).values_list("replies__verdict", flat=True)
    )
    assert verdicts == set(Verdict)


def test_something_waits_for_each_kind_of_second_look(world):
    assert Activity.objects.filter(sent_at__isnull=False, approvals=None).exists()
    assert Evidence.objects.filter(verified_at=None).exists()
    assert set(Activity.objects.values_list("mandate_links__state", flat=True)) >= set(LinkState)


def test_every_role_can_sign_in_with_a_password_of_this_installation(world, client):
    logins = demonstration_logins()
    assert set(logins) == LOGINS
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role)
    for login, password in logins.items():
        assert client.login(username=login, password=password)


def test_no_request_names_both_states_that_can_sign_in(world):
    both = AssistanceRequest.objects.filter(states__iso="KE").filter(states__iso="CO")
    assert not both.exists()
    for login in ("focal-ke", "focal-co"):
        user = User.objects.get(username=login)
        assert AssistanceRequest.objects.visible_to(user).count() >= 3


def test_everything_is_marked_as_demonstration(world):
    assert not AssistanceRequest.objects.filter(demonstration=False).exists()
    assert not Activity.objects.filter(demonstration=False).exists()
    assert not Evidence.objects.filter(file="").exists()
    for evidence in Evidence.objects.all()[:3]:
        assert b"Nothing in this file is real" in evidence.file.read()


def test_loading_again_changes_nothing(world):
    before = (
        AssistanceRequest.objects.count(),
        Activity.objects.count(),
        User.objects.count(),
    )
    call_command("load_demonstration", verbosity=0)
    after = (
        AssistanceRequest.objects.count(),
        Activity.objects.count(),
        User.objects.count(),
    )
    assert before == after


@pytest.mark.parametrize("view", VIEWS)
def test_its_coverage_is_what_the_oracle_says(world, view):
    read = world_of_database()
    demands = oracle.demand_rows(read, today())
    meant = demands if view == VIEWS[0] else oracle.work_rows(read, demands)
    with connection.cursor() as cursor:
        said = rows_of_view(cursor, view)
    assert said
    assert not differences(said, {row["key"]: row for row in meant})
