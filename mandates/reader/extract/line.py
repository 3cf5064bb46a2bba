"""A line of a source, the common ground of text, PDF and DOCX."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mandates.reader.richtext import RichText


class Role(StrEnum):
    """What a line is on its page."""

    BODY = "body"
    NOTE = "note"
    FURNITURE = "furniture"


@dataclass(frozen=True)
class Line:
    """One line with its number in the source (counted through all pages, from 1).

    `starts` says that the layout (blank line, gap, indent, list item) begins a paragraph here;
    `mark` is the mark that begins a footnote.
    """

    number: int
    rich: RichText
    starts: bool = False
    role: Role = Role.BODY
    bold: bool = False
    mark: str = ""
