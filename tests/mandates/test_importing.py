"""From a file to paragraphs, notes and mandates."""

import hashlib
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mandates import reader
from mandates.doubts import WORDS
from mandates.models import (
    Basis,
    Footnote,
    Mandate,
    MandateKind,
    Paragraph,
    Resolution,
    Text,
    Theme,
)
from mandates.refusals import ImportRefused, reason_words, refusal_words
from mandates.services.importing import import_resolution
from tests.factories import ActivityFactory, NeedFactory, link
from tests.mandates.documents import ENGLISH, SUPPLIED, english, spanish

pytestmark = pytest.mark.django_db


def rows() -> dict[str, list[dict]]:
    """Every row of the app with its values."""
    return {
        model.__name__: [model_to_dict(row) for row in model.objects.order_by("pk")]
        for model in apps.get_app_config("mandates").get_models()
    }


def clause_words(text: Text) -> dict[str, str]:
    return {
        span.mandate.identifier: span.paragraph_text.words[span.start : span.end]
        for row in text.paragraphs.all()
        for span in row.spans.select_related("mandate", "paragraph_text")
    }


def test_the_real_resolution_has_all_its_parts(real):
    assert Paragraph.objects.filter(kind="operative").count() == 30
    assert Paragraph.objects.filter(kind="preambular").count() == 19
    assert Footnote.objects.count() == 10
    assert Mandate.objects.count() == 46
    assert Mandate.objects.counted().count() == 23


def test_every_mandate_of_the_real_resolution_has_labels_in_three_languages(real):
    assert all(set(mandate.labels) == {"en", "es", "fr"} for mandate in Mandate.objects.all())
    assert all(mandate.lead_unit for mandate in Mandate.objects.counted())
    assert Theme.objects.filter(facets__mandate__identifier="A/RES/74/175/op9/m1").get().code == (
        "biometrics"
    )


def test_the_source_file_is_kept_unchanged(real):
    data = SUPPLIED.read_bytes()
    assert real.file.read() == data
    assert real.sha256 == hashlib.sha256(data).hexdigest()


def test_the_report_asked_for_is_an_obligation(real):
    mandate = Mandate.objects.get(identifier="A/RES/74/175/op30/m1")
    assert mandate.report_session == 75


def test_clauses_conditions_and_basis_are_read(small):
    first, second = Mandate.objects.filter(paragraph__number="1")
    assert (first.kind, first.basis) == (MandateKind.ACTION, Basis.STANDING)
    assert (second.kind, second.basis) == (MandateKind.ACTION, Basis.ON_REQUEST)
    assert set(second.facets.filter(role="condition").values_list("condition", flat=True)) == {
        "upon_request",
        "within_mandate",
    }
    addressee = second.facets.get(role="addressee")
    assert addressee.entity.code == "unodc"
    assert addressee.words == "United Nations Office on Drugs and Crime"


def test_importing_twice_changes_nothing(real):
    before = rows()
    import_resolution(data=SUPPLIED.read_bytes(), filename="other-name.txt")
    assert rows() == before


THINGS = st.sampled_from(["training", "a meeting", "advice", "studies", "a manual"])


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(versions=st.lists(st.lists(THINGS, min_size=2, max_size=4), min_size=1, max_size=3))
def test_importing_any_version_twice_gives_the_same_rows(directory, versions):
    for things in versions:
        data = english([f"Requests the Office to provide {thing};" for thing in things])
        import_resolution(data=data)
        before = rows()
        import_resolution(data=data)
        assert rows() == before
        numbers = Paragraph.objects.filter(kind="operative", resolution__symbol="A/RES/71/999")
        assert [row.number for row in numbers] == [str(n + 1) for n in range(len(things))]


def test_only_clauses_whose_words_changed_get_a_new_revision(small):
    changed = [*ENGLISH]
    changed[0] = changed[0].replace("technical assistance", "legal assistance")
    import_resolution(data=english(changed))
    revisions = dict(Mandate.objects.values_list("identifier", "revision"))
    assert revisions == {
        "A/RES/71/999/op1/m1": 1,
        "A/RES/71/999/op1/m2": 2,
        "A/RES/71/999/op2/m1": 1,
        "A/RES/71/999/op2/m2": 1,
        "A/RES/71/999/op3/m1": 1,
    }


