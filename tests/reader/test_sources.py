"""Text, PDF and DOCX sources; and files that are none of them."""

import io
import zipfile

import pytest

from mandates.reader import NotAResolution, read
from mandates.reader.richtext import Char, compose
from tests.reader import sources
from tests.reader.sources import docx, paragraph, pdf, resolution, words_of

PAGE_ONE = [
    ("R", 14, 123, 734, "United Nations"),
    ("B", 10, 60, 570, "Seventy-fourth session"),
    ("B", 12, 72, 450, "74/175. Technical assistance"),
    ("I", 10, 147, 420, "The General Assembly,"),
    ("I", 10, 147, 400, "Recalling"),
    ("R", 10, 190, 400, "all of its resolutions on the"),
    ("R", 10, 123, 388, "matter,"),
    ("R", 10, 147, 368, "1. Requests the United Nations Office on Drugs and"),
    ("R", 10, 123, 356, "Crime to help States, upon request, and"),
    ("R", 10, 123, 344, "in the full light of all words and others of this"),
    ("R", 10, 123, 332, "most long paragraph, which goes on to the next page in"),
    ("B", 8, 100, 100, "________________"),
    ("R", 5.5, 117, 91, "1"),
    ("R", 8.5, 123, 88, "Resolution 72/194 and"),
    ("R", 8.5, 123, 77.5, "others."),
    ("R", 10, 65, 40, "19-22222 (E) 100124"),
    ("R", 6.5, 154, 391.5, "1"),
    ("R", 10, 397, 735, "A/RES/74/175"),
]
PAGE_TWO = [
    ("B", 8.5, 60, 745, "A/RES/74/175"),
    ("R", 10, 123, 700, "New York and Vienna;"),
    ("R", 10, 147, 680, "2. Notes the fol-"),
    ("R", 10, 123, 668, "low-up of the Joint Unit"),
    ("R", 6.5, 226, 671.5, "12"),
    ("R", 10, 240, 668, "and others."),
    ("R", 10, 147, 640, "50th plenary meeting"),
    ("R", 10, 147, 628, "18 December 2019"),
    ("B", 8.5, 60, 37, "2/2"),
]


def test_a_pdf_is_read_across_pages():
    document = read(pdf(PAGE_ONE, PAGE_TWO))
    first, second = document.operative
    assert document.symbol == "A/RES/74/175"
    assert document.preambular[0].text == "Recalling all of its resolutions on the matter,"
    assert document.preambular[0].marks == ((47, "1"),)
    assert document.preambular[0].emphasis == ((0, 9),)
    assert first.text.endswith("goes on to the next page in New York and Vienna;")
    assert first.mandates[0].addressees == ("unodc",)
    assert second.text == "Notes the fol-low-up of the Joint Unit and others."
    assert second.marks == ((38, "12"),)
    (note,) = document.footnotes
    assert (note.mark, note.text, note.places) == ("1", "Resolution 72/194 and others.", ("pp1",))
    assert [p.text for p in document.furniture] == [
        "________________",
        "19-22222 (E) 100124",
        "A/RES/74/175",
        "2/2",
    ]
    assert [doubt.code.value for doubt in document.diagnostics] == ["mark_without_note"]


def test_every_word_of_a_pdf_is_kept_once():
    words = words_of(read(pdf(PAGE_ONE, PAGE_TWO)))
    runs = [run for page in (PAGE_ONE, PAGE_TWO) for run in page]
    printed = " ".join(words for _, _, _, _, words in runs if words not in ("1", "12"))
    assert sum(words.values()) == len(printed.replace("fol- low-up", "fol-low-up").split())
    assert set(words) == set(printed.replace("fol- low-up", "fol-low-up").split())


def test_a_typewritten_pdf_has_marks_with_a_stroke():
    page = [
        ("R", 10, 72, 700, "The General Assembly,"),
        ("R", 10, 108, 680, "Recalling the report* of all 1/ and others,"),
        ("R", 10, 108, 660, "1. Notes it, 1/ and urges States to act."),
        ("R", 10, 72, 640, "____________"),
        ("R", 10, 108, 620, "*     Reissued."),
        ("R", 10, 108, 600, "1/     A/48/803."),
        ("R", 10, 72, 588, "and others."),
    ]
    document = read(pdf(page), language="en")
    assert document.preambular[0].text == "Recalling the report of all and others,"
    assert [mark for _, mark in document.preambular[0].marks] == ["*", "1"]
    assert {note.mark: note.text for note in document.footnotes} == {
        "*": "Reissued.",
        "1": "A/48/803. and others.",
    }


def test_a_mark_between_words_leaves_a_space():
    assert compose([Char("a"), Char("", mark="1"), Char("b")]).text == "a b"


def test_a_mark_on_a_line_of_its_own_belongs_to_the_words_before():
    document = read(resolution("1. Notes it", "¹", "fully.", "¹ A/1/2."))
    assert document.operative[0].marks == ((8, "1"),)


