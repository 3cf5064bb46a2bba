"""Each page, in each language, for the person who uses it: reachable by all, and quiet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, TABLET, Person
from tests.browser.pages import EVERY_PAGE, PageOfSite, names_of_pages
from tests.browser.site import Site
from tests.browser.watch import accessibility_problems, wider_than_the_window

IDS = "() => [...document.querySelectorAll('[id]')].map((one) => one.id)"
LINKS_TO_A_PLACE = """() => [...document.querySelectorAll("main a[href*='#']")]
  .map((one) => one.href).filter((address) => !address.endsWith("#"))"""
TRANSLATIONS = ("es", "fr")


def test_no_page_is_forgotten(site: Site) -> None:
    assert names_of_pages() <= {page.name for page in site.pages}


@pytest.mark.parametrize("language", ["en", *TRANSLATIONS])
def test_every_page_is_accessible_fits_a_phone_and_breaks_no_rule(
    language: str, site: Site, contexts: Callable[..., Person]
) -> None:
    faults: list[str] = []
    places: dict[tuple[str, str], set[str]] = {}
    pointers: dict[PageOfSite, set[str]] = {}
    checked = pages_to_check(site, language)
    for page in checked:
        someone = contexts(page.login)
        someone.read_in(language)
        tab = someone.page
        tab.set_viewport_size(DESKTOP)
        answer = tab.goto(page.path)
        found = [] if answer and answer.ok else [f"answers {answer and answer.status}"]
        spoken = "en" if page.name == "api:docs" else language
        if tab.locator("html").get_attribute("lang") != spoken:
            found.append("speaks another language")
        places[page.login, tab.url] = set(tab.evaluate(IDS))
        pointers[page] = set(tab.evaluate(LINKS_TO_A_PLACE))
        found += accessibility_problems(tab, colours=language == "en")
        for window in (DESKTOP, TABLET, PHONE) if EVERY_PAGE else (PHONE,):
            tab.set_viewport_size(window)
            found += [
                f"wider than {window['width']}: {part}" for part in wider_than_the_window(tab)
            ]
        if EVERY_PAGE and page.main and language == "en":
            narrow = accessibility_problems(tab, colours=False)
            found += [f"on a phone: {one}" for one in narrow]
        found += someone.watch.take()
        faults += [f"{page} ({page.path}): {one}" for one in found]
    faults += [
        f"{page}: {link} leads to no place"
        for page, links in pointers.items()
        for link in links
        for address, _hash, place in [link.partition("#")]
        if place not in places.get((page.login, address), {place})
    ]
    print(f"\n{len(checked)} pages in {language}")
    assert not faults, "\n".join(faults)


def pages_to_check(site: Site, language: str) -> list[PageOfSite]:
    """Each page once, in English; the main ones shared between translations. At length all."""
    if EVERY_PAGE and language == "en":
        return site.pages
    each = list({page.name: page for page in reversed(site.pages)}.values())
    if EVERY_PAGE or language == "en":
        return each
    main = [page for page in each if page.main]
    return main[TRANSLATIONS.index(language) :: len(TRANSLATIONS)]


def test_the_page_to_try_the_api_out_makes_a_call(person: Callable[..., Person]) -> None:
    page = person("officer").open("/api/v1/")
    page.get_by_role("button", name="Expand operation").first.click()
    operation = page.locator(".opblock").first
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(
        operation.locator(".live-responses-table tbody .response-col_status").first
    ).to_have_text("200")
    assert accessibility_problems(page) == []
