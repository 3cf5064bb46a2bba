"""The pages of texts, imports, corrections and needs."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from mandates.models import Correction, ImportState, Mandate, Need, Resolution, ResolutionImport
from mandates.services import intake
from tests.factories import NeedFactory, focal_point, manager, officer, person
from tests.mandates.documents import SUPPLIED, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_officer(client):
    client.force_login(officer())
    return client


def upload(client, data, name="resolution.txt"):
    return client.post(
        reverse("resolution-import"), {"file": SimpleUploadedFile(name, data), "language": ""}
    )


def test_the_whole_text_shows_every_word_once_with_its_clauses(as_officer, real):
    page = as_officer.get(reverse("resolution-text", args=["A-RES-74-175"])).content.decode()
    assert page.count('class="clause-mark') == 46 + 2  # and two in the explanation
    assert 'lang="es"' in page
    assert "La <i>Asamblea General" not in page
    assert page.count('id="note-') == 10


def test_the_whole_text_needs_the_same_number_of_queries_for_any_length(
    as_officer, real, small, django_assert_num_queries
):
    for slug in ("A-RES-74-175", "A-RES-71-999"):
        with django_assert_num_queries(9):
            as_officer.get(reverse("resolution-text", args=[slug]))


def test_the_source_file_comes_byte_for_byte(as_officer, real):
    answer = as_officer.get(reverse("resolution-source", args=["A-RES-74-175", "es"]))
    assert b"".join(answer.streaming_content) == SUPPLIED.read_bytes()
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("name", ["resolution-text", "resolution-source"])
def test_a_text_in_a_language_that_is_not_here_is_not_found(as_officer, real, name):
    slug = "A-RES-74-175"
    url = (
        reverse(name, args=[slug, "fr"])
        if name == "resolution-source"
        else reverse(name, args=[slug]) + "?language=fr"
    )
    assert as_officer.get(url).status_code == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "Hand in text, PDF or DOCX"),
        (b"%PDF-1.7\n1 0 obj\n<<", "cut short"),
        (SUPPLIED.read_bytes()[:900], "Is the file cut short"),
        (b"Minutes of a meeting about the budget of the house\n", "Line 1"),
    ],
    ids=["empty", "picture", "truncated PDF", "truncated text", "minutes"],
)
def test_a_file_that_is_no_resolution_is_refused_at_its_field(as_officer, directory, data, words):
    page = upload(as_officer, data)
    assert page.status_code == 200
    assert words in " ".join(page.context["form"].errors["file"])
    assert not ResolutionImport.objects.exists()
    assert not Resolution.objects.exists()


def test_a_file_over_the_limit_is_refused_at_its_field(as_officer, settings):
    settings.IMPORT_LIMIT_MB = 1
    page = upload(as_officer, b"a" * 1_000_001)
    assert "larger than 1 MB" in " ".join(page.context["form"].errors["file"])


def test_a_file_handed_in_is_read_and_its_page_tells_what_was_unsure(as_officer, directory):
    answer = upload(as_officer, english())
    handed_in = ResolutionImport.objects.get()
    assert answer.url == reverse("import-progress", args=[handed_in.pk])
    assert "The file waits for a worker" in as_officer.get(answer.url).content.decode()
    intake.run_import(import_pk=handed_in.pk)
    page = as_officer.get(answer.url).content.decode()
    assert "Read as A/RES/71/999" in page
    handed_in.refresh_from_db()
    assert (handed_in.state, handed_in.percent) == (ImportState.DONE, 100)


def test_a_double_click_is_one_import(as_officer, directory):
    assert upload(as_officer, english()).url == upload(as_officer, english()).url
    assert ResolutionImport.objects.count() == 1


def test_a_refused_import_shows_the_form_with_the_reason(as_officer, small):
    upload(as_officer, english(day="20 December 2016"))
    handed_in = ResolutionImport.objects.get()
    intake.run_import(import_pk=handed_in.pk)
    page = as_officer.get(reverse("import-progress", args=[handed_in.pk])).content.decode()
    assert "Nothing was changed" in page
    assert "adopted on 19 December 2016" in page


def test_running_an_import_again_changes_nothing(as_officer, directory):
    upload(as_officer, english())
    pk = ResolutionImport.objects.get().pk
    finished = intake.run_import(import_pk=pk).finished_at
    assert intake.run_import(import_pk=pk).finished_at == finished


def form_of(page) -> dict:
    """What the browser would send of the form as it stands."""
    form = page.context["form"]
    return {
        name: value
        for name in form.fields
        if (value := form[name].value()) is not None and value != ""
    }


def test_an_officer_corrects_words_and_labels_on_the_page(as_officer, small):
    mandate = Mandate.objects.get(identifier="A/RES/71/999/op2/m1")
    url = reverse("mandate-correct", args=[mandate.pk])
    data = form_of(as_officer.get(url))
    pk = mandate.spans.get().paragraph_text_id
    data |= {f"last_{pk}": data[f"last_{pk}"] - 2, "label_en": "Experts meet", "reason": "Shorter"}
    answer = as_officer.post(url, data)
    assert answer.url == reverse("paragraph", args=["A-RES-71-999", "2"])
    assert set(Correction.objects.values_list("field", flat=True)) == {"span", "labels"}
    page = as_officer.get(url).content.decode()
    assert "Experts meet" in page
    assert "Shorter" in page


def test_the_words_chosen_are_shown_before_anything_is_saved(as_officer, small):
    mandate = Mandate.objects.get(identifier="A/RES/71/999/op2/m1")
    url = reverse("mandate-correct", args=[mandate.pk])
    data = form_of(as_officer.get(url))
    pk = mandate.spans.get().paragraph_text_id
    data |= {f"last_{pk}": data[f"last_{pk}"] - 2, "look": "1"}
    page = as_officer.post(url, data)
    (text,) = page.context["texts"]
    assert text["segments"][0].words.endswith("a meeting of experts")
    assert not page.context["form"].errors
    assert not Correction.objects.exists()


def test_a_page_left_open_loses_nothing_when_somebody_else_saved(as_officer, small):
    mandate = Mandate.objects.get(identifier="A/RES/71/999/op2/m1")
    url = reverse("mandate-correct", args=[mandate.pk])
    data = form_of(as_officer.get(url)) | {"label_en": "Mine", "reason": "Because"}
    mandate.save()
    page = as_officer.post(url, data)
    assert "Somebody corrected this mandate" in page.content.decode()
    assert page.context["form"]["label_en"].value() == "Mine"
    data["version"] = page.context["form"]["version"].value()
    assert as_officer.post(url, data).status_code == 302


@pytest.mark.parametrize(("who", "status"), [(manager, 403), (focal_point, 403)])
def test_others_do_not_correct(client, small, who, status):
    client.force_login(who())
    url = reverse("mandate-correct", args=[Mandate.objects.first().pk])
    assert client.get(url).status_code == status


def test_a_need_is_written_on_its_page(as_officer, small):
    mandate = Mandate.objects.get(identifier="A/RES/71/999/op2/m1")
    url = reverse("need-new", args=[mandate.pk])
    data = {"words": "A meeting", "every_months": "12", "valid_from": "2017-01-01"}
    page = as_officer.post(url, data | {"valid_to": "2016-12-30"})
    assert "valid_to" in page.context["form"].errors
    as_officer.post(url, data)
    assert Need.objects.get().words == "A meeting"


def test_a_need_changed_meanwhile_keeps_what_was_typed(as_officer):
    need = NeedFactory(revision=2)
    data = {"words": "Mine", "valid_from": "2020-01-01", "revision": "1"}
    page = as_officer.post(reverse("need-edit", args=[need.pk]), data)
    assert "Somebody changed this need" in page.content.decode()
    assert page.context["form"]["words"].value() == "Mine"


def test_a_manager_publishes_what_was_read(client):
    need = NeedFactory()
    client.force_login(manager())
    client.post(reverse("need-publish", args=[need.pk]), {"revision": "7"})
    need.refresh_from_db()
    assert need.published_at is None
    client.post(reverse("need-publish", args=[need.pk]), {"revision": "1"})
    need.refresh_from_db()
    assert need.published_at


def test_a_focal_point_reads_published_needs_and_no_others(client):
    client.force_login(focal_point())
    published, draft = NeedFactory(published=True), NeedFactory()
    assert list(client.get(reverse("need-list")).context["page_obj"]) == [published]
    page = client.get(reverse("need-edit", args=[published.pk]))
    assert page.context["form"] is None
    assert client.get(reverse("need-edit", args=[draft.pk])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_needs_takes_the_same_queries_for_any_number(
    client, number, django_assert_num_queries
):
    client.force_login(person("auditor"))
    NeedFactory.create_batch(number)
    with django_assert_num_queries(6):
        client.get(reverse("need-list"))


def test_the_list_of_needs_is_sorted_and_exported_as_shown(client, settings):
    client.force_login(person("auditor"))
    NeedFactory(words="=Once", every_months=24, published=True)
    NeedFactory(words="Often", every_months=1, published=True)
    NeedFactory(words="Draft")
    address = reverse("need-list") + "?state=published&sort=-often"
    assert [need.words for need in client.get(address).context["page_obj"]] == ["=Once", "Often"]
    sheet = client.get(address + "&format=csv").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in sheet[:3]] == ["What it takes", "'=Once", "Often"]
    book = load_workbook(io.BytesIO(client.get(address + "&format=xlsx").content))
    assert [(cell.value, cell.data_type) for cell in book.worksheets[0]["B"]] == [
        ("What it takes", "s"),
        ("=Once", "s"),
        ("Often", "s"),
    ]
    client.logout()
    settings.PUBLIC_SITE = True
    assert "format=xlsx" in client.get(address).content.decode(), "what is public may be taken"
