"""The processes of the site, their output on ours with a name before each line."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO

from django.conf import settings

from config.embedded.processes import spawn, stop
from config.supervisor.ports import HOST

WEB_THREADS = 8
NAME_WIDTH = 6


def web_command(port: int) -> list[str]:
    """The web server, on the loopback address only."""
    return [
        *(sys.executable, "-m", "granian", "config.wsgi:application"),
        *("--interface", "wsgi"),
        *("--host", HOST, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(WEB_THREADS)),
        *("--backpressure", "64", "--no-ws"),
        *("--workers-kill-timeout", "10"),
        *("--log-level", "error"),
    ]


def worker_command() -> list[str]:
    """The process that does the tasks."""
    return [
        # As root Celery warns at length; here it serves this machine only.
        *(sys.executable, "-W", "ignore:You're running the worker"),
        *("-m", "celery", "--app", "config", "--quiet", "worker"),
        *("--concurrency", "2", "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
    ]


def beat_command() -> list[str]:
    """The process that orders the tasks of the calendar."""
    return [
        *(sys.executable, "-m", "celery", "--app", "config", "--quiet", "beat"),
        *("--loglevel", "WARNING"),
    ]


class Children:
    """The running processes, ended in a fixed order."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        command: list[str],
        extra_environment: Mapping[str, str],
        *,
        when_parent_dies: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start a process under a name."""
        process = spawn(
            command,
            output=subprocess.PIPE,
            environment={**os.environ, "PYTHONUNBUFFERED": "1", **extra_environment},
            folder=settings.BASE_DIR,
            when_parent_dies=when_parent_dies,
        )
        self._processes[name] = process
        assert process.stdout
        threading.Thread(target=_relay, args=(name, process.stdout), daemon=True).start()

    def first_dead(self) -> str | None:
        """The name of a process that ended by itself."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                return name
        return None

    def stop(self, name: str) -> None:
        """End a process; work that takes longer than its grace comes back at the next start."""
        process = self._processes.pop(name, None)
        if process:
            stop(process)


def _relay(name: str, lines: IO[bytes]) -> None:
    for line in lines:
        say(f"{name:<{NAME_WIDTH}}| {line.decode(errors='replace').rstrip()}")


def say(line: str) -> None:
    """Print a line at once; without complaint when nobody reads any more."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        pass
