"""Lines of a PDF: by baselines and sizes, which tell footnotes, marks and page furniture."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from statistics import median

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from mandates.reader.errors import NotAResolution
from mandates.reader.extract.line import Line, Role
from mandates.reader.richtext import Char, compose

PAGES = 400
TRAILER = 2048
ITALIC_FLAG = 1 << 6
LINE_BREAK_HYPHENS = frozenset("\x02\ufffe\xad")
RULE = re.compile(r"^\s*_{5,}\s*$")
OLD_NOTE = re.compile(r"^\s*(?:(\d{1,3})/|(\*{1,3}))\s+")
OLD_MARK = re.compile(r"\s?\b(\d{1,3})/(?=[\s,;:.)]|$)|(?<=\w)(\*{1,3})(?!\w)")
TOP, BOTTOM = 0.9, 0.075


@dataclass(frozen=True)
class Glyph:
    """A character on a page with its place, effective size and style."""

    char: str
    x: float
    y: float
    size: float
    italic: bool
    bold: bool


@dataclass(frozen=True)
class Row:
    """The glyphs of one printed line, left to right."""

    page: int
    glyphs: tuple[Glyph, ...]
    height: float

    @property
    def text(self) -> str:
        return "".join(glyph.char for glyph in self.glyphs)

    @property
    def printed(self) -> tuple[Glyph, ...]:
        return tuple(glyph for glyph in self.glyphs if not glyph.char.isspace())

    @property
    def size(self) -> float:
        """The size most of its characters have."""
        return Counter(round(glyph.size, 1) for glyph in self.printed).most_common(1)[0][0]

    @property
    def y(self) -> float:
        """The baseline of the characters of that size."""
        size = self.size
        return median(glyph.y for glyph in self.printed if round(glyph.size, 1) == size)

    @property
    def x(self) -> float:
        return self.printed[0].x

    def mark_length(self) -> int:
        """How many glyphs at the start are a footnote mark, smaller or raised."""
        size, base = self.size, self.y
        marks = takewhile(lambda glyph: _is_mark(glyph, size, base), self.glyphs)
        length = len(tuple(marks))
        return length if length < len(self.printed) else 0


def pdf_lines(data: bytes) -> tuple[Line, ...]:
    """The lines of a PDF, page by page from top to bottom."""
    if b"%%EOF" not in data[-TRAILER:]:
        raise NotAResolution(1, "the PDF is cut off before its end")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise NotAResolution(1, "the PDF is damaged or locked") from error
    try:
        if len(document) > PAGES:
            raise NotAResolution(1, f"the PDF has more than {PAGES} pages")
        rows = [row for number in range(len(document)) for row in _rows(document, number)]
    except pypdfium2.PdfiumError as error:
        raise NotAResolution(1, "the PDF is damaged") from error
    finally:
        document.close()
    if not rows:
        raise NotAResolution(1, "the PDF holds no text (a scan?)")
    return _lines(rows)


def _rows(document: pypdfium2.PdfDocument, number: int) -> list[Row]:
    page = document[number]
    text = page.get_textpage()
    height = page.get_height()
    pieces: list[list[Glyph]] = []
    for glyph in _glyphs(text):
        last = pieces[-1] if pieces else None
        if last and _same_row(last[-1], glyph) and glyph.x >= last[-1].x - 1:
            last.append(glyph)
        else:
            pieces.append([glyph])
    text.close()
    page.close()
    return [Row(number, tuple(glyphs), height) for glyphs in _merge(pieces)]


def _glyphs(text: pypdfium2.PdfTextPage) -> Iterator[Glyph]:
    x, y = ctypes.c_double(), ctypes.c_double()
    flags, matrix = ctypes.c_int(), pdfium.FS_MATRIX()
    name = ctypes.create_string_buffer(256)
    previous: Glyph | None = None
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, at)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char in LINE_BREAK_HYPHENS:
            char = "-"
        if pdfium.FPDFText_IsGenerated(text, at) == 1 or char.isspace():
            if previous and char not in "\r\n":
                yield replace(previous, char=" ")
            continue
        pdfium.FPDFText_GetCharOrigin(text, at, x, y)
        pdfium.FPDFText_GetMatrix(text, at, matrix)
        pdfium.FPDFText_GetFontInfo(text, at, name, 256, flags)
        font = name.value.decode("latin-1").lower()
        previous = Glyph(
            char,
            x.value,
            y.value,
            pdfium.FPDFText_GetFontSize(text, at) * (math.hypot(matrix.b, matrix.d) or 1.0),
            "italic" in font or "oblique" in font or bool(flags.value & ITALIC_FLAG),
            "bold" in font,
        )
        yield previous


def _same_row(one: Glyph, other: Glyph) -> bool:
    return abs(one.y - other.y) <= 0.45 * max(one.size, other.size)


def _merge(pieces: list[list[Glyph]]) -> list[list[Glyph]]:
    """Pieces on one baseline joined from left to right, rows from top to bottom."""
    rows: list[list[list[Glyph]]] = []
    for piece in sorted(pieces, key=lambda glyphs: (-glyphs[0].y, glyphs[0].x)):
        if rows and _on_baseline(rows[-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    merged = []
    for row in rows:
        row.sort(key=lambda glyphs: glyphs[0].x)
        glyphs = list(row[0])
        for piece in row[1:]:
            if piece[0].x - glyphs[-1].x > 0.9 * piece[0].size:
                glyphs.append(replace(glyphs[-1], char=" "))
            glyphs.extend(piece)
        merged.append(glyphs)
    return merged


def _on_baseline(row: list[list[Glyph]], piece: list[Glyph]) -> bool:
    return any(_same_row(glyphs[0], piece[0]) for glyphs in row)


def _is_mark(glyph: Glyph, size: float, base: float) -> bool:
    raised = glyph.y > base + 0.12 * size
    return (glyph.char.isdigit() or glyph.char == "*") and raised and glyph.size <= size


def _lines(rows: list[Row]) -> tuple[Line, ...]:
    sizes = Counter[float]()
    for row in rows:
        sizes[row.size] += len(row.glyphs)
    body = sizes.most_common(1)[0][0]
    margin = Counter(round(row.x) for row in rows if row.size == body).most_common(1)[0][0]
    leading = _leading(rows, body)
    noted = {_old(match) for row in rows if (match := OLD_NOTE.match(row.text))}
    lines: list[Line] = []
    previous: Row | None = None
    in_notes = False
    for number, row in enumerate(rows, start=1):
        if not previous or previous.page != row.page:
            in_notes, previous = False, None
        role = _role(row, body)
        in_notes = in_notes or _opens_notes(row, body)
        if role is Role.BODY and in_notes:
            role = Role.NOTE
        starts = row.x > margin + 6 if previous is None else previous.y - row.y > leading * 1.25
        if role is not Role.FURNITURE:
            previous = row
        lines.append(_line(number, row, role, starts, noted))
    return tuple(lines)


def _old(match: re.Match[str]) -> str:
    """The mark of a note as typewriters set it ("1/"), or asterisks."""
    return match.group(1) or match.group(2)


def _leading(rows: list[Row], body: float) -> float:
    gaps = [
        upper.y - lower.y
        for upper, lower in pairwise(rows)
        if upper.page == lower.page and upper.size == lower.size == body and upper.y > lower.y
    ]
    return median(gaps) if gaps else body * 1.2


def _role(row: Row, body: float) -> Role:
    above = row.y > row.height * TOP and row.page > 0
    below = row.y < row.height * BOTTOM
    small_or_bold = row.size < body * 0.95 or all(glyph.bold for glyph in row.printed)
    if RULE.match(row.text) or (above and small_or_bold):
        return Role.FURNITURE
    if below and (row.page == 0 or small_or_bold) and not row.mark_length():
        return Role.FURNITURE if _is_footer(row) else Role.BODY
    return Role.BODY


def _is_footer(row: Row) -> bool:
    """Page numbers, job numbers and bar codes stand at the foot; a line of a note does not."""
    return bool(re.search(r"^\W*[\w.]{0,4}\W?\d[\d\W]*(\([A-Z]\))?[\d\s*/]*$|\*\d+\*", row.text))


def _opens_notes(row: Row, body: float) -> bool:
    small = row.size < body * 0.95 and row.mark_length() > 0 and row.y < row.height * 0.9
    return small or bool(RULE.match(row.text))


def _line(number: int, row: Row, role: Role, starts: bool, noted: set[str]) -> Line:
    if role is Role.NOTE:
        length = row.mark_length()
        old = OLD_NOTE.match(row.text)
        mark = row.text[:length].strip() if length else _old(old) if old else ""
        skip = length or (old.end() if old else 0)
        return Line(number, compose(_chars(row, skip, set())), bool(mark), role, False, mark)
    bold = all(glyph.bold for glyph in row.printed)
    return Line(number, compose(_chars(row, 0, noted)), starts, role, bold)


def _chars(row: Row, skip: int, noted: set[str]) -> Iterator[Char]:
    size, base = row.size, row.y
    old = {
        match.start(): (match.end(), _old(match))
        for match in OLD_MARK.finditer(row.text)
        if _old(match) in noted
    }
    at, mark = skip, ""
    while at < len(row.glyphs):
        glyph = row.glyphs[at]
        if at in old:
            at, mark_here = old[at]
            yield Char("", mark=mark_here)
            continue
        if _is_mark(glyph, size, base) and at > 0:
            mark += glyph.char
        else:
            if mark:
                yield Char("", mark=mark)
                mark = ""
            yield Char(glyph.char, glyph.italic, glyph.bold)
        at += 1
    if mark:
        yield Char("", mark=mark)
