"""`manage.py start` from first line to last, as real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.places import CLONE
from tests.database_server import copy_migrated_data
from tests.operation.installation import RunningStart, environment, wait_until_gone

pytestmark = pytest.mark.slow

READY = {"database": "ok", "broker": "ok", "coverage": "ok"}


@pytest.fixture
def state() -> Iterator[Path]:
    """A folder that the account of the database may enter, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="mandate-tracker-start-"))
    folder.chmod(0o755)
    yield folder / "state"
    assert wait_until_gone(str(folder)) == []
    shutil.rmtree(folder)


def _get(address: str) -> dict[str, str]:
    with urllib.request.urlopen(address, timeout=60) as answer:
        answered: dict[str, str] = json.load(answer)
    return answered


def _manage(state: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=CLONE,
        env=environment(MANDATE_TRACKER_STATE=str(state)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _sockets_and_locks(state: Path) -> list[str]:
    return [str(path) for path in state.rglob("*") if path.is_socket() or path.suffix == ".lock"]


def test_the_whole_life_of_an_installation(state: Path) -> None:
    state.mkdir(mode=0o711)
    copy_migrated_data(state)
    first = RunningStart(state)
    address = first.address()
    assert _get(f"{address}/ready/") == READY
    assert first.output.count("http://127.0.0.1:") == 1

    second = RunningStart(state)
    assert second.exit_code() == 1
    assert f"runs already at {address}" in second.lines[-1]

    made = _manage(
        state,
        "shell",
        "--command",
        "from directory.models import User as U; U.objects.create(username='kept')",
    )
    assert made.returncode == 0, made.stderr
    first.end(signal.SIGKILL)
    assert wait_until_gone(str(state)) == []

    after_kill = RunningStart(state)
    after_kill.address()
    counted = _manage(
        state,
        "shell",
        "--no-imports",
        "--command",
        "from directory.models import User as U; print(U.objects.filter(username='kept').count())",
    )
    assert counted.stdout.strip() == "1", counted.stderr
    after_kill.process.send_signal(signal.SIGTERM)
    assert after_kill.end(signal.SIGINT) == 0, "a second signal does not disturb the end"
    assert _sockets_and_locks(state) == []


def test_a_named_port_in_use_is_refused_with_a_remedy(state: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        start = RunningStart(state, "--port", str(other.getsockname()[1]))
        assert start.exit_code() == 1
    assert "is in use: name another with --port" in start.lines[-1]


def test_data_of_another_postgresql_are_refused_with_a_remedy(state: Path) -> None:
    (state / "postgres").mkdir(parents=True)
    (state / "postgres" / "PG_VERSION").write_text("15\n")
    start = RunningStart(state)
    assert start.exit_code() == 1
    assert "were made by PostgreSQL 15" in start.lines[-1]
    assert "start --reset" in start.lines[-1]


def test_a_broken_data_folder_is_told_with_a_remedy(state: Path) -> None:
    (state / "postgres").mkdir(parents=True)
    start = RunningStart(state)
    assert start.exit_code() == 1
    assert "PG_VERSION is missing" in start.lines[-1]
    assert "start --reset" in start.lines[-1]


AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def _python_for_everyone() -> list[str] | None:
    """An interpreter that an account without rights can run, with our packages."""
    packages = f"{CLONE}/.venv/lib/python3.{sys.version_info.minor}/site-packages"
    for python in (
        sys.executable,
        shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin"),
    ):
        if python is None:
            continue
        command = ["env", f"PYTHONPATH={packages}", python]
        tried = subprocess.run(
            [*AS_NOBODY, *command, "-c", "import django, psycopg, redis, granian"],
            cwd="/",
            capture_output=True,
            check=False,
        )
        if tried.returncode == 0:
            return command
    return None


def _clone(folder: Path) -> Path:
    """The files of the project in another folder."""
    names = [path.name for path in CLONE.iterdir() if path.is_dir() and path.name[0] != "."]
    folder.mkdir(parents=True)
    for name in (*names, "manage.py"):
        if name not in {
            "var",
            "node_modules",
            "frontend",
            "tests",
            "artefacts",
            "staticfiles",
        }:
            subprocess.run(["cp", "-a", CLONE / name, folder], check=True)
    return folder


def _with_tables(clone: Path) -> Path:
    """The state folder of the clone, its tables made already."""
    ask = "from config.embedded import state_folder; print(state_folder())"
    told = subprocess.check_output(
        [sys.executable, "-c", ask], cwd=clone, env=environment(), text=True
    )
    folder = Path(told.strip())
    folder.mkdir(mode=0o711)
    copy_migrated_data(folder)
    return folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_two_clones_run_at_once_one_as_root_in_a_closed_folder_one_as_a_user(
    state: Path,
) -> None:
    python = _python_for_everyone()
    if python is None:
        pytest.skip("no interpreter that another account may run")
    closed = state.parent / "closed"
    roots = _clone(closed / ("a-long-name-" * 12) / "clone")
    closed.chmod(0o700)
    outside = _with_tables(roots)
    theirs = _clone(state.parent / "theirs" / "clone")
    _with_tables(theirs)
    subprocess.run(["chown", "-R", "65534:65534", theirs.parent], check=True)

    as_root = RunningStart(None, clone=roots)
    as_user = RunningStart(None, clone=theirs, command=[*AS_NOBODY, *python])
    addresses = {as_root.address(), as_user.address()}
    assert len(addresses) == 2
    for address in addresses:
        assert _get(f"{address}/ready/") == READY
    assert as_root.end(signal.SIGINT) == as_user.end() == 0
    assert _sockets_and_locks(outside) == _sockets_and_locks(theirs) == []
    assert wait_until_gone(str(outside)) == []
    assert f"{theirs}/var" in as_user.output
    assert f"Data of this installation: {outside}" in as_root.output
    assert outside.is_relative_to("/var/tmp")
    shutil.rmtree(outside)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_somebody_else_is_told_whose_folder_it_is(state: Path) -> None:
    python = _python_for_everyone()
    if python is None:
        pytest.skip("no interpreter that another account may run")
    state.mkdir(mode=0o711)
    start = RunningStart(state, command=[*AS_NOBODY, *python])
    assert start.exit_code() == 1
    assert "belongs to another user" in start.lines[-1]
    assert "MANDATE_TRACKER_STATE" in start.lines[-1]
