"""Recitals, numbers, sub-paragraphs, headings, annexes and the closing lines."""

import pytest

from mandates.reader import NotAResolution, Organ, read
from tests.reader.sources import read_paragraphs, resolution, words_of, words_of_text


def numbers(paragraph):
    return {paragraph.number: [numbers(child) for child in paragraph.children]}


def codes(document):
    return [doubt.code.value for doubt in document.diagnostics]


def test_sub_paragraphs_nest_by_their_labels():
    (paragraph,) = read_paragraphs(
        "1. Requests the Secretary-General:",
        "(a) To act;",
        "(b) To do:",
        "(i) One thing;",
        "(ii) Another:",
        "(iii) More;",
        "(c) To end.",
    )
    assert numbers(paragraph) == {
        "1": [
            {"1 (a)": []},
            {"1 (b)": [{"1 (b) (i)": []}, {"1 (b) (ii)": []}, {"1 (b) (iii)": []}]},
            {"1 (c)": []},
        ]
    }


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["(h)", "(i)", "(j)"], ["1 (h)", "1 (i)", "1 (j)"]),
        (["(a)", "(i)"], ["1 (a)"]),
        (["(b)", "(d)"], ["1 (b)", "1 (d)"]),
        (["(1)", "(2)"], ["1 (1)", "1 (2)"]),
        (["(z)", "(aa)", "(ab)"], ["1 (z)", "1 (aa)", "1 (ab)"]),
        (["(c)", "(iii)"], ["1 (c)", "1 (iii)"]),
        (["(A)", "(D)"], ["1 (A)", "1 (D)"]),
        (["(c)", "(c)"], ["1 (c)", "1 (c) bis"]),
        (["(4)", "(7)"], ["1 (4)", "1 (7)"]),
    ],
)
def test_labels_follow_each_other(labels, expected):
    (paragraph,) = read_paragraphs("1. Decides:", *(f"{label} To act;" for label in labels))
    assert [child.number for child in paragraph.children] == expected


def test_a_sub_paragraph_has_mandates_only_when_it_begins_with_a_verb():
    (paragraph,) = read_paragraphs("1. Further:", "(a) Urges States to act;", "(b) To end, and x;")
    assert [len(child.mandates) for child in paragraph.children] == [1, 0]


def test_a_clause_ends_before_the_colon():
    (paragraph,) = read_paragraphs("1. Requests the Office:", "(a) To act;")
    (mandate,) = paragraph.mandates
    assert paragraph.text[mandate.end :] == ":"


def test_a_numbered_list_inside_a_paragraph_is_its_children():
    first, second = read_paragraphs(
        "1. Approves the agenda:", "1. Opening.", "2. Closing.", "2. Decides to meet."
    )
    assert [child.number for child in first.children] == ["1 (1)", "1 (2)"]
    assert second.number == "2"


def test_a_number_that_lost_its_full_stop_still_counts():
    assert [p.number for p in read_paragraphs("1. Notes it;", "2 Affirms it;")] == ["1", "2"]


def test_a_missing_number_is_doubted():
    document = read(resolution("1. Notes it;", "3. Affirms it;"))
    assert [p.number for p in document.operative] == ["1", "3"]
    assert codes(document) == ["number_missing"]


def test_numbers_far_out_of_order_are_words():
    (paragraph,) = read_paragraphs("1. Notes the year", "2017. It was long;")
    assert paragraph.text == "Notes the year 2017. It was long;"
    (paragraph,) = read_paragraphs("1. Notes the", "3) of the plan;")
    assert paragraph.text == "Notes the 3) of the plan;"


def test_numbers_that_begin_again_are_an_annex():
    document = read(resolution("1. Notes it;", "2. Affirms it.", "1. Opening", "2. Closing"))
    assert len(document.operative) == 2
    assert [passage.text for passage in document.annexes] == ["1. Opening", "2. Closing"]
    assert codes(document) == ["numbering_restarts"]


def test_an_annex_keeps_its_words_apart():
    document = read(resolution("1. Adopts the rules.", "Annex", "1. Rule one¹.", "¹ See A/1/2."))
    assert [passage.text for passage in document.annexes] == ["Annex", "1. Rule one."]
    assert document.footnotes[0].places == ("annex",)


def test_a_single_operative_paragraph_has_no_number():
    document = read(resolution("Decides to meet."))
    assert [p.number for p in document.operative] == ["1"]
    assert codes(document) == ["unnumbered_paragraph"]


def test_headings_name_the_paragraph_they_open():
    document = read(
        resolution(
            "Part one",
            "1. Notes it;",
            "Part two",
            "2. Affirms it.",
            recitals=["Alpha", "Recalling x,", "Omega", "Noting y,"],
        )
    )
    assert [(h.text, h.before) for h in document.headings] == [
        ("Alpha", "pp1"),
        ("Omega", "pp2"),
        ("Part one", "op1"),
        ("Part two", "op2"),
    ]


def test_a_paragraph_cut_by_a_page_is_joined():
    (first, second) = read_paragraphs("1. Notes the", "Charter of all;", "2. Notes", "the end.")
    assert (first.text, second.text) == ("Notes the Charter of all;", "Notes the end.")


def test_words_after_a_list_go_on_with_the_paragraph():
    (paragraph,) = read_paragraphs("1. Notes it:", "all of these words.")
    assert paragraph.text == "Notes it: all of these words."
    (paragraph,) = read_paragraphs("1. Notes it.", "All of these words.")
    assert paragraph.text == "Notes it. All of these words."


