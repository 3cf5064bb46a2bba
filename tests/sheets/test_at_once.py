"""Several people and workers at the same moment: what is done is done once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from assistance.models import Activity, SheetUpload, UploadState
from assistance.sheets import uploads
from assistance.sheets.uploads import apply_sheet, hand_in, resume_lost_sheets, work_on
from directory.viewer import SYSTEM, viewing_as
from tests import factories as f
from tests.sheets.conftest import ACTIVITIES, PLAN, activity_row, book, file
from tests.sheets.working import compared, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("directory")]


@pytest.fixture
def directory(db):
    f.UnitFactory(names={"en": "TPB"})
    f.CountryFactory(iso="KE", names={"en": "Kenya"})


def at_once(*acts):
    """The acts, each in a thread with a connection of its own, begun together."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            with viewing_as(SYSTEM):
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def sheets(number: int = 3):
    return {ACTIVITIES: [PLAN, *(activity_row(f"X-{n}") for n in range(number))]}


def test_a_file_sent_twice_in_the_same_moment_is_one_upload(officer):
    data = book(sheets())

    def send():
        return hand_in(file=file(data), user=officer, language="en")

    first, second = at_once(send, send)
    assert first == second
    assert SheetUpload.objects.count() == 1


def test_two_workers_on_one_upload_write_each_row_once(officer, monkeypatch):
    monkeypatch.setattr(uploads, "PAGE", 2)
    upload = compared(officer, sheets(9))
    apply_sheet(upload=upload, by=officer, send=False)

    def work():
        return work_on(upload_pk=upload.pk)

    at_once(work, work)
    upload.refresh_from_db()
    assert upload.state == "applied"
    assert {one[3] for one in outcomes(upload)} == {"written"}
    assert Activity.objects.count() == 9


def test_two_people_writing_the_same_sheet_make_each_activity_once(officer):
    data = book(sheets())
    both = [compared(one, data) for one in (officer, f.officer())]
    for upload in both:
        apply_sheet(upload=upload, by=upload.uploaded_by, send=False)
    at_once(*(lambda pk=upload.pk: work_on(upload_pk=pk) for upload in both))
    assert Activity.objects.count() == 3
    results = {one[3] for upload in both for one in outcomes(upload)}
    assert "written" in results
    assert results <= {"written", "found_so", "refused"}


@pytest.mark.parametrize("data", [book(sheets()), b"PK\x03\x04 broken"])
def test_a_file_is_kept_until_it_was_read(officer, data):
    upload = hand_in(file=file(data), user=officer, language="en")
    assert default_storage.listdir("sheets")[1] == [upload.file.name.removeprefix("sheets/")]
    work_on(upload_pk=upload.pk)
    assert default_storage.listdir("sheets")[1] == []
    upload.refresh_from_db()
    assert not upload.file


def test_what_no_worker_touched_for_long_is_sent_again(officer, monkeypatch):
    sent = []
    monkeypatch.setattr(uploads, "_send_to_worker", lambda upload: sent.append(upload.pk))
    upload = hand_in(file=file(book(sheets())), user=officer, language="en")
    sent.clear()
    assert resume_lost_sheets() == 0
    long_ago = upload.created_at - 2 * uploads.LOST_AFTER
    SheetUpload.objects.update(touched_at=long_ago)
    assert resume_lost_sheets() == 1
    assert sent == [upload.pk]
    SheetUpload.objects.update(state=UploadState.APPLIED)
    assert resume_lost_sheets() == 0
