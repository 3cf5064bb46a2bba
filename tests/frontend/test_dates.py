"""Days and moments say how long ago, and exactly when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from directory.templatetags.dates import from_today, until

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


@pytest.mark.parametrize(
    ("language", "first", "last", "words"),
    [
        ("en", date(2022, 2, 7), date(2022, 2, 11), "7–11 Feb 2022"),
        ("es", date(2022, 2, 7), date(2022, 2, 11), "7–11 feb 2022"),
        ("fr", date(2026, 6, 1), date(2026, 6, 3), "1er–3 juin 2026"),
        ("en", date(2022, 3, 30), date(2022, 4, 2), "30 Mar – 2 Apr 2022"),
        ("en", date(2022, 2, 7), date(2022, 2, 7), "7 Feb 2022</time>"),
    ],
)
def test_what_two_days_share_is_said_once(language, first, last, words):
    with translation.override(language):
        assert words in until(first, last)


def test_days_of_two_years_are_said_in_full():
    html = until(date(2025, 12, 30), date(2026, 1, 2))
    assert ">30 Dec 2025 – 2 Jan 2026</span>" in html
    assert 'title="30 December 2025 – 2 January 2026"' in html


def test_waiting_is_in_whole_days():
    assert show(date(2026, 10, 14), "waiting") == "41 days"


@pytest.mark.parametrize("name", ["day", "full_day", "moment", "ago", "waiting"])
def test_nothing_gives_nothing(name):
    assert show(None, name) == ""
