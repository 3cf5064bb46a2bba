"""Files beside a request: what is taken, and until when they can be removed."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from assistance import workflow
from assistance.workflow import WrongState
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def focal():
    return factories.focal_point("KE")


def text(number=0):
    return SimpleUploadedFile("letter.txt", f"Dear colleagues {number}".encode())


def test_the_same_file_twice_is_one(focal):
    draft = worlds.draft(focal)
    for _again in range(2):
        workflow.add_attachment(request=draft, file=text(), user=focal)
    assert draft.attachments.count() == 1


def test_a_request_holds_ten_files(focal):
    draft = worlds.draft(focal)
    for number in range(10):
        workflow.add_attachment(request=draft, file=text(number), user=focal)
    with pytest.raises(ValidationError) as refused:
        workflow.add_attachment(request=draft, file=text(11), user=focal)
    assert set(refused.value.message_dict) == {"file"}


def test_a_file_leaves_a_draft_and_stays_with_what_was_sent(
    focal, django_capture_on_commit_callbacks
):
    draft = worlds.draft(focal)
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(2):
            workflow.add_attachment(request=draft, file=text(number), user=focal)
        gone, stays = draft.attachments.all()
        workflow.remove_attachment(attachment=gone, user=focal)
    assert not gone.file.storage.exists(gone.file.name)
    workflow.submit_request(draft=draft, user=focal)
    with pytest.raises(WrongState):
        workflow.remove_attachment(attachment=stays, user=focal)


def test_a_deleted_draft_takes_its_files_along(focal, django_capture_on_commit_callbacks):
    draft = worlds.draft(focal)
    attachment = workflow.add_attachment(request=draft, file=text(), user=focal)
    with django_capture_on_commit_callbacks(execute=True):
        workflow.delete_draft(draft=draft, user=focal)
    assert not attachment.file.storage.exists(attachment.file.name)
