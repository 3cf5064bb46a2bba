"""A document as blocks and runs of words, for every format the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboards.report.content import Figure

# What XML 1.0 can't hold, and no font shows.
NOT_PRINTED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(words: str) -> str:
    """The words as any format can hold them."""
    return NOT_PRINTED.sub("", words)


@dataclass(frozen=True)
class Run:
    """Some words: of another language than the document's, a figure, or with a note after them."""

    words: str
    language: str = ""
    bold: bool = False
    italic: bool = False
    figure: Figure | None = None
    note: str = ""


Runs = Sequence[Run]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 begins a part of the document."""

    words: str
    level: int
    new_page: bool = False


@dataclass(frozen=True)
class Text:
    """A paragraph, by default with a number of its own, as reports of the United Nations have.

    One that `leads` stays on the page of the list after it.
    """

    runs: Runs
    numbered: bool = True
    small: bool = False
    leads: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: Sequence[Runs]


@dataclass(frozen=True)
class Quote:
    """Words of the resolution."""

    runs: Runs
    language: str


@dataclass(frozen=True)
class Table:
    """A table with a caption and a head; `widths` are shares, `numbers` the columns of numbers."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Runs]]
    widths: Sequence[int]
    numbers: frozenset[int] = frozenset()
    total: bool = False


Block = Heading | Text | Bullets | Quote | Table


@dataclass(frozen=True)
class Document:
    """All of it; `masthead` are lines above the title, `facts` below it."""

    title: str
    title_language: str
    subtitle: str
    masthead: Sequence[str]
    facts: Sequence[Runs]
    running_head: str
    contents_title: str
    page_of: str
    language: str
    identifier: str
    definition: str
    blocks: list[Block] = field(default_factory=list)
