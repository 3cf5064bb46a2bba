"""Stored files: scanned for malware where a scanner is set, removed when nothing refers to them."""

from __future__ import annotations

import datetime as dt
import os
import socketserver
import struct
import threading
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from assistance.models import Evidence, FileScan
from assistance.orphans import remove_orphans
from assistance.services import add_evidence, remove_evidence
from assistance.tasks import scan_files
from notifications.models import OutboxMessage
from tests import factories

pytestmark = pytest.mark.django_db
HARMFUL = b"harmful words"


class Daemon(socketserver.StreamRequestHandler):
    """Speaks INSTREAM as ClamAV's daemon does, and finds one string."""

    def handle(self) -> None:
        command = self.rfile.readline() if self.rfile.peek(1)[:1] == b"n" else self._until_null()
        assert b"INSTREAM" in command
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        answer = b"stream: Test.Harmful FOUND" if HARMFUL in content else b"stream: OK"
        self.wfile.write(answer + (b"\n" if command.startswith(b"n") else b"\0"))

    def _until_null(self) -> bytes:
        taken = b""
        while not taken.endswith(b"\0"):
            taken += self.rfile.read(1)
        return taken


@pytest.fixture
def scanner(settings) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.SCANNER = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def author():
    return factories.officer()


def evidence(author, content=b"An agenda", name="agenda.txt"):
    return add_evidence(
        delivery=factories.DeliveryFactory(),
        by=author,
        kind="agenda",
        file=SimpleUploadedFile(name, content),
    )


def address(piece):
    return reverse("evidence-file", args=[piece.pk])


def test_without_a_scanner_a_file_is_given_out_at_once(client, author):
    client.force_login(author)
    assert client.get(address(evidence(author))).getvalue() == b"An agenda"


def test_a_file_is_held_back_until_it_was_found_clean(client, author, scanner):
    client.force_login(author)
    piece = evidence(author)
    page = client.get(address(piece), follow=True)
    assert "being checked for malware" in page.content.decode()
    assert scan_files() == 1
    assert client.get(address(piece)).getvalue() == b"An agenda"
    assert scan_files() == 0


def test_a_harmful_file_is_never_given_out_and_who_added_it_is_told(client, author, scanner):
    client.force_login(author)
    piece = evidence(author, content=HARMFUL)
    scan_files()
    assert "Test.Harmful" in client.get(address(piece), follow=True).content.decode()
    told = OutboxMessage.objects.get(kind="file_harmful")
    assert told.recipient == author
    assert "agenda.txt" in told.worded.subject


def test_the_api_says_so_as_a_conflict(client, author, scanner):
    piece = evidence(author)
    _, token = ApiToken.objects.create(user=author, expiry=None)
    answer = client.get(f"/api/v1/evidence/{piece.pk}/file/", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (409, "held_back")


def test_the_same_content_is_scanned_once(author, scanner):
    evidence(author)
    evidence(author, name="again.txt")
    assert scan_files() == 1
    assert FileScan.objects.count() == 1


def test_while_the_scanner_is_away_files_wait(client, author, settings):
    settings.SCANNER = "unix:///nowhere/clamd"
    piece = evidence(author)
    assert scan_files() == 0
    client.force_login(author)
    assert client.get(address(piece)).status_code == 302
    assert not FileScan.objects.exists()


def test_the_same_evidence_of_one_unit_is_stored_once_and_of_two_units_twice(author):
    activity = factories.ActivityFactory()
    here, there = (factories.DeliveryFactory(activity=activity) for _each in range(2))
    file = {"by": author, "kind": "agenda"}

    def stored(delivery):
        again = SimpleUploadedFile("agenda.txt", b"An agenda")
        return add_evidence(delivery=delivery, file=again, **file).file.name

    elsewhere = factories.DeliveryFactory(
        activity=factories.ActivityFactory(unit=factories.UnitFactory(code="another"))
    )
    assert stored(here) == stored(there)
    assert stored(elsewhere) != stored(here)


def test_files_that_nothing_refers_to_are_removed_once_they_are_old(author):
    kept, removed_later = evidence(author), evidence(author, content=b"Another")
    history = removed_later.file.name
    remove_evidence(evidence=removed_later, by=author)
    names = [
        default_storage.save(f"attachments/ab/{name}", ContentFile(b"x")) for name in ("old", "new")
    ]
    long_ago = (timezone.now() - dt.timedelta(days=3)).timestamp()
    for name in (names[0], kept.file.name, history):
        os.utime(default_storage.path(name), (long_ago, long_ago))
    assert remove_orphans() == 1
    there = [name for name in (*names, kept.file.name, history) if default_storage.exists(name)]
    assert there == [names[1], kept.file.name, history]
    assert Evidence.objects.count() == 1
