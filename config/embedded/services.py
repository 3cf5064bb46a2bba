"""Starts the embedded services of this clone once, whoever needs them."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from config.embedded.broker import Broker, answers
from config.embedded.errors import EmbeddedServiceError, explained
from config.embedded.folders import make_socket_folder, make_state_folder
from config.embedded.locks import FileLock
from config.embedded.places import PORT, broker_socket, socket_folder
from config.embedded.postgres import Postgres

WAIT_SECONDS = 60


class Services:
    """Database and broker of the state folder; at most one process of a clone holds them.

    A lock file in the state folder says who; it is taken before anything else is touched, because
    a second start would remove the sockets of the first.
    """

    def __init__(self, *, database: bool = True, broker: bool = True, durable: bool = True) -> None:
        self.state = make_state_folder()
        self.lock = FileLock(self.state / "running.lock")
        self.users = FileLock(self.state / "users.lock")
        self._postgres = Postgres(self.state, socket_folder(), durable=durable)
        self._broker = Broker(self.state, broker_socket(), durable=durable)
        self.needed = [*(["database"] if database else []), *(["broker"] if broker else [])]

    def try_claim(self) -> bool:
        """Take the services for this process, unless another holds them."""
        try:
            if not self.lock.try_acquire():
                return False
        except OSError as error:
            raise explained(error, self.state) from error
        self.lock.note(pid=os.getpid(), command=sys.argv[1] if sys.argv[1:] else "")
        return True

    def start(self) -> None:
        """Start what is needed and say in the lock file that it answers."""
        try:
            make_socket_folder()
            if "broker" in self.needed:
                self._broker.start()
            if "database" in self.needed:
                self._postgres.start()
            if "broker" in self.needed:
                self._broker.wait()
        except BaseException:
            self.stop()
            raise
        self.say(ready=self.needed)

    def say(self, **facts: object) -> None:
        """Add facts for others to the lock file, such as the address of the site."""
        self.lock.note(**{**self.lock.read_note(), **facts})

    def first_dead(self) -> str | None:
        """The name of a service that ended by itself."""
        servers = {"database": self._postgres.process, "broker": self._broker.process}
        for name, process in servers.items():
            if process and process.poll() is not None:
                return name
        return None

    def stop(self) -> None:
        """End broker and database, remove sockets and locks."""
        self._broker.stop()
        self._postgres.stop()
        folder = socket_folder()
        for leftover in folder.glob("*") if folder.exists() else ():
            with suppress(OSError):
                leftover.unlink()
        with suppress(OSError):
            folder.rmdir()
        self.users.path.unlink(missing_ok=True)
        self.lock.release()

    def answer(self) -> bool:
        """Whether another process of this clone has all we need running."""
        ready = self.lock.read_note().get("ready", [])
        sockets = {"database": socket_folder() / f".s.PGSQL.{PORT}", "broker": broker_socket()}
        return set(self.needed) <= set(ready) and all(
            answers(sockets[name]) for name in self.needed
        )


@contextmanager
def ensure_running(*, database: bool = True, broker: bool = True) -> Iterator[None]:
    """Within the block the services answer: those that run already, or ours for its duration."""
    if not (database or broker):
        yield
        return
    services = Services(database=database, broker=broker)
    if not _claim_or_join(services):
        try:
            yield
        finally:
            services.users.release(remove=False)
        return
    services.start()
    try:
        yield
    finally:
        # Others may have joined meanwhile: the last one out closes the door.
        services.say(ready=[])
        services.users.acquire()
        services.users.release()
        services.stop()


def _claim_or_join(services: Services) -> bool:
    """True when this process is to start them, False when it uses those of another."""
    limit = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < limit:
        if services.try_claim():
            return True
        if services.answer() and services.users.try_acquire(shared=True):
            if services.answer():
                return False
            services.users.release(remove=False)
        time.sleep(0.05)
    raise EmbeddedServiceError(
        f"Another command of this clone holds {services.lock.path} and its database does not "
        "answer: wait for it to end, or end it."
    )
