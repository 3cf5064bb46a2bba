"""All templates: they parse, find what they include, and carry no inline code."""

import re
from pathlib import Path

import pytest
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from directory import parts

ROOT = Path(__file__).resolve().parents[2] / "templates"
ALL = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
INLINE = re.compile(
    r"<style|\sstyle=|\shx-on|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", ALL)
def test_template_parses_and_finds_its_parts(name):
    get_template(name)
    source = (ROOT / name).read_text()
    for part in re.findall(r"{%\s*(?:include|extends)\s+\"([^\"]+)\"", source):
        get_template(part)


@pytest.mark.parametrize("name", ALL)
def test_template_has_no_inline_style_or_script(name):
    assert INLINE.findall((ROOT / name).read_text()) == []


def test_inline_code_would_be_found():
    for bad in [
        '<p style="x">',
        "<script>",
        "<a onclick='x'>",
        '<b hx-on:click="x">',
        "<style>",
    ]:
        assert INLINE.search(bad)
    assert not INLINE.search('<script src="a.js" type="module">')


@pytest.mark.parametrize("name", ["400", "403_csrf", "500"])
def test_worst_errors_need_no_context(name):
    html = render_to_string(f"{name}.html")
    assert "<h1>" in html
    assert 'href="/"' in html


def test_nothing_here_says_the_same_for_absent_and_forbidden():
    html = render_to_string("404.html", {"request": RequestFactory().get("/requests/1")})
    assert "There is nothing at this address for you." in html


def test_error_pages_show_the_number_of_the_request(monkeypatch):
    monkeypatch.setattr("directory.templatetags.ui.get_guid", lambda: "7f3a-9c12")
    assert "7f3a-9c12" in render_to_string("500.html")


def test_page_of_parts_shows_every_status():
    request = RequestFactory().get("/parts/")
    context = Context({**parts.context(), "request": request})
    context.request = request
    html = get_template("parts.html").template.render(context)
    for status in parts.Status:
        assert f"#status-{status.value}" in html
