"""The pages of spreadsheets, through HTTP."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assistance.models import Activity, SheetUpload
from assistance.sheets.limits import MAX_BYTES
from assistance.sheets.uploads import work_on
from tests import factories as f
from tests.sheets.conftest import (
    ACTIVITIES,
    DELIVERIES,
    HELD,
    PLAN,
    activity_row,
    book,
    file,
)
from tests.sheets.working import compared, undone, write, written

pytestmark = pytest.mark.django_db


def sheets(*keys):
    return {ACTIVITIES: [PLAN, *(activity_row(key) for key in keys)]}


def test_from_the_file_to_the_yes_and_back(client, officer, mandate):
    posted = client.post(reverse("sheet-list"), {"file": file(book(sheets("X-1", "X-2")))})
    upload = SheetUpload.objects.get()
    page = reverse("sheet", args=[upload.pk])
    assert (posted.status_code, posted["Location"]) == (302, page)
    assert "Waits for a worker" in client.get(page).text
    work_on(upload_pk=upload.pk)
    shown = client.get(page).text
    assert "Nothing is written yet. This is what would change." in shown
    assert "Write 2 rows" in shown
    assert "Title: Training X-1" in shown
    client.post(reverse("sheet-apply", args=[upload.pk]), {"send": "on"})
    assert "Being written" in client.get(page).text
    work_on(upload_pk=upload.pk)
    assert Activity.objects.filter(sent_at__isnull=False).count() == 2
    assert "Undo the whole sheet" in client.get(page).text
    client.post(reverse("sheet-undo", args=[upload.pk]))
    work_on(upload_pk=upload.pk)
    assert not Activity.objects.exists()
    assert "took back what this sheet had written" in client.get(page).text
    assert "activities.xlsx" in client.get(reverse("sheet-list")).text


def test_a_changed_cell_is_shown_before_and_after_in_the_readers_words(client, officer, mandate):
    written(officer, sheets("X-1"))
    changed = {ACTIVITIES: [PLAN, activity_row("X-1", **{"Actual start": "2026-02-03"})]}
    upload = compared(officer, changed)
    page = client.get(reverse("sheet", args=[upload.pk])).text
    assert "Actual start: <del>1 Feb 2026</del> → <ins>3 Feb 2026</ins>" in page
    assert "Write 1 row<" in page


def test_refused_rows_come_back_with_the_reason_and_are_corrected_there(client, officer, mandate):
    rows = [PLAN, activity_row("X-1", States="Atlantis", Title="=2+2"), activity_row("X-2")]
    upload = compared(officer, {ACTIVITIES: rows})
    answer = client.get(reverse("sheet-refused", args=[upload.pk]))
    sheet = load_workbook(io.BytesIO(answer.content))[ACTIVITIES]
    headings = {cell.value: place for place, cell in enumerate(sheet[1])}
    wrong = sheet[2][headings["What is wrong"]].value
    assert "States: “Atlantis” is not in the list." in wrong
    assert "Title: The cell holds a formula." in wrong
    assert (sheet[2][0].value, sheet.max_row) == ("X-1", 2)
    assert sheet[2][1].data_type == "s"
    sheet[2][headings["States"]].value = "Kenya"
    sheet[2][1].value = "Four"
    out = io.BytesIO()
    book_again = sheet.parent
    book_again.save(out)
    again = compared(officer, out.getvalue())
    assert [row.outcome for row in again.rows.all()] == ["new"]


def test_what_is_wrong_with_a_file_is_said_at_the_field(client, officer, mandate):
    answer = client.post(reverse("sheet-list"), {"file": file(b"just words\n", "notes.csv")})
    assert "row 1: The first row has not the headings of the template." in answer.text
    answer = client.post(reverse("sheet-list"), {"file": file(b"", "empty.xlsx")})
    assert "The file is empty" in answer.text
    assert not SheetUpload.objects.exists()


def test_a_huge_file_is_refused_before_it_is_read(client, officer):
    answer = client.post(
        reverse("sheet-list"), {"file": file(b"x")}, CONTENT_LENGTH=str(8 * MAX_BYTES)
    )
    assert answer.status_code == 413
    assert "The file is larger than 25 MB" in answer.text


def test_a_file_needs_a_token_of_the_site(officer):
    from django.test import Client  # noqa: PLC0415

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    answer = strict.post(reverse("sheet-list"), {"file": file(b"x")})
    assert answer.status_code == 403


def test_only_whoever_uploaded_a_sheet_has_it_written(client, officer, mandate):
    upload = compared(officer, sheets("X-1"))
    client.force_login(f.officer())
    page = reverse("sheet", args=[upload.pk])
    assert "uploaded it, and can have it written" in client.get(page).text
    answer = client.post(reverse("sheet-apply", args=[upload.pk]))
    assert answer.status_code == 409
    assert "Only whoever uploaded a sheet can have it written." in answer.text
    upload.refresh_from_db()
    assert upload.state == "ready"


def test_a_sheet_that_changes_nothing_is_not_written(client, officer, mandate):
    written(officer, sheets("X-1"))
    upload = compared(officer, sheets("X-1"))
    page = client.get(reverse("sheet", args=[upload.pk])).text
    assert "This sheet would change nothing." in page
    answer = client.post(reverse("sheet-apply", args=[upload.pk]))
    assert answer.status_code == 409
    client.post(reverse("sheet-undo", args=[upload.pk]))
    upload.refresh_from_db()
    assert upload.state == "ready"


def test_numbers_open_their_rows(client, officer, mandate):
    rows = {
        ACTIVITIES: [PLAN, activity_row("X-1"), activity_row("X-2", Kind="Magic")],
        DELIVERIES: [HELD, ["X-1", "", "Kenya", "2026-03-01", 1, 2]],
    }
    upload = compared(officer, rows)
    page = reverse("sheet", args=[upload.pk])
    for query, number in (
        ({"sheet": "activities", "outcome": "new"}, 1),
        ({"outcome": "refused"}, 1),
        ({"sheet": "deliveries"}, 1),
        ({"outcome": "unchanged"}, 0),
        ({}, 3),
    ):
        answer = client.get(page, query)
        assert answer.context["page_obj"].paginator.count == number, query
    write(upload)
    undone(upload)
    assert client.get(page, {"outcome": "undone"}).context["page_obj"].paginator.count == 2


def test_pages_take_the_same_queries_for_one_row_and_for_three(
    client, officer, mandate, django_assert_num_queries
):
    for keys in (["X-1"], ["X-1", "X-2", "X-3"]):
        upload = compared(officer, sheets(*keys))
        with django_assert_num_queries(10):
            client.get(reverse("sheet", args=[upload.pk]))
        with django_assert_num_queries(5):
            client.get(reverse("sheet-list"))
