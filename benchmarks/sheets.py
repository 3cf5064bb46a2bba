"""A sheet compared, written, compared again and undone, beside a plain COPY of its rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from assistance.models import Activity, ActivityMandate, Delivery
from tests import factories as f
from tests.sheets.conftest import (
    ACTIVITIES,
    DELIVERIES,
    HELD,
    LINKS,
    PLAN,
    TIED,
    activity_row,
    book,
)
from tests.sheets.working import compared, undone, write

TABLES = ("assistance_activity", "assistance_delivery", "assistance_activitymandate")
STATUS = Path("/proc/self/status")


@pytest.mark.parametrize("rows", [2_000, 10_000])
def test_a_sheet_of_many_rows(
    rows: int, transactional_db: None, settings: Any, tmp_path: Path
) -> None:
    """Prints a line for each step: seconds, rows a second, what memory grew by at its peak."""
    number, linked = rows * 2 // 5, rows // 5
    settings.MEDIA_ROOT = tmp_path
    f.UnitFactory(names={"en": "TPB"})
    f.CountryFactory(iso="KE", names={"en": "Kenya"})
    mandate = f.MandateFactory()
    officer = f.officer()
    data = book(
        {
            ACTIVITIES: [PLAN, *(activity_row(f"X-{n}") for n in range(number))],
            DELIVERIES: [
                HELD,
                *([f"X-{n}", "", "Kenya", "2026-03-01", n, 1] for n in range(number)),
            ],
            LINKS: [TIED, *([f"X-{n}", mandate.identifier] for n in range(linked))],
        }
    )
    print(f"\n| {rows} rows | seconds | of its own processor | rows a second | memory, MB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    upload = measured(
        rows, "read and compared (nothing written)", lambda: _whole(compared, officer, data)
    )
    measured(rows, "written after the yes", lambda: _whole(write, upload))
    measured(rows, "the same sheet compared again", lambda: _whole(compared, officer, data))
    assert Activity.objects.count() == Delivery.objects.count() == number
    assert ActivityMandate.objects.count() == linked
    measured(rows, "plain COPY of the same rows", _copied)
    measured(rows, "undone", lambda: _whole(undone, upload))
    assert not Activity.objects.exists()


def _whole(step: Callable[..., Any], *arguments: Any) -> Any:
    """A step in as many slices as it takes."""
    from assistance.sheets.uploads import work_on  # noqa: PLC0415

    upload = step(*arguments)
    while upload.under_way:
        upload = work_on(upload_pk=upload.pk)
    return upload


def measured(rows: int, what: str, do: Callable[[], Any]) -> Any:
    """Do something and print what it took."""
    Path("/proc/self/clear_refs").write_text("5")
    before, began, worked = _memory("VmRSS"), time.perf_counter(), time.process_time()
    result = do()
    seconds, own = time.perf_counter() - began, time.process_time() - worked
    grown = max(0.0, _memory("VmHWM") - before)
    print(
        f"| {what} | {seconds:.1f} | {own:.1f} | {rows / seconds:,.0f} | {grown:.0f} |", flush=True
    )
    return result


def _memory(name: str) -> float:
    line = next(one for one in STATUS.read_text().splitlines() if one.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def _copied() -> None:
    """The rows copied into tables of the same columns, indexes and constraints."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TEMP TABLE copy_of (LIKE {table} INCLUDING ALL)")
            with cursor.copy(f"COPY {table} TO STDOUT") as source:
                data = b"".join(source)
            with cursor.copy("COPY copy_of FROM STDIN") as target:
                target.write(data)
            cursor.execute("DROP TABLE copy_of")
