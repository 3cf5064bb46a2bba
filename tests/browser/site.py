"""The site in a process of its own, on a database that holds the demonstration world."""

from __future__ import annotations

import os
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from config.embedded.places import CLONE
from config.embedded.processes import spawn, stop
from config.owner_connection import connected_as_owner
from config.supervisor.children import web_command
from directory.demonstration_logins import demonstration_logins
from directory.models import User
from tests.browser.pages import PageOfSite, pages_of_site
from tests.database_server import create_database_from_migrated
from tests.fixtures_services import database_address

START_SECONDS = 120
SIGNS_IN_BY_FORM = "focal-ke"
PASSWORDS_OF_THE_SITE = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


@dataclass
class Site:
    """Where the site answers, its pages, and the sessions of those who are signed in."""

    folder: Path
    database: str = ""
    address: str = ""
    pages: list[PageOfSite] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    password: str = ""
    """Of the one person who signs in by the form."""

    @property
    def files(self) -> Path:
        """Where the site keeps what was uploaded."""
        return self.folder / "files"


def site_with_world(folder: Path, database: str) -> Site:
    """A new database filled with the demonstration world; nothing answers yet."""
    site = Site(folder)
    with (
        _connected_to_new(database) as site.database,
        override_settings(
            MEDIA_ROOT=site.files,
            DEMONSTRATION=True,
            DEMONSTRATION_LOGINS_FILE=folder / "logins.json",
        ),
    ):
        _fill(site)
    return site


@contextmanager
def serving(site: Site, **environs: str) -> Iterator[None]:
    """Within the block the site answers, from a process of its own with these settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site.address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": site.database,
        "MANDATE_TRACKER_FILES": str(site.files),
        "MANDATE_TRACKER_DEMONSTRATION": "true",
        "MANDATE_TRACKER_PUBLIC_SITE": "true",
        **environs,
    }
    log = site.folder / "site.log"
    with log.open("wb") as output:
        server = spawn(web_command(port), output=output, folder=CLONE, environment=environment)
    try:
        _wait(f"{site.address}/health/", log)
        yield
    finally:
        stop(server)


def _fill(site: Site) -> None:
    call_command("load_resolution", verbosity=0)
    call_command("load_demonstration", verbosity=0)
    site.password = demonstration_logins()[SIGNS_IN_BY_FORM]
    with override_settings(PASSWORD_HASHERS=PASSWORDS_OF_THE_SITE):
        person = User.objects.get(username=SIGNS_IN_BY_FORM)
        person.set_password(site.password)
        person.save()
    for login in demonstration_logins():
        client = Client()
        client.force_login(User.objects.get(username=login))
        site.sessions[login] = client.cookies[settings.SESSION_COOKIE_NAME].value
    site.pages = pages_of_site()


@contextmanager
def _connected_to_new(name: str) -> Iterator[str]:
    """Within the block, tests' connection leads to a new database; gives its address."""
    before = connection.settings_dict["NAME"]
    connection.close()
    if os.environ.get("DATABASE_URL"):
        with connected_as_owner():
            connection.settings_dict["TEST"]["NAME"] = name
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    else:
        create_database_from_migrated(name)
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield database_address(connection.settings_dict)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _wait(address: str, log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > limit:
                words = log.read_text(errors="replace")
                raise AssertionError(f"the site does not start:\n{words}") from None
            time.sleep(0.05)
