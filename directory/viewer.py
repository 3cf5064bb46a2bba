"""For whom rows are read: what PostgreSQL's row security is told, beside what the policy asks.

Kept for the present thread of work, not for a connection: `config.postgresql` tells it to whichever
connection is used next. Where nobody was named, the database shows nothing of any request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Viewer:
    """A person by key, the system itself, or nobody."""

    person: int | None = None
    is_system: bool = False


NOBODY = Viewer()
SYSTEM = Viewer(is_system=True)

_current: ContextVar[Viewer] = ContextVar("viewer", default=NOBODY)


def current_viewer() -> Viewer:
    """For whom rows are read now."""
    return _current.get()


def viewer_of(user: Any) -> Viewer:
    """This person as a viewer; nobody when not signed in."""
    return Viewer(user.pk) if user.is_authenticated else NOBODY


@contextmanager
def viewing_as(viewer: Viewer) -> Iterator[None]:
    """Within the block rows are read for this viewer, then for the one before."""
    before = _current.set(viewer)
    try:
        yield
    finally:
        _current.reset(before)


def identify(user: Any) -> None:
    """From now on, until the request ends, rows are read for the person who was recognised."""
    _current.set(viewer_of(user))
