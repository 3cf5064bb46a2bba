"""A world, and callers by role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from api.models import ApiToken
from tests.api.world import World, build


@pytest.fixture(autouse=True)
def _no_rate_limit(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    cache.clear()


@pytest.fixture(autouse=True)
def _cheap(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None) -> World:
    """Two States with one of everything."""
    return build()


@pytest.fixture
def as_(world: World) -> Callable[[str], APIClient]:
    """A client that calls as a role of the world, by token; "anonymous" without one."""

    def client(role: str) -> APIClient:
        caller = APIClient()
        if role != "anonymous":
            _, token = ApiToken.objects.create(user=world.people[role], expiry=None)
            caller.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return caller

    return client
