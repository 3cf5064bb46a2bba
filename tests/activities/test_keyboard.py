"""Logging an activity by keyboard alone, in a real browser, in under a minute."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from assistance.models import Activity
from tests import factories as f
from tests.activities.conftest import PDF, asked_by
from tests.browser_presence import browser_path

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--lang=en-US",
]
TITLE = "Training on tracing virtual assets, second part"
# What htmx says of a refresh that a newer change, or the next page, has overtaken.
CUT_SHORT = ("htmx:afterRequest", "htmx:sendAbort")
# A practised hand types more than three keys a second.
KEYS_A_MINUTE = 180


class Keyboard:
    """The keys of a page, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.pressed += len(words)

    def tab_until(self, there: Callable[[str], bool]) -> None:
        for _step in range(60):
            if there(self.page.evaluate("document.activeElement.id || ''")):
                return
            self.press("Tab")
        raise AssertionError("the field can't be reached by Tab")


@pytest.fixture
def form(live_server, client, db):
    """Opens the form to log an activity as an officer; nothing may go wrong in its console.

    Within it the database can't be asked: Playwright keeps the thread to itself.
    """

    @contextmanager
    def opened() -> Iterator[Page]:
        with transaction.atomic():
            f.CountryFactory.create_batch(5)
            f.UnitFactory()
            client.force_login(f.officer())
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=browser_path(), chromium_sandbox=False, args=FLAGS
            )
            context = chromium.new_context()
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            page = context.new_page()
            troubles: list[str] = []
            page.on("console", lambda message: troubles.append(message.text))
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.goto(live_server.url + reverse("activity-new"))
            yield page
            chromium.close()
        assert [one for one in troubles if not one.startswith(CUT_SHORT)] == []

    return opened


def days(keys: Keyboard) -> None:
    """The first and the last day of what has ended."""
    for field, ago in (("id_first", 4), ("id_last", 2)):
        keys.tab_until(lambda here, field=field: here == field)
        keys.type((f.today() - dt.timedelta(days=ago)).strftime("%m%d%Y"))


def state(keys: Keyboard, name: str) -> None:
    """A State found by a part of its name, and ticked."""
    keys.type(name)
    keys.press("Tab")
    keys.press(" ")


def test_an_activity_is_logged_by_keyboard_in_under_a_minute(form, says):
    with transaction.atomic():
        kenya = asked_by("KE")
    with form() as page:
        keys = Keyboard(page)
        page.focus("#id_title")
        keys.type(TITLE)
        days(keys)
        keys.tab_until(lambda here: here.startswith("narrow"))
        state(keys, "e ke")
        page.wait_for_selector(f"#item-{kenya.item.pk}")
        keys.tab_until(lambda here: here == f"item-{kenya.item.pk}")
        keys.press(" ")
        page.wait_for_selector(f"#mandate-{kenya.mandate.pk}:checked")
        page.wait_for_selector("#log-outlook .status--delivered")
        keys.tab_until(lambda here: here == "id_women")
        keys.type("10")
        keys.press("Tab")
        keys.type("12")
        keys.press("Control+Enter")
        page.wait_for_url(re.compile(r"/activities/\d+/$"))
    says(f"One activity by keyboard: {keys.pressed} keys, of {len(TITLE)} letters in its title")
    with transaction.atomic():
        activity = Activity.objects.get(title=TITLE)
        assert activity.sent_at is not None
        assert activity.mandate_links.get().mandate == kenya.mandate
        assert activity.deliveries.get().participants == 22
    assert keys.pressed < KEYS_A_MINUTE


def test_a_training_in_two_states_with_its_evidence_is_logged_in_under_three_minutes(
    form, says, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "media"
    listed = tmp_path / "participants.pdf"
    listed.write_bytes(PDF)
    with transaction.atomic():
        asked = [asked_by(iso) for iso in ("KE", "NE")]
    with form() as page:
        keys = Keyboard(page)
        page.focus("#id_title")
        keys.type(TITLE)
        days(keys)
        keys.tab_until(lambda here: here.startswith("narrow"))
        state(keys, "e ke")
        keys.press("Shift+Tab")
        keys.press("Control+a")
        keys.type("e ne")
        keys.press("Tab")
        keys.press("Tab")
        keys.press(" ")
        for one in asked:
            page.wait_for_selector(f"#item-{one.item.pk}")
            keys.tab_until(lambda here, one=one: here == f"item-{one.item.pk}")
            keys.press(" ")
            page.wait_for_selector(f"#mandate-{one.mandate.pk}:checked")
        page.wait_for_selector("#id_men-NE")
        keys.tab_until(lambda here: here == "id_women-KE")
        with page.expect_response(lambda answer: "men-NE=8" in (answer.request.post_data or "")):
            for field, number in (
                *(("id_women-KE", "9"), ("id_men-KE", "11")),
                *(("id_women-NE", "12"), ("id_men-NE", "8")),
            ):
                keys.tab_until(lambda here, field=field: here == field)
                keys.type(number)
            keys.press("Tab")
        expect(page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
        keys.tab_until(lambda here: here == "id_file")
        with page.expect_file_chooser() as chooser:
            keys.press(" ")
        chooser.value.set_files(listed)
        keys.press("Control+Enter")
        page.wait_for_url(re.compile(r"/activities/\d+/$"))
    says(f"A training in two States with evidence by keyboard: {keys.pressed} keys, a file chosen")
    with transaction.atomic():
        deliveries = Activity.objects.get(title=TITLE).deliveries.order_by("country__iso")
        assert [one.participants for one in deliveries] == [20, 20]
        assert [one.evidence.get().filename for one in deliveries] == [listed.name] * 2
        assert [one.items.get() for one in deliveries] == [one.item for one in asked]
    assert keys.pressed < 3 * KEYS_A_MINUTE
