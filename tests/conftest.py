"""What tests share: the database with the rights of the web, and services for those that ask."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from pytest_django.plugin import DjangoDbBlocker

from config.owner_connection import connected_as_owner
from directory.viewer import SYSTEM, viewing_as
from tests.browser_presence import deselect_without_browser
from tests.database_server import create_database_from_migrated, suit_for_tests
from tests.fixtures_services import broker_server, celery_worker_process, database_address
from tests.plugin_database import current_run

__all__ = ["broker_server", "celery_worker_process"]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A database made by the owner, used by the role that web and worker have."""
    if os.environ.get("DATABASE_URL"):
        yield from _on_a_given_server(django_db_blocker)
        return
    if current_run:
        current_run.start_server()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = "_".join(filter(None, ["test", worker]))
    with django_db_blocker.unblock():
        create_database_from_migrated(name)
        connection.close()
    connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connection.close()


def _on_a_given_server(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    web_role = connection.settings_dict["USER"]
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        with connected_as_owner():
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            suit_for_tests(database_address(connection.settings_dict), web_role)
        connection.ensure_connection()
    yield
    with django_db_blocker.unblock(), connected_as_owner():
        connection.creation.destroy_test_db(name, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def tests_see_all() -> Iterator[None]:
    """What a test does itself, it does as the system; what it asks the site, as who asks."""
    with viewing_as(SYSTEM):
        yield


@pytest.fixture(autouse=True)
def english_and_utc() -> Iterator[None]:
    """Begin in English and UTC: a page that a test before this one read leaves its own active."""
    with translation.override("en"), timezone.override("UTC"):
        yield


def pytest_configure() -> None:
    """Hash passwords fast: no test is about their strength."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def says(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Prints a sentence at the end of the run, also of one on several cores."""
    return lambda words: record_property("says", words)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests had to say."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, words in report.user_properties:
                if name == "says":
                    terminalreporter.write_line(words)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name whole files and pages by their argument: each process must find the same short names."""
    if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 60):
        return argname
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests in a browser where there is none, and say how many."""
    deselect_without_browser(config, items)
    items.sort(key=_takes_long, reverse=True)


def _takes_long(item: pytest.Item) -> bool:
    """Files of long tests begin, so that no core waits for the last of them."""
    return any(item.get_closest_marker(name) for name in ("browser", "fuzz", "slow", "worker"))
