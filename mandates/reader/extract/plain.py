"""Lines of a plain text, with light markup: *italic*, **bold**, superscript digits as marks."""

from __future__ import annotations

import re

from mandates.reader.errors import NotAResolution
from mandates.reader.extract.line import Line, Role
from mandates.reader.richtext import Char, RichText, compose

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
NOTE = re.compile(r"^\s*(?:([⁰¹²³⁴⁵⁶⁷⁸⁹]+)\s*|(\d{1,3})/\s+|(\*{1,3})\s+)(?=\S)")
LINE_END = re.compile(r"\r\n|[\r\n\x0c\u2028\u2029]")
STARS = re.compile(r"\*{1,3}")
OLD_MARK = re.compile(r"\s?\b(\d{1,3})/(?=[\s,;:.)]|$)")
STAR_MARK = re.compile(r"(?<=\w)\*{1,3}(?!\w)")
RULE = re.compile(r"^\s*[_\-—=]{4,}\s*$")
# Lines without any of these need no look at single characters.
SPECIAL = re.compile(r"[*⁰¹²³⁴⁵⁶⁷⁸⁹]|\d/(?:\W|$)|[_\-—=]{4}")
LONG_LINE = 160
LONGEST_LINE = 60_000

Styled = list[tuple[int, list[Char]]]


def plain_lines(source_text: str) -> tuple[Line, ...]:
    """The lines of a plain text; a blank line, or each line of a text without any, starts anew."""
    source = [line.strip() for line in LINE_END.split(source_text)]
    for number, line in enumerate(source, start=1):
        if len(line) > LONGEST_LINE:
            raise NotAResolution(number, f"a line of more than {LONGEST_LINE} characters")
    noted = {_note_mark(line) for line in source} - {""}
    one_a_line = _is_one_paragraph_a_line(source)
    lines: list[Line] = []
    for first, chunk in _chunks(source):
        if SPECIAL.search("".join(chunk)):
            for at, (number, chars) in enumerate(_styled(first, chunk)):
                lines.append(_line(number, chars, at == 0 or one_a_line, noted))
        else:
            for number, text in enumerate(chunk, start=first):
                rich = RichText(" ".join(text.split()))
                lines.append(Line(number, rich, number == first or one_a_line))
    return tuple(lines)


def _note_mark(line: str) -> str:
    match = NOTE.match(line)
    if not match:
        return ""
    return (match.group(1) or match.group(2) or match.group(3)).translate(SUPERSCRIPTS)


def _is_one_paragraph_a_line(source: list[str]) -> bool:
    full = [line for line in source if line]
    return len(full) * 10 > len(source) * 8 and any(len(line) > LONG_LINE for line in full)


def _chunks(source: list[str]) -> list[tuple[int, list[str]]]:
    chunks: list[tuple[int, list[str]]] = []
    fresh = True
    for number, line in enumerate(source, start=1):
        if not line:
            fresh = True
        elif fresh:
            chunks.append((number, [line]))
            fresh = False
        else:
            chunks[-1][1].append(line)
    return chunks


def _styled(first: int, chunk: list[str]) -> Styled:
    """Characters with their styles, line by line; where bold begins or ends inside a word, the
    source has lost a line break, which is put back."""
    text = "\n".join(chunk)
    closing = _balanced(text)
    lines: Styled = [(first, [])]
    bold = italic = False
    at = 0
    while at < len(text):
        stars = STARS.match(text, at) if closing else None
        if stars:
            was_bold = bold
            bold, italic = _toggle(len(stars.group()), bold, italic)
            at = stars.end()
            glued = lines[-1][1] and at < len(text) and not text[at].isspace()
            if bold != was_bold and glued and not lines[-1][1][-1].char.isspace():
                lines.append((lines[-1][0], []))
            continue
        if text[at] == "\n":
            lines.append((lines[-1][0] + 1, []))
        else:
            lines[-1][1].append(Char(text[at], italic, bold))
        at += 1
    return lines


def _balanced(text: str) -> bool:
    """Whether the stars are markup: they come in pairs that enclose words closely."""
    bold = italic = False
    for stars in STARS.finditer(text):
        beside = (
            text[stars.start() - 1 : stars.start()]
            if bold or italic
            else text[stars.end() : stars.end() + 1]
        )
        if not beside.strip():
            return False
        bold, italic = _toggle(len(stars.group()), bold, italic)
    return not bold and not italic


def _toggle(stars: int, bold: bool, italic: bool) -> tuple[bool, bool]:
    return bold ^ (stars >= 2), italic ^ (stars != 2)


def _line(number: int, chars: list[Char], starts: bool, noted: set[str]) -> Line:
    plain = "".join(char.char for char in chars)
    note = NOTE.match(plain)
    if note:
        rich = compose(chars[note.end() :])
        return Line(number, rich, True, Role.NOTE, False, _note_mark(plain))
    rich = compose(_marked(chars, plain, noted))
    role = Role.FURNITURE if RULE.match(plain) else Role.BODY
    bold = bool(chars) and all(char.bold for char in chars if not char.char.isspace())
    return Line(number, rich, starts, role, bold)


def _marked(chars: list[Char], plain: str, noted: set[str]) -> list[Char]:
    """The characters with marks of notes that the text has; other superscripts (km²) stay."""
    found = {
        match.start(): (match.end(), mark)
        for pattern in (SUPERSCRIPT, OLD_MARK, STAR_MARK)
        for match in pattern.finditer(plain)
        if (mark := match.group().strip(" /").translate(SUPERSCRIPTS)) in noted
    }
    marked: list[Char] = []
    at = 0
    while at < len(chars):
        if at in found:
            end, mark = found[at]
            marked.append(Char("", mark=mark))
            at = end
        else:
            marked.append(chars[at])
            at += 1
    return marked