def test_a_pdf_with_a_broken_page_is_refused():
    whole = pdf([("R", 10, 72, 700, "Words")])
    with pytest.raises(NotAResolution, match="line 1: the PDF is damaged"):
        read(whole.replace(b"/Kids [7 0 R]", b"/Kids [9 0 R]"))


def test_a_single_line_is_a_pdf_too():
    with pytest.raises(NotAResolution, match="no opening line"):
        read(pdf([("R", 10, 72, 700, "Of the words and the others of it")]))


def test_a_docx_is_read_with_its_notes_and_numbers():
    numbered = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'
    reference = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    superscript = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    body = (
        paragraph("74/175. Technical assistance", style="<w:b/>")
        + paragraph("The General Assembly,", style="<w:i/>")
        + "<w:p><w:r><w:t>Recalling the words of the resolution</w:t></w:r>"
        + reference
        + "<w:r><w:t>,</w:t></w:r></w:p>"
        + paragraph("Requests the Secretary-General:", numbered.format(0))
        + paragraph("To act;", numbered.format(1))
        + "<w:p><w:pPr>"
        + numbered.format(0)
        + "</w:pPr><w:r><w:t>Notes it</w:t></w:r>"
        + f"<w:r>{superscript}<w:t>1</w:t></w:r><w:r><w:br/></w:r><w:r><w:t>here.</w:t></w:r></w:p>"
        + paragraph("")
    )
    document = read(docx(body, ["Resolution 72/194."]))
    assert document.symbol == "A/RES/74/175"
    assert [p.text for p in document.operative] == [
        "Requests the Secretary-General:",
        "Notes it here.",
    ]
    assert [c.number for c in document.operative[0].children] == ["1 (a)"]
    (note,) = document.footnotes
    assert (note.mark, note.text, note.places) == ("1", "Resolution 72/194.", ("pp1", "op2"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_known(encoding):
    text = resolution("1. Notes the café of the words.").decode()
    document = read(text.encode(encoding))
    assert document.operative[0].text == "Notes the café of the words."


def test_stars_that_do_not_pair_are_marks_or_words():
    document = read(resolution("1. Notes the report* of 5 * 3.", "* Reissued."))
    assert document.operative[0].text == "Notes the report of 5 * 3."
    assert document.footnotes[0].places == ("op1",)


def test_superscripts_without_a_note_stay():
    assert read(resolution("1. Notes 5 km² of it.")).operative[0].text == "Notes 5 km² of it."


def test_bold_that_is_glued_to_words_begins_a_line():
    source = (
        b"Penal**Resolution adopted***[A/1/2]***74/175. Title\nof two lines***The General "
        b"Assembly,*"
        b"\n\nRecalling the *word*,\n\n1. ***Notes*** the **bold** x*y* of it."
    )
    document = read(source, language="en")
    assert document.title == "Title of two lines"
    assert document.operative[0].text == "Notes the bold xy of it."


def archive(name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr(name, b"<broken")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "line 1: the file is empty"),
        (b" \n\n", "line 1: the file is empty"),
        (b"one\ntwo\x00", "line 2: binary data"),
        (b"one\n\x81\x8d", "line 2: the bytes are no text"),
        (b"x" * 3_000_000, "line 1: a text larger than 2 MB"),
        (b"x" * 26_000_000, "line 1: the file is larger than 25 MB"),
        (b"one\n" + b"x" * 70_000, "line 2: a line of more than"),
        (b"PK\x03\x04 of no use", "line 1: the file is a damaged archive"),
        (archive("mimetype"), "line 1: the file is an archive, but no DOCX"),
        (archive("word/document.xml"), "line 1: the DOCX document is damaged"),
        (b"%PDF-1.4 and no more", "line 1: the PDF is cut off"),
        (b"%PDF-1.4 and no more %%EOF", "line 1: the PDF is damaged or locked"),
        (pdf([]), "line 1: the PDF holds no text"),
        (pdf(*([[]] * 401)), "line 1: the PDF has more than 400 pages"),
        (b"12 345\n", "line 1: no text in a language"),
        ("大会，注意到".encode(), "line 1: no text in a language"),
        (b"qwerty zxcv", "line 1: no text in a language"),
        (b"\n\nThe words of the day and of the night", "line 3: no opening line"),
        (b"____", "line 1: no text in a language"),
    ],
)
def test_files_that_are_no_resolution_are_refused_at_a_line(data, reason):
    with pytest.raises(NotAResolution) as refusal:
        read(data)
    assert str(refusal.value).startswith(reason)


def test_an_archive_that_grows_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("mandates.reader.extract.UNPACKED_LIMIT", 3)
    with pytest.raises(NotAResolution, match="too large when unpacked"):
        read(archive("word/document.xml"))


def test_notes_alone_are_no_resolution():
    with pytest.raises(NotAResolution, match="line 1: no opening line"):
        read("¹ The words of the day.".encode())


def test_words_of_the_helper_see_every_part():
    assert sources.words_of(read(resolution("1. Notes it.", "Annex", "Rules")))["Rules"] == 1
