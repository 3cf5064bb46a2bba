"""What officers confirmed and rejected moves suggestions for texts like it, and is named."""

from __future__ import annotations

import pytest

from assistance.services.suggestions import confident_suggestions, suggestions_for
from mandates.models import Mandate
from tests import factories

pytestmark = pytest.mark.django_db


def item_asking(words):
    request = factories.RequestFactory(title=words, language="en", reason="", with_items=0)
    return factories.ItemFactory(request=request, words=words)


def mandate(paragraph):
    return Mandate.objects.counted().get(
        paragraph__resolution__symbol="A/RES/74/175", paragraph__number=paragraph
    )


def found(thing, **options):
    return {one.mandate.paragraph.number: one for one in confident_suggestions(thing, **options)}


WORDS = "Pigeons that carry letters to distant villages hit by terrorism"


def test_a_confirmed_link_speaks_for_a_text_like_it_and_is_named(resolution):
    assert "3" not in found(item_asking(WORDS), limit=23)
    tied = item_asking(WORDS)
    factories.link(tied, mandate("3"))
    after = found(item_asking(WORDS), limit=23)
    assert f"like {tied.request.ref}, which a person tied to it" in after["3"].why


def test_a_rejected_link_speaks_against_it(resolution):
    words = "Forensic laboratories in terrorism cases, and passports at the border"
    before = found(item_asking(words), limit=23)
    factories.link(item_asking(words), mandate("18"), "rejected")
    after = found(item_asking(words), limit=23)
    assert "18" not in after or after["18"].score < before["18"].score


def test_a_text_of_another_subject_is_not_moved(resolution):
    factories.link(item_asking(WORDS), mandate("3"))
    prisons = item_asking("Rehabilitation of prisoners convicted of terrorism")
    assert set(found(prisons)) == {"26"}


def test_what_was_decided_of_the_item_itself_is_no_reason(resolution):
    item = item_asking("Rehabilitation of prisoners convicted of terrorism")
    factories.link(item, mandate("26"))
    assert not any("which a person tied" in reason for reason in found(item)["26"].why)


def test_activities_count_too(resolution):
    words = "Falcons over the runway in the fight against terrorism"
    activity = factories.ActivityFactory(title=words, language="en")
    factories.link(activity, mandate("17"))
    why = found(item_asking(words), limit=23)["17"].why
    assert f"like {words}, which a person tied to it" in why


def test_links_that_wait_say_nothing(resolution):
    factories.link(item_asking(WORDS), mandate("23"), "proposed")
    assert "23" not in found(item_asking(WORDS), limit=23)


def test_the_command_and_plain_calls_do_not_learn(resolution):
    before = suggestions_for(WORDS, resolution=resolution)
    factories.link(item_asking(WORDS), mandate("23"))
    assert suggestions_for(WORDS, resolution=resolution) == before


def test_queries_stay_the_same_whatever_was_decided(resolution, django_assert_num_queries):
    item = item_asking(WORDS)
    for _ in range(3):
        factories.link(item_asking(WORDS), mandate("3"))
        confident_suggestions(item)
        with django_assert_num_queries(7):
            confident_suggestions(item)
