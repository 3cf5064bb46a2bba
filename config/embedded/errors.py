"""What goes wrong with embedded services, in one line that says what to do."""

import errno
from pathlib import Path


class EmbeddedServiceError(Exception):
    """A service can't run; the message is one line and names the remedy."""


def explained(error: OSError, folder: Path) -> EmbeddedServiceError:
    """The error of the operating system on the state folder, with its remedy."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(folder)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return EmbeddedServiceError(
            f"No permission to use {error.filename or folder}: run as the user who owns it, or "
            "set MANDATE_TRACKER_STATE to a folder of your own."
        )
    return EmbeddedServiceError(f"{error.filename or folder} can't be used: {error.strerror}.")


def disk_full(folder: Path) -> EmbeddedServiceError:
    """The disk that holds the folder has no room left."""
    return EmbeddedServiceError(
        f"The disk that holds {folder} is full: free some space there, or set "
        "MANDATE_TRACKER_STATE to a folder on another disk."
    )
