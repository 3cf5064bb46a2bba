"""Where a demand of a request stays behind, and why: each way it can stand, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from assistance.coverage.behind import STAYS_AT, Behind
from assistance.coverage.models import Demand
from assistance.coverage.querysets import DemandQuerySet
from assistance.models import DeliveryItem, Reply
from tests import factories

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


def asked(state: str = "accepted", **request: Any) -> Any:
    """An item of Kenya's request, tied to a mandate."""
    organisation = factories.StateFactory(country=factories.CountryFactory(iso="KE"))
    made = factories.RequestFactory(
        organisation=organisation,
        state=state,
        received_on=factories.today() - 60 * ONE_DAY,
        **request,
    )
    item = made.items.get()
    factories.link(item, factories.MandateFactory())
    return item


def worked(item: Any, *, approved: bool = True, **activity: Any) -> Any:
    """An activity for the item and its mandate."""
    made = factories.ActivityFactory(**activity)
    factories.link(made, item.mandate_links.get().mandate)
    factories.link(made, item)
    if approved:
        factories.approve(made)
    return made


def delivered(item: Any, iso: str = "KE", verdict: str = "") -> Any:
    """A delivery for the item that somebody approved, with what the State said of it."""
    country = factories.CountryFactory(iso=iso)
    made = factories.DeliveryFactory(activity=worked(item), country=country)
    DeliveryItem.objects.create(delivery=made, item=item)
    factories.approve(made)
    if verdict:
        Reply.objects.create(
            delivery=made,
            country=country,
            verdict=verdict,
            words="Half",
            by=factories.UserFactory(),
        )
    return made


def stand(*, inside: bool = True) -> list[Behind]:
    rows: DemandQuerySet = Demand.objects.standing_behind(factories.today(), inside=inside)
    return [Behind(row.behind) for row in rows]  # type: ignore[attr-defined]


def sent(item: Any) -> None:
    worked(item, approved=False, sent_at=dt.datetime.now(dt.UTC))


def for_two_states(item: Any) -> None:
    item.request.states.add(factories.CountryFactory(iso="CO"))
    delivered(item)


def in_silence(item: Any) -> None:
    item.outcome, item.outcome_basis = "fulfilled", "silence"
    item.outcome_on = factories.today()
    item.save()
    delivered(item)


def last_week() -> dt.date:
    return factories.today() - 7 * ONE_DAY


WORLDS: dict[Behind, tuple[str, Callable[[Any], Any]]] = {
    Behind.NOT_ANSWERED: ("submitted", lambda _item: None),
    Behind.IN_REVIEW: ("under_review", lambda _item: None),
    Behind.QUESTION: ("clarification_requested", lambda _item: None),
    Behind.NO_ACTIVITY: ("accepted", lambda _item: None),
    Behind.NOT_APPROVED: ("accepted", sent),
    Behind.TO_COME: ("accepted", worked),
    Behind.OVERDUE: ("accepted", lambda item: worked(item, planned_end=last_week())),
    Behind.BEGUN: ("accepted", lambda item: worked(item, actual_start=last_week())),
    Behind.LATE: (
        "accepted",
        lambda item: worked(item, actual_start=last_week(), planned_end=last_week()),
    ),
    Behind.DISPUTED: ("accepted", lambda item: delivered(item, verdict="disputed")),
    Behind.SOME_STATES: ("accepted", for_two_states),
    Behind.NO_REPLY: ("accepted", delivered),
    Behind.SILENCE: ("accepted", in_silence),
    Behind.CONFIRMED: ("accepted", lambda item: delivered(item, verdict="confirmed")),
}


def test_every_reason_has_a_world_and_all_but_the_last_a_step():
    assert set(WORLDS) == set(Behind)
    assert set(Behind) - set(STAYS_AT) == {Behind.CONFIRMED}
    assert Behind.CONFIRMED.stays_at is None


@pytest.mark.parametrize("reason", list(Behind))
def test_each_way_to_stay_behind(reason: Behind) -> None:
    state, happen = WORLDS[reason]
    happen(asked(state))
    assert stand() == [reason]


def test_what_is_not_approved_yet_is_told_inside_only() -> None:
    sent(asked("under_review"))
    assert stand(inside=True) == [Behind.NOT_APPROVED]
    assert stand(inside=False) == [Behind.IN_REVIEW]


def test_a_demand_of_two_states_has_arrived_when_both_confirm() -> None:
    item = asked()
    item.request.states.add(factories.CountryFactory(iso="CO"))
    delivered(item, "KE", "confirmed")
    assert stand() == [Behind.SOME_STATES]
    delivered(item, "CO")
    assert stand() == [Behind.NO_REPLY]


def test_needs_are_not_in_the_chain() -> None:
    factories.NeedFactory(mandate=factories.MandateFactory(basis="standing"), published=True)
    assert Demand.objects.exists()
    assert stand() == []
