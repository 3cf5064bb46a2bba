"""The scripts of the pages, each alone, in a real browser without a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser_presence import browser_path

STATIC = Path(__file__).resolve().parents[2] / "static"
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-sync"]
SITE = "https://tracker.invalid"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser_path(), chromium_sandbox=False, args=FLAGS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def site() -> dict[str, str]:
    """Addresses and their HTML; "/form sent" is the answer to what is posted to "/form"."""
    return {}


@pytest.fixture
def page(browser: Browser, site: dict[str, str]) -> Iterator[Page]:
    tab = browser.new_page()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0]
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
            return
        if route.request.method == "POST":
            path = f"{path} sent"
        route.fulfill(
            content_type="text/html; charset=utf-8",
            body='<!doctype html><script src="/static/js/app.js" type="module"></script>'
            '<template data-keep-note><p id="note"><button type="button"></button></p></template>'
            + site.get(path, ""),
        )

    tab.route("**/*", answer)
    yield tab
    tab.close()


FORM = """<body data-person="1"><form method="post" action="/form" data-keep="k" data-submit-key>
<textarea name="words"></textarea><input type="checkbox" name="kind" value="a">
<input type="checkbox" name="kind" value="b"><input type="password" name="secret">
<button type="submit">Send</button></form>"""


def type_and_send(page: Page) -> None:
    page.goto(f"{SITE}/form")
    page.fill("textarea", "long story")
    page.check("[value=b]")
    page.fill("[name=secret]", "hush")
    with page.expect_navigation():
        page.locator("textarea").press("Control+Enter")


def test_what_was_typed_survives_a_lost_session(page, site):
    site |= {"/form": FORM, "/form sent": "<main data-not-sent>Sign in</main>"}
    type_and_send(page)
    page.get_by_text("Sign in").wait_for()
    page.goto(f"{SITE}/form")
    page.locator("#note").wait_for()
    assert page.input_value("textarea") == "long story"
    assert page.is_checked("[value=b]")
    assert not page.is_checked("[value=a]")
    assert page.input_value("[name=secret]") == ""


def test_what_was_taken_is_forgotten(page, site):
    site |= {"/form": FORM, "/form sent": '<body data-person="1">Taken'}
    type_and_send(page)
    page.get_by_text("Taken").wait_for()
    page.goto(f"{SITE}/form")
    page.wait_for_timeout(100)
    assert page.input_value("textarea") == ""


def test_what_one_person_typed_is_not_shown_to_the_next(page, site):
    site |= {"/form": FORM, "/form sent": "<main data-not-sent>Sign in</main>"}
    type_and_send(page)
    site["/form"] = FORM.replace('data-person="1"', 'data-person="2"')
    page.goto(f"{SITE}/form")
    page.wait_for_timeout(100)
    assert page.input_value("textarea") == ""


def test_signing_out_forgets_what_was_typed(page, site):
    site |= {"/form": FORM + '<form data-keep-forget action="/out"><button>Out</button></form>'}
    page.goto(f"{SITE}/form")
    page.fill("textarea", "long story")
    page.get_by_text("Out").click()
    page.wait_for_url("**/out?")
    assert page.evaluate("sessionStorage.length") == 0


def test_a_double_click_sends_once(page, site):
    site["/"] = '<form method="post" action="/slow" data-once><button>Send</button></form>'
    page.goto(f"{SITE}/")
    page.evaluate("""() => {
        const count = (event) => { window.passed = (window.passed || 0) + !event.defaultPrevented;
                                   event.preventDefault(); };
        window.addEventListener("submit", count);
    }""")
    page.dblclick("button")
    assert page.evaluate("window.passed") == 1


def test_a_long_list_is_narrowed_without_accents_and_keeps_what_is_ticked(page, site):
    item = '<div class="govuk-checkboxes__item"><input type="checkbox" {}>{}</div>'
    states = item.format("", "Côte d’Ivoire") + item.format("checked", "Kenya")
    site["/"] = f'<div data-narrow="Find a State">{states}{item.format("", "Togo")}</div>'
    page.goto(f"{SITE}/")
    page.get_by_label("Find a State").fill("cote")
    shown = page.locator(".govuk-checkboxes__item:visible").all_inner_texts()
    assert shown == ["Côte d’Ivoire", "Kenya"]


def test_the_question_mark_lists_the_keys_but_not_while_typing(page, site):
    site["/"] = "<dialog data-shortcuts>Keys</dialog><input><a href='/'>link</a>"
    page.goto(f"{SITE}/")
    page.locator("input").press("?")
    assert not page.get_by_text("Keys").is_visible()
    page.locator("a").press("?")
    assert page.get_by_text("Keys").is_visible()


ANSWERS = """<meta name="sign-in" content="/login"><main><div class="frame"></div></main>
<template data-answer-note data-refused="Not accepted" data-unreachable="Not reached">
<p role="alert" tabindex="-1"></p></template>"""


@pytest.mark.parametrize(
    ("event", "words"),
    [("htmx:responseError", "Not accepted"), ("htmx:sendError", "Not reached")],
)
def test_a_failed_answer_is_told(page, site, event, words):
    site["/"] = ANSWERS
    page.goto(f"{SITE}/")
    page.evaluate("name => document.dispatchEvent(new CustomEvent(name))", event)
    assert page.get_by_role("alert").inner_text() == words


def test_a_session_lost_during_a_filter_leads_to_signing_in(page, site):
    site["/"] = ANSWERS
    page.goto(f"{SITE}/")
    site["/"] = "Sign in first"
    page.evaluate(
        """url => document.dispatchEvent(new CustomEvent("htmx:beforeSwap", {
            detail: {xhr: {responseURL: url}}}))""",
        f"{SITE}/login?next=/",
    )
    page.get_by_text("Sign in first").wait_for()


def test_problems_of_a_form_are_read_first(page, site):
    site["/"] = '<div data-error-summary tabindex="-1">There is 1 problem</div>'
    page.goto(f"{SITE}/")
    page.wait_for_function("document.activeElement.matches('[data-error-summary]')")


CITED = """<p id="cited">A/RES/70/1, para. 1</p><p><button type="button" data-copy="cited" hidden
data-copied="Copied." data-selected="Selected.">Copy</button><span role="status"></span></p>"""


def test_a_citation_is_copied_or_at_least_selected_and_either_is_said(page, site):
    site["/"] = CITED
    page.goto(f"{SITE}/")
    page.evaluate("""() => {
        navigator.clipboard.writeText = async (words) => { window.copied = words; };
    }""")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("window.copied") == "A/RES/70/1, para. 1"
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Selected.").wait_for()
    assert page.evaluate("getSelection().toString()") == "A/RES/70/1, para. 1"
