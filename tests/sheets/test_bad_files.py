"""Files and cells that can't be taken: each says where, why and what to do."""

import io
import zipfile
from collections import Counter

import pytest
from django.utils import translation
from openpyxl import Workbook

from assistance.models import Activity
from assistance.sheets.cells import Broken, Formula, Given, count, day, item, key, share, states
from assistance.sheets.limits import MAX_ROWS
from assistance.sheets.problems import CellRefused, SheetRefused
from assistance.sheets.reading import read_file
from assistance.sheets.vocabulary import Vocabulary
from tests import factories as f
from tests.sheets.conftest import (
    ACTIVITIES,
    DELIVERIES,
    HELD,
    LINKS,
    PLAN,
    TIED,
    activity_row,
    book,
)
from tests.sheets.working import compared, outcomes, problems, write

pytestmark = pytest.mark.django_db
HEADS = ";".join(PLAN)


def refused(data: bytes) -> SheetRefused:
    """The refusal of a file, wherever in reading it comes."""
    with pytest.raises(SheetRefused) as caught:
        read_whole(data)
    return caught.value


def read_whole(data: bytes) -> None:
    for table in read_file(io.BytesIO(data)).tables:
        list(table.rows)


def rezipped(data: bytes, extra: dict[str, bytes]) -> bytes:
    """A workbook with parts added or replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in extra:
                new.writestr(name, old.read(name))
        for name, part in extra.items():
            new.writestr(name, part)
    return out.getvalue()


GOOD = book({ACTIVITIES: [PLAN, activity_row("X-1")]})


@pytest.mark.parametrize(
    ("data", "reason", "remedy"),
    [
        (rezipped(GOOD, {"xl/vbaProject.bin": b"macros"}), "holds macros", "without macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "old or an encrypted", "Remove its password"),
        (b"PK\x03\x04 broken", "damaged, or no Excel workbook", "Open it in Excel"),
        (GOOD[:-400], "damaged, or no Excel workbook", "Open it in Excel"),
        (rezipped(GOOD, {"xl/worksheets/sheet1.xml": b"<sheetData><row"}), "damaged", "Open it"),
        (b"\x00\x01\x02\x03", "neither an Excel workbook nor a text", "CSV UTF-8"),
        (b"a;b\n1;\x81\x8d\n", "in an unknown encoding", "CSV UTF-8"),
        (b"some,words\n1,2\n", "not the headings of the template", "copy your rows"),
        (b"", "no sheet of the template", "Download the template"),
        (f'{HEADS}\nX-1;"un"quoted";a\n'.encode(), "a quotation mark", "Excel workbook"),
        (book({ACTIVITIES: [PLAN], "Sheet2": []}), "", ""),
    ],
)
def test_a_file_that_cant_be_read_says_what_to_do(data, reason, remedy):
    if not reason:
        assert read_file(io.BytesIO(data)).tables, "an empty sheet beside the others is nothing"
        return
    why = refused(data)
    assert reason in str(why.reason)
    assert remedy in str(why.remedy)


def test_an_archive_that_unpacks_to_too_much_is_refused():
    bomb = rezipped(GOOD, {"xl/worksheets/sheet1.xml": b" " * (101 * 1024 * 1024)})
    assert len(bomb) < 1_000_000
    assert "too large when unpacked" in str(refused(bomb).reason)


def test_entities_of_xml_are_not_expanded():
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData><row><c><v>&c;</v></c></row></sheetData></worksheet>"
    )
    assert "damaged" in str(refused(rezipped(GOOD, {"xl/worksheets/sheet1.xml": laughs})).reason)


@pytest.mark.parametrize(
    ("sheets", "sheet", "row", "column", "reason"),
    [
        ({ACTIVITIES: [PLAN], "Budget": [["a"]]}, "Budget", 0, "", "none of the template"),
        ({ACTIVITIES: [[*PLAN, "Costs"]]}, ACTIVITIES, 1, "H", "“Costs” is no column"),
        ({ACTIVITIES: [[*PLAN, "Titre"], [""]]}, ACTIVITIES, 1, "H", "“Titre” is no column"),
        ({ACTIVITIES: [[*PLAN, "Título"]]}, ACTIVITIES, 1, "H", "stands there twice"),
        ({ACTIVITIES: [PLAN[:-1]]}, ACTIVITIES, 1, "", "“Lead unit” is missing"),
        ({ACTIVITIES: [PLAN], "Actividades": [PLAN]}, "Actividades", 0, "", "Two sheets hold"),
        ({ACTIVITIES: [[], [], PLAN[1:]]}, ACTIVITIES, 3, "", "“Activity key” is missing"),
    ],
)
def test_a_wrong_sheet_is_named_with_row_and_column(sheets, sheet, row, column, reason):
    if "Titre" in str(sheets):
        with translation.override("fr"):
            translated = translation.gettext("Title")
        if translated == "Titre":
            reason = "stands there twice"
    why = refused(book(sheets))
    assert (why.sheet, why.row, why.column) == (sheet, row, column)
    assert reason in str(why.reason)


def test_merged_cells_are_named():
    made = Workbook()
    page = made.active
    page.title = ACTIVITIES
    for row in (PLAN, activity_row("X-1"), activity_row("X-2")):
        page.append(list(row))
    page.merge_cells("B2:B3")
    out = io.BytesIO()
    made.save(out)
    why = refused(out.getvalue())
    assert (why.sheet, str(why.reason)) == (ACTIVITIES, "The cells B2:B3 are merged.")


def test_too_many_rows_are_refused_while_reading():
    rows = "\n".join(f"X-{n};T;Training;2;;Kenya;TPB" for n in range(MAX_ROWS + 1))
    why = refused(f"{HEADS}\n{rows}\n".encode())
    assert "more than 10000 rows" in str(why.reason)
    assert why.row == MAX_ROWS + 2


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_in_the_encodings_of_spreadsheets(officer, mandate, encoding, separator):
    row = ["X-1", "Formación de jueces", "Training", "2", "2026-02-01", "Kenya", "TPB"]
    data = "\r\n".join(separator.join(one) for one in (PLAN, row)).encode(encoding)
    upload = compared(officer, data, name="a.csv")
    assert problems(upload) == []
    assert upload.read_as == ("Windows-1252" if encoding in {"latin-1", "cp1252"} else "")
    write(upload)
    assert Activity.objects.get().title == "Formación de jueces"


def test_headings_and_words_of_three_languages_are_understood(officer, mandate):
    with translation.override("fr"):
        heads = [translation.gettext(heading) for heading in PLAN]
        kind, status = translation.gettext("Training"), translation.gettext("Implementation")
    row = ["X-1", "Cours", kind, status, "1/2/2026", "kenya ; COLOMBIE", "tpb"]
    upload = compared(officer, {"Activités": [heads, row]}, language="fr")
    assert problems(upload) == []
    [read] = upload.rows.all()
    assert (read.after["kind"], read.after["status"]) == ("training", "2")
    assert (read.after["actual_start"], read.after["states"]) == ("2026-02-01", ["CO", "KE"])


def test_rows_that_cant_be_taken_say_where_why_and_what_to_do(officer, mandate):
    rows = [
        activity_row("A-999999"),
        activity_row("ключ"),
        activity_row("X-1", Title=""),
        activity_row("X-2", **{"Actual start": "31/02/2026"}),
        activity_row("X-3", **{"Actual start": "2999-01-01"}),
        activity_row("X-4", Status="Pipeline"),
        activity_row("X-5", **{"Lead unit": "Terorism Prevention Branch"}),
        activity_row("X-6", Title="x" * 300),
        activity_row("X-6"),
        [*activity_row("X-7"), "beside"],
        activity_row("X-8", Title="=A1&B2"),
        activity_row("X-9"),
    ]
    held = [
        ["X-9", "", "Kenya", "2999-01-01", 1, 2],
        ["X-9", "", "Kenya", "2026-03-01", "many", 2],
        ["X-9", "D-999999", "Kenya", "2026-03-01", 1, 2],
        ["X-9", "", "Kenya", "2026-03-02", 1, 2],
        ["X-9", "", "Kenya", "2026-03-02", 3, 4],
        ["X-9", "", "", "", 3, 4],
    ]
    tied = [["X-9", "A/RES/1/1/op1/m1"], ["X-9", mandate.identifier], ["X-9", mandate.identifier]]
    upload = compared(
        officer,
        {ACTIVITIES: [PLAN, *rows], DELIVERIES: [HELD, *held], LINKS: [TIED, *tied]},
    )
    assert [line.split(" Correct the")[0] for line in problems(upload)] == [
        "activities 2 Activity key: There is no activity A-999999. Give a new activity a key of"
        " your own, in another form.",
        "activities 3 Activity key: “КЛЮЧ” can't be a key. Use at most 40 letters from A to Z,"
        " digits, spaces and . _ / -",
        "activities 4 Title: “Title” is empty. Fill in the cell and upload the sheet again.",
        "activities 5 Actual start: There is no such day as 31/02/2026. Write it as"
        " year-month-day, such as 2026-04-25.",
        "activities 6 Actual start: An actual date can't be still to come; enter it as planned.",
        "activities 7 Status: It has begun, so it is no longer in the pipeline; choose another"
        " status.",
        "activities 8 Lead unit: “Terorism Prevention Branch” is not in the list. Did you mean"
        " “Terrorism Prevention Branch”? Choose from the list.",
        "activities 9 Title: Ensure this value has at most 250 characters (it has 300).",
        "activities 10 : The row 9 is of the same. Delete one of the two, or give it another key.",
        "activities 11 H: The column H has no heading. Give it the heading of the template, or"
        " empty it.",
        "activities 12 Title: The cell holds a formula. Copy it and paste it again as values only.",
        "links 2 Mandate: “A/RES/1/1/op1/m1” is no mandate for UNODC. Choose from the list of the"
        " template.",
        "links 4 : The row 3 is of the same. Delete one of the two, or give it another key.",
        "deliveries 2 Last day: A delivery can't be dated in the future; plan it as an activity.",
        "deliveries 3 Women: “many” is not a whole number. Write digits only, such as 40.",
        "deliveries 4 Delivery key: There is no delivery D-999999. Leave the key of a new delivery"
        " empty, or give it one in another form.",
        "deliveries 6 : The row 5 is of the same. Delete one of the two, or give it another key.",
        "deliveries 7 Last day: “Last day” is empty. Fill in the cell and upload the sheet again.",
    ]
    assert [one[:2] for one in outcomes(upload) if one[2] == "new"] == [
        ("activities", 13),
        ("links", 3),
        ("deliveries", 5),
    ]


def test_participants_that_dont_add_up_are_refused(officer, mandate):
    heads = ("Activity key", "Last day", "Women", "Men", "Not stated", "Participants in all")
    held = [
        ["X-1", "2026-03-01", 10, 12, "", 23],
        ["X-1", "2026-03-02", 10, 12, 1, 23],
        ["X-1", "2026-03-03", "", "", "", 40],
    ]
    upload = compared(
        officer, {ACTIVITIES: [PLAN, activity_row("X-1")], DELIVERIES: [heads, *held]}
    )
    assert problems(upload) == [
        "deliveries 2 Participants in all: The participants don't add up: 22 by sex, 23 in all."
        " Correct one of the numbers, or leave the total empty."
    ]
    write(upload)
    counted = Activity.objects.get().deliveries.order_by("on")
    assert list(counted.values_list("women", "men", "not_stated")) == [
        (10, 12, 1),
        (None, None, 40),
    ]


def test_a_percentage_is_what_the_cell_shows(officer, mandate):
    made = Workbook()
    page = made.active
    page.title = LINKS
    page.append(["Activity key", "Mandate", "Share in percent"])
    page.append(["X-1", mandate.identifier, 1])
    page["C2"].number_format = "0%"
    out = io.BytesIO()
    made.save(out)
    upload = compared(officer, out.getvalue())
    assert upload.rows.get().values["share"] == "100.00"


@pytest.mark.parametrize(
    ("cell", "language", "means"),
    [
        ("2026-04-05", "en", "2026-04-05"),
        ("25/04/2026", "en", "2026-04-25"),
        ("04/25/2026", "en", "2026-04-25"),
        ("04/04/2026", "en", "2026-04-04"),
        ("5.4.2026", "en", "2026-04-05"),
        ("05/04/2026", "es", "2026-04-05"),
        ("5-4-2026", "fr", "2026-04-05"),
        ("05/04/2026", "en", None),
        ("04/25/2026", "fr", None),
        ("5/4/26", "fr", None),
        ("April", "en", None),
        (46117, "en", None),
        (Formula("=TODAY()"), "en", None),
        (Broken("#REF!"), "en", None),
        ("", "en", ""),
    ],
)
def test_days_are_read_as_the_reader_writes_them_and_never_guessed(cell, language, means):
    given = Given(Vocabulary(), language)
    if means is None:
        with pytest.raises(CellRefused):
            day(cell, given)
    else:
        assert (day(cell, given) or "") == means


def test_cells_of_other_kinds():
    f.CountryFactory(iso="KE", names={"en": "Kenya"})
    given = Given(Vocabulary(), "en")
    assert (share("33,335 %", given), share(12.5, given), share("", given)) == (
        "33.34",
        "12.50",
        None,
    )
    assert (count(40.0, given), key(" glou 40 ", given)) == (40, "GLOU 40")
    assert item("ta-2026-00042, 2", given) == "TA-2026-00042/2"
    assert states("kenya;\nKE;", given) == ["KE"]
    for read, cell in (
        (share, "0"),
        (share, "100.5"),
        (share, "120 %"),
        (share, "NaN"),
        (count, "-1"),
        (count, 1.5),
        (item, "42/1"),
        (key, "a" * 41),
        (states, "a\x00b"),
    ):
        with pytest.raises(CellRefused):
            read(cell, given)


def test_a_state_is_known_by_its_former_and_its_everyday_name(officer, mandate):
    for iso, name, former in (
        ("TR", "Türkiye", ["Turkey"]),
        ("SZ", "Eswatini", ["Swazilandia"]),
        ("BO", "Bolivia (Plurinational…)", []),
    ):
        f.CountryFactory(iso=iso, names={"en": name}, former_names={"en": former})
    named = "Turkey; Swazilandia; Bolivie"
    rows = [activity_row("X-1", States=named), activity_row("X-2", States="Yugoslavia")]
    upload = compared(officer, {ACTIVITIES: [PLAN, *rows]})
    assert upload.rows.get(number=2).after["states"] == ["BO", "SZ", "TR"]
    assert [one.partition(". ")[0] for one in problems(upload)] == [
        "activities 3 States: “Yugoslavia” is not in the list"
    ]


EVERY_KIND = [
    activity_row("", Title=""),
    activity_row("", Title="=1+1"),
    activity_row("", Title="x" * 300),
    activity_row("", Kind="Magic"),
    activity_row("", Status="Pipeline"),
    activity_row("", States="Atlantis"),
    activity_row("", **{"Lead unit": "nobody"}),
    activity_row("", **{"Actual start": "12/11/2025"}),
    activity_row("", **{"Actual start": "31.02.2025"}),
    activity_row("", **{"Actual start": "2999-01-01"}),
]


def test_a_sheet_of_every_kind_of_error_refuses_just_those_rows(officer, mandate):
    good = activity_row("", Title="Taken")
    number = MAX_ROWS // 20
    rows = [
        [f"X-{n}", *(EVERY_KIND[n // 2 % len(EVERY_KIND)] if n % 2 else good)[1:]]
        for n in range(number)
    ]
    upload = compared(officer, {ACTIVITIES: [PLAN, *rows]})
    assert upload.rows.filter(outcome="refused").count() == number // 2
    write(upload)
    assert Activity.objects.count() == number // 2
    assert set(Activity.objects.values_list("title", flat=True)) == {"Taken"}


def test_ten_thousand_bad_rows_are_all_refused_each_with_its_reason(officer, mandate):
    rows = [[f"X-{n}", *EVERY_KIND[n % len(EVERY_KIND)][1:]] for n in range(MAX_ROWS)]
    upload = compared(officer, {ACTIVITIES: [PLAN, *rows]})
    assert upload.state == "ready"
    assert upload.rows.filter(outcome="refused").count() == MAX_ROWS
    reasons = upload.rows.values_list("problems__0__column", "problems__0__reason")
    assert len(Counter(reasons)) == len(EVERY_KIND)
    assert set(Counter(reasons).values()) == {MAX_ROWS // len(EVERY_KIND)}
    assert not Activity.objects.exists()
