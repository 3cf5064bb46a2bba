"""What is kept says what the definition says, however changes and keeping cross each other."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from assistance.coverage.kept import disagreements, keep
from assistance.coverage.models import KeptDemand, Mark
from assistance.coverage.window import today
from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    AssistanceRequest,
    Delivery,
    DeliveryItem,
    DeliveryNeed,
    Evidence,
    ItemMandate,
    Reply,
    RequestItem,
    RequestState,
)
from directory.viewer import SYSTEM, viewing_as
from mandates.models import Facet, Mandate, Need, Resolution
from tests import factories as make

AGES_AGO = dt.date(2020, 3, 1)
NUMBERS = count(1)


@dataclass
class World:
    """An item and a need of a mandate, and an activity that serves both."""

    resolution: Any
    mandate: Any
    item: Any
    need: Any
    activity: Any
    delivery: Any
    evidence: Any
    person: Any

    @classmethod
    def made(cls) -> World:
        n = next(NUMBERS)
        with transaction.atomic():
            resolution = make.ResolutionFactory(symbol=f"A/RES/71/{n}")
            mandate = make.MandateFactory(paragraph=make.ParagraphFactory(resolution=resolution))
            item = make.RequestFactory(ref=f"TA-1999-{n:05d}").items.get()
            need = make.NeedFactory(mandate=mandate, published=True, every_months=12)
            activity = make.ActivityFactory()
            make.approve(activity)
            for left, right in ((item, mandate), (activity, mandate), (activity, item)):
                make.link(left, right)
            country = item.request.organisation.country
            delivery = make.DeliveryFactory(activity=activity, country=country)
            evidence = make.EvidenceFactory(delivery=delivery)
            for model, what in ((DeliveryItem, {"item": item}), (DeliveryNeed, {"need": need})):
                model.objects.create(delivery=delivery, **what)
            make.approve(delivery)
            person = make.UserFactory()
        return cls(resolution, mandate, item, need, activity, delivery, evidence, person)

    @property
    def links(self) -> Any:
        return self.activity.mandate_links

    def reply(self, verdict: str = "disputed") -> None:
        Reply.objects.create(
            delivery=self.delivery,
            country=self.delivery.country,
            verdict=verdict,
            words="No",
            by=self.person,
        )

    def other(self, mandate: Any) -> None:
        """Another activity that serves a mandate."""
        activity = make.ActivityFactory()
        make.approve(activity)
        make.link(activity, mandate)


class Session:
    """A connection of its own, with a transaction that stays open from one step to the next."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self.do(transaction.set_autocommit, False)
        self.do(_run, "SET lock_timeout = '20s'")

    def do(self, act: Callable[..., Any], *args: Any) -> Any:
        def as_system() -> Any:
            with viewing_as(SYSTEM):
                return act(*args)

        return self._thread.submit(as_system).result()

    def end(self, how: Callable[[], Any] = transaction.commit) -> None:
        self.do(how)

    def close(self) -> None:
        """What is not ended is undone."""
        self.do(lambda: connection.close())  # that of its thread
        self._thread.shutdown()


@pytest.fixture
def sessions(transactional_db: None) -> Iterator[list[Session]]:
    """Three of them."""
    three = [Session() for _n in range(3)]
    yield three
    for one in three:
        one.close()


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


Act = Callable[[World], Any]

