"""Pages of the public site on a slow line: time until shown and loaded, bytes, files.

Served as in production (compressed files, gzip), read by Chromium with nothing kept, the line
slowed by the browser itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.conftest import FLAGS, PHONE
from tests.browser.site import Site, serving, site_with_world
from tests.browser_presence import browser_path

BITS_A_SECOND = 1_600_000
LATENCY = 150
ASKED = 5
PRODUCTION = {
    "MANDATE_TRACKER_PRODUCTION": "true",
    "MANDATE_TRACKER_DEMONSTRATION": "false",
    "MANDATE_TRACKER_BEHIND_PROXY": "true",
    "MANDATE_TRACKER_BASE_URL": "https://mandates.example.org",
    "SECRET_KEY": "only-for-measuring-" * 4,
    "ALLOWED_HOSTS": "127.0.0.1",
    "CELERY_BROKER_URL": "memory://",
    "CACHE_URL": "locmemcache://",
    "EMAIL_URL": "consolemail://",
}
DONE = """performance.getEntriesByType("navigation")[0].loadEventEnd > 0
  && performance.getEntriesByName("first-contentful-paint").length"""
TIMES = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  const shown = performance.getEntriesByName("first-contentful-paint")[0];
  return {
    first: page.responseStart, shown: shown.startTime, loaded: page.loadEventEnd,
    bytes: [page, ...files].reduce((sum, one) => sum + one.transferSize, 0),
    files: 1 + files.length,
  };
}"""


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any
) -> Iterator[Site]:
    """The demonstration world, its files collected."""
    folder: Path = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock():
        site = site_with_world(folder, "test_public_site")
    environment = {
        **os.environ,
        **PRODUCTION,
        "DATABASE_URL": site.database,
        "MANDATE_TRACKER_FILES": str(site.files),
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, env=environment, check=True)
    with serving(site, **PRODUCTION):
        yield site


def test_pages_on_a_slow_line(site: Site) -> None:
    """Prints a line a page."""
    print(f"\n{BITS_A_SECOND / 1e6} Mbit/s, {LATENCY} ms, median of {ASKED}, nothing kept")
    print("\n| page | answered, ms | shown, ms | loaded, ms | kB | files |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser_path(), chromium_sandbox=False, args=FLAGS
        )
        for page in site.pages:
            if not page.login and page.variant in {"public", "visitor"}:
                measured(chromium, site.address, page.path)
        chromium.close()


def measured(browser: Browser, address: str, path: str) -> None:
    """A page opened several times, each time by a browser that saw none before."""
    found: list[dict[str, Any]] = []
    for _ in range(ASKED + 1):
        context = browser.new_context(
            viewport=PHONE, extra_http_headers={"X-Forwarded-Proto": "https"}
        )
        tab = context.new_page()
        line = context.new_cdp_session(tab)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY,
                "downloadThroughput": BITS_A_SECOND / 8,
                "uploadThroughput": BITS_A_SECOND / 8,
            },
        )
        tab.goto(address + path, wait_until="load")
        while not tab.evaluate(DONE):
            tab.wait_for_timeout(20)
        found.append(tab.evaluate(TIMES))
        context.close()
    later = found[1:]  # the first one is of templates that were not read yet
    times = " | ".join(
        f"{median(one[n] for one in later):.0f}" for n in ("first", "shown", "loaded")
    )
    # The font comes after the words, and at times after the page is said to be loaded.
    whole, files = (max(one[n] for one in later) for n in ("bytes", "files"))
    print(f"| {path} | {times} | {whole / 1000:.0f} | {files} |")
