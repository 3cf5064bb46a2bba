"""`manage.py start`: the whole site on this machine, for trying it out."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.embedded import EmbeddedServiceError
from config.supervisor.site import Site


class Command(BaseCommand):
    help = (
        "Runs the whole site on this machine with demonstration data: database, broker, web "
        "server, worker and calendar. Ctrl-C ends all of them; the next start keeps all data."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="listen here instead of a free port from 8000")
        parser.add_argument("--reset", action="store_true", help="delete all data and begin anew")
        parser.add_argument(
            "--no-demo", action="store_true", help="load neither resolution nor demonstration data"
        )

    def handle(self, *, port: int | None, reset: bool, no_demo: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "`start` is for trying out and refuses production settings: run web server, "
                "worker and calendar as docker-compose.yml shows."
            )
        demonstration = settings.DEMONSTRATION and not no_demo
        try:
            Site(port=port, demonstration=demonstration).run(reset=reset)
        except EmbeddedServiceError as error:
            raise CommandError(str(error)) from error
