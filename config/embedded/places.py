"""Where the embedded services of this clone keep data and sockets; nothing here touches a file."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

CLONE = Path(__file__).resolve().parent.parent.parent
DATABASE = "mandate_tracker"
SUPERUSER = "postgres"
ROLES = {"owner": "mandate_owner", "web": "mandate_web"}
PORT = 5432


def state_folder() -> Path:
    """The folder with all that this installation keeps: database, broker, files, secrets.

    Normally `var/` in the clone. PostgreSQL refuses to run as root; started as root it runs as
    another account, which may not be able to enter the clone: then below /var/tmp.
    """
    chosen = os.environ.get("MANDATE_TRACKER_STATE")
    if chosen:
        return Path(chosen).absolute()
    if os.geteuid() == 0 and not open_to_others(CLONE):
        return Path("/var/tmp") / f"mandate-tracker-0-{_short_hash(CLONE)}"  # noqa: S108
    return CLONE / "var"


def open_to_others(folder: Path) -> bool:
    """Whether an account without rights of its own can enter the folder."""
    return all(
        place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents) if place.exists()
    )


def socket_folder(state: Path | None = None) -> Path:
    """The folder for sockets of a state folder; short, as their paths end at about 100 bytes.

    Not under TMPDIR where /tmp exists: two shells of one user may have different ones.
    """
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108
    return base / f"mandate-tracker-{os.geteuid()}-{_short_hash(state or state_folder())}"


def database_url(role: str = "web", name: str = DATABASE) -> str:
    """The address of the embedded database for a role: "web", "owner" or "superuser"."""
    user = ROLES.get(role, SUPERUSER)
    return f"postgresql://{user}@{quote(str(socket_folder()), safe='')}:{PORT}/{name}"


def broker_socket() -> Path:
    """The socket on which the embedded broker listens."""
    return socket_folder() / "broker"


def broker_url() -> str:
    """The address of the embedded broker, as Celery wants it."""
    return f"redis+socket://{broker_socket()}"


def cache_url() -> str:
    """The address of the cache, which the embedded broker keeps beside the queue."""
    return f"unix://{broker_socket()}?db=1"


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]
