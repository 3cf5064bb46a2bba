"""Pictures of all pages to look at, in the language that MANDATE_TRACKER_SCREENSHOTS names."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from config.embedded.places import CLONE
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.site import Site

FOLDER = CLONE / "artefacts" / "screenshots"
LANGUAGE = os.environ.get("MANDATE_TRACKER_SCREENSHOTS", "")


@pytest.mark.skipif(not LANGUAGE, reason="MANDATE_TRACKER_SCREENSHOTS is not set")
def test_pictures_of_all_pages(site: Site, contexts: Callable[..., Person]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page in site.pages:
        someone = contexts(page.login)
        someone.read_in(LANGUAGE)
        tab = someone.page
        tab.goto(page.path)
        for window in (DESKTOP, PHONE):
            tab.set_viewport_size(window)
            _picture(tab, FOLDER / f"{page}-{window['width']}-{LANGUAGE}.png")


def _picture(tab: Page, path: Path) -> None:
    tab.screenshot(path=path, full_page=True)
