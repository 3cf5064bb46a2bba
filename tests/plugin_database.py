"""Gives each test run its own PostgreSQL, before pytest-django reads the settings.

Loaded early (`addopts = -p tests.plugin_database`). The server starts when the first test needs a
database. Migrated tables are kept under the state folder of the clone and copied from there until
a migration changes. With `DATABASE_URL` and `DATABASE_OWNER_URL` set, that server is used.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from config.embedded.locks import FileLock
from config.embedded.places import socket_folder, state_folder

CLONE_STATE = "MANDATE_TRACKER_CLONE_STATE"
RUN_PREFIX = "mandate-tracker-test-"
SETTINGS_OF_TESTS = {
    "MANDATE_TRACKER_ENV_FILE": os.devnull,
    "CACHE_URL": "locmemcache://",
    "CELERY_BROKER_URL": "memory://",
    "SECRET_KEY": "of the tests only, as long as Django wants one to be at the very least",
}
SETTINGS_KEPT = {"MANDATE_TRACKER_STATE", "MANDATE_TRACKER_SCREENSHOTS"}
SETTINGS_FROM_OUTSIDE = {"DATABASE_URL", "DATABASE_OWNER_URL"}


class TestRun:
    """The folder and the database server of one run; workers of pytest-xdist share them."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = FileLock(folder / "test-run.lock")
        self.lock.try_acquire()
        self._server: contextlib.ExitStack | None = None

    def start_server(self) -> None:
        """Start the database server, its migrated database ready to be copied; once."""
        if self._server is None and "DATABASE_URL" not in os.environ:
            from tests.database_server import running_server  # noqa: PLC0415

            self._server = contextlib.ExitStack()
            self._server.enter_context(running_server(self.folder))

    def end(self) -> None:
        """Stop the server and remove what the run left."""
        if self._server is not None:
            self._server.close()
        self.lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(socket_folder(), ignore_errors=True)


def _begin() -> TestRun | None:
    """The run of this process; None in a worker of pytest-xdist, whose run is its parent's."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return None
    for name in list(os.environ):
        if name.startswith("MANDATE_TRACKER_") and name not in SETTINGS_KEPT:
            del os.environ[name]
    os.environ[CLONE_STATE] = str(state_folder())
    _keep_byte_code()
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=RUN_PREFIX))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    os.environ.update(SETTINGS_OF_TESTS, MANDATE_TRACKER_STATE=str(folder))
    return TestRun(folder)


def _keep_byte_code() -> None:
    """Where Python may write none beside the sources, write it to the state folder.

    Else each of the processes that tests start compiles every package anew, for two seconds.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        sys.pycache_prefix = str(state_folder() / "test-bytecode")
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        sys.dont_write_bytecode = False


def _remove_leftovers() -> None:
    """Folders of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{RUN_PREFIX}*"):
        lock = FileLock(folder / "test-run.lock")
        with contextlib.suppress(OSError):
            if lock.path.exists() and lock.try_acquire():
                shutil.rmtree(socket_folder(folder), ignore_errors=True)
                shutil.rmtree(folder, ignore_errors=True)
                lock.release()


current_run = _begin()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """With workers, start the server before they do."""
    if current_run and getattr(config.option, "numprocesses", None):
        current_run.start_server()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no process and no folder."""
    if current_run:
        current_run.end()
