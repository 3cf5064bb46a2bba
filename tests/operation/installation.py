"""An installation of its own, run as somebody would: by its commands, in real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from config.embedded.places import CLONE
from tests.plugin_database import CLONE_STATE, SETTINGS_OF_TESTS

ANSWER = re.compile(r"runs at (http://127\.0\.0\.1:\d+)")
SECONDS = 120


def environment(**changes: str) -> dict[str, str]:
    """The environment without what the test run put there."""
    of_the_run = {
        *SETTINGS_OF_TESTS,
        CLONE_STATE,
        "MANDATE_TRACKER_STATE",
        "DATABASE_URL",
    }
    kept = {key: value for key, value in os.environ.items() if key not in of_the_run}
    return {**kept, "MANDATE_TRACKER_ENV_FILE": os.devnull, **changes}


class RunningStart:
    """A `manage.py start` in a process of its own."""

    def __init__(
        self,
        state: Path | None,
        *options: str,
        clone: Path = CLONE,
        command: Sequence[str] = (sys.executable,),
    ) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*command, "manage.py", "start", "--no-demo", *options],
            cwd=clone,
            env=environment(**({"MANDATE_TRACKER_STATE": str(state)} if state else {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def address(self) -> str:
        """Where the site is, once it says so."""
        limit = time.monotonic() + SECONDS
        while time.monotonic() < limit:
            found = ANSWER.search(self.output)
            if found:
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"no address:\n{self.output}")

    def end(self, sent: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(sent)
        code = self.process.wait(SECONDS)
        self._reader.join(10)
        return code

    def exit_code(self) -> int:
        """The code of a start that ends by itself."""
        code = self.process.wait(SECONDS)
        self._reader.join(10)
        return code


def processes_with(words: str) -> list[str]:
    """The command lines on this machine in whose command or environment the words stand."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            command = (folder / "cmdline").read_bytes()
            surroundings = (folder / "environ").read_bytes()
        except OSError:
            continue
        if words.encode() in command or f"STATE={words}".encode() in surroundings:
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


def wait_until_gone(words: str) -> list[str]:
    """The processes that still run after the time; none is what one hopes for."""
    limit = time.monotonic() + SECONDS
    while (left := processes_with(words)) and time.monotonic() < limit:
        time.sleep(0.1)
    return left
