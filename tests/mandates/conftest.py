"""A small resolution in two languages, and the real one."""

import pytest

from directory.loading import load_entities
from mandates.models import Text
from mandates.services.importing import import_resolution
from tests.mandates.documents import SUPPLIED, english


@pytest.fixture(autouse=True)
def files_of_the_test(settings, tmp_path):
    """Files are written below the folder of the test."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def directory(db) -> None:
    """The entities texts name."""
    load_entities()


@pytest.fixture
def small(directory) -> Text:
    """Three operative paragraphs with five clauses."""
    return import_resolution(data=english(), filename="small.txt")


@pytest.fixture
def real(directory) -> Text:
    """Resolution 74/175 in Spanish."""
    return import_resolution(data=SUPPLIED.read_bytes(), filename=SUPPLIED.name)
