"""Pages of coverage with the demonstration world a hundred times over: queries, time, bytes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks.many import multiply
from config.owner_connection import connected_as_owner
from directory.models import User

TIMES = 100
ASKED = 5
PAGES = (
    ("manager", "/"),
    ("officer", "/"),
    ("focal-ke", "/"),
    ("manager", "/resolutions/"),
    ("manager", "/resolutions/A-RES-74-175/"),
    ("manager", "/resolutions/A-RES-74-175/paragraphs/1/"),
    ("officer", "/requests/"),
    ("officer", "/activities/"),
    ("manager", "/coverage/demands/?resolution=A-RES-74-175"),
)


@pytest.fixture
def many(transactional_db: None, tmp_path: Path) -> Iterator[dict[str, int]]:
    """The world, so many times over."""
    with (
        override_settings(
            MEDIA_ROOT=tmp_path / "files",
            DEMONSTRATION_LOGINS_FILE=tmp_path / "logins.json",
            DEMONSTRATION=True,
        ),
    ):
        call_command("load_resolution", verbosity=0)
        call_command("load_demonstration", verbosity=0)
        with connected_as_owner(), transaction.atomic():
            made = multiply(TIMES)
        yield made


def test_pages(many: dict[str, int]) -> None:
    """Prints a line a page."""
    print("\n" + ", ".join(f"{number} {table}" for table, number in many.items()))
    print("\n| page | as | queries | ms, median | of it database | kB |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for login, path in PAGES:
        client = Client()
        client.force_login(User.objects.get(username=login))
        measured(client, login, path)


def measured(client: Client, login: str, path: str) -> None:
    """A page asked for several times."""
    client.get(path)
    seconds, database = [], []
    for _ in range(ASKED):
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            answer: Any = client.get(path)
            seconds.append(time.perf_counter() - began)
        database.append(sum(float(one["time"]) for one in queries.captured_queries))
    assert answer.status_code == 200, (path, answer.status_code)
    print(
        f"| {path} | {login} | {len(queries)} | {median(seconds) * 1000:.0f} | "
        f"{median(database) * 1000:.0f} | {len(answer.content) / 1000:.0f} |"
    )
