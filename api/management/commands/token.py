"""Prints an API token of a user, and nothing else."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from api.models import ApiToken
from directory.models import User
from directory.policy import Permission


class Command(BaseCommand):
    help = "Make an API token for a user and print it (Authorization: Bearer <token>)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", help="the user's log-in")
        parser.add_argument("--name", default="", help="what the token is for")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            choices=sorted(Permission),
            help="narrow the token to this permission; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["login"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['login']!r}.")
        _, token = ApiToken.objects.create(
            user=user, name=options["name"], scopes=options["scope"], expiry=None
        )
        self.stdout.write(token)
