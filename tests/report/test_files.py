"""The files of a report: the same bytes again, read by machine, nothing taken for markup."""

from __future__ import annotations

import ctypes
import io
import time
import zipfile
from xml.etree import ElementTree

import docx
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from dashboards.report.compose import compose
from dashboards.report.docx import as_docx
from dashboards.report.pdf import as_pdf
from tests import factories as f
from tests.report.conftest import FIRST, ReportWorld

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EVIL = "#panic(1) *b* $x$ \\ ]] <w:t> & \x08 “q” @ref `code` // 日本"


@pytest.fixture
def document(report_world: ReportWorld):
    report_world.help("1", "KE", "CO", "NE", "PH", served=3, evidenced=1)
    f.NarrativeFactory(
        resolution=report_world.resolution,
        paragraph=report_world.paragraphs["1"],
        first=FIRST,
        last="2030-12-31",
        words=EVIL,
    )
    return compose(report_world.content())


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def text_of(data: bytes) -> str:
    pdf = pdfium.PdfDocument(data)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    finally:
        pdf.close()


def test_the_same_content_gives_the_same_bytes(report_world: ReportWorld) -> None:
    def made() -> list[tuple[bytes, bytes]]:
        documents = [compose(report_world.content(language)) for language in ("en", "es", "fr")]
        return [(as_docx(one, f.today()), as_pdf(one, f.today())) for one in documents]

    once = made()
    time.sleep(2.1)  # a zip file keeps times in steps of two seconds
    assert made() == once


def test_word_finds_headings_styles_notes_and_fields(document) -> None:
    data = as_docx(document, f.today())
    opened = docx.Document(io.BytesIO(data))
    parts = parts_of(data)
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)

    styles = {paragraph.style.name for paragraph in opened.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Report Paragraph", "Resolution Words"} <= styles
    titles = [p.text for p in opened.paragraphs if p.style.name == "Heading 2"]
    assert titles == [f"Paragraph {n}. Paragraph {n}" for n in "123"]
    assert opened.core_properties.title == "Help – Draft report of the Secretary-General"
    assert b'w:val="en-GB"' in parts["word/styles.xml"]
    # Real footnotes, each referred to once.
    notes = ElementTree.fromstring(parts["word/footnotes.xml"])
    assert [note.get(f"{W}id") for note in notes] == ["-1", "0", "1"]
    body = ElementTree.fromstring(parts["word/document.xml"])
    assert [mark.get(f"{W}id") for mark in body.iter(f"{W}footnoteReference")] == ["1"]
    assert b"footnotes+xml" in parts["[Content_Types].xml"]
    # Official words carry their language.
    spanish = [lang for lang in body.iter(f"{W}lang") if lang.get(f"{W}val") == "es-ES"]
    assert len(spanish) > 3
    # Head rows repeat, marks of fields are in pairs.
    assert len(list(body.iter(f"{W}tblHeader"))) == len(list(body.iter(f"{W}tbl")))
    kinds = [mark.get(f"{W}fldCharType") for mark in body.iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("end") == kinds.count("separate") > 10


def test_each_field_has_its_property_and_cites_its_records(document) -> None:
    parts = parts_of(as_docx(document, f.today()))
    properties = {
        one.get("name"): one[0].text for one in ElementTree.fromstring(parts["docProps/custom.xml"])
    }
    body = ElementTree.fromstring(parts["word/document.xml"])
    codes = [code.text or "" for code in body.iter(f"{W}instrText")]
    named = {code.split('"')[1] for code in codes if "DOCPROPERTY" in code}

    assert named
    assert named <= set(properties)
    assert (properties["p1.items"], properties["p1.served"]) == ("4", "3")
    assert "/coverage/demands/?resolution=A-RES-70-1&paragraph=1" in properties["p1.served.record"]
    assert properties["definition of coverage"] == "1.0"
    assert "p1.items" in named


def test_what_people_write_is_never_taken_for_markup(document) -> None:
    opened = docx.Document(io.BytesIO(as_docx(document, f.today())))
    in_word = "\n".join(paragraph.text for paragraph in opened.paragraphs)
    in_pdf = " ".join(text_of(as_pdf(document, f.today())).split())

    assert "#panic(1) *b* $x$ \\ ]] <w:t> &  “q” @ref `code` // 日本" in in_word
    assert "#panic(1) *b* $x$ \\ ]] <w:t> &" in in_pdf
    assert "“q” @ref `code` // □□" in in_pdf


def test_the_pdf_is_tagged_and_says_its_title_and_language(report_world: ReportWorld) -> None:
    data = as_pdf(compose(report_world.content("fr")), f.today())
    pdf = pdfium.PdfDocument(data)
    try:
        assert raw.FPDFCatalog_IsTagged(pdf)
        size = raw.FPDFCatalog_GetLanguage(pdf, None, 0)
        buffer = ctypes.create_string_buffer(size)
        raw.FPDFCatalog_GetLanguage(pdf, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
        assert buffer.raw.decode("utf-16-le").strip("\0") == "fr"
        assert pdf.get_metadata_dict()["Title"].startswith("Aide – ")
        tree = raw.FPDF_StructTree_GetForPage(pdf[0])
        assert raw.FPDF_StructTree_CountChildren(tree) > 0
        raw.FPDF_StructTree_Close(tree)
        assert b"pdfuaid" in data
    finally:
        pdf.close()


def test_the_pdf_reads_in_the_order_of_the_paragraphs(document) -> None:
    said = text_of(as_pdf(document, f.today()))
    after_contents = said[said.rindex("Summary") :] if said.count("Summary") < 3 else said
    places = [after_contents.rindex(f"Paragraph {n}.") for n in "123"]

    assert places == sorted(places)
    assert "Resolución 69/1." in said
