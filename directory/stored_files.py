"""Stored files on their way to a reader."""

from __future__ import annotations

from typing import IO, Any

from django.core.files import File


def opened_to_send(file: Any) -> File[Any] | IO[bytes]:
    """A stored file for reading once from its beginning, wherever it is kept."""
    stream = getattr(file.storage, "stream", None)
    opened: File[Any] | IO[bytes] = stream(file.name) if stream else file.storage.open(file.name)
    return opened
