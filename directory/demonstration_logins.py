"""Passwords of the demonstration log-ins, made for this installation and kept in its own file."""

import json
import secrets

from django.conf import settings


def demonstration_logins() -> dict[str, str]:
    """Each demonstration log-in with its password; empty before the first is made."""
    try:
        logins: dict[str, str] = json.loads(settings.DEMONSTRATION_LOGINS_FILE.read_text())
    except FileNotFoundError:
        return {}
    return logins


def demonstration_password(login: str) -> str:
    """The password of a demonstration log-in, made and kept when it has none yet."""
    logins = demonstration_logins()
    if login not in logins:
        logins[login] = secrets.token_urlsafe(9)
        path = settings.DEMONSTRATION_LOGINS_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(logins, indent=2))
    return logins[login]
