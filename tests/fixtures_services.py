"""A real broker and a real worker, for tests marked `worker`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from kombu import pools

from config.celery import app
from config.embedded.broker import Broker
from config.embedded.folders import make_socket_folder
from config.embedded.places import CLONE, broker_socket, broker_url
from config.embedded.processes import spawn, stop

VISIBILITY_SECONDS = 6
START_SECONDS = 120


def database_address(settings: dict[str, Any]) -> str:
    """The URL of a Django connection."""
    password = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    return (
        f"postgresql://{settings['USER']}{password}@{quote(settings['HOST'], safe='')}"
        f":{settings['PORT'] or 5432}/{settings['NAME']}"
    )


class WorkerProcess:
    """A worker in a process of its own, on the database of the tests."""

    def __init__(self, broker: str, log: Path) -> None:
        self.broker = broker
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it takes tasks."""
        command = [
            *(sys.executable, "-m", "celery", "--app", "config", "worker"),
            *("--concurrency", "1", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
        with self.log.open("wb") as output:
            self._process = spawn(
                command,
                output=output,
                folder=CLONE,
                environment={
                    **os.environ,
                    "DATABASE_URL": database_address(connection.settings_dict),
                    "CELERY_BROKER_URL": self.broker,
                    "CELERY_VISIBILITY_TIMEOUT": str(VISIBILITY_SECONDS),
                },
            )
        limit = time.monotonic() + START_SECONDS
        while " ready." not in self.output():
            if self._process.poll() is not None or time.monotonic() > limit:
                raise AssertionError(f"the worker does not start:\n{self.output()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it and its children at once, as a crash of the machine would.

        Gives back once the broker counts its tasks as lost: a worker looks for lost tasks when it
        connects, and then only each hundred seconds.
        """
        assert self._process
        os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        time.sleep(VISIBILITY_SECONDS)

    def stop(self) -> None:
        """End it in the usual way."""
        if self._process:
            stop(self._process)

    def output(self) -> str:
        """What it printed since its last start."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@pytest.fixture(scope="session")
def broker_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real broker: that of TEST_BROKER_URL, else the embedded one."""
    given = os.environ.get("TEST_BROKER_URL")
    if given:
        yield given
        return
    make_socket_folder()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    address = broker_socket().with_name(f"broker{worker}")
    broker = Broker(tmp_path_factory.mktemp("broker"), address, durable=False)
    broker.start()
    broker.wait()
    yield broker_url() + worker
    broker.stop()


@pytest.fixture
def celery_worker_process(
    broker_server: str, transactional_db: None, tmp_path: Path
) -> Iterator[WorkerProcess]:
    """A running worker; tasks sent by the test go to it, and only to it."""
    before = os.environ["CELERY_BROKER_URL"]
    _send_tasks_to(broker_server)
    app.control.purge()
    worker = WorkerProcess(broker_server, tmp_path / "worker.log")
    worker.start()
    yield worker
    worker.stop()
    _send_tasks_to(before)


def _send_tasks_to(broker: str) -> None:
    os.environ["CELERY_BROKER_URL"] = broker  # Celery reads it each time, before its settings
    # Connections that tests before this one opened lead to their broker.
    app._pool = None
    app.amqp._producer_pool = None
    pools.reset()
