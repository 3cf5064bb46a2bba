"""The template and the export: what stands in them, and that they are read back as written."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from assistance.models import SheetKind
from assistance.sheets.columns import COLUMNS
from assistance.sheets.reading import read_file
from assistance.sheets.vocabulary import CHOICES, LANGUAGES, Vocabulary, plain
from directory.loading import load_directory
from tests import factories as f
from tests.sheets.conftest import ACTIVITIES, DELIVERIES, LINKS

pytestmark = pytest.mark.django_db


def opened(response):
    return load_workbook(io.BytesIO(response.content))


def test_the_template_offers_lists_and_says_how_to_fill_it_in(client, officer, mandate):
    book = opened(client.get(reverse("sheet-template")))
    assert book.sheetnames == [
        ACTIVITIES,
        DELIVERIES,
        LINKS,
        "Requests",
        "Instructions",
        "Lists",
    ]
    assert book["Lists"].sheet_state == "hidden"
    heads = [cell.value for cell in book[ACTIVITIES][1]]
    assert heads[:4] == ["Activity key *", "Title *", "Description", "Kind *"]
    assert book[ACTIVITIES].column_dimensions["T"].hidden, "the version is for the site"
    offered = {
        check.formula1: str(check.sqref)
        for sheet in (ACTIVITIES, DELIVERIES, LINKS, "Requests")
        for check in book[sheet].data_validations.dataValidation
    }
    assert set(offered) == {
        f"=list_{words}"
        for words in ("kinds", "statuses", "states", "units", "languages", "visibilities",
                      "mandates", "weights", "needs", "evidence_kinds", "origins", "help_kinds",
                      "themes", "urgencies", "partners", "currencies", "ages", "functions")
    }  # fmt: skip
    for name in offered:
        assert name.removeprefix("=") in book.defined_names
    words = {cell.value for row in book["Lists"].iter_rows() for cell in row}
    assert {"Training", "Kenya", "Terrorism Prevention Branch", "Principal"} <= words
    assert any(str(word).startswith(f"{mandate.identifier} – ") for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headings_of_a_sheet_differ_in_each_language(language):
    with translation.override(language):
        for sheet in SheetKind:
            headings = [plain(column.heading) for column in COLUMNS[sheet]]
            assert len(set(headings)) == len(headings)


def test_no_heading_stands_for_two_columns_of_a_sheet():
    for sheet in SheetKind:
        meant: dict[str, set[str]] = {}
        for language in LANGUAGES:
            with translation.override(language):
                for column in COLUMNS[sheet]:
                    meant.setdefault(plain(column.heading), set()).add(column.name)
        assert {word: names for word, names in meant.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    "words", [*CHOICES, "states", "units", "partners", "currencies", "languages"]
)
def test_no_word_stands_for_two_things(words):
    load_directory()
    known = Vocabulary()
    meant: dict[str, set[str]] = {}
    for word, code in known._words(words):
        meant.setdefault(plain(word), set()).add(code)
    assert {word: codes for word, codes in meant.items() if len(codes) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_is_read_in_each_language(client, officer, mandate, language):
    with translation.override(language):
        officer.language = language
        officer.save()
        client.cookies["django_language"] = language
        data = client.get(reverse("sheet-template")).content
    tables = read_file(io.BytesIO(data)).tables
    assert {table.sheet for table in tables} == set(SheetKind)
    for table in tables:
        assert [column.name for column in table.places.values()] == [
            column.name for column in COLUMNS[table.sheet]
        ]


def test_the_export_holds_what_the_list_shows_without_formulas(client, officer, mandate):
    activity = f.ActivityFactory(title="=1+1", actual_start=dt.date(2026, 1, 5))
    activity.countries.add(f.CountryFactory(iso="KE"))
    other = f.ActivityFactory(title="Meeting", kind="coordination")
    f.link(activity, mandate, "proposed", share="100")
    delivery = f.DeliveryFactory(activity=activity, country=f.CountryFactory(iso="KE"), women=7)
    book = opened(client.get(reverse("activity-sheet"), {"kind": "training"}))
    [row] = list(book[ACTIVITIES].iter_rows(min_row=2))
    assert (row[0].value, row[1].value, row[1].data_type) == (f"A-{activity.pk}", "=1+1", "s")
    assert row[1].quotePrefix
    assert row[7].value == dt.datetime(2026, 1, 5), "a real date"  # noqa: DTZ001
    assert (row[9].value, row[19].value) == ("Kenya", 1)
    [row] = list(book[DELIVERIES].iter_rows(min_row=2))
    assert [cell.value for cell in row[:3]] == [f"A-{activity.pk}", f"D-{delivery.pk}", "Kenya"]
    [row] = list(book[LINKS].iter_rows(min_row=2))
    assert row[1].value.startswith(mandate.identifier)
    assert row[4].value == 100
    both = opened(client.get(reverse("activity-sheet")))
    assert {row[1] for row in both[ACTIVITIES].iter_rows(min_row=2, values_only=True)} == {
        activity.title,
        other.title,
    }


def test_the_export_takes_the_same_queries_for_one_row_and_for_three(
    client, officer, mandate, django_assert_num_queries
):
    for number in (1, 2):
        for _each in range(number):
            activity = f.ActivityFactory()
            f.DeliveryFactory(activity=activity, country=f.CountryFactory(iso="KE"))
            f.link(activity, mandate)
            f.link(activity, f.RequestFactory().items.get())
        with django_assert_num_queries(28):
            client.get(reverse("activity-sheet"))
