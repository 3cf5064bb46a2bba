"""A lock file that goes with its process, however it ends."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any, Self


class FileLock:
    """A lock on a file, held until `release()` or the end of the process.

    Its holder can leave a note in the file, so that others can say who holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def try_acquire(self, *, shared: bool = False) -> bool:
        """Take the lock if nobody holds it against us."""
        return self._acquire((fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

    def acquire(self) -> Self:
        """Take the lock, waiting for all others to release it."""
        while not self._acquire(fcntl.LOCK_EX):
            pass
        return self

    def _acquire(self, operation: int) -> bool:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, operation)
            # The holder before us may have removed the file while we waited for it.
            if os.fstat(descriptor).st_ino != self.path.stat().st_ino:
                raise FileNotFoundError
        except (BlockingIOError, FileNotFoundError):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def note(self, **facts: Any) -> None:
        """Leave facts about the holder in the file."""
        assert self._descriptor is not None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(facts).encode(), 0)

    def read_note(self) -> dict[str, Any]:
        """What the holder left; empty when there is none, or not yet."""
        try:
            note = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}

    def release(self, *, remove: bool = True) -> None:
        """Let go of the lock and remove its file."""
        if self._descriptor is None:
            return
        if remove:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
