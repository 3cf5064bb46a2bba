#!/usr/bin/env python
"""Runs a command with the services it needs, as the database role it needs."""

import os
import signal
import sys
from contextlib import ExitStack

# Commands that make or change tables; all others connect as the role that owns none.
OWNER_COMMANDS = {
    "createcachetable",
    "dbshell",
    "flush",
    "makemigrations",
    "migrate",
    "pgtrigger",
    "showmigrations",
    "sqlmigrate",
}
# Commands that need neither database nor broker, or see to them on their own.
COMMANDS_ALONE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "setup_database_roles",
    "spectacular",
    "start",
    "version",
}


def main() -> None:
    """Run the command line; a wrong setting or service is one line, not a traceback."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if command in OWNER_COMMANDS:
        os.environ.setdefault("MANDATE_TRACKER_DATABASE_ROLE", "owner")

    from django.conf import settings  # noqa: PLC0415  (the role above must be set before)
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from config.embedded import EmbeddedServiceError, ensure_running  # noqa: PLC0415
    from directory.viewer import SYSTEM, viewing_as  # noqa: PLC0415

    with ExitStack() as services:
        try:
            database, broker = settings.EMBEDDED_DATABASE, settings.EMBEDDED_BROKER
            if not (command in COMMANDS_ALONE or command.startswith("-") or "--help" in sys.argv):
                # Ended from outside, a command still ends the services it started.
                signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
                services.enter_context(ensure_running(database=database, broker=broker))
        except (EmbeddedServiceError, ImproperlyConfigured) as error:
            sys.exit(f"{sys.argv[0]}: {error}")
        # Without a user, a command works as the system.
        services.enter_context(viewing_as(SYSTEM))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
