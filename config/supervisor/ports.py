"""Finds a free port on the loopback address."""

import errno
import socket
import sys

HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 8000, 8099


class PortClaim:
    """A port that no other `start` on this machine takes while we hold it.

    The web server shares its port with whoever asks in the same way (SO_REUSEPORT), so binding
    alone doesn't keep two starts at the same moment apart: each also holds a name of the machine.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._name: socket.socket | None = None

    def try_take(self) -> bool:
        """Whether the port is free and now ours."""
        if sys.platform == "linux":
            name = socket.socket(socket.AF_UNIX)
            try:
                name.bind(f"\0mandate-tracker-port-{self.port}")
            except OSError:
                name.close()
                return False
            self._name = name
        if not _is_free(self.port):
            self.release()
            return False
        return True

    def release(self) -> None:
        """Let others have the port."""
        if self._name:
            self._name.close()
            self._name = None


def claim_port(wanted: int | None) -> PortClaim | None:
    """The wanted port, or the first free one from 8000; None when there is none."""
    ports = [wanted] if wanted else range(FIRST_PORT, LAST_PORT + 1)
    for port in ports:
        claim = PortClaim(port)
        if claim.try_take():
            return claim
    return None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True
