"""What a State does besides asking: bad moments, replies, and what it may not see."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Person
from tests.browser.keyboard import Mouse
from tests.browser.site import SIGNS_IN_BY_FORM, Site

SERVED = "Tracing crowdfunding and virtual assets used by terrorist groups"
SAVED = re.compile("Draft saved at .*, as you typed")
ASKED = "Electronic evidence: requests to providers abroad"


def fill_in(page: Page, title: str) -> None:
    """All steps of a new request, up to the answers to check."""
    go_on = page.get_by_role("button", name="Save and continue")
    page.get_by_label("Title", exact=True).fill(title)
    go_on.click()
    page.get_by_label("Say it in your own words").fill("A course for twenty judges")
    page.get_by_label(re.compile("^Fair trials")).check()
    go_on.click()
    page.get_by_label("Who will the help be for?").fill("Twenty judges")
    page.get_by_label("Why is it needed?").fill("Long detention before the trial")
    page.get_by_label("What was tried already?").fill("A seminar in 2024")
    go_on.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("files")
    go_on.click()


def test_a_double_click_sends_one_request(person: Callable[..., Person]) -> None:
    page = person("focal-ke").open("/requests/new/")
    fill_in(page, "Sent with a double click")
    page.get_by_role("button", name="Send to UNODC").dblclick()
    expect(page.get_by_role("heading", name="Your request was received")).to_be_visible()
    page.goto("/requests/")
    expect(page.get_by_role("link", name="Sent with a double click")).to_have_count(1)


def test_a_double_click_on_an_empty_form_makes_one_draft(person: Callable[..., Person]) -> None:
    page = person("focal-ke").open("/requests/new/")
    page.get_by_label("Title", exact=True).fill("Saved with a double click")
    page.get_by_role("button", name="Save and finish later").dblclick()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name="Saved with a double click")).to_have_count(1)


def test_a_lost_session_on_a_phone_loses_nothing_that_was_typed(
    hands: type[Mouse], person: Callable[..., Person], site: Site
) -> None:
    state = person(SIGNS_IN_BY_FORM)
    state.page.set_viewport_size(PHONE)
    page = state.open("/requests/new/")
    hand = hands(page)
    title = f"Written in a lost session ({hands.__name__})"
    hand.write(page.get_by_label("Title", exact=True), title)
    expect(page.get_by_text(SAVED)).to_be_visible()
    hand.use(page.get_by_role("button", name="Save and continue"))
    hand.write(page.get_by_label("Say it in your own words"), "Before the session ended.")
    expect(page.get_by_text(SAVED)).to_be_visible()

    state.context.clear_cookies(name="sessionid")
    hand.write(page.get_by_label("Say it in your own words"), "After the session ended.")
    hand.use(page.get_by_role("link", name="Sign in and go on"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    hand.write(page.get_by_label("User name or e-mail address"), SIGNS_IN_BY_FORM)
    hand.write(page.get_by_label("Password", exact=True), site.password)
    hand.use(page.get_by_role("button", name="Sign in"))

    words = page.get_by_label("Say it in your own words")
    expect(words).to_have_value("After the session ended.")
    hand.use(page.get_by_role("button", name="Save and continue"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("For whom")
    hand.use(page.get_by_role("button", name=re.compile("^Back")))
    expect(words).to_have_value("After the session ended.")


def test_two_colleagues_write_a_draft_and_lose_nothing(person: Callable[..., Person]) -> None:
    one = person("focal-ke")
    first = one.open("/requests/new/")
    first.get_by_label("Title", exact=True).fill("Written by two")
    first.get_by_role("button", name="Save and continue").click()
    first.get_by_label("Say it in your own words").fill("A course")
    first.get_by_role("button", name="Save and continue").click()
    first.get_by_label("Why is it needed?").wait_for()
    second = one.context.new_page()
    second.goto(first.url)

    first.get_by_label("Why is it needed?").fill("As the mission says")
    expect(first.get_by_text(SAVED)).to_be_visible()
    second.get_by_label("Who will the help be for?").fill("Judges")
    second.get_by_label("Why is it needed?").fill("As the capital says")
    second.get_by_role("button", name="Save and see both").click()

    choice = second.get_by_role("group", name="Why is it needed?")
    expect(choice).to_contain_text("As the mission says")
    expect(choice).to_contain_text("As the capital says")
    expect(second.get_by_label("Who will the help be for?")).to_have_value("Judges")
    choice.get_by_label("Theirs:").check()
    second.get_by_role("button", name="Save and continue").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("files")
    second.get_by_role("button", name="Check and send").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    expect(second.get_by_text("As the mission says")).to_be_visible()
    expect(second.get_by_text("Judges", exact=True)).to_be_visible()
    second.close()


def test_one_delivery_is_confirmed_and_another_disputed_with_words(
    hands: type[Mouse], person: Callable[..., Person]
) -> None:
    page = person("focal-ke").open("/requests/")
    hand = hands(page)
    hand.use(page.get_by_role("link", name=SERVED))
    hand.use(page.locator("#item-1").get_by_role("link", name=re.compile("^Reply")))
    page.wait_for_url("**/reply/")
    hand.tick(page.get_by_label("Received, as described"))
    hand.use(page.get_by_role("button", name="Send reply"))
    expect(page.locator("#item-1")).to_contain_text("Received, as described")

    page.goto("/requests/")
    hand.use(page.get_by_role("link", name=ASKED))
    hand.use(page.locator("#item-1").get_by_role("link", name=re.compile("^Reply")))
    page.wait_for_url("**/reply/")
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
    colombia.wait_for_url(re.compile(r"/requests/\d+/$"))
    address = colombia.url

    page = person("focal-ke").page
    answer = page.goto(address)
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_contain_text("There is nothing at this address")
    expect(page.get_by_text("Cadena")).to_have_count(0)
