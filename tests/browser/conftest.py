"""One site and one browser for all tests of this folder, a context for each person."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.keyboard import HANDS, Mouse
from tests.browser.site import Site, serving, site_with_world
from tests.browser.watch import Watch
from tests.browser.ways import Way
from tests.browser_presence import browser_path

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
TABLET: ViewportSize = {"width": 768, "height": 1024}
PHONE: ViewportSize = {"width": 390, "height": 844}
TIMEOUT = 30_000
"""Milliseconds; far above what a page takes, for machines that do much else."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder runs in a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The running site with the demonstration world."""
    name = "_".join(filter(None, ["test_browser", os.environ.get("PYTEST_XDIST_WORKER")]))
    with django_db_blocker.unblock():
        site = site_with_world(tmp_path_factory.mktemp("site"), name)
    with serving(site):
        yield site


@pytest.fixture(scope="package")
def browser(site: Site) -> Iterator[Browser]:
    """Chromium, started after the database was used: Django refuses it beside Playwright."""
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser_path(), chromium_sandbox=False, args=FLAGS
        )
        yield chromium
        chromium.close()


class Person:
    """Somebody signed in, with one tab that is watched."""

    def __init__(self, context: BrowserContext, watch: Watch, site: Site) -> None:
        self.context = context
        self.watch = watch
        self.site = site
        self.page: Page = context.new_page()

    def read_in(self, language: str) -> None:
        """Have pages speak a language from the next one on."""
        self.context.add_cookies(
            [{"name": "django_language", "value": language, "url": self.site.address}]
        )

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(self.site.address + path)
        return self.page


@pytest.fixture(scope="package")
def contexts(browser: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """People by log-in, each with a context that is kept."""
    kept: dict[tuple[str, bool, bool], Person] = {}

    def person(login: str = "", *, script: bool = True, phone: bool = False) -> Person:
        key = (login, script, phone)
        if key not in kept:
            context = browser.new_context(
                viewport=PHONE if phone else DESKTOP,
                is_mobile=phone,
                has_touch=phone,
                locale="en-US",
                java_script_enabled=script,
                base_url=site.address,
            )
            context.set_default_timeout(TIMEOUT)
            watch = Watch(context)
            if login:
                context.add_cookies(
                    [
                        {
                            "name": settings.SESSION_COOKIE_NAME,
                            "value": site.sessions[login],
                            "url": site.address,
                        }
                    ]
                )
            kept[key] = Person(context, watch, site)
        return kept[key]

    yield person
    for one in kept.values():
        one.context.close()


@pytest.fixture
def person(contexts: Callable[..., Person]) -> Iterator[Callable[..., Person]]:
    """People by log-in; at the end none of their pages may have gone wrong."""
    seen: dict[int, Person] = {}

    def get(login: str = "", *, script: bool = True, phone: bool = False) -> Person:
        one = contexts(login, script=script, phone=phone)
        if id(one) not in seen:
            one.watch.take()
            one.read_in("en")
            one.page.set_viewport_size(PHONE if phone else DESKTOP)
        seen[id(one)] = one
        return one

    yield get
    assert [problem for one in seen.values() for problem in one.watch.take()] == []


@pytest.fixture(params=list(HANDS))
def hands(request: pytest.FixtureRequest) -> type[Mouse]:
    """The journey by keys alone, and once more with a mouse."""
    return HANDS[request.param]


@pytest.fixture
def way(request: pytest.FixtureRequest, person: Callable[..., Person]) -> Way:
    """The journey by keyboard in English, or on a phone in Spanish or in French."""
    return Way(request.param, person)
