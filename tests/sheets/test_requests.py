"""What States asked for, from letters and meetings: entered by a sheet, sent, and exported."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assistance.models import ActivityItem, AssistanceRequest, RequestItem
from notifications.models import OutboxMessage
from tests import factories as f
from tests.sheets.conftest import ACTIVITIES, PLAN, activity_row, book
from tests.sheets.working import compared, outcomes, problems, undone, written

pytestmark = pytest.mark.django_db
REQUESTS = "Requests"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)")
ASKED = ("Request key", "Number of the item", "State", "How it reached UNODC", "Received on",
         "Title", "What is needed", "Kinds of help", "For whom")  # fmt: skip


@pytest.fixture
def kenya(mandate):
    return f.StateFactory(country=f.CountryFactory(iso="KE"))


def asked(key, number=1, **changes):
    values = {
        "Request key": key,
        "Number of the item": number,
        "State": "Kenya",
        "How it reached UNODC": "Note verbale",
        "Received on": "2026-03-02",
        "Title": "Help for prosecutors",
        "What is needed": f"Thing {number}",
        "Kinds of help": "Training; Advice on a law",
        "For whom": "Thirty prosecutors",
        **changes,
    }
    return [values[heading] for heading in ASKED]


def sheets(*rows):
    return {REQUESTS: [ASKED, *rows]}


TWO = sheets(asked("R-1"), asked("R-1", 2), asked("R-2"))


def test_what_states_asked_for_is_entered_and_sent_in_their_name(client, officer, kenya):
    focal = f.focal_point("KE")
    upload = compared(officer, TWO)
    assert [one[2] for one in outcomes(upload)] == ["new"] * 3
    page = client.get(reverse("sheet", args=[upload.pk])).text
    assert "the State is told" in page
    assert "for approval" not in page, "there is no activity to send"
    assert "!R-1" not in page
    assert not AssistanceRequest.objects.exists(), "comparing writes nothing"
    upload = written(officer, book({**TWO, ACTIVITIES: [PLAN, activity_row("X-1")]}))
    assert {one[3] for one in outcomes(upload)} == {"written"}, problems(upload)
    first = AssistanceRequest.objects.get(sheet_key__key="R-1")
    assert (first.state, first.origin, first.logged_by) == ("submitted", "note_verbale", officer)
    assert (first.organisation, first.received_on) == (kenya, dt.date(2026, 3, 2))
    assert [one.words for one in first.items.all()] == ["Thing 1", "Thing 2"]
    assert first.items.first().help_kinds == ["law", "training"]
    assert OutboxMessage.objects.filter(recipient=focal, kind="request_entered").count() == 2
    again = compared(officer, TWO)
    assert {one[2] for one in outcomes(again)} == {"unchanged"}, problems(again)


def test_undone_they_are_withdrawn_unless_somebody_worked_on_them(officer, kenya):
    upload = written(officer, TWO)
    second = AssistanceRequest.objects.get(sheet_key__key="R-2")
    activity = f.ActivityFactory()
    f.link(activity, second.items.get(), "proposed")
    undone(upload)
    assert [one[3] for one in outcomes(upload)] == ["undone", "undone", "kept"]
    assert "worked on since" in problems(upload)[0]
    states = AssistanceRequest.objects.order_by("ref").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "submitted"]
    assert ActivityItem.objects.count() == 1
    assert [one[2] for one in outcomes(compared(officer, TWO))] == ["new", "new", "unchanged"]


def test_what_was_sent_is_not_changed_by_a_sheet(officer, kenya):
    written(officer, TWO)
    reference = AssistanceRequest.objects.get(sheet_key__key="R-2").ref
    upload = compared(
        officer, sheets(asked("R-1", Title="More"), asked("R-1", 3), asked(reference.lower()))
    )
    assert [one[2] for one in outcomes(upload)] == ["refused", "refused", "unchanged"]
    assert upload.rows.get(number=2).before == {"title": "Help for prosecutors"}
    told = problems(upload)
    assert "a sheet does not change what a State asked for" in told[0]
    assert "The request has no item 3" in told[1]


def test_a_request_is_sent_whole_or_not_at_all(officer, kenya):
    upload = written(
        officer,
        sheets(
            asked("R-1"),
            asked("R-1", 2, State="Atlantis"),
            asked("R-2"),
            asked("R-2", 3),
            asked("R-3"),
            asked("R-3", 2, Title="Another"),
            asked("R-4", **{"Received on": "2999-01-01"}),
            asked("R-5", **{"How it reached UNODC": "This site"}),
            asked("R-6", State="Colombia"),
            asked("TA-2020-00001"),
            asked("R-7"),
        ),
    )
    told = [one.partition(". ")[0] for one in problems(upload)]
    assert told == [
        "requests 2 : Another row of this request can't be taken, and it is sent whole or not at"
        " all",
        "requests 3 State: “Atlantis” is not in the list",
        "requests 4 Number of the item: The items of a request are numbered from 1 on, without a"
        " gap",
        "requests 5 Number of the item: The items of a request are numbered from 1 on, without a"
        " gap",
        "requests 6 Title: The rows of one request differ here",
        "requests 7 Title: The rows of one request differ here",
        "requests 8 Received on: A request can't be received on a day to come",
        "requests 9 How it reached UNODC: A State asks on this site itself",
        "requests 10 State: Colombia is no Member State",
        "requests 11 Request key: There is no request TA-2020-00001",
    ]
    assert AssistanceRequest.objects.get().sheet_key.key == "R-7"


def test_a_state_that_was_renamed_asks_by_its_former_name(officer, mandate):
    f.StateFactory(
        country=f.CountryFactory(
            iso="SZ", names={"en": "Eswatini"}, former_names={"en": ["Swaziland"]}
        )
    )
    upload = written(officer, sheets(asked("R-1", State="Swaziland")))
    assert problems(upload) == []
    assert AssistanceRequest.objects.get().organisation.country.iso == "SZ"


def test_formulas_in_a_request_are_words_in_its_export(client, officer, kenya):
    for title in FORMULAS:
        f.RequestFactory(organisation=kenya, title=title)
    page = load_workbook(io.BytesIO(client.get(reverse("request-sheet")).content))[REQUESTS]
    column = [cell.value.rstrip(" *") for cell in page[1]].index("Title")
    cells = [row[column] for row in page.iter_rows(min_row=2)]
    assert {cell.value for cell in cells} == set(FORMULAS)
    assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}


def test_the_export_of_requests_uploaded_again_is_unchanged(client, officer, kenya):
    written(officer, TWO)
    f.RequestFactory(organisation=kenya, title="By the State", reason="One\r\ntwo ")
    answer = client.get(reverse("request-sheet"))
    page = load_workbook(io.BytesIO(answer.content))[REQUESTS]
    assert page.max_row == 1 + RequestItem.objects.count()
    upload = compared(officer, answer.content)
    assert {one[2] for one in outcomes(upload)} == {"unchanged"}, problems(upload)
    filtered = client.get(reverse("request-sheet"), {"text": "By the State"})
    assert load_workbook(io.BytesIO(filtered.content))[REQUESTS].max_row == 2
    assert "Export as spreadsheet" in client.get(reverse("request-list")).text


def test_the_export_takes_the_same_queries_for_one_request_and_for_three(
    client, officer, kenya, django_assert_num_queries
):
    for number in (1, 2):
        for _each in range(number):
            f.RequestFactory(organisation=kenya)
        with django_assert_num_queries(13):
            client.get(reverse("request-sheet"))
