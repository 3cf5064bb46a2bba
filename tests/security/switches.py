"""Each of the two walls between States, taken down in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

from django.apps import apps

from directory import policy
from directory.policy import Permission
from directory.viewer import SYSTEM


@contextmanager
def without_policy() -> Iterator[None]:
    """Everybody may do everything, to every row: only row security holds."""
    with ExitStack() as stack:
        stack.enter_context(
            patch.object(policy, "permissions_of", lambda _user: frozenset(Permission))
        )
        stack.enter_context(patch.object(policy, "RULES_ON_OBJECTS", {}))
        for rows in _scoped_querysets():
            stack.enter_context(patch.object(rows, "visible_to", lambda self, _user: self.all()))
        yield


def without_row_security() -> Any:
    """The database takes everybody for the system: only the policy holds."""
    return patch("config.postgresql.base.current_viewer", lambda: SYSTEM)


@contextmanager
def walls(*, policy_holds: bool, row_security_holds: bool) -> Iterator[None]:
    """Within the block these walls stand."""
    with (
        nullcontext() if policy_holds else without_policy(),
        nullcontext() if row_security_holds else without_row_security(),
    ):
        yield


def _scoped_querysets() -> set[type]:
    return {
        type(model._default_manager.all())
        for model in apps.get_models()
        if hasattr(model._default_manager, "visible_to")
    }
