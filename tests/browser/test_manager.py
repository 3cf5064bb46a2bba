"""The manager's figures: each opens its rows, goes back in time, and leaves as a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.keyboard import Mouse

GLANCE = "/resolutions/A-RES-74-175/"


def test_each_number_of_the_sentence_opens_as_many_rows(
    hands: type[Mouse], person: Callable[..., Person]
) -> None:
    page = person("manager").open(GLANCE)
    numbers = page.locator(".glance__sentence a[data-figure]")
    assert numbers.count() >= 4
    for index in range(numbers.count()):
        number = numbers.nth(index)
        expected = number.get_attribute("data-figure")
        hands(page).use(number)
        page.wait_for_url(lambda url: not url.endswith(GLANCE))
        shown = page.locator("[data-row]").count()
        counted = page.locator(".result-count, .count").first.inner_text()
        assert expected in {str(shown), (re.findall(r"\d+", counted) or [""])[0]}
        page.go_back()


def test_an_earlier_day_shows_the_earlier_status(
    hands: type[Mouse], person: Callable[..., Person]
) -> None:
    page = person("manager").open(GLANCE)
    hand = hands(page)
    row = page.locator("#paragraph-3")
    expect(row).to_contain_text("Evidenced")
    hand.write_day(page.get_by_label("Status as of"), "2020-11-30")
    hand.use(page.get_by_role("button", name="Show"))
    page.wait_for_url(re.compile("to=2020-11-30"))
    expect(row).to_contain_text("Unmet")
    expect(page.locator("#glance")).to_contain_text("30 November 2020")
    views = page.get_by_role("navigation", name="Views of these figures")
    hand.use(views.get_by_role("link", name="Themes"))
    page.wait_for_url(re.compile("themes/.*to=2020-11-30"))
    hand.write_day(page.get_by_label("Status as of"), "2021-11-30")
    hand.use(page.get_by_role("button", name="Show"))
    expect(page.locator("#page-facts")).to_contain_text("status as of 30 November 2021")


def test_the_page_of_a_paragraph_leads_from_a_demand_to_its_evidence(
    hands: type[Mouse], person: Callable[..., Person]
) -> None:
    page = person("manager").open(GLANCE)
    hand = hands(page)
    hand.use(page.get_by_role("link", name="Forensic and electronic evidence"))
    expect(page.locator(".official-words[lang=es], [lang=es]").first).to_be_visible()
    expect(page.get_by_role("heading", name="Linked, but not counting")).to_be_visible()
    hand.use(page.get_by_role("link", name="Mentoring on evidence at the scene of explosions"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mentoring on evidence")
    expect(page.get_by_role("link", name="Report")).to_be_visible()


def test_the_file_holds_the_rows_shown(person: Callable[..., Person], tmp_path: Path) -> None:
    page = person("manager").open("/coverage/demands/?paragraph=6")
    shown = page.locator("[data-row]").count()
    assert shown >= 8
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    file = tmp_path / "demands.csv"
    download.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as rows:
        assert sum(1 for row in csv.DictReader(rows) if any(row.values())) >= shown
