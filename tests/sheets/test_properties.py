"""Random sheets: what was shown is written, a second upload changes nothing, undo is whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from assistance.models import Activity, ActivityMandate, Delivery
from tests import factories as f
from tests.sheets.conftest import ACTIVITIES, DELIVERIES, LINKS, Book, book
from tests.sheets.working import compared, outcomes, problems, undone, write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PLAN = ("Activity key", "Title", "Kind", "Status", "Planned end", "Actual start", "States",
        "Lead unit", "Place")  # fmt: skip
HELD = ("Activity key", "Delivery key", "State", "First day", "Last day", "Kind", "Women")
TIES = ("Activity key", "Mandate", "Weight", "Share in percent")


def mostly(usual: list[str], odd: list[str]) -> st.SearchStrategy[str]:
    """Words that can be taken nineteen times in twenty."""
    return st.integers(0, 19).flatmap(lambda n: st.sampled_from(usual if n else odd))


KEYS = mostly(["X-1", "X-2", "X-3"], ["A-1", ""])
DAYS = mostly(["", "2026-01-05", "2026-02-10", "13/6/2026"], ["5/6/2026", "2999-01-01"])
STATES = mostly(["Kenya", "CO", ""], ["Atlantis"])
KINDS = mostly(["Training", "equipment"], ["", "Magic"])

PLANS = st.tuples(
    KEYS,
    mostly(["One", "Two", "Three"], ["=1+1", ""]),
    KINDS,
    mostly(["2", "4", "Closed"], ["Pipeline"]),
    DAYS,
    DAYS,
    mostly(["Kenya; CO", "kenya"], ["CO", "", "Atlantis"]),
    mostly(["TPB", "tpb"], ["nobody"]),
    st.sampled_from(["", "Nairobi"]),
)
HELDS = st.tuples(
    KEYS,
    mostly(["", "DEL 1", "DEL 2"], ["D-7"]),
    STATES,
    st.sampled_from(["", "2026-01-02"]),
    mostly(["2026-01-05", "2026-02-10"], ["", "5/6/2026", "2999-01-01"]),
    KINDS,
    mostly(["", "0", "7"], ["many"]),
)
TIED = st.tuples(
    KEYS,
    st.integers(0, 2),
    st.sampled_from(["", "Principal", "Significant"]),
    st.sampled_from(["", "", "40", "60", "100"]),
)
SHEETS = st.tuples(
    st.lists(PLANS, max_size=5), st.lists(HELDS, max_size=6), st.lists(TIED, max_size=5)
)


def edited(first: Any) -> st.SearchStrategy[Any]:
    """The same sheets with some cells written over, and rows of other sheets below."""
    parts = [
        st.tuples(*(_written_over(row, rows) for row in sheet)).map(list)
        for sheet, rows in zip(first, (PLANS, HELDS, TIED), strict=True)
    ]
    return st.tuples(st.tuples(*parts), SHEETS).map(
        lambda both: [
            [*changed, *other[:1]] for changed, other in zip(both[0], both[1], strict=True)
        ]
    )


def _written_over(row: Any, rows: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    places = st.sets(st.integers(1, len(row) - 1), max_size=2)
    return st.tuples(rows, places).map(
        lambda both: tuple(both[0][n] if n in both[1] else cell for n, cell in enumerate(row))
    )


TWO = SHEETS.flatmap(lambda first: st.tuples(st.just(first), edited(first)))


def _book(sheets: Any, mandates: list[str]) -> Book:
    plans, helds, ties = sheets
    named = [(key, mandates[n], weight, share) for key, n, weight, share in ties]
    return {ACTIVITIES: [PLAN, *plans], DELIVERIES: [HELD, *helds], LINKS: [TIES, *named]}


def tables() -> dict[str, Any]:
    """What the tables hold, by keys and words."""
    activities = {
        one.pk: (
            *(one.title, one.kind, one.status, one.place, one.planned_end, one.actual_start),
            *sorted(country.iso for country in one.countries.all()),
        )
        for one in Activity.objects.all()
    }
    deliveries = Delivery.objects.values_list(
        "activity", "country", "began_on", "on", "kind", "women"
    )
    links = ActivityMandate.objects.values_list("activity", "mandate", "weight", "share", "state")
    return {
        "activities": activities,
        "deliveries": Counter(deliveries),
        "links": Counter(links),
    }


def counts() -> dict[str, int]:
    """How many things there are of each sheet."""
    return {
        "activities": Activity.objects.count(),
        "deliveries": Delivery.objects.count(),
        "links": ActivityMandate.objects.count(),
    }


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(two=TWO)
def test_sheets_do_what_they_show_and_are_undone_whole(officer, mandate, two):
    mandates = [mandate.identifier, *(f.MandateFactory().identifier for _ in range(2))]
    first, second = two
    with transaction.atomic():
        _written_and_shown(officer, _book(first, mandates))
        before = tables()
        book_of_second = _book(second, mandates)
        upload = _written_and_shown(officer, book_of_second)
        _check_repeated(officer, book_of_second, outcomes(upload))
        undone(upload)
        assert not upload.rows.filter(result="kept").exists(), problems(upload)
        assert tables() == before
        transaction.set_rollback(True)


def _written_and_shown(officer: Any, sheets: Book) -> Any:
    """The sheets written, having done what they showed."""
    before = tables()
    there = counts()
    # A sheet may say the same as one before: made anew, it is another file.
    upload = compared(officer, book({**sheets, " ": []}))
    assert upload.state == "ready", upload.refusal
    assert tables() == before, "comparing writes nothing"
    shown = outcomes(upload)
    for sheet, _row, outcome, _result in shown:
        event(f"{sheet} {outcome}")
    if any(one[2] in {"new", "changed"} for one in shown):
        upload = write(upload)
    done = outcomes(upload)
    assert all(
        result == ("written" if outcome in {"new", "changed"} else "")
        for _sheet, _row, outcome, result in done
    ), problems(upload)
    new = Counter(sheet for sheet, _row, outcome, _result in done if outcome == "new")
    assert counts() == {sheet: there[sheet] + new[sheet] for sheet in there}
    for row in upload.rows.filter(sheet="activities", result="written"):
        activity = Activity.objects.get(sheet_key__key=row.group)
        for name in ("title", "kind", "status", "place"):
            assert getattr(activity, name) == row.after.get(name, getattr(activity, name))
        for name in ("planned_end", "actual_start"):
            if name in row.after:
                day = row.after[name]
                assert getattr(activity, name) == (dt.date.fromisoformat(day) if day else None)
    return upload


def _check_repeated(officer: Any, sheets: Book, done: list[tuple[str, int, str, str]]) -> None:
    """Uploaded again, all that was taken is unchanged; what was refused may have room now."""
    again = compared(officer, sheets)
    taken = {one[:2] for one in done if one[2] != "refused"}
    left = {one[2] for one in outcomes(again) if one[:2] in taken}
    assert left <= {"unchanged", "refused"}, [
        (row.sheet, row.number, row.before, row.after)
        for row in again.rows.filter(outcome="changed")
    ]