UNSEEN: dict[str, tuple[Act, Act]] = {
    "an item is added to a request that is dated otherwise": (
        lambda w: make.link(make.ItemFactory(request=w.item.request, n=2), w.mandate),
        lambda w: _change(AssistanceRequest, w.item.request, received_on=AGES_AGO),
    ),
    "an item is moved to a request that is dated otherwise": (
        lambda w: _change(RequestItem, w.item, request=World.made().item.request, n=9),
        lambda w: _change(AssistanceRequest, w.item.request, received_on=AGES_AGO),
    ),
    "an item is added to a request that names another State": (
        lambda w: make.link(make.ItemFactory(request=w.item.request, n=2), w.mandate),
        lambda w: RequestState.objects.create(
            request=w.item.request, country=make.CountryFactory(iso="ZA")
        ),
    ),
    "an item is tied to a mandate whose words change": (
        lambda w: make.link(make.RequestFactory().items.get(), w.mandate),
        lambda w: _change(Mandate, w.mandate, revision=9),
    ),
    "a link is added and the item is declined": (
        lambda w: make.link(w.item, make.MandateFactory()),
        lambda w: _change(
            RequestItem,
            w.item,
            outcome="declined",
            outcome_on=today(),
            outcome_basis="officer",
            outcome_reason="No",
        ),
    ),
    "a link is confirmed and its activity starts": (
        lambda w: make.link(w.activity, make.MandateFactory()),
        lambda w: _change(Activity, w.activity, actual_start=AGES_AGO),
    ),
    "an activity is linked to an item and its delivery is objected to": (
        lambda w: make.link(w.activity, _another_item(w)),
        lambda w: w.reply(),
    ),
    "a link is rejected and its activity is closed": (
        lambda w: _change(
            ActivityItem, w.activity.item_links.get(), state="rejected", decided_at=timezone.now()
        ),
        lambda w: _change(Activity, w.activity, status="4"),
    ),
    "a tick is taken away and the delivery is dated otherwise": (
        lambda w: DeliveryItem.objects.filter(delivery=w.delivery).delete(),
        lambda w: _change(Delivery, w.delivery, on=AGES_AGO),
    ),
    "a tick for a need is taken away and the need ends": (
        lambda w: DeliveryNeed.objects.filter(delivery=w.delivery).delete(),
        lambda w: _change(Need, w.need, valid_to=today()),
    ),
    "evidence is verified and the delivery is revised": (
        lambda w: _change(Evidence, w.evidence, verified_by=w.person, verified_at=timezone.now()),
        lambda w: _change(Delivery, w.delivery, revision=2),
    ),
    "a mandate is added to a resolution that is superseded": (
        lambda w: _another_mandate(w),
        lambda w: _change(Resolution, w.resolution, superseded_on=today()),
    ),
    "an activity is linked to a mandate that is no longer counted": (
        lambda w: w.other(w.mandate),
        lambda w: Facet.objects.filter(mandate=w.mandate).delete(),
    ),
    "a need is published and the mandate's other work delivers earlier": (
        lambda w: make.NeedFactory(mandate=w.mandate, published=True, every_months=3),
        lambda w: _change(Delivery, w.delivery, on=AGES_AGO),
    ),
    "two links of one item are taken away": (
        lambda w: ItemMandate.objects.filter(item=w.item).delete(),
        lambda w: ActivityMandate.objects.filter(activity=w.activity).delete(),
    ),
}
"""What two sessions do without seeing each other."""


def _change(model: Any, thing: Any, **fields: Any) -> None:
    assert model.objects.filter(pk=thing.pk).update(**fields) == 1


def _another_item(world: World) -> Any:
    item = make.ItemFactory(request=world.item.request, n=2)
    make.link(item, world.mandate)
    DeliveryItem.objects.create(delivery=world.delivery, item=item)
    return item


def _another_mandate(world: World) -> None:
    mandate = make.MandateFactory(paragraph=world.mandate.paragraph, basis="standing")
    world.other(mandate)
    make.link(make.RequestFactory().items.get(), mandate)


def test_changes_that_do_not_see_each_other_leave_nothing_old(sessions: list[Session]) -> None:
    """In either order of their ends, with keeping between, before or across them."""
    one, two, keeper = sessions
    for words, acts in UNSEEN.items():
        for first, second, across in ((*acts, False), (*acts[::-1], False), (*acts, True)):
            world = World.made()
            if not across:
                keep()
            one.do(first, world)
            two.do(second, world)
            if across:  # of what both are changing, and not ended before they are
                assert keeper.do(keep) > 0, words
            one.end()
            keep()  # not while the keeper does
            two.end()
            assert disagreements() == [], words
            keeper.end()
            keep()
            assert disagreements() == [], words
            assert not Mark.objects.exists()


def test_what_is_rolled_back_leaves_no_mark(transactional_db: None) -> None:
    world = World.made()
    keep()
    with transaction.atomic():
        before = transaction.savepoint()
        world.reply()
        assert Mark.objects.exists()
        transaction.savepoint_rollback(before)
        assert not Mark.objects.exists()
        _change(Activity, world.activity, actual_start=AGES_AGO)
        assert disagreements() == []
        transaction.set_rollback(True)
    assert not Mark.objects.exists()
    assert disagreements() == []


