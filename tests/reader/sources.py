"""Sources made for the tests: texts, a small PDF and a small DOCX, and all words of a document."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files

from mandates.reader import Document, Paragraph, read

SEED = files("mandates").joinpath("data", "A_RES_74_175.es.txt").read_bytes()


def resolution(*paragraphs: str, recitals: Sequence[str] = ("Recalling its resolution 72/194,",)):
    """A resolution in English with these paragraphs below a short preamble, as bytes."""
    head = [
        "Seventy-fourth session",
        "Agenda item 106",
        "Resolution adopted by the General Assembly on 18 December 2019",
        "[on the report of the Third Committee (A/74/400)]",
        "74/175. Technical assistance",
        "The General Assembly,",
    ]
    return "\n\n".join([*head, *recitals, *paragraphs]).encode()


def read_paragraphs(*paragraphs: str, recitals: Sequence[str] = ("Recalling the above,",)):
    return read(resolution(*paragraphs, recitals=recitals), language="en").operative


def words_of(document: Document) -> Counter[str]:
    """All words a document holds, with the numbers and labels of its paragraphs."""
    passages = [
        *document.front_matter,
        *([document.opening] if document.opening else []),
        *document.headings,
        *document.annexes,
        *document.closing,
        *document.furniture,
        *document.footnotes,
    ]
    texts = [passage.text for passage in passages]
    texts += [paragraph.text for paragraph in document.preambular]
    texts += [text for paragraph in document.operative for text in _numbered(paragraph)]
    return Counter(" ".join(texts).split())


def _numbered(paragraph: Paragraph) -> Iterable[str]:
    if paragraph.label.isdigit():
        yield f"{paragraph.label}. {paragraph.text}"
    elif paragraph.label:
        yield f"({paragraph.label}) {paragraph.text}"
    else:
        yield f"{paragraph.number}. {paragraph.text}"
    for child in paragraph.children:
        yield from _numbered(child)


def words_of_text(source: bytes) -> Counter[str]:
    """All words of a plain text, without markup and footnote marks."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]", "", source.decode())
    return Counter(re.sub(r"\*{2,}", " ", text).replace("*", "").split())


Run = tuple[str, float, float, float, str]


def pdf(*pages: Sequence[Run]) -> bytes:
    """A PDF with runs of text: (font R, I or B; size; x; y; words)."""
    fonts = {"R": "Times-Roman", "I": "Times-Italic", "B": "Times-Bold"}
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    for name in fonts.values():
        encoding = "/Encoding /WinAnsiEncoding"
        objects.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} {encoding} >>")
    kids = []
    for page in pages:
        content = "BT\n"
        for font, size, x, y, words in page:
            escaped = words.replace("(", r"\(").replace(")", r"\)")
            content += f"/{font} {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj\n"
        content += "ET"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        resources = "<< /Font << /R 3 0 R /I 4 0 R /B 5 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            f"/Resources {resources} >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    out += "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("latin-1")


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(body: str, notes: Sequence[str] = ()) -> bytes:
    """A DOCX with this body (WordprocessingML) and these footnotes, numbered from 1."""
    footnotes = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:footnote>'
        for number, words in enumerate(notes, start=1)
    )
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="decimal"/></w:lvl>' for level in range(2)
    )
    kinds = {
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{WORD}">{footnotes}</w:footnotes>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="0">'
        f'{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        "</w:numbering>",
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="r1" Type="{OFFICE}/footnotes" Target="footnotes.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/numbering" Target="numbering.xml"/></Relationships>',
        "[Content_Types].xml": "<Types "
        'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in kinds.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def paragraph(words: str, properties: str = "", style: str = "") -> str:
    """A paragraph of a DOCX in one run."""
    run = f"<w:r><w:rPr>{style}</w:rPr><w:t>{words}</w:t></w:r>"
    return f"<w:p><w:pPr>{properties}</w:pPr>{run}</w:p>"