def test_a_text_in_another_language_joins_the_same_mandates(small):
    ids = set(Mandate.objects.values_list("pk", flat=True))
    text = import_resolution(data=spanish())
    assert text.resolution == small.resolution
    assert set(Mandate.objects.values_list("pk", flat=True)) == ids
    assert clause_words(text)["A/RES/71/999/op1/m2"].startswith("solicita a la Oficina")
    assert clause_words(small)["A/RES/71/999/op1/m2"].startswith("requests the United Nations")
    assert text.diagnostics == []


def test_another_language_with_other_clauses_is_unsure_and_adds_none(small):
    words = spanish().decode().replace(", y acoge con beneplácito la guía práctica preparada", "")
    text = import_resolution(data=words.encode())
    assert Mandate.objects.count() == 5
    assert [doubt["code"] for doubt in text.diagnostics] == ["clauses_differ"]


def test_a_clause_that_vanishes_with_work_tied_to_it_is_refused(small):
    mandate = Mandate.objects.get(identifier="A/RES/71/999/op2/m2")
    link(ActivityFactory(), mandate)
    NeedFactory(mandate=Mandate.objects.get(identifier="A/RES/71/999/op3/m1"))
    before = rows()
    with pytest.raises(ImportRefused) as refused:
        import_resolution(data=english([ENGLISH[0], "Requests the Office to convene a meeting."]))
    assert refused.value.code == "clauses_in_use"
    assert rows() == before


def test_a_clause_that_vanishes_with_nothing_tied_to_it_goes(small):
    import_resolution(data=english(ENGLISH[:2]))
    assert not Mandate.objects.filter(paragraph__number="3").exists()
    assert not Paragraph.objects.filter(kind="operative", number="3").exists()


def test_paragraphs_keep_their_order_when_one_is_added(small):
    import_resolution(data=english([*ENGLISH[:2], "Welcomes the efforts made;", ENGLISH[2]]))
    numbers = Paragraph.objects.filter(kind="operative").values_list("number", flat=True)
    assert list(numbers) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "not_a_resolution", "Line 1"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not_a_resolution", "Line"),
        (b"Dear colleagues,\n\nlunch is at the usual place and the time is noon.\n", None, "Line"),
        (english().replace(b"A/RES/71/999", b"").replace(b"71/999.", b""), "no_symbol", "symbol"),
        (english().replace(b"19 December 2016", b"that day"), "no_day", "which day"),
    ],
)
def test_a_file_that_is_no_resolution_is_refused_with_the_remedy(directory, data, code, words):
    with pytest.raises(ImportRefused) as refused:
        import_resolution(data=data)
    assert code in {None, refused.value.code}
    assert words in refusal_words(refused.value.as_json())
    assert not Resolution.objects.exists()


def reasons_of_the_reader() -> set[str]:
    """The beginnings of all reasons in the reader's source."""
    source = "".join(file.read_text() for file in Path(reader.__file__).parent.rglob("*.py"))
    return set(re.findall(r'raise NotAResolution\([^"]*?"([^"{]{6,})', source))


@pytest.mark.parametrize("reason", sorted(reasons_of_the_reader()))
def test_every_reason_of_the_reader_is_said_with_a_remedy(reason):
    assert reason_words(reason) != reason


def test_every_doubt_of_the_reader_has_words():
    assert {code.value for code in reader.DiagnosticCode} <= set(WORDS)


def test_a_symbol_adopted_on_another_day_is_refused(small):
    before = rows()
    with pytest.raises(ImportRefused) as refused:
        import_resolution(data=english(day="20 December 2016"))
    assert refused.value.code == "adopted_on_another_day"
    assert rows() == before


def test_a_symbol_with_the_same_address_as_another_is_refused(small):
    Resolution.objects.update(symbol="A-RES/71/999")
    with pytest.raises(ImportRefused) as refused:
        import_resolution(data=english())
    assert refused.value.code == "symbol_too_like"


def test_an_empty_directory_is_named(db):
    with pytest.raises(ImportRefused) as refused:
        import_resolution(data=english())
    assert refused.value.code == "directory_empty"
    assert not Resolution.objects.exists()
