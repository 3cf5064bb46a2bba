"""Where uploaded files lie."""

import secrets


def attachment_path(instance: object, filename: str) -> str:
    """A name that can't be guessed and says nothing of the file."""
    name = secrets.token_hex(16)
    return f"attachments/{name[:2]}/{name}"
