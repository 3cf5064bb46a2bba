"""The demonstration world, which has every status and flag, loaded once a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from directory.models import User


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[None]:
    """The world, rolled back after the module."""
    folder: Path = tmp_path_factory.mktemp("demonstration")
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


@pytest.fixture
def sign_in() -> Callable[[Any], Client]:
    """A client signed in as a person, or as the log-in of that name."""

    def client_of(person: Any) -> Client:
        user = User.objects.get(username=person) if isinstance(person, str) else person
        client = Client()
        client.force_login(user)
        return client

    return client_of
