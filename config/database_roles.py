"""The two database roles: an owner for migrations and backups, and one for web and worker.

One definition for the embedded database, for a real server and for the tests.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

EXTENSIONS = ("btree_gist", "citext", "pg_trgm", "unaccent")


@dataclass(frozen=True)
class Role:
    """A login of the database server; without password where the socket says who one is."""

    name: str
    password: str = ""


def create_roles(connection: psycopg.Connection, *, owner: Role, web: Role) -> None:
    """Make both roles on a server, or set their rights and passwords anew."""
    rights = {
        owner: "LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS",
        web: "LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOINHERIT",
    }
    for role, attributes in rights.items():
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.name])
        verb = "ALTER" if known.fetchone() else "CREATE"
        statement = sql.SQL(f"{verb} ROLE {{}} {attributes}").format(sql.Identifier(role.name))
        if role.password:
            statement += sql.SQL(" PASSWORD {}").format(sql.Literal(role.password))
        connection.execute(statement)


def create_database(connection: psycopg.Connection, *, name: str, owner: Role) -> None:
    """Make the database, unless it exists; the connection must be in autocommit."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {}").format(
            sql.Identifier(name), sql.Identifier(owner.name)
        )
    )


def prepare_database(connection: psycopg.Connection, *, owner: Role, web: Role) -> None:
    """In the connected database: our extensions, and the web role's rights on what will be made.

    Done to `template1` too, so that test databases inherit both.
    """
    for extension in EXTENSIONS:
        connection.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
        )
    for rights in (
        "SELECT, INSERT, UPDATE, DELETE ON TABLES",
        "USAGE, SELECT ON SEQUENCES",
    ):
        connection.execute(
            sql.SQL(f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} GRANT {rights} TO {{}}").format(
                sql.Identifier(owner.name), sql.Identifier(web.name)
            )
        )
