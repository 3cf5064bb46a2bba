"""The data files of the matcher hold what they should, in all three languages."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from assistance.matching.vocabulary import STRENGTHS, Role, concepts, lexicon
from assistance.matching.words import LANGUAGES

DATA = files("assistance.matching") / "data"
KEYS = {"code", "role", "themes", "within", "broad", "firm", *STRENGTHS}
ROWS = [
    row
    for file in DATA.iterdir()
    if file.name.endswith(".toml")
    for row in tomllib.loads(file.read_text(encoding="utf-8"))["concepts"]
]


def test_every_theme_of_the_resolution_has_a_concept():
    themes = files("mandates") / "data" / "themes" / "A_RES_74_175.toml"
    groups = tomllib.loads(themes.read_text(encoding="utf-8"))["groups"]
    codes = {theme["code"] for group in groups for theme in group["themes"]}
    assert codes == {theme for concept in concepts().values() for theme in concept.themes}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_a_concept_has_terms_in_each_language_and_no_unknown_keys(row):
    assert set(row) <= KEYS
    said = [set(row.get(strength, {})) for strength in STRENGTHS]
    assert set(LANGUAGES) <= set().union(*said) <= {*LANGUAGES, "any"}
    for strength in STRENGTHS:
        for terms in row.get(strength, {}).values():
            assert len(terms) == len(set(terms))


def test_codes_are_unique_and_those_named_exist():
    assert len(ROWS) == len(concepts())
    assert {wider for concept in concepts().values() for wider in concept.within} <= set(concepts())
    assert {concept.role for concept in concepts().values()} == set(Role)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_can_be_looked_for(language):
    table = lexicon(language)
    assert all(table.terms_of_phrase[number] for number in range(len(table.phrases)))
