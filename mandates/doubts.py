"""What a reading was unsure of, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WORDS = {
    "no_opening_line": _("No opening line of an organ was found."),
    "no_symbol": _("No symbol of a document was found."),
    "unnumbered_paragraph": _("A paragraph carries no number."),
    "number_missing": _("A number is missing in the order of the paragraphs."),
    "numbering_restarts": _("The numbers of the paragraphs begin again."),
    "no_operative_verb": _("No verb of the organ was found in paragraph %(number)s."),
    "addressee_unknown": _("Whom paragraph %(number)s asks (“%(verb)s”) is not certain."),
    "note_without_place": _("The mark of note %(mark)s stands nowhere in the text."),
    "mark_without_note": _("The mark %(mark)s has no note."),
    "unplaced_text": _("Some words belong to no paragraph."),
    "unfinished": _("The text breaks off before its end. Is the file complete?"),
    "clauses_differ": _(
        "Paragraph %(number)s has %(here)s clauses here and %(first)s in the text imported first."
        " Correct where each clause stands."
    ),
    "kinds_differ": _(
        "Clause %(clause)s of paragraph %(number)s reads as another kind in this language."
    ),
    "correction_lost": _(
        "The words an officer gave clause %(clause)s of paragraph %(number)s are not in this text."
        " Correct the clause again."
    ),
}


@dataclass(frozen=True)
class Doubt:
    """A line of the source and what is unsure there; `paragraph` is its number, if it has one."""

    line: int
    words: str
    paragraph: str


def in_words(diagnostics: Iterable[Mapping[str, Any]]) -> list[Doubt]:
    """The diagnostics of a text, in the order of its lines."""
    doubts = []
    for diagnostic in diagnostics:
        parameters = diagnostic.get("parameters", {})
        try:
            words = gettext(WORDS[diagnostic["code"]]) % parameters
        except KeyError:
            words = diagnostic["message"]
        doubts.append(Doubt(diagnostic["line"], words, parameters.get("number", "")))
    return sorted(doubts, key=lambda doubt: doubt.line)
