"""`manage.py setup_database_roles`: the two roles and the database on a server of one's own."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.database_roles import Role, create_database, create_roles, prepare_database


class Command(BaseCommand):
    help = (
        "Makes, on the server that DATABASE_SUPERUSER_URL names, the roles and the database of "
        "DATABASE_OWNER_URL and DATABASE_URL, with the extensions and rights they need. Can be "
        "run again: it sets the passwords anew and changes no data."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_SUPERUSER_URL:
            raise CommandError("Set DATABASE_SUPERUSER_URL to an account that may make roles.")
        owner, web = (
            Role(connection["USER"], connection["PASSWORD"])
            for connection in (settings.DATABASE_OWNER, settings.DATABASE_WEB)
        )
        if owner.name == web.name:
            raise CommandError(
                "DATABASE_OWNER_URL and DATABASE_URL name the same role: the web must not own "
                "the tables."
            )
        name = settings.DATABASE_OWNER["NAME"]
        address = settings.DATABASE_SUPERUSER_URL
        try:
            with psycopg.connect(address, autocommit=True) as server:
                create_roles(server, owner=owner, web=web)
                create_database(server, name=name, owner=owner)
            with psycopg.connect(address, dbname=name, autocommit=True) as database:
                prepare_database(database, owner=owner, web=web)
        except psycopg.Error as error:
            raise CommandError(f"The server says: {str(error).splitlines()[0]}") from error
        self.stdout.write(f"Database {name}: owner {owner.name}, web and worker {web.name}.")
