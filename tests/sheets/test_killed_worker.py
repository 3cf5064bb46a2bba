"""A worker killed while it writes a sheet: in the end each row is written once."""

import time

import pytest

from assistance.models import Activity, Delivery, SheetUpload
from assistance.sheets.uploads import apply_sheet, hand_in
from notifications.models import OutboxMessage
from tests import factories as f
from tests.sheets.conftest import ACTIVITIES, DELIVERIES, HELD, PLAN, activity_row, book, file

pytestmark = [pytest.mark.worker, pytest.mark.slow]

SECONDS = 90
MANY = 700


def wait_for(condition, what: str) -> None:
    limit = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < limit, f"not within {SECONDS} s: {what}"
        time.sleep(0.02)


def test_a_sheet_whose_worker_is_killed_is_written_once(celery_worker_process, settings):
    # The worker is another process, and reads files where its own settings say.
    settings.MEDIA_ROOT = settings.STATE / "files"
    f.UnitFactory(names={"en": "TPB"})
    f.CountryFactory(iso="KE", names={"en": "Kenya"})
    officer = f.officer()
    sheets = {
        ACTIVITIES: [PLAN, *(activity_row(f"X-{n}") for n in range(MANY))],
        DELIVERIES: [HELD, *([f"X-{n}", "", "Kenya", "2026-03-01", n, 1] for n in range(MANY))],
    }
    upload = hand_in(file=file(book(sheets)), user=officer, language="en")
    rows = SheetUpload.objects.filter(pk=upload.pk)
    wait_for(lambda: rows.get().state == "ready", "the sheet is compared")
    assert not Activity.objects.exists()
    apply_sheet(upload=upload, by=officer, send=False)
    wait_for(Activity.objects.exists, "the first page is written")
    celery_worker_process.kill()
    assert rows.get().state == "applying"
    assert 0 < upload.rows.filter(result="written").count() < 2 * MANY
    celery_worker_process.start()
    wait_for(lambda: rows.get().state == "applied", "the sheet is written")
    assert upload.rows.filter(result="written").count() == 2 * MANY
    assert (Activity.objects.count(), Delivery.objects.count()) == (MANY, MANY)
    kinds = OutboxMessage.objects.filter(recipient=officer).values_list("kind", flat=True)
    assert sorted(kinds) == ["sheet_done", "sheet_ready"]
