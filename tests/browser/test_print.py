"""On paper: the resolution at one glance is one sheet of A4, in each language."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings

from tests.browser.conftest import Person

GLANCE = "/resolutions/A-RES-74-175/"


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_resolution_at_one_glance_is_one_sheet(
    person: Callable[..., Person], language: str, tmp_path: Path
) -> None:
    manager = person("manager")
    manager.read_in(language)
    manager.page.goto(GLANCE)
    path = tmp_path / "glance.pdf"
    manager.page.pdf(path=path, format="A4", prefer_css_page_size=True)
    sheets = pypdfium2.PdfDocument(path)
    assert len(sheets) == 1
    width, height = sheets[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    words = sheets[0].get_textpage().get_text_range()
    assert all(f"\n{number} " in words for number in ("12", "30"))
    assert GLANCE in words


@pytest.mark.parametrize(
    "path",
    [
        f"{GLANCE}places/",
        f"{GLANCE}paragraphs/6/",
        f"{GLANCE}report/",
        "/help/coverage/",
        "/gaps/",
        "/needs/",
    ],
)
def test_no_sheet_holds_only_the_footer_and_none_the_navigation(
    person: Callable[..., Person], path: str, tmp_path: Path
) -> None:
    manager = person("manager")
    manager.page.goto(path)
    printed = tmp_path / "page.pdf"
    manager.page.pdf(path=printed, format="A4", prefer_css_page_size=True)
    words = [sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(printed)]
    assert manager.site.address + path in "".join(words[-1].split())
    assert len(words[-1].splitlines()) > 5
    assert not re.search("Keyboard|Sign out|Español|Export CSV|Remove all", "".join(words))


def test_a_matrix_on_a_phone_says_what_each_figure_is_of(person: Callable[..., Person]) -> None:
    page = person("manager", phone=True).open(f"{GLANCE}places/")
    figure = page.locator(".matrix tbody td[data-label]").first
    assert figure.evaluate("cell => getComputedStyle(cell, '::before').content").startswith('"')
    assert page.locator(".matrix thead").evaluate("head => head.offsetHeight") <= 1


@pytest.mark.parametrize(
    ("language", "heads"),
    [
        ("en", ["What was asked", "What was received", "What is open", "What waits for the State"]),
        (
            "fr",
            [
                "Ce qui a été demandé",
                "Ce qui a été reçu",
                "Ce qui est en cours",
                "Ce qui attend l’État",
            ],
        ),
    ],
)
def test_a_delegation_carries_one_document(
    person: Callable[..., Person], language: str, heads: list[str], tmp_path: Path
) -> None:
    focal = person("focal-ke")
    focal.read_in("en")
    focal.page.goto("/received/")
    focal.page.get_by_role("link", name="Print for the delegation").click()
    focal.read_in(language)
    focal.page.reload()
    path = tmp_path / "delegation.pdf"
    focal.page.pdf(path=path, prefer_css_page_size=True)
    sheets = pypdfium2.PdfDocument(path)
    words = [sheet.get_textpage().get_text_range() for sheet in sheets]
    for number, (sheet, on_it) in enumerate(zip(sheets, words, strict=True), start=1):
        assert tuple(map(round, sheet.get_size())) == (595, 842)
        assert f"{number} / {len(sheets)}" in on_it
    text = " ".join("\n".join(words).split())
    places = [text.index(part) for part in ("Kenya", *heads)]
    assert places == sorted(places)
    assert "TA-2024-00007" in text[places[1] : places[2]]
    assert not re.search("Keyboard|Sign out|Español", text)
