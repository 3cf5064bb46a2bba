"""What the files of the project name, they name in every language of the interface."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command

from directory.models import Country, Entity, Organisation
from mandates.models import Mandate, Paragraph, ParagraphKind, Resolution, Theme

pytestmark = pytest.mark.django_db
LANGUAGES = {code for code, _name in settings.LANGUAGES}


@pytest.fixture
def loaded(db):
    call_command("load_resolution", verbosity=0)


def incomplete(rows, *fields: str) -> list[str]:
    """Rows that lack a name in a language."""
    found = list(rows)
    assert found
    return [
        f"{row}: {field}"
        for row in found
        for field in fields
        if LANGUAGES - {code for code, words in getattr(row, field).items() if words.strip()}
    ]


@pytest.mark.parametrize("model", [Country, Entity, Organisation])
def test_everybody_of_the_directory_has_a_name_in_each_language(loaded, model):
    assert incomplete(model.objects.all(), "names") == []


def test_every_theme_has_a_name_in_each_language(loaded):
    assert incomplete(Theme.objects.all(), "names") == []


def test_every_theme_that_is_asked_about_is_so_in_plain_words_of_each_language(loaded):
    assert incomplete(Theme.objects.exclude(plain={}), "plain") == []


def test_every_label_is_in_each_language(loaded):
    assert incomplete(Resolution.objects.all(), "labels") == []
    assert incomplete(Paragraph.objects.filter(kind=ParagraphKind.OPERATIVE), "labels") == []
    assert incomplete(Mandate.objects.all(), "labels") == []