def test_keeping_that_is_rolled_back_leaves_its_marks(sessions: list[Session]) -> None:
    keeper, other, _none = sessions
    world = World.made()
    assert keeper.do(keep) > 0
    _change(Activity, world.activity, actual_start=AGES_AGO)
    assert keep() == 0, "one at a time"
    keeper.end(transaction.rollback)
    assert disagreements() == []
    assert not KeptDemand.objects.filter(item_id=world.item.pk).exists()
    with transaction.atomic():
        before = transaction.savepoint()
        assert keep() > 0
        transaction.savepoint_rollback(before)
        assert Mark.objects.exists()
        assert other.do(keep) > 0, "it is free again"
        other.end()
    assert not Mark.objects.exists()
    assert disagreements() == []


def test_rows_written_in_bulk_leave_marks_of_all(transactional_db: None) -> None:
    world = World.made()
    keep()
    with transaction.atomic():
        items = RequestItem.objects.bulk_create(
            RequestItem(request=world.item.request, n=n, words="Help") for n in range(2, 40)
        )
        ItemMandate.objects.bulk_create(
            ItemMandate(
                item=item,
                mandate=world.mandate,
                mandate_revision=1,
                state="confirmed",
                decided_by=world.person,
                decided_at=timezone.now(),
            )
            for item in items
        )
        assert disagreements() == []
    assert disagreements() == []
    keep()
    assert KeptDemand.objects.filter(mandate_id=world.mandate.pk, kind="item").count() == 39
    assert disagreements() == []


def test_many_write_keep_and_read_at_once(transactional_db: None) -> None:
    """No row is old for any reader at any time, and nobody waits for somebody who waits."""
    worlds = [World.made(), World.made()]
    keep()
    writers = [_writer(random.Random(seed), worlds) for seed in range(3)]
    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(_to_the_end, writer) for writer in writers]

        def beside(act: Callable[[], Any]) -> Iterator[None]:
            while not all(one.done() for one in writing):
                act()
                yield

        def read() -> None:
            assert disagreements() == []

        others = [pool.submit(_to_the_end, beside(act)) for act in (keep, read)]
        wait([*writing, *others])
        for one in (*writing, *others):
            one.result()
    assert disagreements() == []
    keep()
    assert disagreements() == []
    assert not Mark.objects.exists()


def _to_the_end(steps: Iterator[None]) -> None:
    try:
        with viewing_as(SYSTEM):
            for _step in steps:
                pass
    finally:
        connection.close()


def _writer(chance: random.Random, worlds: list[World]) -> Iterator[None]:
    """Transactions of a few acts, some of them undone as a whole or in part."""
    for _n in range(12):
        with transaction.atomic():
            # In one order: writers of the same rows would wait for each other anyhow.
            for place in sorted(chance.sample(range(len(STEPS)), 3)):
                with _undone(chance.random() < 0.2):
                    STEPS[place](worlds[0], chance)
                    STEPS[place](worlds[1], chance)
                if chance.random() < 0.3:
                    assert disagreements() == []
            transaction.set_rollback(chance.random() < 0.2)
        yield


@contextmanager
def _undone(is_undone: bool) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(is_undone)


def _day(chance: random.Random) -> dt.date:
    return AGES_AGO + dt.timedelta(days=chance.randrange(1500))


STEPS: list[Callable[[World, random.Random], Any]] = [
    lambda w, r: _change(Resolution, w.resolution, superseded_on=r.choice([None, today()])),
    lambda w, r: _change(Mandate, w.mandate, revision=r.randrange(1, 4)),
    lambda w, r: _change(Need, w.need, valid_from=_day(r)),
    lambda w, r: _change(AssistanceRequest, w.item.request, received_on=_day(r)),
    lambda w, r: make.link(
        make.ItemFactory(request=w.item.request, n=next(NUMBERS) + 1000), w.mandate
    ),
    lambda w, r: w.links.update(state=r.choice(["confirmed", "rejected"])),
    lambda w, r: _change(Activity, w.activity, status=r.choice("24")),
    lambda w, r: _change(Delivery, w.delivery, on=_day(r)),
    lambda w, r: w.reply(r.choice(["confirmed", "disputed"])),
    lambda w, r: w.other(w.mandate),
]