def test_the_closing_lines_give_meeting_and_date():
    source = resolution("1. Notes it.", "50th plenary meeting", "18 December 2019", "Extra")
    document = read(source.replace(b" on 18 December 2019\n", b"\n", 1))
    assert document.plenary_meeting == 50
    assert document.adopted_on == "2019-12-18"
    assert len(document.closing) == 3


def test_a_text_that_ends_in_a_sentence_is_doubted():
    assert codes(read(resolution("1. Notes the"))) == ["unfinished"]


def test_a_missing_opening_line_is_doubted():
    source = resolution("1. Notes it.").replace(b"The General Assembly,\n\n", b"", 1)
    document = read(source)
    assert document.organ is Organ.GENERAL_ASSEMBLY
    assert len(document.preambular) == 1
    assert codes(document) == ["no_opening_line"]


def test_an_unknown_organ_may_adopt_too():
    source = resolution("1. Notes it.").replace(b"The General Assembly,\n\n", b"", 1)
    document = read(source.replace(b"by the General Assembly on", b"by the Great Assembly on"))
    assert document.organ is Organ.OTHER


def test_opening_line_and_first_recital_may_share_a_line():
    document = read(
        b"The Security Council, Recalling it,\n\n1. *Urges* all States to act.", language="en"
    )
    assert document.opening.text == "The Security Council,"
    assert document.preambular[0].text == "Recalling it,"
    assert codes(document) == ["no_symbol"]


def test_opening_words_in_a_sentence_open_nothing():
    with pytest.raises(NotAResolution, match="line 1: no opening line"):
        read(b"The General Assembly, of which we hear, is in New York.\n\nThe Security Council,")
    with pytest.raises(NotAResolution, match="line 1: no opening line"):
        read(b"The Conference of all\n\nRecalling the words,", language="en")


def test_a_preamble_alone_is_no_resolution():
    with pytest.raises(NotAResolution, match="line 3: no operative paragraph") as refusal:
        read(b"A title\n\nThe General Assembly,\n\nRecalling it,", language="en")
    assert refusal.value.line == 3
    source = resolution("It ended.").replace(b"The General Assembly,\n\n", b"", 1)
    with pytest.raises(NotAResolution, match="line 11: no operative paragraph"):
        read(source)


def test_endless_paragraphs_are_refused():
    with pytest.raises(NotAResolution, match="a paragraph of more than"):
        read(resolution("1. Notes " + "it and " * 6000 + "."))


@pytest.mark.parametrize(
    ("front", "organ", "symbol", "session", "title"),
    [
        ("A/RES/1/2\n\n1/2. A title", "The General Assembly", "A/RES/1/2", 1, "A title"),
        ("S-10/2. A title", "The General Assembly", "A/RES/S-10/2", None, "A title"),
        ("415 (V). A title", "The General Assembly", "A/RES/415(V)", None, "A title"),
        (
            "Resolution 2768 (2025)",
            "The Security Council",
            "S/RES/2768 (2025)",
            None,
            "Resolution 2768 (2025)",
        ),
        ("15/5\nA title", "The Human Rights Council", "A/HRC/RES/15/5", 15, "A title"),
        ("2023/5. A title", "The Economic and Social Council", "E/RES/2023/5", None, "A title"),
        ("12/5. A title", "The Security Council", "", 12, "A title"),
        (
            "E/CN.7/2020/L.3\n\nA title",
            "The Commission on Narcotic Drugs",
            "E/CN.7/2020/L.3",
            None,
            "A title",
        ),
        ("[see A/2/L.3]", "The General Assembly", "", None, ""),
    ],
)
def test_symbol_session_and_title(front, organ, symbol, session, title):
    document = read(f"{front}\n\n{organ},\n\nRecalling it,\n\n1. Notes it.".encode(), language="en")
    assert (document.symbol, document.session, document.title) == (symbol, session, title)


def test_a_month_that_is_none_gives_no_date():
    source = resolution("1. Notes it.").replace(b"18 December", b"18 Decembre")
    assert read(source).adopted_on is None


def test_notes_and_marks_without_each_other_are_doubted():
    document = read(resolution("1. Notes it.", "² A/1/2."))
    assert codes(document) == ["note_without_place"]


def test_furniture_is_kept_apart():
    source = resolution("1. Notes the", "2/5", "19-22222", "A/RES/74/175", "____", "Charter.")
    source = b"A/RES/74/175\n\n" + source
    document = read(source)
    assert [p.text for p in document.furniture] == ["2/5", "19-22222", "A/RES/74/175", "____"]
    assert document.operative[0].text == "Notes the Charter."
    assert words_of(document) == words_of_text(source)


def test_lines_without_blank_lines_between_are_cut_by_their_openings():
    source = "\n".join(
        [
            "The General Assembly,",
            "Recalling the first of its words,",
            "and of others,",
            "Noting the second,",
            "1. Notes it:",
            "(a) Once;",
            "2. Urges States to",
            "act.",
        ]
    )
    document = read(source.encode(), language="en")
    assert [p.text for p in document.preambular] == [
        "Recalling the first of its words, and of others,",
        "Noting the second,",
    ]
    assert [p.text for p in document.operative] == ["Notes it:", "Urges States to act."]


def test_lines_of_stars_hold_no_words():
    assert len(read(resolution("****", "1. Notes it.")).operative) == 1


def test_one_paragraph_a_line_is_read_without_blank_lines():
    long = "Recalling " + "the words and " * 20 + "the end,"
    source = f"The General Assembly,\n{long}\n1. Urges States to act.\n2. Notes it."
    document = read(source.encode(), language="en")
    assert (len(document.preambular), len(document.operative)) == (1, 2)
