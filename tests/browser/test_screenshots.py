"""Pictures of all pages for people to look at, when MANDATE_TRACKER_SCREENSHOTS is set."""

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


@pytest.mark.skipif(
    not os.environ.get("MANDATE_TRACKER_SCREENSHOTS"), reason="MANDATE_TRACKER_SCREENSHOTS not set"
)
def test_pictures_of_all_pages(site: Site, contexts: Callable[..., Person]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page in site.pages:
        tab = contexts(page.login).page
        tab.goto(page.path)
        for window in (DESKTOP, PHONE):
            tab.set_viewport_size(window)
            _picture(tab, FOLDER / f"{page}-{window['width']}.png")


def _picture(tab: Page, path: Path) -> None:
    tab.screenshot(path=path, full_page=True)
