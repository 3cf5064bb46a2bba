"""Row security: decided for every table, equal to `visible_to`, told of the right person always."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from psycopg.errors import InsufficientPrivilege

from assistance import models
from assistance.coverage.kept import keep
from assistance.coverage.models import CoverageRecord, Demand
from assistance.coverage.snapshots import record_changes
from assistance.orphans import remove_orphans
from config import row_security
from config.owner_connection import connected_as_owner
from config.row_security import DECISIONS, Rows
from directory.middleware import ViewerMiddleware
from directory.models import Membership, Role
from directory.policy import PERMISSIONS_OF_ROLE, Permission
from directory.viewer import NOBODY, SYSTEM, identify, viewer_of, viewing_as
from tests import factories as make
from tests.api.world import World, build

pytestmark = pytest.mark.django_db

SQL = Path(row_security.__file__).parent / "sql"

SCOPED = (
    models.AssistanceRequest,
    models.RequestItem,
    models.Activity,
    models.Delivery,
    models.Evidence,
    Demand,
)


def _models() -> dict[str, Any]:
    """Every model that has a table or view of its own."""
    return {
        model._meta.label: model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.app_label != "pghistory"
    } | {"pghistory.Context": apps.get_model("pghistory", "Context")}


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def test_every_model_has_a_decision():
    assert set(DECISIONS) == set(_models())


def test_every_guarded_table_has_the_policy_that_was_decided():
    found: dict[str, str] = {}
    for table, told in _rows(
        "SELECT p.tablename, p.qual FROM pg_policies p JOIN pg_class c ON c.relname = p.tablename"
        " WHERE p.policyname = 'viewer' AND p.cmd = 'ALL' AND c.relrowsecurity"
    ):
        found[table] = told
    guarded = {_models()[label]._meta.db_table: rows for label, rows in DECISIONS.items()}
    guarded = {table: rows for table, rows in guarded.items() if rows.is_guarded}
    assert set(found) == set(guarded)
    for table, rows in guarded.items():
        assert rows.value in found[table], table
        assert "viewer_sees_all()" in found[table], table


def test_only_history_and_messages_are_written_for_others():
    open_to_write = {
        table
        for (table,) in _rows("SELECT tablename FROM pg_policies WHERE policyname <> 'viewer'")
    }
    history = {
        model._meta.db_table
        for label, model in _models().items()
        if label.startswith("assistance.") and hasattr(model, "pgh_tracked_model")
    }
    assert open_to_write == {*history, "notifications_outboxmessage"}


def test_views_show_what_their_reader_may_see():
    views = {
        name: options or []
        for name, options in _rows(
            "SELECT relname, reloptions FROM pg_class"
            " WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
        )
    }
    decided = {
        _models()[label]._meta.db_table for label, rows in DECISIONS.items() if rows is Rows.INVOKER
    }
    definitions = {"approved_delivery", *(f"{view}_defined" for view in decided)}
    assert set(views) == decided | definitions
    assert all("security_invoker=true" in options for options in views.values())


@pytest.mark.parametrize("role", Role)
def test_the_database_shows_all_to_the_roles_of_unodc(role: Role):
    person = make.person(role)
    asked = make.RequestFactory()
    staff = Permission.READ_ALL_REQUESTS in PERMISSIONS_OF_ROLE[role]
    with viewing_as(viewer_of(person)):
        seen = models.AssistanceRequest.objects.filter(pk=asked.pk).exists()
    assert seen is (staff or role == Role.ADMINISTRATOR)


@pytest.fixture
def world() -> World:
    """Two States with one of everything, drafts, a request naming two, public and shared work."""
    world = build()
    kenya, colombia = world.ke["request"].organisation, world.co["request"].organisation
    for organisation, origin in ((kenya, "portal"), (kenya, "note_verbale"), (colombia, "portal")):
        make.RequestFactory(
            organisation=organisation, state="draft", received_on=None, origin=origin
        )
    states = [kenya.country, make.CountryFactory(iso="NE")]
    body = make.RegionalBodyFactory()
    world.people["body"] = make.person(Role.REGIONAL_BODY, body)
    world.people["ne"] = make.focal_point("NE")
    named = make.RequestFactory(organisation=body, state="accepted", countries=states)
    make.RequestFactory(
        organisation=body, state="draft", received_on=None, countries=states, with_items=1
    )
    shared = _work_for(named.items.get(), world.mandate, states)
    _delivered(shared, states[1], named.items.get())
    _delivered(shared, colombia.country, None)
    public = make.ActivityFactory(visibility="public")
    public.countries.add(colombia.country)
    make.approve(public)
    make.ActivityFactory(visibility="public")
    return world


def _work_for(item: Any, mandate: Any, countries: list[Any]) -> Any:
    activity = make.ActivityFactory()
    activity.countries.set(countries)
    for left, right in ((item, mandate), (activity, mandate), (activity, item)):
        make.link(left, right)
    make.approve(activity)
    return activity


def _delivered(activity: Any, country: Any, item: Any) -> None:
    delivery = make.DeliveryFactory(activity=activity, country=country)
    if item:
        models.DeliveryItem.objects.create(delivery=delivery, item=item)
    make.approve(delivery)


OUTSIDE = ("ke", "co", "ne", "body", "regional")


@pytest.mark.parametrize("login", OUTSIDE)
def test_the_database_shows_what_the_querysets_show(world: World, login: str):
    """Deliveries to another State named in the same request it shows as well: the status of the
    request's items rests on them."""
    person = world.people[login]
    for model in SCOPED:
        shown = set(model.objects.visible_to(person).values_list("pk", flat=True))
        with viewing_as(viewer_of(person)):
            seen = set(model.objects.values_list("pk", flat=True))
            left = set(model.objects.visible_to(person).values_list("pk", flat=True))
        assert left == shown, model
        if model in {models.Delivery, models.Evidence}:
            seen -= set(_for_the_same_items(person).values_list("pk", flat=True))
        if model is Demand:
            seen = {key for key in seen if "i" in key}
        assert seen == shown, model


