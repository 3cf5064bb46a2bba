"""The main acts of each role in a browser that runs no script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.site import Site
from tests.browser.test_state import fill_in


@pytest.fixture
def without_script(person: Callable[..., Person]) -> Callable[[str], Person]:
    """People by log-in, whose browser runs no script."""
    return partial(person, script=False)


def test_a_request_is_submitted(without_script: Callable[[str], Person]) -> None:
    page = without_script("focal-ke").open("/requests/new/")
    fill_in(page, "Sent without script")
    page.get_by_role("button", name="Send to UNODC").click()
    expect(page.get_by_role("heading", name="Your request was received")).to_be_visible()


def test_an_activity_is_logged(without_script: Callable[[str], Person]) -> None:
    today = dt.datetime.now(dt.UTC).date().isoformat()
    page = without_script("officer").open("/activities/new/")
    page.get_by_label("Title", exact=True).fill("Logged without script")
    page.get_by_label("From", exact=True).fill(today)
    page.get_by_label("To", exact=True).fill(today)
    page.get_by_label("Morocco", exact=True).check()
    page.get_by_role("button", name="Show what the ticked States asked for").click()
    item = page.locator("#log-answers input[name=items]").first
    item.check()
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Sent for approval:")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Logged without script")


def test_a_list_is_filtered(without_script: Callable[[str], Person]) -> None:
    page = without_script("officer").open("/requests/")
    page.get_by_label("Words or reference").fill("biometric")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**text=biometric**")
    expect(page.get_by_role("link", name="Responsible use of biometric data")).to_be_visible()
    expect(page.get_by_role("link", name="Cours pour procureurs et policiers")).to_have_count(0)


def test_a_request_is_taken_up(without_script: Callable[[str], Person]) -> None:
    page = without_script("officer").open("/requests/?text=overdose")
    page.get_by_role("link", name="Overdose prevention in two cities").click()
    page.get_by_role("button", name="Start the review").click()
    expect(page.get_by_text("The request is under review.")).to_be_visible()


def test_the_main_pages_have_their_words(
    site: Site, without_script: Callable[[str], Person]
) -> None:
    for page in site.pages:
        if page.main:
            tab = without_script(page.login).open(page.path)
            expect(tab.locator("main h1").first).to_be_visible()
