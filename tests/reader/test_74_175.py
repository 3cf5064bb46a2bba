"""The reader on the official Spanish text of 74/175, against a marking made by hand."""

import json
from collections import Counter
from pathlib import Path

import pytest

from mandates.reader import Kind, read
from tests.reader.sources import SEED, words_of, words_of_text

MARKING = json.loads((Path(__file__).parent / "marking_74_175.json").read_text(encoding="utf-8"))
DOCUMENT = read(SEED)


def test_front_page_facts_are_read():
    facts = DOCUMENT.to_json()
    assert facts["symbol"] == "A/RES/74/175"
    assert facts["organ"] == "GA"
    assert facts["session"] == 74
    assert facts["agenda_item"] == "106"
    assert facts["language"] == "es"
    assert facts["adopted_on"] == "2019-12-18"
    assert facts["plenary_meeting"] == 50
    assert facts["basis"] == "A/74/400"
    assert facts["title"].startswith("Asistencia técnica prestada por la Oficina")
    assert facts["title"].endswith("en relación con la lucha contra el terrorismo")
    assert facts["diagnostics"] == []


def test_all_paragraphs_and_notes_are_found():
    assert [p.number for p in DOCUMENT.preambular] == [f"pp{n}" for n in range(1, 20)]
    assert [p.number for p in DOCUMENT.operative] == [str(n) for n in range(1, 31)]
    assert [note.mark for note in DOCUMENT.footnotes] == [str(n) for n in range(1, 11)]


def test_notes_know_their_places_and_citations():
    places = {note.mark: note.places for note in DOCUMENT.footnotes}
    assert places == {
        "1": ("pp1",),
        "2": ("pp7",),
        "3": ("pp7",),
        "4": ("pp10", "op29"),
        "5": ("pp14",),
        "6": ("op2",),
        "7": ("op6",),
        "8": ("op24",),
        "9": ("op24",),
        "10": ("op26",),
    }
    notes = {note.mark: note.citations for note in DOCUMENT.footnotes}
    assert notes["5"] == ("E/CN.15/2019/5",)
    assert notes["2"] == ("53/243 A y B",)
    assert "2462 (2019)" in notes["1"]
    assert notes["8"] == ("Treaty Series, vol. 1577, núm. 27531",)


def test_marks_and_italics_stand_at_their_places():
    sixth = DOCUMENT.operative[5]
    assert [(mark, sixth.text[at - 7 : at]) for at, mark in sixth.marks] == [("7", "Oficina")]
    assert [sixth.text[a:b] for a, b in sixth.emphasis] == [
        "Solicita también",
        "Practical Guide for Requesting Electronic Evidence Across Borders",
    ]
    assert "*" not in sixth.text


def test_paragraphs_cut_by_a_page_are_joined():
    assert "solicita a la Oficina de las Naciones Unidas contra" in DOCUMENT.operative[2].text
    assert "dimanantes de la Convención sobre los" in DOCUMENT.operative[23].text


def test_there_are_46_clauses_and_23_count_for_unodc():
    mandates = [m for p in DOCUMENT.operative for m in p.mandates]
    assert len(mandates) == 46
    counted = [m for m in mandates if m.kind is Kind.ACTION and "unodc" in m.addressees]
    assert len(counted) == 23
    assert Counter(m.kind.value for m in mandates) == {"action": 36, "statement": 10}


@pytest.mark.parametrize("expected", MARKING, ids=lambda row: row["mandate"])
def test_clause_is_marked_as_by_hand(expected):
    place, _, ordinal = expected["mandate"].partition("/m")
    paragraph = DOCUMENT.operative[int(place.removeprefix("op")) - 1]
    mandate = paragraph.mandates[int(ordinal) - 1]
    read_row = mandate.to_json()
    words = paragraph.text[mandate.start : mandate.end].split()
    found = {
        "mandate": expected["mandate"],
        "verb": mandate.verb,
        "kind": read_row["kind"],
        "addressees": read_row["addressees"],
        "upon_request": read_row["upon_request"],
        "within_mandate": read_row["within_mandate"],
        "conditions": [paragraph.text[c.start : c.end] for c in mandate.conditions],
        "partners": read_row["partners"],
        "products": [product["title"] for product in read_row["products"]],
        "reporting": read_row["reporting"],
        "first": " ".join(words[:4]),
        "last": " ".join(words[-4:]),
    }
    assert found == expected


def test_the_marking_covers_every_clause():
    found = [
        f"op{paragraph.number}/m{ordinal}"
        for paragraph in DOCUMENT.operative
        for ordinal in range(1, len(paragraph.mandates) + 1)
    ]
    assert [row["mandate"] for row in MARKING] == found


def test_every_word_of_the_source_is_kept_once():
    assert words_of(DOCUMENT) == words_of_text(SEED)


def test_json_has_the_agreed_keys():
    facts = DOCUMENT.to_json()
    paragraph = facts["operative"][1]
    assert paragraph["footnotes"] == ["6"]
    assert set(paragraph) >= {"number", "text", "footnotes", "mandates", "children"}
    assert set(paragraph["mandates"][0]) >= {
        "verb",
        "kind",
        "start",
        "end",
        "addressees",
        "upon_request",
        "within_mandate",
        "conditions",
        "partners",
        "products",
        "reporting",
    }
    json.dumps(facts)
