"""The whole site from first start to clean end."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.embedded import EmbeddedServiceError
from config.embedded.processes import end_with_parent
from config.embedded.services import Services
from config.owner_connection import connected_as_owner
from config.probe import answers
from config.supervisor.children import (
    WEB_THREADS,
    Children,
    beat_command,
    say,
    web_command,
    worker_command,
)
from config.supervisor.ports import HOST, PortClaim, claim_port
from directory.demonstration_logins import demonstration_logins

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ANSWER_SECONDS = 60
CLAIM_SECONDS = 60
LOADED = (
    "load_directory",
    "load_resolution",
    "load_demonstration",
    "load_demonstration_report",
)
KEPT_BY_RESET = {"binaries", "running.lock", "users.lock", "secret-key"}


class Stopped(BaseException):
    """Somebody asked us to end; raised once, by the first signal."""


class Site:
    """Database, broker, web server, worker and calendar of this clone."""

    def __init__(self, *, port: int | None, demonstration: bool) -> None:
        self.demonstration = demonstration
        self.services = Services(
            database=settings.EMBEDDED_DATABASE, broker=settings.EMBEDDED_BROKER
        )
        self.children = Children()
        self._wanted_port = port
        self._port: PortClaim | None = None

    def run(self, *, reset: bool = False) -> None:
        """Start everything, say where it is, wait for a signal, stop everything."""
        _end_with_uv()
        for sent in STOP_SIGNALS:
            signal.signal(sent, _raise_stopped)
        try:
            self._claim()
            if reset:
                self._reset()
            self._start()
            self._wait()
        except Stopped:
            say("Stopping ...")
        finally:
            for sent in STOP_SIGNALS:
                signal.signal(sent, signal.SIG_IGN)
            self._stop()
        say("Stopped.")

    def _claim(self) -> None:
        limit = time.monotonic() + CLAIM_SECONDS
        while not self.services.try_claim():
            holder = self.services.lock.read_note()
            if holder.get("command") == "start" or time.monotonic() > limit:
                where = f"at {holder['url']} " if holder.get("url") else ""
                raise EmbeddedServiceError(
                    f"This clone runs already {where}(process {holder.get('pid', 'unknown')}): "
                    "use that one, or end it first."
                )
            time.sleep(0.1)
        self._port = claim_port(self._wanted_port)
        if self._port is None:
            raise EmbeddedServiceError(
                f"Port {self._wanted_port} is in use: name another with --port, or leave it out "
                "to get a free one."
                if self._wanted_port
                else "No port from 8000 to 8099 is free: name another with --port."
            )

    def _reset(self) -> None:
        if not settings.EMBEDDED_DATABASE:
            raise EmbeddedServiceError(
                "--reset empties the embedded database only, and DATABASE_URL is set."
            )
        for kept in self.services.state.iterdir():
            if kept.name not in KEPT_BY_RESET:
                shutil.rmtree(kept) if kept.is_dir() else kept.unlink()

    def _start(self) -> None:
        assert self._port
        say(f"Data of this installation: {self.services.state}")
        self.services.start()
        with connected_as_owner():
            if _migrations_wait():
                say("Making the tables ...")
                call_command("migrate", interactive=False, verbosity=0)
        url = f"http://{HOST}:{self._port.port}"
        shared = {"MANDATE_TRACKER_BASE_URL": os.environ.get("MANDATE_TRACKER_BASE_URL", url)}
        self.children.start(
            "web", web_command(self._port.port), {**shared, "DATABASE_POOL_SIZE": str(WEB_THREADS)}
        )
        # A killed supervisor takes the broker along: a worker could neither end its tasks first nor
        # always its connection. What it held comes back to the next one.
        self.children.start("worker", worker_command(), shared, when_parent_dies=signal.SIGKILL)
        self.children.start("beat", beat_command(), shared)
        self._load()
        self._wait_for_answer()
        self.services.say(url=url)
        self._print_logins()
        say(f"Mandate Tracker runs at {url} (Ctrl-C ends it)")

    def _load(self) -> None:
        """States, the resolution and the demonstration world, once in the life of a database."""
        record = self.services.state / "loaded"
        done = record.read_text().split() if record.exists() else []
        for command in LOADED if self.demonstration else LOADED[:1]:
            if command in get_commands() and command not in done:
                call_command(command)
                done.append(command)
                record.write_text("\n".join(done))

    def _wait_for_answer(self) -> None:
        assert self._port
        limit = time.monotonic() + ANSWER_SECONDS
        while not answers(self._port.port, "/health/"):
            self._refuse_dead()
            if time.monotonic() > limit:
                raise EmbeddedServiceError("The web server does not answer; see its lines above.")
            time.sleep(0.1)

    def _wait(self) -> None:
        while True:
            self._refuse_dead()
            time.sleep(0.5)

    def _refuse_dead(self) -> None:
        name = self.children.first_dead() or self.services.first_dead()
        if name:
            raise EmbeddedServiceError(
                f"The process `{name}` ended by itself; see its lines above."
            )

    def _stop(self) -> None:
        for name in ("web", "beat", "worker"):
            self.children.stop(name)
        if self.services.lock.held:
            self.services.stop()
        if self._port:
            self._port.release()

    def _print_logins(self) -> None:
        logins = demonstration_logins() if self.demonstration else {}
        if not logins:
            return
        width = max(map(len, logins))
        say(f"Demonstration log-ins (kept in {settings.DEMONSTRATION_LOGINS_FILE}):")
        for login, password in logins.items():
            say(f"  {login:<{width}}  {password}")


def _migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _raise_stopped(signal_number: int, frame: FrameType | None) -> None:
    for sent in STOP_SIGNALS:
        signal.signal(sent, signal.SIG_IGN)
    raise Stopped


def _end_with_uv() -> None:
    """`uv run` stands between a terminal and us: when it is killed, end as well."""
    if sys.platform == "linux":
        parent = Path(f"/proc/{os.getppid()}/comm")
        if parent.exists() and parent.read_text().strip() == "uv":
            end_with_parent(signal.SIGTERM)
