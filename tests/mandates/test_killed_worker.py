"""A worker killed in the middle of an import: the import is done once in the end."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from directory.loading import load_entities
from mandates.models import ImportState, Mandate, ResolutionImport
from mandates.services.intake import hand_in
from notifications.models import OutboxMessage
from tests.factories import officer
from tests.mandates.documents import ENGLISH, english

pytestmark = [pytest.mark.worker, pytest.mark.slow]

SECONDS = 60


def wait_for(condition, what: str) -> None:
    limit = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < limit, f"not within {SECONDS} s: {what}"
        time.sleep(0.02)


def test_an_import_whose_worker_is_killed_is_done_once(celery_worker_process, settings):
    # The worker is another process, and reads files where its own settings say.
    settings.MEDIA_ROOT = settings.STATE / "files"
    load_entities()
    paragraphs = ENGLISH * 30
    handed_in = hand_in(
        file=SimpleUploadedFile("long.txt", english(paragraphs)), language="en", user=officer()
    )
    rows = ResolutionImport.objects.filter(pk=handed_in.pk)
    wait_for(lambda: rows.get().state == ImportState.RUNNING, "the import starts")
    celery_worker_process.kill()
    assert rows.get().state == ImportState.RUNNING
    assert not Mandate.objects.exists()
    celery_worker_process.start()
    wait_for(lambda: rows.get().state == ImportState.DONE, "the import is done")
    assert Mandate.objects.count() == 5 * 30
    assert OutboxMessage.objects.filter(kind="import_done").count() == 1
