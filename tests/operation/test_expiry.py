"""Each night what has passed its time is removed, and nothing else."""

import datetime as dt
import os

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from api.models import ApiToken, IdempotencyKey
from assistance.activities import kept_file
from config.tasks import remove_what_expired
from tests.factories import officer

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_what_is_past_its_time_goes_and_the_rest_stays():
    user = officer()
    for name, end in (("past", NOW - DAY), ("to come", NOW + DAY)):
        Session.objects.create(session_key=name, session_data="", expire_date=end)
    ApiToken.objects.create(user=user, expiry=-DAY)
    lasting, _ = ApiToken.objects.create(user=user, expiry=None)
    for key, age in (("old", 8 * DAY), ("young", 6 * DAY)):
        made = IdempotencyKey.objects.create(user=user, key=key, fingerprint="f")
        IdempotencyKey.objects.filter(pk=made.pk).update(created_at=NOW - age)
    remove_what_expired()
    assert [session.session_key for session in Session.objects.all()] == ["to come"]
    assert list(ApiToken.objects.all()) == [lasting]
    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


def test_a_file_of_a_form_is_removed_once_its_word_counts_no_more():
    user = officer()
    words = [kept_file.keep(SimpleUploadedFile("a.txt", b"a"), user) for _ in range(2)]
    old, young = sorted(default_storage.listdir(kept_file.FOLDER)[1])
    long_ago = (NOW - DAY).timestamp()
    os.utime(default_storage.path(f"{kept_file.FOLDER}/{old}"), (long_ago, long_ago))
    remove_what_expired()
    assert default_storage.listdir(kept_file.FOLDER)[1] == [young]
    assert sorted(bool(kept_file.kept(word, user)) for word in words) == [False, True]


def test_nothing_to_remove_is_no_error():
    remove_what_expired()
