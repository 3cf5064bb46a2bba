"""The ways a journey is made: by keyboard on a wide screen, and by touch on a phone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from config.embedded.places import CLONE
from tests.browser.keyboard import Keyboard, Mouse, Touch
from tests.browser.pages import EVERY_PAGE
from tests.browser.watch import wider_than_the_window

if TYPE_CHECKING:
    from tests.browser.conftest import Person

PICTURES = CLONE / "artefacts" / "screenshots"
TAKES_PICTURES = bool(os.environ.get("MANDATE_TRACKER_SCREENSHOTS"))


def by_keyboard_and(phone: str) -> pytest.MarkDecorator:
    """A journey by keyboard and on this phone, and on the other one where all is done at length."""
    names = Way.names if EVERY_PAGE or TAKES_PICTURES else ["keyboard-en", phone]
    return pytest.mark.parametrize("way", names, indirect=True)


class Way:
    """One language and one pair of hands; journeys find things by name, never by their words."""

    names: ClassVar[list[str]] = ["keyboard-en", "phone-es", "phone-fr"]

    def __init__(self, name: str, person: Callable[..., Person]) -> None:
        kind, self.language = name.split("-")
        self.phone = kind == "phone"
        self._hands = Touch if self.phone else Keyboard
        self._person = person
        self._pictures = 0

    def open(self, login: str, path: str) -> Mouse:
        """The hands of somebody who has a page open."""
        someone = self._person(login, phone=self.phone)
        someone.read_in(self.language)
        return self._hands(someone.open(path))

    def say(self, words: str) -> str:
        """What the page says for a text of the code; in another language never the same."""
        with translation.override(self.language):
            said = translation.gettext(words)
        assert self.language == "en" or said != words, f"not translated: {words}"
        return said

    def expect_done(self, page: Page, words: str) -> None:
        """The page says what was done, in its language."""
        expect(page.locator(".box--done[role=status]")).to_contain_text(self.say(words))

    def go_to(self, hand: Mouse, path: str) -> None:
        """Follow a link of the navigation, which a phone keeps behind a button."""
        if self.phone:
            hand.use(hand.page.locator(".menu-button"))
        hand.use(hand.page.locator(f'#site-nav a[href="{path}"]'))
        hand.page.wait_for_url(re.compile(re.escape(path) + "$"))

    def look(self, page: Page, name: str) -> None:
        """The page speaks the language and fits the phone; a picture of it if asked for."""
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        if self.phone:
            assert wider_than_the_window(page) == [], page.url
        if TAKES_PICTURES:
            self._pictures += 1
            PICTURES.mkdir(parents=True, exist_ok=True)
            kind = "phone" if self.phone else "keyboard"
            file = f"journey-{kind}-{self.language}-{self._pictures:02}-{name}.png"
            page.screenshot(path=PICTURES / file, full_page=True)
