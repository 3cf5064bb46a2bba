"""A small directory, one mandate, one request, and workbooks made by hand."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from mandates.models import Mandate
from tests import factories as f

ACTIVITIES = "Activities"
DELIVERIES = "Deliveries"
LINKS = "Links"
PLAN = ("Activity key", "Title", "Kind", "Status", "Actual start", "States", "Lead unit")
HELD = ("Activity key", "Delivery key", "State", "Last day", "Women", "Men")
TIES = ("Activity key", "Mandate", "Item of a request", "Weight", "Share in percent", "Reason")
TIED = ("Activity key", "Mandate")

Book = Mapping[str, Sequence[Sequence[Any]]]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def officer(client):
    person = f.officer()
    client.force_login(person)
    return person


@pytest.fixture
def mandate(db) -> Mandate:
    f.UnitFactory(names={"en": "Terrorism Prevention Branch", "es": "Subdivisión"}, acronym="TPB")
    f.CountryFactory(iso="KE", names={"en": "Kenya", "fr": "Kenya"})
    f.CountryFactory(iso="CO", names={"en": "Colombia", "fr": "Colombie"})
    made: Mandate = f.MandateFactory()
    return made


def book(sheets: Book) -> bytes:
    """A workbook of these rows, the first of each sheet its headings."""
    made = Workbook(write_only=True)
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def file(data: bytes, name: str = "activities.xlsx") -> SimpleUploadedFile:
    """An uploaded file."""
    return SimpleUploadedFile(name, data)


def activity_row(key: str, **changes: Any) -> list[Any]:
    """A row of an activity under way in Kenya, under the headings `PLAN`."""
    values = {
        "Activity key": key,
        "Title": f"Training {key}",
        "Kind": "Training",
        "Status": "Implementation",
        "Actual start": "2026-02-01",
        "States": "Kenya",
        "Lead unit": "TPB",
        **changes,
    }
    return [values[heading] for heading in PLAN]
