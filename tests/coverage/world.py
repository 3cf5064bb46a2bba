"""Worlds of coverage: plain objects that say what happened, and a way to write them to tables.

Days of one world are drawn from a few, so that the boundaries of the rules (the same day, the day
before) meet often.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, models
from django.utils import timezone

from assistance import models as assistance
from directory import models as directory
from mandates import models as mandates

ONE_DAY = dt.timedelta(days=1)
FIRST_ID = 5_000_000
STATES = ("QA", "QB", "QC", "QD")
KINDS = list(mandates.DeliveryKind)


@dataclass(eq=False)
class Resolution:
    id: int
    adopted_on: dt.date
    superseded_on: dt.date | None


@dataclass(eq=False)
class Paragraph:
    id: int
    resolution: Resolution
    number: str
    parent: Paragraph | None


@dataclass(eq=False)
class Mandate:
    id: int
    paragraph: Paragraph
    ordinal: int
    kind: str
    basis: str
    addressees: list[str]
    revision: int


@dataclass(eq=False)
class Need:
    id: int
    mandate: Mandate
    published: bool
    every_months: int | None
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(eq=False)
class Request:
    id: int
    state: str
    received_on: dt.date
    countries: list[int]


@dataclass(eq=False)
class Item:
    id: int
    request: Request
    outcome: str
    outcome_on: dt.date | None


@dataclass(eq=False)
class Activity:
    id: int
    status: str
    planned_start: dt.date | None
    planned_end: dt.date | None
    actual_start: dt.date | None
    sent: bool
    approvals: list[tuple[dt.date, bool]]


@dataclass(eq=False)
class Delivery:
    id: int
    activity: Activity
    kind: str
    country: int | None
    on: dt.date
    revision: int
    approvals: list[tuple[int, bool]]
    items: list[Item] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    """Each "added", "verified" or "self_verified"."""
    replies: list[tuple[int, str, int]] = field(default_factory=list)
    """Each (country, verdict, minute)."""


@dataclass(eq=False)
class Link:
    id: int
    left: Any
    right: Any
    state: str
    revision: int = 0


@dataclass(eq=False)
class Lineage:
    """A clause of the later resolution continues one of the earlier, as a person decided or not."""

    id: int
    earlier: Mandate
    later: Mandate
    relation: str
    decided: bool

    @property
    def hands_over(self) -> bool:
        """Whether open items and links are taken over."""
        return self.decided and self.relation in mandates.CONTINUES


@dataclass(eq=False)
class World:
    resolutions: list[Resolution] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    mandates: list[Mandate] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    item_mandates: list[Link] = field(default_factory=list)
    activity_mandates: list[Link] = field(default_factory=list)
    activity_items: list[Link] = field(default_factory=list)
    lineage: list[Lineage] = field(default_factory=list)


class WorldMaker:
    """Makes worlds of one seed, all rows with ids of their own."""

    def __init__(self, seed: int, countries: list[int], today: dt.date) -> None:
        self.random = random.Random(seed)
        self.countries = countries
        self.today = today
        self.ids = itertools.count(FIRST_ID)

    def world(self) -> World:
        """One resolution, at times with its successor, and what happened under it."""
        self.start = self.today - dt.timedelta(days=self.random.choice([90, 300, 800, 2000]))
        self.days = self._some_days()
        world = World()
        self._resolutions(world)
        return self._filled(world, place=0)

    def worlds_side_by_side(self, number: int) -> list[World]:
        """Worlds whose clauses stand in the same resolutions; all else is each one's own."""
        worlds = [self.world()]
        for place in range(1, number):
            world = World(resolutions=worlds[0].resolutions)
            days = [day for r in world.resolutions for day in (r.adopted_on, r.superseded_on)]
            self.days = sorted({*filter(None, days), *self._some_days()})
            worlds.append(self._filled(world, place))
        return worlds

    def _some_days(self) -> list[dt.date]:
        length = (self.today - self.start).days
        return sorted(
            self.start + dt.timedelta(days=self.random.randint(-60, length)) for _ in range(7)
        )

    def _filled(self, world: World, place: int) -> World:
        """What happened under the resolutions of a world, its clauses from a place in the text.

        In some worlds nearly all that is asked is done.
        """
        self._clauses(world, place)
        self._lineage(world)
        self.diligent = self.chance(0.5 if world.lineage else 0.2)
        self._needs(world)
        self._requests(world)
        self._activities(world)
        self._links(world)
        self._deliveries(world)
        return world

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def day(self, latest: dt.date | None = None) -> dt.date:
        day = self.random.choice(self.days)
        day += ONE_DAY * self.random.choice([0, 0, 0, 0, 1, -1])
        return min(day, latest) if latest else day

    def maybe(self, share: float, latest: dt.date | None = None) -> dt.date | None:
        return self.day(latest) if self.chance(share) else None

    def _resolutions(self, world: World) -> None:
        r = self.random
        shape = r.choice(["one"] * 5 + ["two"] + ["handed over"] * 3)
        for _ in range(2 if shape == "two" else 1):
            adopted = r.choice(self.days[:3])
            superseded = r.choice(self.days[2:])
            world.resolutions.append(
                Resolution(
                    next(self.ids),
                    adopted,
                    superseded if superseded > adopted and self.chance(0.25) else None,
                )
            )
        earlier = world.resolutions[0]
        days = [day for day in self.days if earlier.adopted_on < day <= self.today]
        if shape == "handed over" and days:
            earlier.superseded_on = r.choice(days[len(days) // 2 :])
            later = [day for day in days if day > earlier.superseded_on]
            end = r.choice(later) if later and self.chance(0.2) else None
            world.resolutions.append(Resolution(next(self.ids), earlier.superseded_on, end))
            self.days = sorted([*self.days, *[earlier.superseded_on] * 3])

    def _clauses(self, world: World, place: int) -> None:
        r = self.random
        for resolution in world.resolutions:
            first = 2 * place + 1
            parent = None
            for number in [f"{first}", f"{first} (a)", f"{first + 1}"][: r.randint(1, 3)]:
                paragraph = Paragraph(
                    next(self.ids), resolution, number, parent if "(" in number else None
                )
                parent = parent or paragraph
                world.paragraphs.append(paragraph)
                for ordinal in range(1, r.randint(1, 2) + 1):
                    addressees = r.choice(
                        [["unodc"]] * 6 + [["unodc", "member_states"], [], ["member_states"]]
                    )
                    world.mandates.append(
                        Mandate(
                            next(self.ids),
                            paragraph,
                            ordinal,
                            r.choice(["action"] * 8 + ["statement", "decision"]),
                            r.choice(["on_request", "on_request", "standing"]),
                            addressees,
                            r.choice([1, 1, 2]),
                        )
                    )

    def _lineage(self, world: World) -> None:
        if len(world.resolutions) < 2:
            return
        earlier, later = world.resolutions
        if earlier.superseded_on != later.adopted_on:
            return
        successors = [m for m in world.mandates if m.paragraph.resolution is later]
        world.lineage = [
            Lineage(
                next(self.ids),
                mandate,
                self.random.choice(successors),
                self.random.choice(["carried_over", "strengthened", "weakened", "reworded", "new"]),
                self.chance(0.8),
            )
            for mandate in world.mandates
            if mandate.paragraph.resolution is earlier and self.chance(0.9)
        ]

    def _needs(self, world: World) -> None:
        r = self.random
        for mandate in world.mandates:
            for _ in range(r.choice([0, 0, 0, 1, 1, 2])):
                first, last = sorted([self.day(), self.day()])
                if self.chance(0.05):
                    first = self.today + dt.timedelta(days=r.randint(0, 40))
                    last = first + dt.timedelta(days=r.randint(0, 40))
                world.needs.append(
                    Need(
                        next(self.ids),
                        mandate,
                        self.chance(0.7),
                        r.choice([None, None, 1, 3, 6, 12]),
                        first,
                        last if self.chance(0.5) else None,
                    )
                )

    def _requests(self, world: World) -> None:
        r = self.random
        for _ in range(r.randint(0, 3)):
            state = r.choice(
                [
                    "draft",
                    "submitted",
                    "under_review",
                    "clarification_requested",
                    "accepted",
                    "accepted",
                    "declined",
                    "withdrawn",
                    "closed",
                ]
            )
            request = Request(
                next(self.ids),
                state,
                min(self.day(self.today) for _ in range(2 if self.diligent else 1)),
                r.sample(self.countries, r.choice([1, 1, 2, 3])),
            )
            world.requests.append(request)
            for _item in range(r.choice([1, 1, 2])):
                outcome = r.choice(["open"] * 6 + list(assistance.RequestOutcome))
                on = None if outcome == "open" else self.day(self.today)
                world.items.append(Item(next(self.ids), request, outcome, on))

    def _activities(self, world: World) -> None:
        r = self.random
        for _ in range(r.randint(0, 4)):
            start, end = sorted([self.day(), self.day()])
            if self.chance(0.3):
                end = self.today + ONE_DAY * r.choice([0, 0, 0, 1, 30])
            start = min(start, end)
            world.activities.append(
                Activity(
                    next(self.ids),
                    r.choice(["1", "1", "2", "2", "2", "3", "4", "4", "5", "6"]),
                    start if self.chance(0.7) else None,
                    end if self.chance(0.7) else None,
                    self.maybe(0.5, self.today),
                    self.chance(0.7),
                    [
                        (self.day(self.today), self.chance(0.1))
                        for _ in range(r.choice([0, 1, 1, 1, 2]))
                    ],
                )
            )

    def _links(self, world: World) -> None:
        r = self.random

        def state() -> str:
            return r.choice(["confirmed"] * (40 if self.diligent else 7) + ["proposed", "rejected"])

        def pairs(lefts: list[Any], rights: list[Any], share: float) -> list[Link]:
            return [
                Link(next(self.ids), left, right, state(), r.choice([1, 1, 2]))
                for left in lefts
                for right in rights
                if self.chance(0.9 if self.diligent else share)
            ]

        world.item_mandates = pairs(world.items, world.mandates, 0.4)
        world.activity_mandates = pairs(world.activities, world.mandates, 0.5)
        world.activity_items = pairs(world.activities, world.items, 0.6)
        for lineage in world.lineage:
            if lineage.hands_over:
                for links in (world.item_mandates, world.activity_mandates):
                    self._take_over(links, lineage)

    def _take_over(self, links: list[Link], lineage: Lineage) -> None:
        """Most open items and activities of a clause at its successor too; the old links stay."""
        tied = {link.left.id: link for link in links if link.right is lineage.later}
        for link in [one for one in links if one.right is lineage.earlier]:
            over = isinstance(link.left, Item) and link.left.outcome != "open"
            if link.state != "confirmed" or over or self.chance(0.3):
                continue
            if link.left.id in tied:
                tied[link.left.id].state = "confirmed"
            else:
                links.append(
                    Link(next(self.ids), link.left, lineage.later, "confirmed", link.revision)
                )

    def _deliveries(self, world: World) -> None:
        r = self.random
        for activity in world.activities:
            for kind in KINDS[: r.choice([0, 0, 1, 2, 2, 3, 5])]:
                revision = r.choice([1, 1, 2])
                country = r.choice([None, *self.countries[:3]])
                asking = [
                    c
                    for link in world.activity_items
                    if link.left is activity
                    for c in link.right.request.countries
                ]
                if asking and self.chance(0.7):
                    country = r.choice(asking)
                delivery = Delivery(
                    next(self.ids),
                    activity,
                    kind,
                    country,
                    self.day(self.today),
                    revision,
                    [
                        (n, self.chance(0.1))
                        for n in range(1, revision + 1)
                        if self.diligent or self.chance(0.8)
                    ],
                )
                delivery.items = [item for item in world.items if self.chance(0.75)]
                delivery.needs = [need for need in world.needs if self.chance(0.6)]
                delivery.evidence = [
                    r.choice(["added", "verified", "verified", "verified", "self_verified"])
                    for _ in range(r.choice([0, 1, 1, 2]))
                ]
                delivery.replies = [
                    (
                        country if country and self.chance(0.8) else r.choice(self.countries),
                        r.choice(["confirmed", "confirmed", "partly", "disputed"]),
                        r.choice([0, 1, 2]),
                    )
                    for _ in range(r.choice([0, 0, 0, 1, 1, 2]))
                ]
                world.deliveries.append(delivery)


# Writing worlds to tables


@dataclass
class Setting:
    """The rows that all worlds share."""

    countries: list[int]
    entities: dict[str, int]
    users: list[int]
    organisation: int


@cache
def _columns(model: type[models.Model]) -> tuple[list[str], dict[str, Any]]:
    """The columns of a table, and a value for each that has a default."""
    defaults: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if isinstance(column, models.DateTimeField) and not column.null:
            value: Any = timezone.now()
        elif isinstance(column, models.DateField) and not column.null:
            value = timezone.now().date()
        else:
            value = column.get_db_prep_save(column.get_default(), connection)
        defaults[column.column] = value
    return list(defaults), defaults


def copy_rows(cursor: Any, model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows to the table of a model; what a row leaves out has its default.

    By way of another table: PostgreSQL copies into none that has row security.
    """
    table, (names, defaults) = model._meta.db_table, _columns(model)
    quoted = ", ".join(f'"{name}"' for name in names)
    cursor.execute(f'CREATE TEMPORARY TABLE copied (LIKE "{table}")')
    with cursor.copy(f"COPY copied ({quoted}) FROM STDIN") as copy:
        for row in rows:
            unknown = row.keys() - defaults.keys()
            assert not unknown, unknown
            copy.write_row([row.get(name, defaults[name]) for name in names])
    cursor.execute(f'INSERT INTO "{table}" ({quoted}) SELECT {quoted} FROM copied')
    cursor.execute("DROP TABLE copied")


def write_setting(cursor: Any) -> Setting:
    """The States, entities and people of all worlds."""
    ids = itertools.count(FIRST_ID - 1000)
    countries = [(next(ids), iso) for iso in STATES]
    entities = {code: next(ids) for code in ("unodc", "member_states", "unit-of-worlds")}
    users, organisation = [next(ids), next(ids)], next(ids)
    copy_rows(
        cursor,
        directory.Country,
        (
            {"id": pk, "iso": iso, "m49": f"99{n}", "names": "{}", "sort_keys": "{}", "region": "1"}
            for n, (pk, iso) in enumerate(countries)
        ),
    )
    copy_rows(
        cursor,
        directory.Entity,
        (
            {"id": pk, "code": code, "kind": "unit" if "unit" in code else "body", "names": "{}"}
            for code, pk in entities.items()
        ),
    )
    copy_rows(cursor, directory.User, ({"id": pk, "username": f"world{pk}"} for pk in users))
    copy_rows(
        cursor,
        directory.Organisation,
        [{"id": organisation, "kind": "regional_body", "names": "{}"}],
    )
    return Setting([pk for pk, _iso in countries], entities, users, organisation)


def write_worlds(cursor: Any, setting: Setting, worlds: list[World]) -> None:
    """All rows of all worlds, table by table."""
    author, other = setting.users
    ids = itertools.count(FIRST_ID * 2)
    now = timezone.now()

    def every(name: str) -> Iterable[Any]:
        rows = itertools.chain.from_iterable(getattr(world, name) for world in worlds)
        return {row.id: row for row in rows}.values()  # worlds may share a resolution

    def decided(link: Link) -> dict[str, Any]:
        open_ = link.state == "proposed"
        return {
            "id": link.id,
            "state": link.state,
            "decided_by_id": None if open_ else other,
            "decided_at": None if open_ else now,
        }

    copy_rows(
        cursor,
        mandates.Resolution,
        (
            {
                "id": o.id,
                "symbol": f"A/RES/{o.id}",
                "slug": f"A-RES-{o.id}",
                "organ": "GA",
                "adopted_on": o.adopted_on,
                "superseded_on": o.superseded_on,
            }
            for o in every("resolutions")
        ),
    )
    copy_rows(
        cursor,
        mandates.Paragraph,
        (
            {
                "id": o.id,
                "resolution_id": o.resolution.id,
                "kind": "operative",
                "number": o.number,
                "position": 2 * int(o.number.split()[0]) + ("(" in o.number),
                "parent_id": o.parent and o.parent.id,
            }
            for o in every("paragraphs")
        ),
    )
    copy_rows(
        cursor,
        mandates.Mandate,
        (
            {
                "id": o.id,
                "paragraph_id": o.paragraph.id,
                "ordinal": o.ordinal,
                "identifier": f"m{o.id}",
                "kind": o.kind,
                "basis": o.basis,
                "revision": o.revision,
            }
            for o in every("mandates")
        ),
    )
    copy_rows(
        cursor,
        mandates.Facet,
        (
            {
                "id": next(ids),
                "mandate_id": o.id,
                "role": role,
                "entity_id": setting.entities[code],
            }
            for o in every("mandates")
            for role, codes in (("addressee", o.addressees), ("partner", ["unodc"]))
            for code in codes
        ),
    )
    copy_rows(
        cursor,
        mandates.Lineage,
        (
            {
                "id": o.id,
                "earlier_id": o.earlier.id,
                "later_id": o.later.id,
                "relation": o.relation,
                "decided_by_id": other if o.decided else None,
                "decided_at": now if o.decided else None,
            }
            for o in every("lineage")
        ),
    )
    copy_rows(
        cursor,
        mandates.Need,
        (
            {
                "id": o.id,
                "mandate_id": o.mandate.id,
                "words": "what it takes",
                "every_months": o.every_months,
                "valid_from": o.valid_from,
                "valid_to": o.valid_to,
                "created_by_id": author,
                "published_by_id": other if o.published else None,
                "published_at": now if o.published else None,
            }
            for o in every("needs")
        ),
    )
    copy_rows(
        cursor,
        assistance.AssistanceRequest,
        (
            {
                "id": o.id,
                "organisation_id": setting.organisation,
                "state": o.state,
                "ref": None if o.state == "draft" else f"TA-1999-{o.id}",
                "received_on": o.received_on,
                "logged_by_id": author,
            }
            for o in every("requests")
        ),
    )
    copy_rows(
        cursor,
        assistance.RequestState,
        (
            {"id": next(ids), "request_id": o.id, "country_id": country}
            for o in every("requests")
            for country in o.countries
        ),
    )
    copy_rows(
        cursor,
        assistance.RequestItem,
        (
            {
                "id": o.id,
                "request_id": o.request.id,
                "n": o.id % 30_000,
                "outcome": o.outcome,
                "outcome_on": o.outcome_on,
                "outcome_basis": "" if o.outcome == "open" else "officer",
                "outcome_reason": "a reason",
                "referred_to_id": setting.entities["member_states"]
                if o.outcome == "referred"
                else None,
                "merged_into_id": o.id if o.outcome == "merged" else None,
            }
            for o in every("items")
        ),
    )
    copy_rows(
        cursor,
        assistance.Activity,
        (
            {
                "id": o.id,
                "title": "an activity",
                "kind": "training",
                "status": o.status,
                "planned_start": o.planned_start,
                "planned_end": o.planned_end,
                "actual_start": o.actual_start,
                "unit_id": setting.entities["unit-of-worlds"],
                "created_by_id": author,
                "changed_by_id": author,
                "sent_at": now if o.sent else None,
                "revision": 3,
            }
            for o in every("activities")
        ),
    )
    copy_rows(
        cursor,
        assistance.Delivery,
        (
            {
                "id": o.id,
                "activity_id": o.activity.id,
                "kind": o.kind,
                "country_id": o.country,
                "on": o.on,
                "revision": o.revision,
                "created_by_id": author,
                "changed_by_id": author,
            }
            for o in every("deliveries")
        ),
    )
    copy_rows(
        cursor,
        assistance.Approval,
        itertools.chain(
            (
                {
                    "id": next(ids),
                    "activity_id": o.id,
                    "revision": n,
                    "by_id": author if self_approved else other,
                    "on": on,
                    "self_approved": self_approved,
                }
                for o in every("activities")
                for n, (on, self_approved) in enumerate(o.approvals, 1)
            ),
            (
                {
                    "id": next(ids),
                    "delivery_id": o.id,
                    "revision": revision,
                    "by_id": author if self_approved else other,
                    "on": o.on,
                    "self_approved": self_approved,
                }
                for o in every("deliveries")
                for revision, self_approved in o.approvals
            ),
        ),
    )
    for model, name in ((assistance.DeliveryItem, "item"), (assistance.DeliveryNeed, "need")):
        copy_rows(
            cursor,
            model,
            (
                {"id": next(ids), "delivery_id": o.id, f"{name}_id": ticked.id}
                for o in every("deliveries")
                for ticked in getattr(o, f"{name}s")
            ),
        )
    copy_rows(
        cursor,
        assistance.Evidence,
        (
            {
                "id": next(ids),
                "delivery_id": o.id,
                "kind": "agenda",
                "url": "https://example.org/agenda",
                "added_by_id": author,
                "verified_by_id": {"verified": other, "self_verified": author}.get(standing),
                "verified_at": None if standing == "added" else now,
                "self_verified": standing == "self_verified",
            }
            for o in every("deliveries")
            for standing in o.evidence
        ),
    )
    copy_rows(
        cursor,
        assistance.Reply,
        (
            {
                "id": next(ids),
                "delivery_id": o.id,
                "country_id": country,
                "verdict": verdict,
                "words": "what was missing",
                "by_id": author,
                "at": now + dt.timedelta(minutes=minute),
            }
            for o in every("deliveries")
            for country, verdict, minute in o.replies
        ),
    )
    for model, name, left, right in (
        (assistance.ItemMandate, "item_mandates", "item_id", "mandate_id"),
        (assistance.ActivityMandate, "activity_mandates", "activity_id", "mandate_id"),
        (assistance.ActivityItem, "activity_items", "activity_id", "item_id"),
    ):
        copy_rows(
            cursor,
            model,
            (
                {
                    **decided(o),
                    left: o.left.id,
                    right: o.right.id,
                    **({"mandate_revision": o.revision} if right == "mandate_id" else {}),
                }
                for o in every(name)
            ),
        )
