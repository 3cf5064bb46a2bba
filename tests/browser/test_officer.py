"""Two officers at the same thing, and what an officer gets wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Person

ACTIVITY = "Fingerprints of quality at border posts"


def test_who_saves_second_sees_both_texts_and_chooses(person: Callable[..., Person]) -> None:
    first, second = person("officer").page, person("officer2").page
    for page in (first, second):
        page.goto("/activities/?text=Fingerprints")
        page.get_by_role("link", name=ACTIVITY).click()
        page.get_by_role("link", name="Change", exact=True).click()
    first.get_by_label("Description").fill("Quality of prints at three posts")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_text("Saved.")).to_be_visible()

    second.get_by_label("Description").fill("Prints taken at five posts")
    second.get_by_role("textbox", name="Place").fill("Tangier")
    second.get_by_role("button", name="Save").click()
    conflict = second.get_by_role("group", name="Description")
    expect(conflict).to_contain_text("Prints taken at five posts")
    expect(conflict).to_contain_text("Quality of prints at three posts")
    expect(second.get_by_role("textbox", name="Place")).to_have_value("Tangier")
    conflict.get_by_label("Theirs:").check()
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Saved.")).to_be_visible()
    expect(second.get_by_text("Quality of prints at three posts")).to_be_visible()
    expect(second.get_by_text("Tangier")).to_be_visible()


def test_dates_the_wrong_way_round_keep_all_that_was_typed_and_the_file(
    person: Callable[..., Person], tmp_path: Path
) -> None:
    agenda = tmp_path / "agenda.txt"
    agenda.write_text("First day\n")
    today = dt.datetime.now(dt.UTC).date()
    page = person("officer").open("/activities/new/")
    page.get_by_label("Title", exact=True).fill("Dates the wrong way round")
    page.get_by_label("From", exact=True).fill(today.isoformat())
    page.get_by_label("To", exact=True).fill((today - dt.timedelta(days=3)).isoformat())
    page.get_by_label("Evidence, up to 20 MB").set_input_files(agenda)
    page.get_by_role("button", name="Send for approval").click()

    summary = page.get_by_role("alert").filter(has_text="problem")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Dates the wrong way round")
    expect(page.get_by_text("Your file “agenda.txt” is kept")).to_be_visible()
    page.get_by_label("To", exact=True).fill(today.isoformat())
    page.get_by_role("button", name="Keep as draft").click()
    expect(page.get_by_text("Kept as a draft.")).to_be_visible()
    expect(page.get_by_text("Agenda")).to_have_count(0)
    expect(page.get_by_role("link", name="List of participants")).to_be_visible()


def test_a_file_that_is_no_resolution_is_refused_at_the_field(
    person: Callable[..., Person], tmp_path: Path
) -> None:
    picture = tmp_path / "holiday.txt"
    picture.write_bytes(bytes(range(256)) * 40)
    page = person("officer").open("/resolutions/import/")
    page.get_by_label("File of the resolution").set_input_files(picture)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert").filter(has_text="problem")).to_be_focused()
    expect(page.get_by_label("File of the resolution")).to_have_attribute("aria-invalid", "true")
