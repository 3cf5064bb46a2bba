"""Many activities linked twice each, approved and evidenced by keyboard, and what that takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright

from assistance.models import Activity, ActivityMandate, Delivery, Evidence
from assistance.services import NewDelivery, NewEvidence, log_activity
from tests import factories as f
from tests.activities.conftest import plan
from tests.activities.test_keyboard import FLAGS, Keyboard
from tests.browser.conftest import TIMEOUT
from tests.browser_presence import browser_path

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Title, language, and the keys that link the two paragraphs it is about.
KINDS: list[tuple[str, str, list[str], set[str]]] = [
    (
        "Formación sobre activos virtuales y pruebas electrónicas del terrorismo",
        "es",
        ["Enter"],
        {"6", "14"},
    ),
    (
        "Prisons: rehabilitation of prisoners convicted of terrorism and help to victims of it",
        "en",
        ["2", "a"],
        {"26", "23"},
    ),
    (
        "Enfants recrutés par des groupes terroristes et victimes du terrorisme",
        "fr",
        ["Shift+2", "Enter"],
        {"24", "23"},
    ),
    (
        "Fingerprints of terrorists in databases, with INTERPOL",
        "en",
        ["/", "1", "7", "Enter", "found", "1", "Enter"],
        {"9", "17"},
    ),
]
ACTIVITIES = int(os.environ.get("WORKBENCH_ACTIVITIES", "20"))
"""So many that they fill pages of ten with as many of each kind."""
LINKS = 2 * ACTIVITIES
KEYS_A_LINK = 8
PAGES_OF_TEN = ACTIVITIES // 10


@pytest.fixture
def officers(settings, tmp_path):
    """Two officers; the first logged all activities, each delivered, with evidence waiting."""
    settings.MEDIA_ROOT = tmp_path
    with transaction.atomic():
        call_command("load_resolution", verbosity=0)
        first, second = f.officer(), f.officer()
        for n in range(ACTIVITIES):
            title, language, _keys, _paragraphs = KINDS[n % len(KINDS)]
            evidence = NewEvidence("agenda", url=f"https://example.org/agenda-{n}")
            log_activity(
                by=first,
                deliveries=[NewDelivery(on=f.today(), evidence=[evidence])],
                send=True,
                **plan(title=title, language=language),
            )
    return first, second


def session_of(person) -> str:
    """Made before the browser starts: Django refuses the database beside Playwright."""
    client = Client()
    with transaction.atomic():
        client.force_login(person)
    return client.cookies["sessionid"].value


def signed_in(chromium, live_server, session: str, troubles: list[str]) -> Page:
    context = chromium.new_context()
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return page


def link_all(page: Page) -> tuple[int, int]:
    """All that lies on the bench linked; gives key presses, and page loads after the first."""
    expect.set_options(timeout=TIMEOUT)
    loads: list[str] = []
    page.on("load", lambda _page: loads.append(page.url))
    keys = Keyboard(page)
    for n in range(ACTIVITIES):
        title, language, pressed, _paragraphs = KINDS[n % len(KINDS)]
        expect(page.locator("#thing")).to_have_text(title)
        assert page.locator(f"#thing [lang={language}]").count() == 1
        if n:  # what came is what is read out, and no key is lost to a focus that moves later
            expect(page.locator("#thing")).to_be_focused()
        for key in pressed:
            if key == "found":
                is_found(page)
            else:
                keys.press(key)
        left = ACTIVITIES - n - 1
        expect(page.locator(".bench__facts")).to_contain_text(f"{left} left")
    return keys.pressed, len(loads)


def is_found(page: Page) -> None:
    """What was searched stands there, and the next key is none of the words to search."""
    page.wait_for_selector("h3:has-text('Mandates with “17”')")
    expect(page.locator("#thing")).to_be_focused()


def approve_all(page: Page) -> int:
    """All approved in pages of ten; gives key presses."""
    keys = Keyboard(page)
    for done in range(PAGES_OF_TEN):
        expect(page.locator("article")).to_have_count(10)
        if done == 0:  # steps and ticks by key
            keys.press("j")
            keys.press("j")
            keys.press("x")
            second = page.locator("article").nth(1).locator("input[name=activities]")
            expect(second).not_to_be_checked()
            keys.press("x")
        approved = page.locator("input[name=activities]").first.get_attribute("value")
        keys.press("a")
        # The words alone may still be those of the ten before.
        expect(page.locator(f"input[name=activities][value='{approved}']")).to_have_count(0)
        expect(page.get_by_text("10 activities approved")).to_be_visible()
    return keys.pressed


def test_activities_are_linked_approved_and_evidenced_by_keyboard(
    live_server, officers, says: Callable[[str], None]
):
    first, second = officers
    sessions = [session_of(person) for person in officers]
    troubles: list[str] = []
    begun = time.monotonic()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser_path(), chromium_sandbox=False, args=FLAGS
        )
        page = signed_in(chromium, live_server, sessions[0], troubles)
        page.goto(f"{live_server.url}/workbench/")
        pressed, loads = link_all(page)
        linked = time.monotonic()
        keys_are_listed_and_can_be_switched_off(page)
        page = signed_in(chromium, live_server, sessions[1], troubles)
        page.goto(f"{live_server.url}/approvals/")
        approving = approve_all(page)
        chromium.close()
    says(
        f"Workbench: {ACTIVITIES} activities, {LINKS} links: {pressed} key presses"
        f" ({pressed / LINKS:.1f} a link), {loads} page loads between them,"
        f" {linked - begun:.0f} s; approved with {approving} key presses and {PAGES_OF_TEN} page"
        f" loads, {time.monotonic() - linked:.0f} s."
    )
    assert troubles == []
    assert pressed <= KEYS_A_LINK * LINKS
    assert loads == 0
    with transaction.atomic():
        links = ActivityMandate.objects.confirmed().filter(decided_by=second, proposed_by=first)
        assert links.count() == LINKS
        for title, _language, _keys, paragraphs in KINDS:
            for activity in Activity.objects.filter(title=title):
                numbers = activity.mandate_links.values_list(
                    "mandate__paragraph__number", flat=True
                )
                assert set(numbers) == paragraphs
        assert links.filter(weight="significant").count() == ACTIVITIES // len(KINDS)
        assert links.filter(origin="person").count() == ACTIVITIES // len(KINDS), "searched"
        assert Activity.objects.approved().count() == ACTIVITIES
        assert Delivery.objects.approved().count() == ACTIVITIES
        assert Evidence.objects.filter(verified_by=second).count() == ACTIVITIES


def keys_are_listed_and_can_be_switched_off(page: Page) -> None:
    """On what is left when all is linked: `u` undoes, `?` lists, the switch silences them."""
    page.keyboard.press("u")
    expect(page.locator("#thing")).to_have_text(KINDS[-1][0])
    expect(page.locator("#thing")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("undo the last act")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Switch single keys off").click()
    page.keyboard.press("?")
    page.keyboard.press("u")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".bench__facts")).to_contain_text("1 left")
    page.get_by_role("button", name="Switch single keys on").click()
    for key in KINDS[-1][2]:
        if key == "found":
            is_found(page)
        else:
            page.keyboard.press(key)
    expect(page.locator(".bench__facts")).to_contain_text("0 left")
