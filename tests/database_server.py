"""The database server of a test run, and the copy of migrated tables it begins with."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from config.embedded.folders import make_socket_folder
from config.embedded.places import CLONE, DATABASE, ROLES, database_url, socket_folder
from config.embedded.postgres import Postgres

KEPT_COPIES = 3
WITHOUT_AUTOVACUUM = """
    DO $$
    DECLARE one regclass;
    BEGIN
        FOR one IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        LOOP
            EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', one);
        END LOOP;
    END $$
"""
PACKAGES = ("django", "django-allauth", "django-pghistory", "django-pgtrigger", "django-rest-knox")


@contextmanager
def running_server(folder: Path) -> Iterator[None]:
    """A server in the folder, with a database of migrated tables to copy."""
    copy_migrated_data(folder)
    with _server(folder):
        yield


def copy_migrated_data(folder: Path) -> None:
    """Put data of a stopped server, its tables made, into a state folder."""
    kept = Path(os.environ["MANDATE_TRACKER_CLONE_STATE"]) / "test-databases" / _state_of_tables()
    if not kept.exists():
        _make_migrated(folder, kept)
    _copy(kept, folder / "postgres")


def create_database_from_migrated(name: str) -> None:
    """Make a database with all tables, in a tenth of a second."""
    with psycopg.connect(database_url("superuser", "postgres"), autocommit=True) as server:
        target, source, owner = map(sql.Identifier, (name, DATABASE, ROLES["owner"]))
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                target, source, owner
            )
        )


def suit_for_tests(address: str, web_role: str) -> None:
    """Let the web role empty tables between tests, which it may not in operation; no autovacuum.

    Tests fill tables in transactions that never end: autovacuum would call such tables empty, and
    the planner would join them as if each held one row.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(WITHOUT_AUTOVACUUM)
        connection.execute(
            sql.SQL("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {}").format(
                sql.Identifier(web_role)
            )
        )


@contextmanager
def _server(folder: Path) -> Iterator[None]:
    make_socket_folder()
    server = Postgres(folder, socket_folder(), durable=False)
    server.start()
    try:
        yield
    finally:
        server.stop()


def _state_of_tables() -> str:
    """A name that changes with every migration and with the packages that bring some."""
    digest = hashlib.sha256()
    apps = [folder.parent for folder in CLONE.glob("*/__init__.py")]
    for path in sorted(
        path
        for app in apps
        for pattern in ("**/migrations/*.py", "**/*.sql")
        for path in app.glob(pattern)
    ):
        digest.update(str(path.relative_to(CLONE)).encode() + path.read_bytes())
    for package in PACKAGES:
        digest.update(version(package).encode())
    for path in (CLONE / "config" / "database_roles.py", Path(__file__)):
        digest.update(path.read_bytes())
    digest.update(repr((settings.INSTALLED_APPS, settings.MIGRATION_MODULES)).encode())
    return digest.hexdigest()[:16]


def _make_migrated(folder: Path, kept: Path) -> None:
    """Migrate an empty database once and keep the stopped server's data."""
    with _server(folder):
        subprocess.run(
            [sys.executable, CLONE / "manage.py", "migrate", "--verbosity", "0"],
            cwd=CLONE,
            env={
                **os.environ,
                "DATABASE_URL": database_url("web"),
                "DATABASE_OWNER_URL": database_url("owner"),
            },
            check=True,
        )
        suit_for_tests(database_url("owner"), ROLES["web"])
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_name(f"{kept.name}.{os.getpid()}")
    _copy(folder / "postgres", draft)
    try:
        draft.rename(kept)
    except OSError:  # another run was faster
        shutil.rmtree(draft)
    shutil.rmtree(folder / "postgres")
    copies = sorted(kept.parent.iterdir(), key=lambda copy: copy.stat().st_mtime)
    for old in copies[:-KEPT_COPIES]:
        shutil.rmtree(old, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Copy with owners; the owner of the data is not always ours."""
    subprocess.run(["cp", "-a", source, target], check=True)
    target.touch()
