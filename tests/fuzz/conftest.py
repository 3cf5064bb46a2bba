"""The world of the API's tests, committed, behind a real server."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache

from api.models import ApiToken
from tests.api.world import World, build


@pytest.fixture
def served_world(transactional_db: None, live_server: Any, settings: Any, tmp_path: Any) -> World:
    """The world, as the server's threads see it."""
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return build()


@pytest.fixture
def tokens(served_world: World) -> dict[str, str]:
    """A token for each role."""
    made = {}
    for role, person in served_world.people.items():
        _, made[role] = ApiToken.objects.create(user=person, expiry=None)
    return made


COUNTED: Counter[str] = Counter()


@pytest.fixture
def fuzzed() -> Counter[str]:
    """How many operations and cases were sent, printed at the end."""
    return COUNTED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was sent."""
    if COUNTED:
        counts = ", ".join(f"{number} {name}" for name, number in sorted(COUNTED.items()))
        terminalreporter.write_line(f"API fuzzed: {counts}")
