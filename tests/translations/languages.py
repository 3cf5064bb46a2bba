"""The languages the interface speaks beside English, and their catalogues."""

from __future__ import annotations

import polib
from django.conf import settings

from scripts.translate import catalogue

TRANSLATED = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def words_of(language: str) -> polib.POFile:
    """The catalogue of a language as people write it."""
    return polib.pofile(str(catalogue(language)))


def key(entry: polib.POEntry) -> tuple[str | None, str]:
    """What makes a message the same in two catalogues."""
    return (entry.msgctxt, entry.msgid)


def forms(entry: polib.POEntry) -> list[str]:
    """The words of a message, one or one a plural form."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
