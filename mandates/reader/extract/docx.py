"""Lines of a DOCX document: paragraphs with styles, automatic numbers and linked footnotes."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import mammoth  # type: ignore[import-untyped]

from mandates.reader.errors import NotAResolution
from mandates.reader.extract.line import Line, Role
from mandates.reader.richtext import Char, compose

BLOCKS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "tr"])


def docx_lines(data: bytes) -> tuple[Line, ...]:
    """The lines of a DOCX document; list items get the numbers Word would print."""
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(data),
            convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
        ).value
    # The library names no errors of its own; a damaged document fails in many ways.
    except Exception as error:
        raise NotAResolution(1, "the DOCX document is damaged") from error
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return tuple(parser.lines)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.chars: list[Char] = []
        self.styles = {"em": 0, "strong": 0, "sup": 0}
        self.lists: list[int] = []
        self.note = ""
        self.note_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in BLOCKS:
            self._flush()
        if tag in self.styles:
            self.styles[tag] += 1
        elif tag in ("ol", "ul"):
            self._flush()
            self.lists.append(0)
        elif tag == "li" and (values.get("id") or "").startswith("footnote-"):
            self.note = (values.get("id") or "").rpartition("-")[2]
        elif tag == "li" and self.lists:
            self.lists[-1] += 1
            self.chars.extend(Char(char) for char in self._number())
        elif tag == "a":
            # Links back from a note are furniture of the conversion.
            self.note_link = (values.get("href") or "").startswith("#footnote-ref")
        elif tag == "br":
            self._flush()

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._flush()
        if tag in self.styles:
            self.styles[tag] -= 1
        elif tag in ("ol", "ul"):
            self.lists.pop()
        elif tag == "li":
            self.note = ""
        elif tag == "a":
            self.note_link = False

    def handle_data(self, data: str) -> None:
        if self.note_link:
            return
        mark = data.strip().strip("[]")
        if self.styles["sup"] and (mark.isdigit() or mark == "*"):
            self.chars.append(Char("", mark=mark))
            return
        italic, bold = self.styles["em"] > 0, self.styles["strong"] > 0
        self.chars.extend(Char(char, italic, bold) for char in data)

    def _number(self) -> str:
        count = self.lists[-1]
        if len(self.lists) == 1:
            return f"{count}. "
        return f"({chr(96 + min(count, 26))}) "

    def _flush(self) -> None:
        words = [char for char in self.chars if char.char.strip()]
        if words:
            bold = all(char.bold for char in words)
            role, mark = (Role.NOTE, self.note) if self.note else (Role.BODY, "")
            number = len(self.lines) + 1
            self.lines.append(Line(number, compose(self.chars), True, role, bold, mark))
        self.chars = []
