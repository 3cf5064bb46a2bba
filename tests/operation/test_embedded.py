"""Troubles of the embedded services are told in one line that names the remedy."""

import errno
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from config.embedded import EmbeddedServiceError
from config.embedded.errors import explained
from config.embedded.locks import FileLock
from config.embedded.places import broker_url, database_url, socket_folder
from config.embedded.postgres import Postgres
from config.supervisor.ports import claim_port

Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(1, 1, 0))
    with pytest.raises(EmbeddedServiceError, match=r"disk .* is full: free some space"):
        Postgres(tmp_path, tmp_path).start()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "is full"), (errno.EACCES, "No permission"), (errno.EROFS, "No permission")],
)
def test_errors_of_the_system_name_a_remedy(number: int, words: str, tmp_path: Path) -> None:
    error = explained(OSError(number, "reason"), tmp_path)
    assert words in str(error)
    assert "MANDATE_TRACKER_STATE" in str(error)


def test_addresses_need_no_running_server_and_fit_into_a_socket_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MANDATE_TRACKER_STATE", "/srv/" + "long/" * 60)
    assert len(str(socket_folder() / ".s.PGSQL.5432.lock")) < 100
    assert database_url("web").startswith("postgresql://mandate_web@%2F")
    assert database_url("owner").startswith("postgresql://mandate_owner@%2F")
    assert broker_url().startswith("redis+socket:///")


def test_two_starts_at_the_same_moment_get_different_ports() -> None:
    first, second = claim_port(None), claim_port(None)
    assert first
    assert second
    assert first.port != second.port
    first.release()
    second.release()


def test_a_lock_is_held_once_says_by_whom_and_leaves_no_file(tmp_path: Path) -> None:
    mine, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert mine.try_acquire()
    mine.note(pid=7)
    assert not other.try_acquire()
    assert other.read_note() == {"pid": 7}
    mine.release()
    assert not mine.path.exists()
    assert other.try_acquire()
    other.release()
