"""Why an import is refused, in words that say what to do; the codes are kept with the import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.days import days_in_words

REFUSALS = {
    "not_a_resolution": _("Line %(line)s: %(reason)s"),
    "empty": _("The file is empty. Choose the file again."),
    "too_large": _("The file is larger than %(limit)s MB. Hand in the text of one resolution."),
    "no_symbol": _(
        "The file names no symbol such as A/RES/74/175. Hand in the official document, with its"
        " heading."
    ),
    "no_day": _(
        "The file does not say on which day the resolution was adopted. Hand in the official"
        " document, with its heading and last line."
    ),
    "adopted_on_another_day": _(
        "%(symbol)s is already here, adopted on %(here)s; this file says %(there)s. One of the two"
        " is another document."
    ),
    "another_organ": _(
        "%(symbol)s is already here, adopted by another organ (%(here)s); this file says %(there)s."
    ),
    "symbol_too_like": _(
        "%(symbol)s would have the same address as %(other)s, which is already here."
    ),
    "clauses_in_use": _(
        "This text no longer has %(mandates)s, to which requests, activities or needs are tied."
        " Move these first: %(tied)s."
    ),
    "directory_empty": _(
        "The directory lacks %(codes)s. Ask the administrator to run: manage.py load_directory"
    ),
    "not_read": _("The file could not be read. Our log has the details; try again later."),
}

# What the reader says, with the remedy. Its own words, in English, stay in the log.
REASONS = {
    "the file is empty": _("the file is empty. Choose the file again."),
    "the file is larger than": _("the file is too large. Hand in one resolution."),
    "the file is a damaged archive": _("the file is damaged or cut short. Download it again."),
    "the file is an archive, but no DOCX document": _(
        "the file is an archive, but no Word document. Hand in text, PDF or DOCX."
    ),
    "the DOCX document is too large when unpacked": _(
        "the Word document is too large when unpacked. Hand in one resolution."
    ),
    "the DOCX document is damaged": _("the Word document is damaged. Download it again."),
    "a text larger than": _("the text is too long for one resolution."),
    "binary data, no text": _("here the file holds no text. Hand in text, PDF or DOCX."),
    "the bytes are no text in a known encoding": _(
        "the letters can't be read. Save the text as UTF-8 and hand it in again."
    ),
    "the PDF is cut off before its end": _(
        "the PDF is cut short: its end is missing. Download it again."
    ),
    "the PDF is damaged or locked": _("the PDF is damaged or locked. Download it again."),
    "the PDF has more than": _("the PDF has too many pages for one resolution."),
    "the PDF is damaged": _("the PDF is damaged. Download it again."),
    "the PDF holds no text (a scan?)": _(
        "the PDF holds pictures of pages, but no text. Hand in the official document."
    ),
    "a line of more than": _("here a line is too long. Hand in the text of one resolution."),
    "a paragraph of more than": _(
        "here a paragraph is too long. Hand in the text of one resolution."
    ),
    "no text in a language the reader knows": _(
        "no text in English, Spanish or French. Hand in one of these."
    ),
    "no operative paragraph follows the opening line": _(
        "no operative paragraph follows the opening line. Is the file cut short?"
    ),
    "no opening line of an organ": _(
        "there is no opening line of an organ, such as “The General Assembly,”. Is it a resolution?"
    ),
}


class ImportRefused(Exception):
    """An import that changed nothing: `code` of `REFUSALS` with its values."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values

    def as_json(self) -> dict[str, Any]:
        """What `ResolutionImport.refusal` keeps."""
        return {"code": self.code, "values": self.values}


def refusal_words(refusal: Mapping[str, Any]) -> str:
    """A refusal in the reader's language."""
    values = days_in_words(refusal.get("values", {}))
    if "reason" in values:
        values["reason"] = reason_words(values["reason"])
    return gettext(REFUSALS[refusal["code"]]) % values


def reason_words(reason: str) -> str:
    """What the reader said, translated and with the remedy where it is known."""
    for known, words in sorted(REASONS.items(), key=lambda pair: -len(pair[0])):
        if reason.startswith(known):
            return str(words)
    return reason
