"""Pages with the demonstration world a hundred times over: queries, server time, bytes."""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings

from assistance.coverage.closing import close_period
from benchmarks.many import multiply
from config.owner_connection import connected_as_owner
from config.wsgi import application
from directory.models import User
from directory.viewer import viewer_of, viewing_as
from mandates.models import Mandate

TIMES = 100
ASKED = 5
SLUG = "A-RES-74-175"
GLANCE = f"/resolutions/{SLUG}/"
CLOSED = dt.date(2026, 6, 30)
PAGES = (
    ("manager", "/"),
    ("officer", "/"),
    ("focal-ke", "/"),
    ("manager", "/resolutions/"),
    ("manager", GLANCE),
    ("focal-ke", GLANCE),
    ("manager", f"{GLANCE}mandates/"),
    ("manager", f"{GLANCE}places/"),
    ("manager", f"{GLANCE}places/?by=state"),
    ("manager", f"{GLANCE}quarters/"),
    ("manager", f"{GLANCE}steps/"),
    ("manager", f"{GLANCE}themes/"),
    ("manager", f"{GLANCE}paragraphs/1/"),
    ("manager", f"{GLANCE}paragraphs/6/"),
    ("focal-ke", f"{GLANCE}paragraphs/1/"),
    ("manager", "/mandates/{mandate}/why/"),
    ("manager", f"{GLANCE}compare/"),
    ("manager", f"{GLANCE}closings/"),
    ("manager", f"{GLANCE}closings/new/?from=2020-01-01&to=2025-12-31"),
    ("manager", "/closings/{closing}/"),
    ("manager", "/closings/{closing}/?show=revised"),
    ("manager", f"{GLANCE}report/"),
    ("manager", "/reports/"),
    ("manager", "/needs/"),
    ("manager", "/gaps/"),
    ("manager", "/units/tpb/"),
    ("manager", "/states/KE/"),
    ("manager", "/states/KE/print/"),
    ("focal-ke", "/received/"),
    ("focal-ke", "/states/KE/print/"),
    ("manager", f"/coverage/demands/?resolution={SLUG}"),
    ("manager", f"/coverage/deliveries/?resolution={SLUG}"),
    ("manager", "/coverage/unlinked/"),
    ("manager", "/help/coverage/"),
    ("officer", "/requests/"),
    ("officer", "/activities/"),
    ("visitor", GLANCE),
    ("visitor", f"{GLANCE}paragraphs/1/"),
    ("visitor", "/closings/{closing}/"),
    ("visitor", "/activities/"),
    ("manager", f"/api/v1/resolutions/{SLUG}/coverage/"),
    ("manager", f"/api/v1/resolutions/{SLUG}/places/"),
    ("manager", "/api/v1/demands/"),
    ("manager", "/api/v1/gaps/"),
)


@pytest.fixture
def many(transactional_db: None, tmp_path: Path) -> Iterator[dict[str, int]]:
    """The world, so many times over, with a closed period and the public site on."""
    with (
        override_settings(
            MEDIA_ROOT=tmp_path / "files",
            DEMONSTRATION_LOGINS_FILE=tmp_path / "logins.json",
            DEMONSTRATION=True,
            PUBLIC_SITE=True,
            API_REQUESTS_PER_MINUTE=1_000_000,
        ),
    ):
        call_command("load_resolution", verbosity=0)
        call_command("load_demonstration", verbosity=0)
        with connected_as_owner(), transaction.atomic():
            made = multiply(TIMES)
        yield made


@pytest.mark.timeout(1200)
def test_pages(many: dict[str, int]) -> None:
    """Prints a line a page."""
    manager = User.objects.get(username="manager")
    with viewing_as(viewer_of(manager)):
        closing = close_period(user=manager, resolution_slug=SLUG, first=None, last=CLOSED)
    # Else the collector goes through all that pytest has imported, within the pages' time.
    gc.collect()
    gc.freeze()
    mandate = Mandate.objects.get(identifier="A/RES/74/175/op6/m1")
    print("\n" + ", ".join(f"{number} {table}" for table, number in many.items()))
    print("\n| page | as | queries | ms, median | of it database | kB |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    # In a thread and without the test client, as a server does: Python maps memory anew at each
    # call past the end of a piece of its stack, and where that is depends on how deep it stands.
    with ThreadPoolExecutor(max_workers=1) as server:
        for login, path in PAGES:
            address = path.format(mandate=mandate.pk, closing=closing.pk)
            server.submit(measured, login, address).result()
        server.submit(lambda: connection.close()).result()


def measured(login: str, path: str) -> None:
    """A page asked for several times."""
    client = Client()
    if login != "visitor":
        client.force_login(User.objects.get(username=login))
    cookie = client.cookies.output(attrs=[], header="", sep=";")
    client.get(path)
    seconds, database = [], []
    for _ in range(ASKED):
        environ = RequestFactory(headers={"Cookie": cookie}).get(path).environ
        began = time.perf_counter()
        answer: Any = application(environ, lambda *_head: None)
        seconds.append(time.perf_counter() - began)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        database.append(sum(float(one["time"]) for one in queries.captured_queries))
    assert answer.status_code == 200, (path, answer.status_code)
    print(
        f"| `{path}` | {login} | {len(queries)} | {median(seconds) * 1000:.0f} | "
        f"{median(database) * 1000:.0f} | {len(answer.content) / 1000:.0f} |"
    )
