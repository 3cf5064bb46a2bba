"""Makes the folders of the embedded services, with the rights they need and no more."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import EmbeddedServiceError, explained
from config.embedded.places import open_to_others, socket_folder, state_folder


@dataclass(frozen=True)
class Account:
    """The account that runs PostgreSQL in place of root."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """`nobody` when we are root, because PostgreSQL refuses to run as root; else None."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedServiceError(
            "As root PostgreSQL needs the account `nobody`, which this machine lacks: run as "
            "another user, or set DATABASE_URL."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def make_state_folder() -> Path:
    """The state folder, made when missing; as root others may pass through it, not list it."""
    folder = state_folder()
    account = server_account()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711 if account else 0o700)
        _refuse_foreign(folder)
        if account and not folder.stat().st_mode & 0o001:
            folder.chmod(0o711)
    except OSError as error:
        raise explained(error, folder) from error
    if account and not open_to_others(folder):
        raise EmbeddedServiceError(
            f"As root PostgreSQL runs as the account `nobody`, which can't enter {folder}: set "
            "MANDATE_TRACKER_STATE to a folder that others may enter, or run as another user."
        )
    return folder


def make_socket_folder() -> Path:
    """The folder for sockets, closed to everyone but the account that runs the servers."""
    folder = socket_folder()
    account = server_account()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if account and folder.stat().st_uid == 0:
            os.chown(folder, account.uid, account.gid)
        if folder.is_symlink() or folder.stat().st_uid != (account.uid if account else os.getuid()):
            raise EmbeddedServiceError(
                f"{folder} belongs to somebody else: remove it, or set MANDATE_TRACKER_STATE to "
                "another folder."
            )
        folder.chmod(0o700)
    except OSError as error:
        raise explained(error, folder) from error
    return folder


def _refuse_foreign(folder: Path) -> None:
    if folder.stat().st_uid != os.geteuid():
        raise EmbeddedServiceError(
            f"{folder} belongs to another user: run as that user, or set MANDATE_TRACKER_STATE to "
            "a folder of your own."
        )
