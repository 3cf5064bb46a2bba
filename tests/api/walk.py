"""People of all roles at work at the same time, each doing one thing after another at random."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from rest_framework.test import APIClient

from api.models import ApiToken
from directory.viewer import NOBODY, viewing_as
from tests import factories

API = "/api/v1"
REFUSED = {400, 403, 404, 409, 412}
"""What may be answered to somebody who tries something: never an error of the server."""

STATES = ("KE", "CO", "NE")
OFFICERS = ("officer", "officer2", "officer3")
WHAT_THE_STATE_SAYS = ("confirmed", "partly", "disputed")


@dataclass
class Town:
    """What the walkers share: the people, the mandates, and what was made so far."""

    people: dict[str, Any]
    mandates: list[str]
    needs: list[int]
    made: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    states_of: dict[int, frozenset[str]] = field(default_factory=dict)
    """The States of each request."""
    request_of: dict[int, int] = field(default_factory=dict)
    """The request of each item."""
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def note(self, kind: str, answer: dict[str, Any]) -> None:
        """Remembers a thing that was made."""
        self.made[kind].append(answer["id"])


def town() -> Town:
    """A resolution with mandates of each kind, and people of each role."""
    resolution = factories.ResolutionFactory(adopted_on=dt.date(2019, 12, 18))
    first, second = (
        factories.ParagraphFactory(resolution=resolution, number=number) for number in ("1", "2")
    )
    mandates = [
        factories.MandateFactory(paragraph=first, ordinal=1),
        factories.MandateFactory(paragraph=first, ordinal=2, basis="standing"),
        factories.MandateFactory(paragraph=second, ordinal=1, basis="standing"),
        factories.MandateFactory(paragraph=second, ordinal=2, kind="statement"),
    ]
    needs = [
        factories.NeedFactory(mandate=mandates[2], published=True, every_months=6),
        factories.NeedFactory(mandate=mandates[2], published=True),
    ]
    factories.UnitFactory(code="tpb")
    factories.EntityFactory(code="interpol")
    people = {
        f"focal-{iso.lower()}": factories.focal_point(iso, username=f"focal-{iso.lower()}")
        for iso in STATES
    }
    people["regional"] = factories.person(
        "regional_body", factories.RegionalBodyFactory(), username="regional"
    )
    for name in OFFICERS:
        people[name] = factories.officer(username=name)
    people["manager"] = factories.manager(username="manager")
    return Town(people, [one.identifier for one in mandates], [one.pk for one in needs])


def key_of(url: str) -> int:
    """The key in the address of a thing."""
    return int(url.rstrip("/").rpartition("/")[2])


class Walker:
    """One person, who keeps trying things and is never answered with an error of the server."""

    def __init__(self, shared: Town, name: str, seed: int) -> None:
        self.town, self.name = shared, name
        self.random = random.Random(f"{seed}:{name}")
        self.client = APIClient()
        _, token = ApiToken.objects.create(user=shared.people[name], expiry=None)
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        self.acts = OFFICER_ACTS if name in OFFICERS else ACTS_OF.get(name, STATE_ACTS)
        self.number = 0

    def walk(self, steps: int) -> None:
        """So many acts, weighted as declared."""
        acts, weights = zip(*self.acts.items(), strict=True)
        try:
            with viewing_as(NOBODY):
                for act in self.random.choices(acts, weights, k=steps):
                    self.number += 1
                    act(self)
        finally:
            connection.close()

    def one(self, kind: str) -> int:
        """One of the things made so far, the latest more often."""
        known = self.town.made[kind]
        if not known:
            return 0
        return known[-1 - min(int(self.random.expovariate(0.15)), len(known) - 1)]

    def send(self, path: str, *, method: str = "post", **sent: Any) -> dict[str, Any] | None:
        """What was answered, or None when it was refused."""
        answer = getattr(self.client, method)(
            f"{API}/{path}/", sent, format="json", headers={"If-Match": "*"}
        )
        act = path.rpartition("/")[2] if method == "post" else method
        self.town.answers[act, answer.status_code] += 1
        if answer.status_code < 300:
            return answer.data or {}
        assert answer.status_code in REFUSED, (path, sent, answer.status_code, answer.data)
        return None

    # What a State does

    def ask(self) -> None:
        """A draft, with one thing asked for or two, sent at once more often than not."""
        focal = self.name.startswith("focal")
        states = [self.name[-2:].upper()] if focal else self.random.sample(STATES, 2)
        made = self.send(
            "requests",
            title=f"Wish {self.number} of {self.name}",
            beneficiaries="Prosecutors",
            reason="Cases are lost",
            states=states,
            items=[{"words": f"Help {n}"} for n in range(self.random.choice((1, 1, 2)))],
        )
        if made is None:
            return
        self.town.states_of[made["id"]] = frozenset(states)
        if self.random.random() < 0.8:
            self.send(f"requests/{made['id']}/submit")
        self.keep(made)

    def keep(self, made: dict[str, Any]) -> None:
        """Remembers a request and its items."""
        self.town.request_of.update((item["id"], made["id"]) for item in made["items"])
        self.town.note("requests", made)
        self.town.made["items"] += [item["id"] for item in made["items"]]

    def on_request(self, act: str, **sent: Any) -> None:
        """An act on some request; on one of another State it is not even found."""
        pk = self.one("requests")
        done = self.send(f"requests/{pk}/{act}", **sent)
        if self.name.startswith("focal"):
            own = self.name[-2:].upper() in self.town.states_of.get(pk, ())
            assert done is None or own, (self.name, act, pk)

    def on_item(self, act: str, **sent: Any) -> None:
        """An act on some item."""
        self.send(f"items/{self.one('items')}/{act}", **sent)

    def reply(self) -> None:
        """What a State says of a delivery."""
        self.send(
            "replies",
            delivery=self.one("deliveries"),
            verdict=self.random.choice(WHAT_THE_STATE_SAYS),
            words="As we saw it",
        )

    def look(self) -> None:
        """A list; a focal point's tells of no other State's request."""
        answer = self.client.get(f"{API}/requests/?page_size=50")
        assert answer.status_code == 200
        if self.name.startswith("focal"):
            own = self.name[-2:].upper()
            assert all(own in one["states"] for one in answer.data["results"])

    # What UNODC does

    def log(self) -> None:
        """An activity with some of what can come with one."""
        items = {self.one("items") for _ in range(self.random.choice((0, 1, 1, 2)))} - {0}
        of_items = {iso for one in items for iso in self.town.states_of[self.town.request_of[one]]}
        states = sorted(of_items) or self.random.sample(STATES, self.random.choice((0, 1, 2)))
        made = self.send(
            "activities",
            title=f"Work {self.number} of {self.name}",
            kind="training",
            unit="tpb",
            status=self.random.choice("1222346"),
            actual_start=self.random.choice((None, None, self.day(400))),
            planned_end=self.random.choice((None, "2020-02-01", "2099-01-01")),
            countries=states,
            mandates=[
                {"mandate": one}
                for one in self.random.sample(self.town.mandates, self.random.choice((0, 1, 2)))
            ],
            items=sorted(items),
            deliveries=[self.delivery(iso) for iso in states if self.random.random() < 0.5],
            send=self.random.random() < 0.8,
        )
        if made is None:
            return
        self.town.note("activities", made)
        for kind in ("mandates", "items"):
            self.town.made[f"activity-{kind}"] += [key_of(link["url"]) for link in made[kind]]
        for one in self.client.get(made["deliveries_url"]).data["results"]:
            self.town.note("deliveries", one)

    def day(self, back: int) -> str:
        """A day of so many before today, or today."""
        return (factories.today() - dt.timedelta(self.random.randint(0, back))).isoformat()

    def delivery(self, iso: str | None) -> dict[str, Any]:
        """A delivery, many of them of today, so that it comes after what was asked."""
        sent: dict[str, Any] = {
            "on": self.random.choice((factories.today().isoformat(), self.day(500))),
            "kind": "training",
            "country": iso,
            "evidence": [{"kind": "agenda", "url": "https://example.org/agenda"}],
        }
        if self.random.random() < 0.3:
            sent["needs"] = [self.random.choice(self.town.needs)]
        return sent

    def deliver(self) -> None:
        """A delivery more under some activity."""
        sent = self.delivery(self.random.choice((*STATES, None)))
        del sent["evidence"]
        made = self.send("deliveries", activity=self.one("activities"), **sent)
        if made is not None:
            self.town.note("deliveries", made)

    def show(self) -> None:
        """Evidence of some delivery."""
        made = self.send(
            "evidence",
            delivery=self.one("deliveries"),
            kind="report",
            address="https://example.org/report",
        )
        if made is not None:
            self.town.note("evidence", made)

    def verify(self) -> None:
        self.send(f"evidence/{self.one('evidence')}/verify")

    def approve(self) -> None:
        """One yes, with the evidence that waits or without."""
        pk = self.one("activities")
        waiting = self.client.get(f"{API}/activities/{pk}/waiting/")
        if waiting.status_code != 200:
            return
        evidence = waiting.data["evidence"] if self.random.random() < 0.5 else []
        verify = [key_of(url) for url in evidence]
        self.send(f"activities/{pk}/approve", seen=waiting.data["seal"], verify=verify)

    def send_back(self) -> None:
        self.send(f"activities/{self.one('activities')}/send-back", reason="Say who came")

    def hand_in(self) -> None:
        self.send(f"activities/{self.one('activities')}/send")

    def change(self) -> None:
        """Another plan, or another day of a delivery."""
        if self.random.random() < 0.5:
            self.send(
                f"activities/{self.one('activities')}",
                method="patch",
                status=self.random.choice("123456"),
            )
        else:
            self.send(f"deliveries/{self.one('deliveries')}", method="patch", on=self.day(60))

    def tie(self) -> None:
        self.on_item("tie", mandate=self.random.choice(self.town.mandates))

    def untie(self) -> None:
        self.on_item("untie", mandate=self.random.choice(self.town.mandates), reason="Not this")

    def decide(self) -> None:
        """Something about a link."""
        kind = self.random.choice(("activity-mandates", "activity-items"))
        act = self.random.choice(("confirm", "reject", "reopen"))
        self.send(f"{kind}/{self.one(kind)}/{act}", **({"reason": "No"} if act == "reject" else {}))

    def merge(self) -> None:
        self.on_item("merge", into=self.one("items"))

    def enter(self) -> None:
        """A request entered for a State."""
        iso = self.random.choice(STATES)
        organisation = self.town.people[f"focal-{iso.lower()}"].memberships.get().organisation_id
        made = self.send(
            "requests",
            organisation=organisation,
            title=f"Note verbale {self.number}",
            origin="note_verbale",
            received_on=self.day(90),
            states=[iso],
            items=[{"words": "Help with laws"}],
        )
        if made is None:
            return
        self.town.states_of[made["id"]] = frozenset([iso])
        self.send(f"requests/{made['id']}/submit-on-behalf")
        self.keep(made)

    def take(self) -> None:
        self.on_request("assign", to=self.name)


def _request(act: str, **sent: Any) -> Callable[[Walker], None]:
    return lambda walker: walker.on_request(act, **sent)


def _item(act: str, **sent: Any) -> Callable[[Walker], None]:
    return lambda walker: walker.on_item(act, **sent)


STATE_ACTS: dict[Callable[[Walker], None], int] = {
    Walker.ask: 5,
    Walker.reply: 8,
    Walker.look: 2,
    _request("answer-clarification", words="In May"): 4,
    _request("messages", words="When will you come?"): 2,
    _request("withdraw"): 1,
    _item("withdraw"): 1,
}
OFFICER_ACTS: dict[Callable[[Walker], None], int] = {
    Walker.log: 8,
    Walker.approve: 12,
    Walker.tie: 14,
    _request("start-review"): 8,
    _request("accept"): 6,
    Walker.deliver: 6,
    Walker.show: 4,
    Walker.verify: 4,
    Walker.change: 3,
    Walker.hand_in: 3,
    Walker.decide: 3,
    Walker.enter: 2,
    Walker.take: 2,
    _item("fulfil", basis="officer"): 5,
    _item("fulfil-partly", basis="officer"): 1,
    _request("request-clarification", words="For whom?"): 2,
    _request("messages", words="Next week"): 1,
    _request("notes", words="Ask the field office"): 1,
    Walker.send_back: 1,
    Walker.untie: 1,
    Walker.merge: 1,
    Walker.look: 1,
    _item("decline", reason="Not within the mandate"): 1,
    _item("refer", entity="interpol"): 1,
    _request("decline", reason="Asked elsewhere"): 1,
}


ACTS_OF: dict[str, dict[Callable[[Walker], None], int]] = {
    "regional": {**STATE_ACTS, _request("accept"): 1},
    "manager": {
        Walker.approve: 6,
        Walker.verify: 2,
        Walker.send_back: 1,
        _request("assign", to="officer"): 3,
        _request("accept"): 1,
        Walker.look: 1,
    },
}


def walk(shared: Town, *, steps: int, seed: int) -> None:
    """All people at once, `steps` acts of an officer; what one of them meets is raised here.

    The others do a fifth of it each, as one officer hears several States.
    """
    walkers = [Walker(shared, name, seed) for name in shared.people]
    with ThreadPoolExecutor(len(walkers)) as pool:
        for done in [
            pool.submit(walker.walk, steps if walker.name in OFFICERS else steps // 5)
            for walker in walkers
        ]:
            done.result()
