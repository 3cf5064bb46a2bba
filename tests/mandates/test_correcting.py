"""What officers correct stays, with their name and reason."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory.models import Entity
from mandates.models import Correction, Mandate
from mandates.services.correcting import ChangedMeanwhile, Corrections, correct_mandate
from mandates.services.importing import import_resolution
from tests.factories import ActivityFactory, focal_point, link, manager, officer
from tests.mandates.documents import ENGLISH, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def mandate(small) -> Mandate:
    return Mandate.objects.get(identifier="A/RES/71/999/op2/m1")


def correct(mandate, user=None, reason="Read again", **changes):
    return correct_mandate(
        user=user or officer(),
        mandate_pk=mandate.pk,
        corrections=Corrections(**changes),
        reason=reason,
    )


def span_of(mandate):
    return mandate.spans.select_related("paragraph_text").get()


def words_of(mandate):
    span = span_of(mandate)
    return span.paragraph_text.words[span.start : span.end]


def shortened(mandate):
    """The clause without "every year"."""
    span = span_of(mandate)
    end = span.paragraph_text.words.index(" every year")
    return {span.paragraph_text_id: (span.start, end)}


def test_corrections_survive_a_new_import_and_say_who_made_them(mandate):
    user = officer(display_name="Amina")
    correct(
        mandate,
        user,
        kind="statement",
        basis="on_request",
        labels={"en": "Experts meet", "es": "Reunión de expertos", "fr": "Réunion d’experts"},
        addressees=[Entity.objects.get(code="secretary_general")],
        conditions=["as_appropriate"],
        lead_unit=Entity.objects.get(code="tpb"),
    )
    changed = [ENGLISH[0], ENGLISH[1].replace("every year", "twice a year"), ENGLISH[2]]
    for paragraphs in (ENGLISH, changed):
        import_resolution(data=english(paragraphs))
        mandate.refresh_from_db()
        assert (mandate.kind, mandate.basis) == ("statement", "on_request")
        assert mandate.labels["es"] == "Reunión de expertos"
        assert mandate.lead_unit.code == "tpb"
        addressee = mandate.facets.get(role="addressee")
        assert (addressee.entity.code, addressee.source, addressee.by) == (
            "secretary_general",
            "officer",
            user,
        )
        assert mandate.facets.get(role="condition").condition == "as_appropriate"
    assert {correction.by for correction in Correction.objects.all()} == {user}


def test_corrected_words_survive_a_new_import(mandate):
    correct(mandate, spans=shortened(mandate))
    assert words_of(mandate).endswith("a meeting of experts")
    import_resolution(data=english())
    assert words_of(mandate).endswith("a meeting of experts")
    moved = [ENGLISH[0], "In this regard, r" + ENGLISH[1][1:], ENGLISH[2]]
    import_resolution(data=english(moved))
    assert words_of(mandate).endswith("a meeting of experts")


def test_corrected_words_that_are_gone_are_named(mandate):
    correct(mandate, spans=shortened(mandate))
    changed = [ENGLISH[0], ENGLISH[1].replace("meeting of experts", "conference"), ENGLISH[2]]
    text = import_resolution(data=english(changed))
    assert [doubt["code"] for doubt in text.diagnostics] == ["correction_lost"]


def test_other_words_make_the_links_of_the_clause_suspect(mandate):
    tied = link(ActivityFactory(), mandate)
    other = Mandate.objects.get(identifier="A/RES/71/999/op2/m2")
    corrected = correct(mandate, spans=shortened(mandate))
    assert corrected.revision == tied.mandate_revision + 1
    other.refresh_from_db()
    assert other.revision == 1


def test_labels_and_kind_leave_the_links_alone(mandate):
    assert correct(mandate, kind="statement", labels={"en": "Meeting"}).revision == 1


def test_words_of_another_clause_are_refused_at_the_field(mandate):
    span = span_of(mandate)
    whole = {span.paragraph_text_id: (0, len(span.paragraph_text.words))}
    with pytest.raises(ValidationError) as refused:
        correct(mandate, spans=whole)
    assert f"span_{span.paragraph_text_id}" in refused.value.error_dict
    assert not Correction.objects.exists()


def test_a_reason_is_required(mandate):
    with pytest.raises(ValidationError, match="reason"):
        correct(mandate, reason=" ", kind="statement")


def test_saving_without_a_change_writes_nothing(mandate):
    correct(mandate, kind=mandate.kind, basis=mandate.basis, labels={"en": ""})
    assert not Correction.objects.exists()


def test_a_version_read_before_another_correction_is_refused(mandate):
    version = mandate.updated_at.isoformat()
    correct(mandate, kind="statement")
    with pytest.raises(ChangedMeanwhile):
        correct_mandate(
            user=officer(),
            mandate_pk=mandate.pk,
            corrections=Corrections(kind="decision"),
            reason="Mine",
            version=version,
        )
    mandate.refresh_from_db()
    assert mandate.kind == "statement"


@pytest.mark.parametrize("person", [manager, focal_point])
def test_only_officers_correct(mandate, person):
    with pytest.raises(PermissionDenied):
        correct(mandate, person(), kind="statement")
