"""`manage.py create_administrator`: the first person who may sign in and make others."""

import os
import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from directory.models import Membership, Organisation, OrganisationKind, Role, User


class Command(BaseCommand):
    help = (
        "Makes an administrator, who can then add everyone else. The password is asked for, or "
        "taken from the variable ADMINISTRATOR_PASSWORD."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--login", default="admin", help="name to sign in with")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="", help="name that others read")

    def handle(self, *, login: str, email: str, name: str, **options: Any) -> None:
        if User.objects.filter(username=login).exists():
            raise CommandError(f"There is a user {login} already: choose another with --login.")
        user = User(
            username=login, email=email, display_name=name, is_staff=True, is_superuser=True
        )
        password = _password()
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            user.save()
            unodc, _created = Organisation.objects.get_or_create(
                kind=OrganisationKind.UNODC, defaults={"names": {"en": "UNODC"}}
            )
            Membership.objects.create(user=user, organisation=unodc, role=Role.ADMINISTRATOR)
        self.stdout.write(f"{login} can sign in now.")


def _password() -> str:
    password = os.environ.get("ADMINISTRATOR_PASSWORD", "")
    if password:
        return password
    if not sys.stdin.isatty():
        raise CommandError("Set ADMINISTRATOR_PASSWORD, or run this in a terminal to be asked.")
    password = getpass("Password: ")
    if password != getpass("Password again: "):
        raise CommandError("The two passwords differ.")
    return password
