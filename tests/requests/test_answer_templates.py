"""Texts an officer starts an answer from, in the language of the State's focal points."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.urls import reverse

from assistance.models import AnswerTemplate
from assistance.requests.texts import language_of
from directory.models import User
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal():
    return factories.focal_point("CO", language="es")


@pytest.fixture
def officer():
    return factories.officer()


@pytest.fixture
def shipped():
    AnswerTemplate.objects.all().delete()
    migration = importlib.import_module("assistance.migrations.0004_casework")
    migration.ship_answer_templates(apps, None)
    return AnswerTemplate.objects.all()


def page_of(client, officer, asked, act):
    client.force_login(officer)
    return client.get(reverse("request-act", args=[asked.pk, act]))


def test_three_are_shipped_each_in_three_languages(shipped):
    assert sorted(one.kind for one in shipped) == ["acceptance", "decline", "question"]
    for one in shipped:
        texts = {one.words(language, "TA-2026-00001") for language in ("en", "es", "fr")}
        assert len(texts) == 3
        assert all("TA-2026-00001" in text and "{" not in text for text in texts)


@pytest.mark.parametrize("act", ["ask", "accept", "decline"])
def test_each_act_offers_its_texts_in_the_focal_points_language(
    client, focal, officer, shipped, act
):
    asked = worlds.under_review(focal, officer)
    page = page_of(client, officer, asked, act)
    (text,) = page.context["texts"].rows
    assert f"su solicitud {asked.ref}" in text.words
    assert "Start from a text in Spanish" in page.content.decode()
    client.cookies["django_language"] = "es"
    page = page_of(client, officer, asked, act)
    assert "Partir de un texto en español" in page.content.decode()


def test_a_text_is_put_below_what_was_typed_and_nothing_is_sent(client, focal, officer, shipped):
    asked = worlds.under_review(focal, officer)
    text = page_of(client, officer, asked, "decline").context["texts"].rows[0]
    url = reverse("request-act", args=[asked.pk, "decline"])
    page = client.post(url, {"reason": "Excelencia:", "template": text.pk, "revision": 2})
    assert page.status_code == 200
    assert page.context["form"]["reason"].value() == f"Excelencia:\n\n{text.words}"
    asked.refresh_from_db()
    assert asked.state == "under_review"
    client.post(url, {"reason": f"{text.words} Changed.", "revision": asked.revision})
    asked.refresh_from_db()
    assert asked.state == "declined"
    assert asked.items.get().outcome_reason.endswith("Changed.")


def test_a_text_that_is_gone_leaves_what_was_typed(client, focal, officer, shipped):
    asked = worlds.under_review(focal, officer)
    client.force_login(officer)
    url = reverse("request-act", args=[asked.pk, "ask"])
    for gone in ("987654321", "x"):
        page = client.post(url, {"words": "Which?", "template": gone})
        assert page.context["form"]["words"].value() == "Which?"


def test_the_decline_of_an_item_offers_the_same_texts(client, focal, officer, shipped):
    asked = worlds.accepted(focal, officer)
    client.force_login(officer)
    page = client.get(reverse("item-act", args=[asked.pk, 1, "decline"]))
    assert [one.name for one in page.context["texts"].rows] == ["Outside our mandate"]


def test_what_is_not_offered_is_not_shown(client, focal, officer, shipped):
    shipped.update(active=False)
    asked = worlds.under_review(focal, officer)
    assert page_of(client, officer, asked, "ask").context["texts"] is None
    assert page_of(client, officer, asked, "assign").context["texts"] is None


def test_a_state_is_offered_none(client, focal, officer, shipped):
    asked = worlds.accepted(focal, officer)
    assert page_of(client, focal, asked, "withdraw").context["texts"] is None
    assert not AnswerTemplate.objects.visible_to(focal).exists()


def test_the_language_is_that_of_most_readers(focal, officer):
    asked = worlds.under_review(focal, officer)
    state = focal.memberships.get().organisation
    assert language_of(asked) == "es"
    for _more in range(2):
        factories.person("focal_point", state, language="fr")
    assert language_of(asked) == "fr"
    User.objects.filter(memberships__organisation=state).update(is_active=False)
    asked.language = "en"
    assert language_of(asked) == "en"


def test_administrators_keep_them(client, shipped):
    admin = factories.person("administrator", is_staff=True, is_superuser=True)
    client.force_login(admin)
    one = shipped.first()
    url = reverse("admin:assistance_answertemplate_change", args=[one.pk])
    page = client.get(url)
    assert page.status_code == 200
    assert one.words_fr in page.context["adminform"].form.initial["words_fr"]
    client.force_login(factories.officer())
    assert client.get(url).status_code in {302, 403}


def test_a_text_without_one_of_its_languages_is_refused(shipped):
    with pytest.raises(IntegrityError):
        AnswerTemplate.objects.update(words_es="")