def _for_the_same_items(person: Any) -> Any:
    return models.Delivery.objects.filter(
        items__in=models.RequestItem.objects.visible_to(person)
    ).exclude(country__in=person.country_ids)


@pytest.mark.parametrize("login", ["ke", "ne", "body"])
def test_a_demand_of_several_states_stands_the_same_for_each_of_them(world: World, login: str):
    """Days and flags rest on what the others received too."""

    def demands() -> list[dict[str, Any]]:
        seen = Demand.objects.visible_to(world.people[login])
        return list(seen.order_by("key").values())

    as_the_record_stands = demands()
    assert as_the_record_stands
    with viewing_as(viewer_of(world.people[login])):
        assert demands() == as_the_record_stands


def test_nobody_sees_only_what_is_public(world: World):
    with viewing_as(NOBODY):
        seen = {
            label: model._default_manager.count()
            for label, model in _models().items()
            if DECISIONS[label].is_guarded
        }
    public = models.Activity.objects.filter(visibility="public", approvals__isnull=False).get()
    assert {label: number for label, number in seen.items() if number} == {
        "assistance.Activity": 1,
        "assistance.ActivityEvent": public.history.count(),
        "assistance.ActivityCountry": 1,
        "assistance.Approval": 1,
    }


def test_a_recorded_demand_is_its_states_own(world: World):
    record_changes(make.today())
    for login in ("ke", "co"):
        demand = world.of[login.upper()]["demand"]
        with viewing_as(viewer_of(world.people[login])):
            seen = set(CoverageRecord.objects.values_list("demand", flat=True))
        assert demand in seen
        assert world.of["CO" if login == "ke" else "KE"]["demand"] not in seen


