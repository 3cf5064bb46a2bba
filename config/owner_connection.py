"""Lets one process migrate as the owner of the tables and go on as the role of the web."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def connected_as_owner() -> Iterator[None]:
    """Within the block Django's default connection is the owner's: for migrations.

    The connection is closed before and after, also for other threads that open one later.
    """
    names = ("USER", "PASSWORD", "OPTIONS", "OWNS_TABLES")
    before = {name: connection.settings_dict.get(name, False) for name in names}
    connection.close()
    connection.settings_dict.update(
        USER=settings.DATABASE_OWNER["USER"],
        PASSWORD=settings.DATABASE_OWNER["PASSWORD"],
        OPTIONS={key: value for key, value in before["OPTIONS"].items() if key != "pool"},
        OWNS_TABLES=True,
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
