"""Every page of the site says nothing in English that has words in the language it is read in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from directory.models import User
from tests.browser.pages import EVERY_PAGE, PageOfSite, pages_of_site
from tests.translations.languages import TRANSLATED, forms, words_of
from tests.translations.visible_text import visible_texts

pytestmark = pytest.mark.django_db
IN_ENGLISH = {"api:docs"}
"""Programs are written against the API in one language."""
PLACEHOLDER = re.compile(r"%\(|[{<]")
FEWEST_WORDS = 5
"""Of a sentence that is looked for within a longer text; shorter ones have to be the whole text."""


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[list[PageOfSite]]:
    """The pages of the demonstration world, loaded once for the module and rolled back."""
    folder = tmp_path_factory.mktemp("translations")
    with (
        django_db_blocker.unblock(),
        override_settings(
            MEDIA_ROOT=folder / "files",
            DEMONSTRATION_LOGINS_FILE=folder / "logins.json",
            DEMONSTRATION=True,
            PUBLIC_SITE=True,
        ),
        transaction.atomic(),
    ):
        call_command("load_resolution", verbosity=0)
        call_command("load_demonstration", verbosity=0)
        yield [page for page in pages_of_site() if page.name not in IN_ENGLISH]
        transaction.set_rollback(True)


def english_with_other_words(language: str) -> tuple[set[str], list[str]]:
    """Messages that read otherwise in a language: those looked for as a whole, and within texts."""
    whole, within = set(), []
    for entry in words_of(language):
        said = " ".join(entry.msgid.split())
        of_the_sheet = all("parts" in place for place, _line in entry.occurrences)
        if of_the_sheet or PLACEHOLDER.search(said) or said in forms(entry):
            continue
        whole.add(said)
        if len(said.split()) >= FEWEST_WORDS:
            within.append(said)
    # What is English in one place may be a word of the language in another: close.
    whole -= {form for entry in words_of(language) for form in forms(entry)}
    return whole, within


@pytest.mark.parametrize("language", TRANSLATED)
def test_pages_say_nothing_in_english_that_has_words_in_the_readers_language(pages, language):
    whole, within = english_with_other_words(language)
    whole -= set(User.objects.values_list("display_name", flat=True))
    left: dict[str, list[str]] = {}
    # Words that were not marked for translation are English in each language.
    for page in pages if EVERY_PAGE else pages[TRANSLATED.index(language) :: len(TRANSLATED)]:
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        if page.login:
            client.force_login(User.objects.get(username=page.login))
        response = client.get(page.path)
        assert response.status_code == 200, page.path
        assert f'<html lang="{language}"' in response.text, page.path
        for text in visible_texts(response.text):
            if text in whole or any(sentence in text for sentence in within):
                left.setdefault(text, []).append(str(page))
    assert not left, "\n".join(f"{text}: {', '.join(where)}" for text, where in left.items())
