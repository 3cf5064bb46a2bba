"""Days and moments say how long ago, and exactly when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from directory.templatetags.dates import from_today

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def show(value, name: str) -> str:
    return Template("{% load dates %}{{ value|" + name + " }}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (-1, "yesterday"),
        (1, "tomorrow"),
        (-41, "41 days ago"),
        (18, "in 18 days"),
    ],
)
def test_how_far_a_day_is(days, words):
    assert from_today(NOON.date() + timedelta(days=days)) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "24 November 2026"),
        ("es", "24 de noviembre de 2026"),
        ("fr", "24 novembre 2026"),
    ],
)
def test_a_day_is_in_the_readers_language(language, words):
    with translation.override(language):
        assert words in show(NOON.date(), "full_day")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 6, 1), "1er juin 2026"),
        (date(2026, 7, 11), "11 juil. 2026"),
    ],
)
def test_a_short_day_in_french_tells_its_month_and_the_first(day, words):
    with translation.override("fr"):
        assert f"{words}</time>" in show(day, "day")


def test_a_moment_names_its_time_zone():
    assert "24 November 2026, 12:00 UTC" in show(NOON, "moment")


def test_how_long_ago_keeps_the_exact_moment():
    html = show(NOON - timedelta(hours=3), "ago")
    assert 'datetime="2026-11-24T09:00:00+00:00"' in html
    assert "ago" in html
    assert html.count("24 November 2026, 09:00 UTC") == 2


def test_a_short_day_says_how_long_ago_on_hover():
    html = show(date(2026, 11, 17), "day")
    assert "17 Nov 2026</time>" in html
    assert "7 days ago" in html


def test_waiting_is_in_whole_days():
    assert show(date(2026, 10, 14), "waiting") == "41 days"


@pytest.mark.parametrize("name", ["day", "full_day", "moment", "ago", "waiting"])
def test_nothing_gives_nothing(name):
    assert show(None, name) == ""
