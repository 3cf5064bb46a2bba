"""What a State does besides asking: bad moments, replies, and what it may not see."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.keyboard import Mouse
from tests.browser.site import SIGNS_IN_BY_FORM, Site

SERVED = "Tracing crowdfunding and virtual assets used by terrorist groups"
ASKED = "Electronic evidence: requests to providers abroad"


def fill_in(page: Page, title: str) -> None:
    """All answers of a new request."""
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Say it in your own words").fill("A course for twenty judges")
    page.get_by_label(re.compile("^Fair trials")).check()
    page.get_by_label("Who will the help be for?").fill("Twenty judges")
    page.get_by_label("Why is it needed?").fill("Long detention before the trial")


def test_a_double_click_sends_one_request(person: Callable[..., Person]) -> None:
    page = person("focal-ke").open("/requests/new/")
    fill_in(page, "Sent with a double click")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Send to UNODC").dblclick()
    expect(page.get_by_role("heading", name="Your request was received")).to_be_visible()
    page.goto("/requests/")
    expect(page.get_by_role("link", name="Sent with a double click")).to_have_count(1)


def test_a_double_click_on_an_empty_form_makes_one_draft(person: Callable[..., Person]) -> None:
    page = person("focal-ke").open("/requests/new/")
    page.get_by_label("Title", exact=True).fill("Saved with a double click")
    page.get_by_role("button", name="Save draft").dblclick()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name="Saved with a double click")).to_have_count(1)


def test_a_lost_session_loses_nothing_that_was_typed(
    hands: type[Mouse], person: Callable[..., Person], site: Site
) -> None:
    state = person(SIGNS_IN_BY_FORM)
    page = state.open("/requests/new/")
    hand = hands(page)
    hand.write(page.get_by_label("Title", exact=True), "Written in a lost session")
    hand.write(page.get_by_label("Why is it needed?"), "The session ended meanwhile.")
    state.context.clear_cookies(name="sessionid")
    hand.use(page.get_by_role("button", name="Save draft"))

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    hand.write(page.get_by_label("User name or e-mail address"), SIGNS_IN_BY_FORM)
    hand.write(page.get_by_label("Password", exact=True), site.password)
    hand.use(page.get_by_role("button", name="Sign in"))

    expect(page.get_by_label("Title", exact=True)).to_have_value("Written in a lost session")
    expect(page.get_by_label("Why is it needed?")).to_have_value("The session ended meanwhile.")
    hand.use(page.get_by_role("button", name="Save draft"))
    expect(page.get_by_text("The draft is saved.")).to_be_visible()


def test_one_delivery_is_confirmed_and_another_disputed_with_words(
    hands: type[Mouse], person: Callable[..., Person]
) -> None:
    page = person("focal-ke").open("/requests/")
    hand = hands(page)
    hand.use(page.get_by_role("link", name=SERVED))
    hand.use(page.locator("#item-1").get_by_role("link", name=re.compile("^Reply")))
    hand.tick(page.get_by_label("Received, as described"))
    hand.use(page.get_by_role("button", name="Send reply"))
    expect(page.locator("#item-1")).to_contain_text("Received, as described")

    page.goto("/requests/")
    hand.use(page.get_by_role("link", name=ASKED))
    hand.use(page.locator("#item-1").get_by_role("link", name=re.compile("^Reply")))
    hand.tick(page.get_by_label("Not received, or not as described"))
    hand.use(page.get_by_role("button", name="Send reply"))
    summary = page.get_by_role("alert").filter(has_text="problem")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Not received, or not as described")).to_be_checked()
    words = f"Nobody of ours could enter ({hands.__name__})"
    hand.write(page.get_by_label("In your words"), words)
    hand.use(page.get_by_role("button", name="Send reply"))
    expect(page.locator("#item-1")).to_contain_text(words)


def test_a_request_of_another_state_is_not_there(person: Callable[..., Person]) -> None:
    colombia = person("focal-co").open("/requests/")
    colombia.get_by_role("link", name="Cadena de custodia de la evidencia digital").click()
    address = colombia.url
    colombia.get_by_role("heading", level=1).wait_for()

    page = person("focal-ke").page
    answer = page.goto(address)
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_contain_text("There is nothing at this address")
    expect(page.get_by_text("Cadena")).to_have_count(0)
