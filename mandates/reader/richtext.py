"""Text that remembers where its footnote marks and italics stood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CLOSING_PUNCTUATION = frozenset(",;:.)]”’")


SAME_LENGTH = str.maketrans({"\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u2019": "'"})


def fold(text: str) -> str:
    """The text with one form of hyphens and apostrophes, for matching; offsets stay the same."""
    return text.translate(SAME_LENGTH)


@dataclass(frozen=True)
class Char:
    """One character of a source with its style; `mark` holds a footnote mark that stood here."""

    char: str
    italic: bool = False
    bold: bool = False
    mark: str = ""


@dataclass(frozen=True)
class RichText:
    """Plain text with footnote marks and italic ranges, in code points of `text`."""

    text: str = ""
    marks: tuple[tuple[int, str], ...] = ()
    emphasis: tuple[tuple[int, int], ...] = ()

    @property
    def finished(self) -> bool:
        """Whether the text ends as a sentence or a paragraph of a resolution does."""
        return self.text.rstrip("”’\"')]* ").endswith((",", ";", ":", "."))

    def slice(self, start: int) -> RichText:
        """The text from `start` on, with marks and italics moved along."""
        return RichText(
            self.text[start:],
            tuple((max(at - start, 0), mark) for at, mark in self.marks),
            tuple((max(a - start, 0), b - start) for a, b in self.emphasis if b > start),
        )


def compose(chars: Iterable[Char]) -> RichText:
    """One line of running text: white space collapsed, marks taken out and remembered."""
    text: list[str] = []
    marks: list[tuple[int, str]] = []
    italic: list[bool] = []
    after_mark = False
    for char in chars:
        if char.mark:
            marks.append((len(text), char.mark))
            after_mark = True
        elif char.char.isspace():
            if text and text[-1] != " ":
                text.append(" ")
                italic.append(char.italic)
            after_mark = False
        else:
            if after_mark and text and text[-1] != " " and char.char.isalnum():
                text.append(" ")
                italic.append(False)
            elif after_mark and char.char in CLOSING_PUNCTUATION:
                _drop_space(text, italic)
            text.append(char.char)
            italic.append(char.italic)
            after_mark = False
    _drop_space(text, italic)
    limit = len(text)
    plain = "".join(text)
    placed = ((min(at, limit), mark) for at, mark in marks)
    return RichText(
        plain,
        tuple((len(plain[:at].rstrip()), mark) for at, mark in placed),
        tuple(_ranges(plain, italic)),
    )


def _drop_space(text: list[str], italic: list[bool]) -> None:
    if text and text[-1] == " ":
        text.pop()
        italic.pop()


def _ranges(text: str, italic: list[bool]) -> Iterable[tuple[int, int]]:
    start = None
    for at, on in enumerate([*italic, False]):
        if on and start is None:
            start = at
        elif not on and start is not None:
            words = text[start:at]
            yield start + len(words) - len(words.lstrip()), start + len(words.rstrip())
            start = None


def join(parts: Iterable[RichText]) -> RichText:
    """The parts as one text: a space between them, none after a hyphen that breaks a word."""
    text = ""
    marks: list[tuple[int, str]] = []
    emphasis: list[tuple[int, int]] = []
    for part in parts:
        if text and part.text and not (text[-1] == "-" and text[-2:-1].isalnum()):
            text += " "
        base = len(text)
        marks.extend((base + at, mark) for at, mark in part.marks)
        for start, end in part.emphasis:
            if emphasis and base + start - emphasis[-1][1] <= 1:
                emphasis[-1] = (emphasis[-1][0], base + end)
            else:
                emphasis.append((base + start, base + end))
        text += part.text
    return RichText(text, tuple(marks), tuple(emphasis))
