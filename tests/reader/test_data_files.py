"""Labels and themes of 74/175 fit the resolution as it is read."""

import tomllib
from importlib.resources import files

import pytest

from mandates.reader import read
from tests.reader.sources import SEED

DATA = files("mandates").joinpath("data")
LABELS = tomllib.loads(DATA.joinpath("labels", "A_RES_74_175.toml").read_text(encoding="utf-8"))
THEMES = tomllib.loads(DATA.joinpath("themes", "A_RES_74_175.toml").read_text(encoding="utf-8"))
DOCUMENT = read(SEED)
PARAGRAPHS = {f"{DOCUMENT.symbol}/op{p.number}": p for p in DOCUMENT.operative}
MANDATES = {
    f"{key}/m{ordinal}"
    for key, paragraph in PARAGRAPHS.items()
    for ordinal in range(1, len(paragraph.mandates) + 1)
}
ALL_THEMES = [theme for group in THEMES["groups"] for theme in group["themes"]]


def test_every_paragraph_and_mandate_has_a_label():
    assert set(LABELS["paragraphs"]) == set(PARAGRAPHS)
    assert set(LABELS["mandates"]) == MANDATES


@pytest.mark.parametrize("table", ["paragraphs", "mandates"])
def test_labels_are_short_in_three_languages(table):
    for label in LABELS[table].values():
        assert set(label) == {"en", "es", "fr"}
        assert all(0 < len(words) <= 40 for words in label.values())
        assert len(label["en"]) <= 36


def test_themes_show_official_words_of_their_paragraph():
    for theme in ALL_THEMES:
        assert theme["words"] in PARAGRAPHS[theme["paragraph"]].text


def test_themes_name_known_mandates_once():
    assert len({theme["code"] for theme in ALL_THEMES}) == len(ALL_THEMES)
    for theme in ALL_THEMES:
        assert set(theme["mandates"]) <= MANDATES
        assert len(theme["purpose"]) == 5
        assert theme["targets"]


def test_every_counted_mandate_has_a_theme():
    themed = {mandate for theme in ALL_THEMES for mandate in theme["mandates"]}
    for key, paragraph in PARAGRAPHS.items():
        for ordinal, mandate in enumerate(paragraph.mandates, start=1):
            if "unodc" in mandate.addressees:
                assert f"{key}/m{ordinal}" in themed
