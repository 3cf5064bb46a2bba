"""The calls of the documentation go to a real server."""

from tests.fuzz.conftest import served_world

__all__ = ["served_world"]
