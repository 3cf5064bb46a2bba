"""Every colour of a word or a control can be read where it stands."""

import re
from pathlib import Path

import pytest

from directory.statuses import Status

SHEET = (Path(__file__).resolve().parents[2] / "static/css/app.css").read_text()
NAMED = {"white": "#ffffff", "#fff": "#ffffff", "#fd3": "#ffdd33"}
PALETTE = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6}|white)", SHEET))


def luminance(colour: str) -> float:
    colour = NAMED.get(colour, colour)
    if len(colour) == 4:
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(PALETTE[one]), luminance(PALETTE[other])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


WORDS = [
    ("ink", "paper"),
    ("ink", "wash"),
    ("ink", "focus"),
    ("ink", "clause"),
    ("ink", "clause-other"),
    *[("ink", f"heat-{step}") for step in (1, 2, 3)],
    ("muted", "paper"),
    ("muted", "wash"),
    ("muted", "clause-other"),
    ("link", "paper"),
    ("link", "wash"),
    ("link", "clause"),
    ("link-hover", "paper"),
    ("flag", "paper"),
    *[(status.css, "paper") for status in Status],
]


@pytest.mark.parametrize(("words", "ground"), WORDS, ids=lambda name: name)
def test_words_can_be_read(words, ground):
    assert contrast(words, ground) >= 4.5


@pytest.mark.parametrize("edge", ["control", "flag-edge", "un-blue"])
def test_edges_can_be_seen(edge):
    assert contrast(edge, "paper") >= 3.0


def test_the_contrast_of_black_and_white_is_known():
    assert round((luminance("#fff") + 0.05) / (luminance("#000000") + 0.05)) == 21
