"""The catalogues hold every message of the sources, with words that fit, as they are compiled."""

from __future__ import annotations

import re
import shutil

import polib
import pytest

from scripts.translate import catalogue, extracted, lacks_words
from tests.translations.languages import TRANSLATED, forms, key, words_of

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?[a-z]+>")

needs_gettext = pytest.mark.skipif(
    shutil.which("xgettext") is None, reason="the sources are read by gettext, not installed here"
)


@pytest.fixture(scope="module")
def sources() -> polib.POFile:
    return extracted("es")


@needs_gettext
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_of_the_sources_has_words(sources, language):
    known = {key(entry) for entry in words_of(language) if not entry.obsolete}
    missing = [f"{e.occurrences[0][0]}: {e.msgid}" for e in sources if key(e) not in known]
    assert missing == [], "uv run scripts/translate.py, then write the words"


@needs_gettext
@pytest.mark.parametrize("language", TRANSLATED)
def test_no_words_are_kept_for_what_is_no_longer_said(sources, language):
    said = {key(entry) for entry in sources}
    kept = [e.msgid for e in words_of(language) if e.obsolete or key(e) not in said]
    assert kept == [], "uv run scripts/translate.py"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_words_are_missing_or_unsure(language):
    assert [entry.msgid for entry in words_of(language) if lacks_words(entry)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_words_are_those_written(language):
    written = {key(e): forms(e) for e in words_of(language)}
    compiled = polib.mofile(str(catalogue(language).with_suffix(".mo")))
    assert {key(e): forms(e) for e in compiled} == written, "uv run scripts/translate.py"


@pytest.mark.parametrize("language", TRANSLATED)
def test_words_keep_the_placeholders_and_marks_of_the_message(language):
    wrong = []
    for entry in words_of(language):
        allowed = [sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))]
        for form in forms(entry):
            found = sorted(PLACEHOLDER.findall(form))
            # The form for one may say "one" instead of a number, as the English one may.
            of_one = entry.msgid_plural and form == forms(entry)[0]
            may_be = [*allowed, sorted(PLACEHOLDER.findall(entry.msgid))] if of_one else allowed
            if found not in may_be:
                wrong.append((entry.msgid, form))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_words_begin_and_end_as_the_message_does(language):
    """A sentence stays a sentence, and what is put together keeps its spaces."""
    wrong = []
    for entry in words_of(language):
        for form in forms(entry):
            spaces = (form[:1].isspace(), form[-1:].isspace())
            if spaces != (entry.msgid[:1].isspace(), entry.msgid[-1:].isspace()):
                wrong.append(form)
            if entry.msgid.endswith(".") and not form.endswith((".", "…")):
                wrong.append(form)
    assert wrong == []
