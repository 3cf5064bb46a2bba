"""Where in a clause an addressee is named, for pages that underline it."""

from __future__ import annotations

from mandates.reader.addressees import THE_OFFICE
from mandates.reader.model import Mandate
from mandates.reader.vocabulary import load_vocabulary


def addressee_place(
    text: str, mandate: Mandate, code: str, language: str
) -> tuple[int, int] | None:
    """The range of the first words after the verb that name this addressee, if any do."""
    patterns = [pattern for entry, pattern in load_vocabulary(language).addressees if entry == code]
    if code == "unodc":
        patterns.append(THE_OFFICE)
    start = mandate.verb_start + len(mandate.verb)
    found = [
        match.span()
        for pattern in patterns
        for match in pattern.finditer(text, start, mandate.end)
        if match.group()
    ]
    return min(found, default=None)
