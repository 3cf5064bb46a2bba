"""The directory as its files give it."""

import pytest
from django.core.management import call_command
from django.utils.translation import override

from assistance.sheets.vocabulary import Vocabulary
from directory.loading import load_directory, sort_key
from directory.models import Country, Entity, Organisation
from directory.regions import SUBREGIONS, region_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(db):
    load_directory()


def test_all_member_states_and_observers_are_there_in_six_languages(loaded):
    assert Country.objects.filter(member_state=True).count() == 193
    assert set(Country.objects.filter(member_state=False).values_list("iso", flat=True)) == {
        "PS",
        "VA",
    }
    for country in Country.objects.all():
        assert set(country.names) == {"ar", "en", "es", "fr", "ru", "zh"}
        assert country.region in SUBREGIONS


def test_loading_again_changes_nothing(loaded):
    def rows():
        return [
            list(model.objects.order_by("pk").values()) for model in (Country, Entity, Organisation)
        ]

    before = rows()
    call_command("load_directory")
    assert rows() == before


def test_accents_do_not_change_the_order_of_names(loaded):
    names = [country.names["fr"] for country in Country.objects.by_name("fr")]
    assert names.index("Égypte") < names.index("Espagne") < names.index("Estonie")
    assert sort_key("Côte d’Ivoire") == "cote divoire"


def test_names_are_those_used_in_the_united_nations(loaded):
    assert Country.objects.get(iso="KP").names["en"] == "Democratic People’s Republic of Korea"
    assert Country.objects.get(iso="KE").m49 == "404"


def test_every_state_has_an_organisation_for_its_focal_points(loaded):
    assert Organisation.objects.filter(kind="state").count() == 195
    assert Organisation.objects.get(kind="unodc").name.startswith("United Nations Office")


def test_every_entity_has_a_name_in_three_languages(loaded):
    assert all(set(entity.names) == {"en", "es", "fr"} for entity in Entity.objects.all())


def test_subregions_have_names_in_the_language_of_the_reader():
    with override("es"):
        assert region_name("014") == "África oriental"
    assert region_name("014", "en") == "Eastern Africa"
    assert region_name("014", "xx") == "Eastern Africa"


def test_states_are_found_by_former_names_and_shown_by_present_ones(loaded):
    eswatini = Country.objects.get(iso="SZ")
    assert eswatini.name_with_former == "Eswatini (formerly Swaziland)"
    with override("es"):
        assert "Turquía" in Country.objects.get(iso="TR").name_with_former
    assert Country.objects.get(iso="KE").name_with_former == "Kenya"
    vocabulary = Vocabulary()
    for former, iso in (("Swaziland", "SZ"), ("turquia", "TR"), ("Cap-Vert", "CV")):
        assert vocabulary.code("states", former) == iso
        assert vocabulary.label("states", iso) == Country.objects.get(iso=iso).name
