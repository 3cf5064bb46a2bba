"""A report as a Word document that an editor goes on with.

Headings, numbered paragraphs, quotes and tables have styles; figures are fields of document
properties that cite their records; notes are real footnotes. What python-docx has no call for is
made of Office Open XML below.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from copy import deepcopy
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from dashboards.report.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Quote,
    Run,
    Runs,
    Table,
    Text,
    clean,
)
from dashboards.report.content import Figure
from dashboards.report.links import address_of

FONT = "Times New Roman"
# Of an A4 page between its margins.
WIDTH = Cm(15.8)
BLUE = RGBColor(0x00, 0x5A, 0x94)
GREY = RGBColor(0x50, 0x5A, 0x5F)
NUMBERED, QUOTED, CELL, SMALL = "Report Paragraph", "Resolution Words", "Report Cell", "Report Note"
WORDPROCESSING = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PROPERTIES = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
PROPERTY_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
OF_WRITING = {"en": "en-GB", "es": "es-ES", "fr": "fr-FR"}
# A zip file knows no earlier day.
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def as_docx(document: Document, day: dt.date) -> bytes:
    """The document for Word; the same document gives the same bytes. `day` is its date."""
    return _Writer(document, day).written()


class _Writer:
    def __init__(self, document: Document, day: dt.date) -> None:
        self.document = document
        self.day = day
        self.file: Any = docx.Document()
        self.notes: list[tuple[str, str]] = []
        self.figures: dict[str, Figure] = {}
        self.headings: list[Heading] = []
        self.ids: dict[str, str] = {}

    def written(self) -> bytes:
        self._styles()
        self._numbering()
        self._page()
        self._first_page()
        for block in self.document.blocks:
            self._block(block)
        self._footnotes()
        self._properties()
        self._core()
        return _packed(self.file)

    # How it looks

    def _styles(self) -> None:
        styles = self.file.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(11)
        normal.paragraph_format.space_after = Pt(7)
        looks = {"Title": 22, "Heading 1": 16, "Heading 2": 12, "Caption": 9.5, "Subtitle": 13}
        for name, size in looks.items():
            style = styles[name]
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for attribute in list(fonts.attrib):
                del fonts.attrib[attribute]
            style.font.name, style.font.size = FONT, Pt(size)
            style.font.bold, style.font.italic = name != "Subtitle", False
            style.font.color.rgb = BLUE if name in {"Title", "Heading 1"} else RGBColor(0, 0, 0)
            style.paragraph_format.keep_with_next = True
            spacing = style.element.rPr.find(qn("w:spacing"))
            if spacing is not None:
                style.element.rPr.remove(spacing)
        styles["Heading 1"].paragraph_format.space_before = Pt(20)
        styles["Heading 1"].paragraph_format.space_after = Pt(8)
        styles["Heading 2"].paragraph_format.space_before = Pt(14)
        styles["Heading 2"].paragraph_format.space_after = Pt(5)
        borders = styles["Title"].element.pPr.find(qn("w:pBdr"))
        if borders is not None:
            styles["Title"].element.pPr.remove(borders)
        self._add_style(NUMBERED, 11)
        quoted = self._add_style(QUOTED, 10.5)
        quoted.paragraph_format.left_indent = Cm(0.8)
        quoted.element.get_or_add_pPr().append(
            parse_xml(
                f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="18" w:space="8"'
                ' w:color="009EDB"/></w:pBdr>'
            )
        )
        cell = self._add_style(CELL, 8.5)
        cell.paragraph_format.space_after = Pt(1)
        self._add_style("Report Fact", 10).paragraph_format.space_after = Pt(1)
        small = self._add_style(SMALL, 9)
        small.font.color.rgb = GREY
        for level in (1, 2):
            entry = self._add_style(f"toc {level}", 9.5)
            entry.font.bold = level == 1
            entry.paragraph_format.space_after = Pt(0)
            entry.paragraph_format.space_before = Pt(3 if level == 1 else 0)
            entry.paragraph_format.left_indent = Cm(0.6 * (level - 1))
            entry.paragraph_format.tab_stops.add_tab_stop(
                WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
            )
        self._add_style("footnote text", 9).paragraph_format.space_after = Pt(2)
        reference = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
        reference.font.superscript = True
        language = styles.element.xpath("./w:docDefaults//w:lang")[0]
        language.set(qn("w:val"), OF_WRITING[self.document.language])

    def _add_style(self, name: str, size: float) -> Any:
        style = self.file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = self.file.styles["Normal"]
        style.font.size = Pt(size)
        style.quick_style = True
        return style

    def _numbering(self) -> None:
        """One list for all numbered paragraphs, kept by their style."""
        numbering = self.file.part.numbering_part.element
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType '
            'w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
            '<w:lvlText w:val="%1."/><w:lvlJc w:val="left"/><w:pPr><w:tabs><w:tab w:val="num" '
            'w:pos="567"/></w:tabs><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
            "</w:abstractNum>"
        )
        numbering.insert(0, abstract)
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
        )
        self.file.styles[NUMBERED].element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="90"/></w:numPr>')
        )

    def _page(self) -> None:
        section = self.file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.6)
        section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.4)
        section.different_first_page_header_footer = True
        head = section.header.paragraphs[0]
        head.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        head.style = self.file.styles["Normal"]
        head.text = clean(f"{self.document.running_head}\t{self.document.masthead[-1]}")
        for footer in (section.footer, section.first_page_footer):
            foot = footer.paragraphs[0]
            foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            foot.add_run(clean(f"{self.document.page_of} "))
            _field(foot, "PAGE", [foot.add_run("1")])
            foot.add_run("/")
            _field(foot, "NUMPAGES", [foot.add_run("1")])
        for paragraph in (
            head,
            section.footer.paragraphs[0],
            section.first_page_footer.paragraphs[0],
        ):
            for run in paragraph.runs:
                run.font.size, run.font.color.rgb = Pt(8.5), GREY

    # What it says

    def _first_page(self) -> None:
        document = self.document
        self._paragraph(SMALL, [Run(" · ".join(document.masthead))])
        self._paragraph("Title", [Run(document.title, language=document.title_language)])
        self._paragraph("Subtitle", [Run(document.subtitle)])
        for fact in document.facts:
            self._paragraph("Report Fact", fact)
        contents = self._paragraph("Normal", [Run(document.contents_title, bold=True)])
        contents.paragraph_format.space_before = Pt(14)
        self._contents()

    def _contents(self) -> None:
        """A field that Word fills with page numbers when it opens the document."""
        headings = [block for block in self.document.blocks if isinstance(block, Heading)]
        first = last = None
        for number, heading in enumerate(headings):
            paragraph = self._in_style(self.file.add_paragraph(), f"toc {heading.level}")
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), _bookmark(number))
            run = paragraph.add_run(clean(heading.words))
            link.append(run._r)
            paragraph._p.append(link)
            first, last = first or paragraph, paragraph
        if first is not None and last is not None:
            code = r'TOC \o "1-2" \h \z \u'
            opening = [_mark("begin", dirty=True), _code(code), _mark("separate")]
            for place, element in enumerate(opening):
                first._p.insert(place + (1 if first._p.pPr is not None else 0), element)
            last._p.append(_mark("end"))

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._heading(block)
            case Text():
                style = SMALL if block.small else NUMBERED if block.numbered else "Normal"
                paragraph = self._paragraph(style, block.runs)
                paragraph.paragraph_format.keep_with_next = block.leads or None
            case Bullets():
                for item in block.items:
                    self._paragraph("List Bullet", item)
            case Quote():
                self._paragraph(QUOTED, block.runs)
            case Table():
                self._table(block)

    def _heading(self, block: Heading) -> None:
        number = len(self.headings)
        self.headings.append(block)
        paragraph = self._paragraph(f"Heading {block.level}", [Run(block.words)])
        paragraph.paragraph_format.page_break_before = block.new_page or number == 0
        for tag, place in (("w:bookmarkStart", 1), ("w:bookmarkEnd", len(paragraph._p))):
            element = OxmlElement(tag)
            element.set(qn("w:id"), str(number))
            if tag == "w:bookmarkStart":
                element.set(qn("w:name"), _bookmark(number))
            paragraph._p.insert(place, element) if tag == "w:bookmarkStart" else (
                paragraph._p.append(element)
            )

    def _table(self, block: Table) -> None:
        self._paragraph("Caption", [Run(block.caption)])
        table = self.file.add_table(rows=0, cols=len(block.head), style="Table Grid")
        table.autofit = False
        _described(table, block.caption)
        _lines(table)
        widths = [int(WIDTH * share / sum(block.widths)) for share in block.widths]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        rows: list[list[Runs]] = [
            [[Run(words, bold=True)] for words in block.head],
            *([list(cell) for cell in row] for row in block.rows),
        ]
        for number, row in enumerate(rows):
            added = table.add_row()
            properties = added._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if number == 0:
                properties.append(OxmlElement("w:tblHeader"))
            for column, (cell, runs) in enumerate(zip(added.cells, row, strict=True)):
                cell.width = widths[column]
                paragraph = self._in_style(cell.paragraphs[0], CELL)
                if column in block.numbers:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                self._runs(paragraph, runs)
        self._paragraph(SMALL, [])

    def _paragraph(self, style: str, runs: Runs) -> Any:
        paragraph = self._in_style(self.file.add_paragraph(), style)
        self._runs(paragraph, runs)
        return paragraph

    def _in_style(self, paragraph: Any, style: str) -> Any:
        """The paragraph in a style, looked up once: python-docx reads all styles each time."""
        if style not in self.ids:
            self.ids[style] = self._id(style)
        paragraph._p.get_or_add_pPr().style = self.ids[style]
        return paragraph

    def _runs(self, paragraph: Any, runs: Runs) -> None:
        for run in runs:
            added = paragraph.add_run(clean(run.words))
            added.bold, added.italic = run.bold or None, run.italic or None
            if run.language:
                _in_language(added, run.language)
            if run.figure is not None and run.figure.value is not None:
                self._figure(paragraph, added, run.figure)
            if run.note:
                self._note(paragraph, run)

    def _figure(self, paragraph: Any, run: Any, figure: Figure) -> None:
        """The number as the field of a property, within a link to the rows it counts."""
        self.figures.setdefault(figure.name, figure)
        elements = _field(paragraph, f'DOCPROPERTY "{figure.name}"', [run])
        if address := address_of(figure):
            link = OxmlElement("w:hyperlink")
            relation = paragraph.part.relate_to(
                address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
            )
            link.set(qn("r:id"), relation)
            link.set(qn("w:tooltip"), clean(figure.label))
            elements[0].addprevious(link)
            link.extend(elements)

    def _note(self, paragraph: Any, run: Run) -> None:
        self.notes.append((clean(run.note), run.language))
        reference = paragraph.add_run()
        reference._r.get_or_add_rPr().style = self._id("footnote reference")
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), str(len(self.notes)))
        reference._r.append(mark)

    # The parts beside the text

    def _footnotes(self) -> None:
        separators = "".join(
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{element}/></w:r></w:p>'
            "</w:footnote>"
            for number, kind, element in (
                (-1, "separator", "separator"),
                (0, "continuationSeparator", "continuationSeparator"),
            )
        )
        notes = "".join(
            f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="{self._id("footnote text")}"'
            f'/></w:pPr><w:r><w:rPr><w:rStyle w:val="{self._id("footnote reference")}"/></w:rPr>'
            f"<w:footnoteRef/></w:r><w:r>{_language_of(language)}"
            f'<w:t xml:space="preserve"> {escape(words)}</w:t></w:r></w:p></w:footnote>'
            for number, (words, language) in enumerate(self.notes, start=1)
        )
        self._part(
            "/word/footnotes.xml",
            f"{WORDPROCESSING}.footnotes+xml",
            f"<w:footnotes {nsdecls('w')}>{separators}{notes}</w:footnotes>",
            RELATIONSHIP_TYPE.FOOTNOTES,
            self.file.part,
        )
        settings = self.file.settings.element
        settings.insert(
            _before(settings, "w:compat"),
            parse_xml(
                f'<w:footnotePr {nsdecls("w")}><w:footnote w:id="-1"/><w:footnote w:id="0"/>'
                "</w:footnotePr>"
            ),
        )

    def _id(self, style: str) -> str:
        return str(self.file.styles[style].style_id)

    def _properties(self) -> None:
        """Two properties a figure: its number, and the rows it cites."""
        told: dict[str, str] = {}
        for name, figure in self.figures.items():
            told[name] = str(figure.value)
            told[f"{name}.record"] = address_of(figure) or figure.label
        told["definition of coverage"] = self.document.definition
        told["content SHA-256"] = self.document.identifier
        entries = "".join(
            f'<property fmtid="{PROPERTY_SET}" pid="{number}" name={quoteattr(name)}>'
            f"<vt:lpwstr>{escape(clean(value))}</vt:lpwstr></property>"
            for number, (name, value) in enumerate(told.items(), start=2)
        )
        office = "http://schemas.openxmlformats.org/officeDocument/2006"
        self._part(
            "/docProps/custom.xml",
            PROPERTIES,
            f'<Properties xmlns="{office}/custom-properties" xmlns:vt="{office}/docPropsVTypes">'
            f"{entries}</Properties>",
            f"{office}/relationships/custom-properties",
            self.file.part.package,
        )

    def _part(self, name: str, content_type: str, xml: str, relation: str, owner: Any) -> None:
        declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        package = self.file.part.package
        part = Part(PackURI(name), content_type, (declaration + xml).encode(), package)
        owner.relate_to(part, relation)

    def _core(self) -> None:
        core, document = self.file.core_properties, self.document
        at = dt.datetime.combine(self.day, dt.time())
        core.created = core.modified = at
        core.title = clean(f"{document.title} – {document.subtitle}")
        core.subject, core.language = document.running_head, OF_WRITING[document.language]
        core.author = core.last_modified_by = document.masthead[0]
        core.comments, core.keywords, core.revision = "", document.identifier, 1


def _packed(file: Any) -> bytes:
    """The file with nothing of the moment in it."""
    written, packed = BytesIO(), BytesIO()
    file.save(written)
    with zipfile.ZipFile(written) as made, zipfile.ZipFile(packed, "w") as fixed:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, date_time=FIRST_DAY)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            fixed.writestr(entry, made.read(name), compresslevel=6)
    return packed.getvalue()


def _bookmark(number: int) -> str:
    return f"_Toc{number + 1:06d}"


def _mark(kind: str, *, dirty: bool = False) -> Any:
    run, mark = OxmlElement("w:r"), OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    if dirty:
        mark.set(qn("w:dirty"), "true")
    run.append(mark)
    return run


def _code(code: str) -> Any:
    run, words = OxmlElement("w:r"), OxmlElement("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {code} "
    run.append(words)
    return run


def _field(paragraph: Any, code: str, runs: list[Any]) -> list[Any]:
    """Makes runs the result of a field; gives all its elements."""
    before = [_mark("begin"), _code(code), _mark("separate")]
    if (look := runs[0]._r.rPr) is not None:
        for element in before:
            element.insert(0, deepcopy(look))
    for element in before:
        runs[0]._r.addprevious(element)
    end = _mark("end")
    runs[-1]._r.addnext(end)
    return [*before, *(run._r for run in runs), end]


def _in_language(run: Any, language: str) -> None:
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), OF_WRITING.get(language, language))
    run._r.get_or_add_rPr().append(element)


def _language_of(language: str) -> str:
    return (
        f'<w:rPr><w:lang w:val="{OF_WRITING.get(language, language)}"/></w:rPr>' if language else ""
    )


def _described(table: Any, words: str) -> None:
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), clean(words))
    table._tbl.tblPr.append(caption)


def _lines(table: Any) -> None:
    """Thin lines between rows, none between columns."""
    grey = 'w:val="single" w:sz="4" w:space="0" w:color="8A9499"'
    table._tbl.tblPr.insert(
        _before(table._tbl.tblPr, "w:tblLayout", "w:tblLook", "w:tblCaption"),
        parse_xml(
            f'<w:tblBorders {nsdecls("w")}><w:top {grey}/><w:left w:val="nil"/><w:bottom {grey}/>'
            f'<w:right w:val="nil"/><w:insideH {grey}/><w:insideV w:val="nil"/></w:tblBorders>'
        ),
    )


def _before(parent: Any, *tags: str) -> int:
    """The place before the first of some elements: their order is part of the format."""
    for place, child in enumerate(parent):
        if child.tag in {qn(tag) for tag in tags}:
            return place
    return len(parent)