def test_what_is_hidden_is_not_taken_for_gone(world: World, settings: Any, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    theirs = world.co["attachment"]
    theirs.file.save("paper.txt", ContentFile(b"paper"))
    long_ago = make.timezone.now().timestamp() - 10 * 24 * 3600
    os.utime(theirs.file.path, (long_ago, long_ago))
    record_changes(make.today())
    with viewing_as(viewer_of(world.people["ke"])):
        assert remove_orphans() == 0
        record_changes(make.today())
    assert Path(theirs.file.path).exists()
    assert not CoverageRecord.objects.filter(gone=True).exists()


def test_another_states_rows_can_be_neither_written_nor_changed_nor_deleted(world: World):
    theirs = models.AssistanceRequest.objects.filter(pk=world.co["request"].pk)
    person = world.people["ke"]
    with viewing_as(viewer_of(person)):
        assert theirs.update(title="Mine") == 0
        assert theirs.delete() == (0, {})
        with pytest.raises(Exception, match="row-level security") as refused, transaction.atomic():
            models.Message.objects.create(request_id=world.co["request"].pk, words="x", by=person)
        assert isinstance(refused.value.__cause__, InsufficientPrivilege)
    assert theirs.get().title == "Secret wish of CO"


def test_who_spoke_for_a_state_sees_nothing_of_it_afterwards(world: World):
    person = world.people["ke"]
    Membership.objects.filter(user=person).update(ended_on=make.today())
    with viewing_as(viewer_of(person)):
        assert not models.AssistanceRequest.objects.exists()


# Told of the right person, at every statement.


def _seen() -> int:
    return models.AssistanceRequest.objects.count()


def _ask(view: Callable[[Any], Any], person: Any) -> Any:
    request = RequestFactory().get("/")
    request.session = Client().session
    request._cached_user = person  # type: ignore[attr-defined]
    return ViewerMiddleware(view)(request)


def test_a_request_reads_for_who_asks_and_gives_back_what_was_before(world: World):
    counts: list[int] = []

    def view(request: Any) -> HttpResponse:
        counts.append(_seen())
        bool(request.user.is_authenticated)
        counts.append(_seen())
        return HttpResponse()

    before = _seen()
    _ask(view, world.people["regional"])
    _ask(view, world.people["ke"])
    _ask(view, world.people["officer"])
    assert counts == [0, 0, 0, 3, 0, before]
    assert _seen() == before


def test_an_answer_that_is_made_while_it_is_sent_reads_for_who_asked(world: World):
    def view(request: Any) -> StreamingHttpResponse:
        bool(request.user.is_authenticated)
        return StreamingHttpResponse(str(_seen()) for _ in range(2))

    parts = iter(_ask(view, world.people["ke"]))
    assert next(parts) == b"3"
    assert _seen() > 3
    assert next(parts) == b"3"
    assert list(parts) == []


def test_a_request_that_fails_leaves_nothing_behind(world: World):
    def view(request: Any) -> HttpResponse:
        identify(world.people["officer"])
        raise ValueError(_seen())

    with pytest.raises(ValueError, match=str(_seen())):
        _ask(view, world.people["officer"])
    with viewing_as(NOBODY):
        assert _seen() == 0


def test_a_rollback_takes_nothing_back_that_was_told(world: World):
    with viewing_as(NOBODY):
        assert _seen() == 0
        with suppress(ZeroDivisionError), transaction.atomic():
            with viewing_as(SYSTEM):
                assert _seen() > 3
            raise ZeroDivisionError
        assert _seen() == 0
        identify(world.people["ke"])
        with suppress(ZeroDivisionError), transaction.atomic():
            assert _seen() == 3
            raise ZeroDivisionError
        assert _seen() == 3


def test_each_thread_reads_for_its_own_viewer(transactional_db: None):
    with transaction.atomic():
        make.RequestFactory()
    seen: dict[str, int] = {}

    def work(name: str, viewer: Any) -> None:
        with viewing_as(viewer):
            seen[name] = _seen()
        seen[f"{name} afterwards"] = _seen()
        connection.close()

    threads = [
        threading.Thread(target=work, args=args)
        for args in (("nobody", NOBODY), ("system", SYSTEM))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {
        "nobody": 0,
        "nobody afterwards": 0,
        "system": 1,
        "system afterwards": 0,
    }


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[None]:
    """Connections from a pool of one, as the web has them in operation."""
    connection.close()
    connection.settings_dict["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1}
    yield
    connection.close()
    connection.close_pool()
    del connection.settings_dict["OPTIONS"]["pool"]


def test_a_session_from_the_pool_is_told_anew(pooled: None):
    with transaction.atomic():
        make.RequestFactory()
    assert _seen() == 1
    connection.close()
    with viewing_as(NOBODY):
        assert _seen() == 0
    connection.close()
    assert _seen() == 1


def test_it_costs_one_short_statement_that_is_not_counted(
    world: World, django_assert_num_queries: Any
):
    told: list[Any] = []
    connection.ensure_connection()
    raw = connection.connection
    execute = raw.execute
    raw.execute = lambda *args, **kwargs: told.append(args) or execute(*args, **kwargs)
    try:
        with viewing_as(viewer_of(world.people["ke"])), django_assert_num_queries(3):
            for _ in range(3):
                _seen()
    finally:
        del raw.execute
    assert len(told) == 1


def test_web_and_worker_are_bound_by_it():
    assert _rows("SELECT row_security_active('assistance_assistancerequest')") == [(True,)]


def test_the_owner_reads_all_for_whomever(transactional_db: None):
    with transaction.atomic():
        make.RequestFactory()
    with viewing_as(NOBODY):
        assert _seen() == 0
        with connected_as_owner():
            assert _seen() == 1
        assert _seen() == 0


def test_a_state_reads_its_demands_whether_they_are_kept_or_not(world: World):
    def keys() -> dict[str, set[str]]:
        found = {}
        for name in ("ke", "co", "body", "officer"):
            with viewing_as(viewer_of(world.people[name])):
                found[name] = set(Demand.objects.values_list("key", flat=True))
        with viewing_as(NOBODY):
            found["nobody"] = set(Demand.objects.values_list("key", flat=True))
        return found

    live = keys()
    assert keep() > 0
    assert keys() == live
    assert live["ke"]
    assert live["ke"] < live["officer"]
    assert live["officer"] - live["ke"] >= live["co"] - live["ke"] != set()
    assert live["nobody"] == set()


def test_it_can_be_taken_back_and_put_up_again(transactional_db: None):
    def policies() -> list[tuple[Any, ...]]:
        return _rows("SELECT tablename, policyname, qual FROM pg_policies ORDER BY 1, 2")

    as_migrated = policies()
    with connected_as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute((SQL / "row_security_off.sql").read_text())
        assert policies() == []
        cursor.execute((SQL / "row_security.sql").read_text())
        cursor.execute(import_module("config.migrations.0003_cheaper_walls").APPROVALS)
        later = {
            *import_module("config.migrations.0002_rows_of_unodc").TABLES,
            *import_module("assistance.migrations.0007_programmes").TABLES,
            *import_module("dashboards.report.migrations.0001_initial").GUARDED,
            "coverage_closedrow",
            "coverage_keptdemand",
            "coverage_keptwork",
            "coverage_mark",
        }
        assert policies() == [one for one in as_migrated if one[0] not in later]
        transaction.set_rollback(True)


def test_a_visitor_is_shown_the_way_in(world: World):
    answer = Client().get(reverse("request", args=[world.ke["request"].pk]))
    assert answer.status_code == 302
