"""A Kenyan request tied to a mandate, and people who work on it."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import pytest

from assistance.models import ActivityStatus, RequestItem
from assistance.services import MandateLink, NewDelivery, NewEvidence, log_activity
from directory.models import Country
from mandates.models import Mandate
from tests import factories as f

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


class Asked(NamedTuple):
    """What a State asked for."""

    country: Country
    item: RequestItem
    mandate: Mandate


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def kenya(db) -> Asked:
    return asked_by("KE")


def asked_by(iso: str) -> Asked:
    """A submitted request of a State, its item tied to a counted mandate."""
    country = f.CountryFactory(iso=iso)
    request = f.RequestFactory(organisation=f.StateFactory(country=country))
    item = request.items.get()
    mandate = f.MandateFactory()
    f.link(item, mandate)
    return Asked(country, item, mandate)


def plan(**changes: Any) -> dict[str, Any]:
    """A plan of what has ended."""
    return {
        "title": "Training on tracing virtual assets",
        "kind": "training",
        "status": ActivityStatus.CLOSED,
        "actual_start": f.today() - dt.timedelta(days=5),
        "actual_end": f.today() - dt.timedelta(days=3),
        "unit": f.UnitFactory(),
        **changes,
    }


def logged(asked: Asked, *, by: Any = None, **changes: Any) -> Any:
    """An activity sent for approval: one delivery with an address as evidence."""
    return log_activity(
        by=by or f.officer(),
        countries=[asked.country],
        mandates=[MandateLink(asked.mandate)],
        items=[asked.item],
        deliveries=[
            NewDelivery(
                on=f.today() - dt.timedelta(days=3),
                country=asked.country,
                evidence=[NewEvidence("agenda", url="https://example.org/agenda")],
            )
        ],
        **{"send": True, **plan(**changes)},
    )
