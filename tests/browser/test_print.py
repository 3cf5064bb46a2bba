"""On paper: the resolution at one glance is one sheet of A4, in each language."""

from __future__ import annotations

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
