"""On the page that ties an item to a mandate, an officer sees what its words suggest."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db

BIOMETRICS = "A/RES/74/175/op9/m1"


@pytest.fixture
def officer():
    return factories.officer()


def item_asking(title, words):
    request = factories.RequestFactory(
        title=title, state="accepted", language="en", reason="", with_items=0
    )
    return factories.ItemFactory(request=request, words=words)


@pytest.fixture
def fingerprints():
    return item_asking("Help against terrorists", "We want to compare their fingerprints.")


def tie_page(client, item, officer, **query):
    client.force_login(officer)
    address = reverse("item-act", args=[item.request.pk, item.n, "tie"])
    return client.get(address, query).content.decode()


def test_suggestions_stand_above_the_form_with_their_reasons(
    resolution, client, officer, fingerprints
):
    page = tie_page(client, fingerprints, officer)
    assert "Suggested from its words" in page
    assert "Paragraph 9 of A/RES/74/175: Help with biometric data" in page
    assert "shared term fingerprints" in page


def test_a_suggestion_chooses_itself_without_script(resolution, client, officer, fingerprints):
    assert f'href="?mandate={BIOMETRICS.replace("/", "%2F")}#id_mandate"' in tie_page(
        client, fingerprints, officer
    )
    page = tie_page(client, fingerprints, officer, mandate=BIOMETRICS)
    assert f'<option value="{BIOMETRICS}" selected>' in page
    assert 'aria-current="true"' in page


def test_what_the_item_is_tied_to_is_not_suggested(resolution, client, officer, fingerprints):
    mandate = resolution.paragraphs.get(kind="operative", number="9").mandates.get(ordinal=1)
    factories.link(fingerprints, mandate)
    assert "Paragraph 9 of" not in tie_page(client, fingerprints, officer)


def test_nothing_is_suggested_when_nothing_fits(resolution, client, officer):
    item = item_asking("Treatment of drug users", "We want methadone and training of doctors.")
    page = tie_page(client, item, officer)
    assert "Suggested from its words" not in page
    assert 'name="mandate"' in page


def test_a_superseded_resolution_suggests_nothing(resolution, client, officer, fingerprints):
    resolution.superseded_on = "2024-01-01"
    resolution.save()
    assert "Suggested from its words" not in tie_page(client, fingerprints, officer)
