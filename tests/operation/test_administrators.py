"""What an operator runs once: roles on an own server, and the first administrator."""

from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from config.embedded.places import database_url
from directory.models import Role, User


@pytest.mark.django_db
def test_the_first_administrator_gets_the_role_and_can_sign_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "a long and private sentence")
    call_command("create_administrator", email="first@example.org")
    user = User.objects.get(username="admin")
    assert user.roles == {Role.ADMINISTRATOR}
    assert user.check_password("a long and private sentence")
    with pytest.raises(CommandError, match="already"):
        call_command("create_administrator", email="first@example.org")


@pytest.mark.django_db
def test_a_weak_password_makes_no_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "secret")
    with pytest.raises(CommandError, match="too short"):
        call_command("create_administrator", email="first@example.org")
    assert not User.objects.filter(username="admin").exists()


@pytest.mark.django_db
def test_roles_of_an_own_server_are_made_and_can_be_made_again(settings: Any) -> None:
    settings.DATABASE_SUPERUSER_URL = database_url("superuser", "postgres")
    settings.DATABASE_OWNER = {"USER": "own_owner", "PASSWORD": "it's", "NAME": "own"}
    settings.DATABASE_WEB = {"USER": "own_web", "PASSWORD": "that's", "NAME": "own"}
    for _ in range(2):
        call_command("setup_database_roles")
    with psycopg.connect(database_url("superuser", "own")) as database:
        assert database.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles "
            "WHERE rolname LIKE 'own\\_%' ORDER BY 1"
        ).fetchall() == [("own_owner", False, False, True), ("own_web", False, False, False)]
        database.execute("SET ROLE own_owner")
        database.execute("CREATE TABLE made_by_owner (id int)")
        database.execute("SET ROLE own_web")
        assert database.execute("SELECT count(*) FROM made_by_owner").fetchone() == (0,)


def test_one_role_for_both_is_refused(settings: Any) -> None:
    settings.DATABASE_SUPERUSER_URL = "postgresql://postgres@localhost/postgres"
    settings.DATABASE_WEB = settings.DATABASE_OWNER
    with pytest.raises(CommandError, match="must not own"):
        call_command("setup_database_roles")
