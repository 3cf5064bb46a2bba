"""What is suggested for a text, an item or an activity, and why."""

from __future__ import annotations

import pytest
from django.utils import translation

from assistance.matching import Source
from assistance.services.suggestions import similarity, suggestions_for
from mandates.models import Facet, FacetRole, Mandate, Theme
from tests import factories

pytestmark = pytest.mark.django_db


def paragraphs(thing, resolution, **options):
    return [
        one.mandate.paragraph.number
        for one in suggestions_for(thing, resolution=resolution, **options)
    ]


@pytest.mark.parametrize(
    "source",
    [
        Source("Fingerprints of terrorists", "Police compare fingerprints with INTERPOL.", "en"),
        Source("Huellas de terroristas", "La policía compara huellas con INTERPOL.", "es"),
        Source("Empreintes de terroristes", "La police compare les empreintes.", "fr"),
    ],
    ids=lambda source: source.language,
)
def test_three_languages_lead_to_one_paragraph_though_only_spanish_is_loaded(resolution, source):
    best = suggestions_for(source, resolution=resolution)[0]
    assert best.mandate.paragraph.number == "9"
    assert best.confident


def test_the_language_is_read_from_the_words_when_it_is_said_wrongly(resolution):
    words = "La police demande une formation pour lire les empreintes des terroristes."
    assert paragraphs(Source(words, language="en"), resolution)[0] == "9"
    assert paragraphs(words, resolution)[0] == "9"


@pytest.mark.parametrize(
    "words",
    [
        "Treatment of people who use drugs. Doctors ask for methadone and training.",
        "Denuncias de corrupción. La contraloría pide formación de fiscales y pruebas digitales.",
        "Braconnage. Les gardes demandent une formation sur l'ivoire et les scènes de crime.",
        "Helicopters against terrorists. The army asks for helicopters and ammunition.",
        "Lunch on Friday",
        "",
    ],
)
def test_nothing_is_confident_when_nothing_fits(resolution, words):
    assert not any(one.confident for one in suggestions_for(words, resolution=resolution))


def test_a_text_that_says_it_is_not_about_terrorism_is_believed(resolution):
    words = "Forensic laboratory for the police. It has no link with terrorism."
    assert not any(one.confident for one in suggestions_for(words, resolution=resolution))


def test_the_narrow_paragraph_comes_before_the_general_one(resolution):
    words = "Training course for judges and prosecutors on the financing of terrorism"
    assert paragraphs(words, resolution)[0] == "14"
    words = "Assessing the risk of terrorist financing: a workshop"
    assert paragraphs(words, resolution)[0] == "15"
    words = "Training course for judges and prosecutors on countering terrorism"
    assert paragraphs(words, resolution)[0] == "12"


def test_what_stands_in_the_title_weighs_more_than_what_is_mentioned(resolution):
    prisons, borders = "Prisons and terrorists", "Borders and terrorists"
    assert paragraphs(Source(prisons, "Guards also spoke of borders."), resolution)[0] == "26"
    assert paragraphs(Source(borders, "Guards also spoke of prisons."), resolution)[0] == "18"


def test_only_counted_mandates_are_suggested(resolution):
    counted = set(Mandate.objects.counted().values_list("identifier", flat=True))
    found = suggestions_for("terrorism " * 5, resolution=resolution, limit=50)
    assert found
    assert {one.mandate.identifier for one in found} <= counted
    words = "Voluntary contributions for countering terrorism; use of the SHERLOC portal"
    assert not {"28", "8"} & set(paragraphs(words, resolution, limit=50))


def test_reasons_are_in_the_reader_s_language(resolution):
    words = "Course on forensic evidence in terrorism cases"
    assert (
        "theme Forensic and electronic evidence"
        in suggestions_for(words, resolution=resolution)[0].why
    )
    with translation.override("es"):
        why = suggestions_for(words, resolution=resolution)[0].why
    assert any("Pruebas forenses y electrónicas" in reason for reason in why)


def test_a_product_named_is_a_reason(resolution):
    handbook = "Handbook on Gender Dimensions of Criminal Justice Responses to Terrorism"
    best = suggestions_for(f"Translation of the {handbook}", resolution=resolution)[0]
    assert best.mandate.paragraph.number == "25"
    assert any(reason.startswith("product Handbook on Gender") for reason in best.why)


def test_what_a_state_ticked_speaks_for_its_theme(resolution):
    request = factories.RequestFactory(title="Help against terrorism", reason="", language="en")
    item = request.items.get()
    item.words = "Please send an expert."
    item.save()
    item.themes.add(Theme.objects.get(code="victims"))
    assert paragraphs(item, resolution)[0] == "23"


def test_each_item_of_a_request_is_matched_by_its_own_words(resolution):
    request = factories.RequestFactory(
        title="Help against terrorism", with_items=2, language="en", reason=""
    )
    first, second = request.items.order_by("n")
    first.words, second.words = "Passenger data at our borders.", "Support for victims of attacks."
    assert paragraphs(first, resolution)[0] == "18"
    assert paragraphs(second, resolution)[0] == "23"


def test_an_activity_is_matched_by_title_and_description(resolution):
    activity = factories.ActivityFactory(
        title="Mission to Baghdad", description="Museums looted by terrorists.", language="en"
    )
    assert paragraphs(activity, resolution)[0] == "21"


def test_the_index_follows_the_mandates(resolution):
    words = "Treatises on beekeeping for terrorism prosecutors"
    mandate = Mandate.objects.get(identifier="A/RES/74/175/op23/m1")
    assert "23" not in paragraphs(words, resolution, limit=1)
    mandate.labels = {**mandate.labels, "en": "Treatises on beekeeping"}
    mandate.save()
    assert "23" in paragraphs(words, resolution, limit=3)
    mandate.facets.get(role=FacetRole.ADDRESSEE).delete()
    assert "23" not in paragraphs(words, resolution, limit=50)


def test_a_resolution_without_themes_is_matched_by_its_words(resolution):
    Facet.objects.filter(role=FacetRole.THEME).delete()
    words = "Databases of fingerprints of terrorists, with INTERPOL"
    assert "9" in paragraphs(words, resolution)


def test_queries_stay_the_same_whatever_there_is(resolution, django_assert_num_queries):
    suggestions_for("terrorism", resolution=resolution)
    for words in ("terrorism", "Prisons, borders, victims and evidence in terrorism cases"):
        with django_assert_num_queries(2):
            suggestions_for(words, resolution=resolution)


def test_alike_requests_are_found_across_languages(resolution):
    english = Source("Tracing of virtual assets of terrorist groups", "", "en")
    spanish = Source("Rastrear activos virtuales de grupos terroristas", "", "es")
    other = Source("Support for victims of terrorist attacks", "", "en")
    assert similarity(english, english) == 1
    assert similarity(english, spanish) > 0.6
    assert similarity(english, other) < 0.2
    assert similarity(english, spanish) == similarity(spanish, english)
    assert similarity("", english) == 0
