"""Files in an S3-compatible store: kept, scanned, given out by the site alone, collected."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assistance import orphans
from assistance.services import add_evidence, remove_evidence
from assistance.sheets.uploads import hand_in, work_on
from directory.object_store import ObjectStore
from tests import factories

pytestmark = pytest.mark.django_db
KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The address of an S3-compatible server of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        command, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        limit = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(address, timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < limit, "the store did not start"
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(autouse=True)
def bucket(store, settings):
    """A new bucket, where the site keeps its files."""
    name = f"files-{time.monotonic_ns()}"
    s3 = boto3.resource("s3", endpoint_url=store, region_name="us-east-1", **KEYS)
    s3.create_bucket(Bucket=name)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "directory.object_store.ObjectStore",
            "OPTIONS": {
                "bucket_name": name,
                "endpoint_url": store,
                "region_name": "us-east-1",
                "access_key": "key",
                "secret_key": "secret",
            },
        },
    }
    return s3.Bucket(name)


@pytest.fixture
def author():
    return factories.officer()


def evidence(author, content=b"An agenda", delivery=None):
    return add_evidence(
        delivery=delivery or factories.DeliveryFactory(),
        by=author,
        kind="agenda",
        file=SimpleUploadedFile("agenda.html.txt", content),
    )


def names(bucket):
    return {each.key for each in bucket.objects.all()}


def test_a_file_goes_into_the_bucket_and_comes_out_through_the_site(client, author, bucket):
    content = b"An agenda\n" * 300_000
    piece = evidence(author, content)
    assert names(bucket) == {piece.file.name}
    address = reverse("evidence-file", args=[piece.pk])
    assert client.get(address).status_code in {302, 403, 404}, "not to strangers"
    client.force_login(author)
    answer = client.get(address)
    assert answer.streaming
    assert answer["Content-Length"] == str(len(content))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Location" not in answer
    assert b"".join(answer.streaming_content) == content


def test_a_file_that_is_gone_is_not_found(client, author, bucket):
    piece = evidence(author)
    bucket.Object(piece.file.name).delete()
    client.force_login(author)
    assert client.get(reverse("evidence-file", args=[piece.pk])).status_code == 404


def test_objects_are_private_and_have_no_address(author, bucket):
    piece = evidence(author)
    with pytest.raises(NotImplementedError):
        piece.file.url  # noqa: B018
    grants = bucket.Object(piece.file.name).Acl().grants
    assert all("URI" not in grant["Grantee"] for grant in grants), "to no group, so not to all"


def test_orphans_are_collected_in_the_bucket_too(author, bucket, monkeypatch):
    kept, removed_later = evidence(author), evidence(author, b"Another")
    remove_evidence(evidence=removed_later, by=author)
    default_storage.save("attachments/ab/orphan", ContentFile(b"x"))
    assert orphans.remove_orphans() == 0, "a young one may belong to a transaction under way"
    monkeypatch.setattr(orphans, "AGE", timedelta(seconds=-5))
    assert orphans.remove_orphans() == 1
    assert names(bucket) == {kept.file.name, removed_later.file.name}


def test_spreadsheets_are_read_from_the_bucket(author, bucket, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        upload = hand_in(file=SimpleUploadedFile("a.csv", b"a;b\n"), user=author, language="en")
    assert names(bucket) == {upload.file.name}
    with django_capture_on_commit_callbacks(execute=True):
        upload = work_on(upload_pk=upload.pk)
    assert upload.state == "refused"
    assert "headings" in upload.refusal["reason"]
    assert names(bucket) == set()
    assert callbacks


def test_when_an_object_was_written_is_known_in_utc(bucket):
    name = default_storage.save("attachments/ab/one", ContentFile(b"x"))
    assert isinstance(default_storage._wrapped, ObjectStore)
    assert abs(default_storage.get_modified_time(name) - timezone.now()) < timedelta(minutes=1)
