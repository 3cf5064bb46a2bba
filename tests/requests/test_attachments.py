"""Files beside a request: what is taken, and until when they can be removed."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from assistance import workflow
from assistance.workflow import WrongState
from directory.viewer import viewer_of, viewing_as
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


def test_the_same_file_of_one_state_is_stored_once_and_stays_while_it_is_held(
    focal, django_capture_on_commit_callbacks
):
    drafts = [worlds.draft(focal) for _each in range(2)]
    first, second = (workflow.add_attachment(request=d, file=text(), user=focal) for d in drafts)
    assert first.pk != second.pk
    assert first.file.name == second.file.name
    with django_capture_on_commit_callbacks(execute=True):
        workflow.remove_attachment(attachment=first, user=focal)
    with second.file.open() as file:
        assert file.read() == b"Dear colleagues 0"
    with django_capture_on_commit_callbacks(execute=True):
        workflow.remove_attachment(attachment=second, user=focal)
    assert not second.file.storage.exists(second.file.name)


def test_two_states_never_share_a_stored_file(focal):
    other = factories.focal_point("CO")
    mine = workflow.add_attachment(request=worlds.draft(focal), file=text(), user=focal)
    theirs = workflow.add_attachment(request=worlds.draft(other), file=text(), user=other)
    assert mine.sha256 == theirs.sha256
    assert mine.file.name != theirs.file.name


def test_what_a_state_stored_before_is_found_by_its_own_eyes(focal):
    drafts = [worlds.draft(focal) for _each in range(2)]
    with viewing_as(viewer_of(focal)):
        names = {
            workflow.add_attachment(request=draft, file=text(), user=focal).file.name
            for draft in drafts
        }
    assert len(names) == 1


def office(*, macros: bool) -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    with zipfile.ZipFile(out, "a") as archive:
        if macros:
            archive.writestr("xl/vbaProject.bin", b"macros")
    return out.getvalue()


def test_a_file_with_macros_is_refused_and_one_without_is_taken(focal):
    draft = worlds.draft(focal)
    taken = SimpleUploadedFile("plan.xlsx", office(macros=False))
    workflow.add_attachment(request=draft, file=taken, user=focal)
    for name in ("plan.xlsm", "plan.xlsx"):
        file = SimpleUploadedFile(name, office(macros=True))
        with pytest.raises(ValidationError, match="holds macros"):
            workflow.add_attachment(request=draft, file=file, user=focal)
    assert draft.attachments.count() == 1


def test_a_file_of_200_megabytes_is_refused(focal):
    file = text()
    file.size = 200 * 1024 * 1024
    with pytest.raises(ValidationError, match="larger than 20 MB"):
        workflow.add_attachment(request=worlds.draft(focal), file=file, user=focal)


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
