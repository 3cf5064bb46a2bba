"""Logging an activity by keyboard alone, in a real browser, in under a minute."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright

from assistance.models import Activity
from tests import factories as f
from tests.activities.conftest import asked_by

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--lang=en-US",
]
TITLE = "Training on tracing virtual assets, second part"
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


def test_an_activity_is_logged_by_keyboard_in_under_a_minute(live_server, client):
    with transaction.atomic():
        kenya = asked_by("KE")
        f.CountryFactory.create_batch(5)
        f.UnitFactory()
        client.force_login(f.officer())
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", chromium_sandbox=False, args=FLAGS
        )
        context = chromium.new_context()
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(live_server.url + reverse("activity-new"))
        keys = Keyboard(page)
        page.focus("#id_title")
        keys.type(TITLE)
        for field, ago in (("id_first", 4), ("id_last", 2)):
            keys.tab_until(lambda here, field=field: here == field)
            keys.type((f.today() - dt.timedelta(days=ago)).strftime("%m%d%Y"))
        keys.tab_until(lambda here: here.startswith("narrow"))
        keys.type("state ke")
        keys.press("Tab")
        keys.press(" ")
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
        chromium.close()
    with transaction.atomic():
        activity = Activity.objects.get(title=TITLE)
        assert activity.sent_at is not None
        assert activity.mandate_links.get().mandate == kenya.mandate
        assert activity.deliveries.get().participants == 22
    assert keys.pressed < KEYS_A_MINUTE
    assert troubles == []
