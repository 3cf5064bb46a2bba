"""Secrets made for this installation and kept in its state folder, readable by its user only."""

import os
import secrets
from pathlib import Path

from config.embedded.errors import explained
from config.embedded.folders import make_state_folder


def secret_key() -> str:
    """The key that signs sessions of this installation, made at its first use."""
    folder = make_state_folder()
    path = folder / "secret-key"
    try:
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(50))
        return path.read_text()
    except OSError as error:
        raise explained(error, folder) from error


def _write_once(path: Path, text: str) -> None:
    """Write the file unless another process did it first; readers never see a part of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
