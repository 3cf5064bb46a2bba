"""Resolution 74/175 in Spanish, and what is to be linked to it."""

from __future__ import annotations

from typing import Any

import pytest

from mandates.models import Mandate
from tests import factories as f
from tests.matching.conftest import resolution

__all__ = ["resolution"]

PRISONS = "Rehabilitation of prisoners convicted of terrorism"
FINGERPRINTS = "Fingerprints of terrorists in databases, with INTERPOL"
NOTHING = "Overdose prevention in two cities"


def mandate(paragraph: str) -> Mandate:
    """The first counted mandate of a paragraph of the resolution."""
    return (
        Mandate.objects.counted()
        .filter(paragraph__resolution__symbol="A/RES/74/175", paragraph__number=paragraph)
        .select_related("paragraph__resolution")
        .order_by("ordinal")[0]
    )


def activity(title: str = PRISONS, *, states: tuple[str, ...] = (), **fields: Any) -> Any:
    """An activity that was sent and is linked to nothing."""
    made = f.ActivityFactory(title=title, language=fields.pop("language", "en"), **fields)
    made.countries.set(f.CountryFactory(iso=iso) for iso in states)
    return made


def item(words: str = PRISONS, iso: str = "KE", **fields: Any) -> Any:
    """An open item of an accepted request of one item."""
    organisation = f.StateFactory(country=f.CountryFactory(iso=iso))
    fields = {"state": "accepted", "language": "en", "reason": "", **fields}
    asked = f.RequestFactory(title=words, organisation=organisation, with_items=0, **fields)
    return f.ItemFactory(request=asked, words=words)


@pytest.fixture
def officer(client, db):
    """A signed-in officer."""
    person = f.officer()
    client.force_login(person)
    return person
