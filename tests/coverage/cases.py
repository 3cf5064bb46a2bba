"""The cases that random worlds must reach, and how often they do."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import DemandKind, EndedBy
from assistance.coverage.status import OF_DEMANDS, Status
from tests.coverage import oracle
from tests.coverage.oracle import ONE_DAY, Row
from tests.coverage.world import Activity, Delivery, Item, Lineage, Mandate, World

Reached = dict[str, Counter[str]]

DAYS = (
    "before the day before the first",
    "the day before the first",
    "the first day",
    "between first and last",
    "the last day",
    "the day after the last",
    "later",
)
BEFORE, FIRST, WITHIN = DAYS[:2], DAYS[2], DAYS[3]
STATES_SERVED = ("one State: served", "several: all", "several: some", "none")
EVERY: dict[str, Iterable[str]] = {
    "Status of a demand": OF_DEMANDS,
    "Status of a mandate": Status,
    "Status of a paragraph": Status,
    "Flag": Flag,
    "Kind of demand": DemandKind,
    "Ended by": EndedBy,
    "Opens": (
        "item: the day it was received",
        "item: the adoption, received before",
        "need: its first day",
        "need: the adoption, it began before",
        "need: a day to come",
        "first round: the first day of the need",
        "later round: its first counting delivery",
        "later round: the end of its span, without one",
        "later round: not yet",
        "implied need: the adoption",
    ),
    "No demand, because": (
        "the clause asks nothing",
        "UNODC is not asked",
        "the link of the item is proposed",
        "the link of the item is rejected",
        "the request is a draft",
        "the item was settled before the adoption",
        "the item was received after the resolution's end",
        "the need is not published",
        "the need was over before the adoption",
        "the need begins after the resolution's end",
        "the standing clause has published needs",
    ),
    "Delivery dated, for an item": (*BEFORE, FIRST, WITHIN),
    "Delivery dated, for a need": DAYS,
    "Delivery dated, for a round": DAYS,
    "Delivery dated, for an implied need": DAYS,
    "Delivery dated, by the resolution": DAYS,
    "Delivery counts": (
        "yes",
        "yes, to no State, for a need",
        "no: its present version is not approved",
        "no: not ticked",
        "no: to a State that did not ask",
        "no: to no State, for an item",
        "no: partly",
        "no: disputed",
        "yes: confirmed after an objection",
        "no: objected after a confirmation",
        "yes: objected by another State only",
    ),
    "Activity serves": (
        "yes",
        "no: not approved",
        "no: its link to the mandate is proposed",
        "no: its link to the mandate is rejected",
        "no: its link to the item is proposed",
        "no: its link to the item is rejected",
        "no: it has no link to the item",
        "by its deliveries alone: closed",
        "by its deliveries alone: cancelled",
        "by its deliveries alone: suspended",
        "no: stopped, without deliveries",
        "planned without a day",
        "its planned end is today",
        "not in this round: starts outside its span",
        "not in any round: without a day",
    ),
    "Evidence": ("none", "not verified", "verified", "verified by its author"),
    "States of an item": STATES_SERVED,
    "Lineage": (
        "superseded without a successor",
        "item under the earlier clause alone",
        "item under both, open under the later",
        "item under both, the earlier served before the handover",
        "item under both, settled before the handover",
        "item under the later clause alone",
        "activity under both",
        "delivery before the handover: for the earlier alone",
        "delivery on the day of the handover: for the later",
        "delivery after the handover: for the later",
        "successor not confirmed",
    ),
}


def place(day: dt.date, first: dt.date, after: dt.date | None) -> str:
    """Where a day lies beside a span; `after` is the first day after it."""
    if day < first:
        return DAYS[1] if day == first - ONE_DAY else DAYS[0]
    if day == first:
        return FIRST
    if after is None or day < after - ONE_DAY:
        return WITHIN
    return DAYS[min((day - after).days, 1) + 5]


def cases_of(world: World, rows: list[Row], work: list[Row], today: dt.date) -> Reached:
    """How often each case occurs in what the oracle says of a world."""
    found = {subject: Counter[str]() for subject in EVERY}
    by_key = {row["key"]: row for row in rows}
    for row in rows:
        found["Status of a demand"][oracle.demand_status(row, today)] += 1
        found["Kind of demand"][row["kind"]] += 1
        found["Ended by"].update([row["ended_by"]] if row["ended_by"] else [])
        found["Flag"].update(flag for flag in DEMAND_FLAGS if row[flag])
    found["Flag"].update(row["flag"] for row in work)
    for mandate in world.mandates:
        status = oracle.status_of_mandates(world, [mandate], rows, today)
        found["Status of a mandate"][status] += 1
        found["No demand, because"].update(why_none(world, mandate))
        for demand in oracle.demands_of_mandate(world, mandate, today):
            row = by_key[demand.key]
            found["Opens"][opening(demand, today)] += 1
            _count_work(found, world, demand, today)
            if demand.item is not None:
                found["States of an item"][states_served(world, row)] += 1
    for paragraph in world.paragraphs:
        own = oracle.mandates_under(world, paragraph)
        status = oracle.status_of_mandates(world, own, rows, today)
        found["Status of a paragraph"][status] += 1
    found["Evidence"].update(evidence(delivery) for delivery in world.deliveries)
    for resolution in world.resolutions:
        alone = not any(one.earlier.paragraph.resolution is resolution for one in world.lineage)
        if resolution.superseded_on is not None and alone:
            found["Lineage"]["superseded without a successor"] += 1
    for lineage in world.lineage:
        found["Lineage"].update(of_lineage(world, lineage, rows))
    return found


def why_none(world: World, mandate: Mandate) -> Iterator[str]:
    """Why a clause, or what could be owed under it, is no demand."""
    resolution = mandate.paragraph.resolution
    if mandate.kind != "action":
        yield "the clause asks nothing"
        return
    if not oracle.is_counted(mandate):
        yield "UNODC is not asked"
        return
    for item in world.items:
        link = oracle.link_between(world.item_mandates, item, mandate)
        if link is None:
            continue
        received = max(item.request.received_on, resolution.adopted_on)
        if link.state != "confirmed":
            yield f"the link of the item is {link.state}"
        elif item.request.state == "draft":
            yield "the request is a draft"
        elif item.outcome_on is not None and item.outcome_on < resolution.adopted_on:
            yield "the item was settled before the adoption"
        elif oracle.is_superseded(mandate, received):
            yield "the item was received after the resolution's end"
    for need in [need for need in world.needs if need.mandate is mandate]:
        if not need.published:
            yield "the need is not published"
        elif need.valid_to is not None and need.valid_to < resolution.adopted_on:
            yield "the need was over before the adoption"
        elif oracle.is_superseded(mandate, max(need.valid_from, resolution.adopted_on)):
            yield "the need begins after the resolution's end"
    if mandate.basis == "standing" and any(
        need.published for need in world.needs if need.mandate is mandate
    ):
        yield "the standing clause has published needs"


def opening(demand: oracle.Demand, today: dt.date) -> str:
    """Why a demand opens on its day."""
    if demand.item is not None:
        if demand.opened_on == demand.item.request.received_on:
            return "item: the day it was received"
        return "item: the adoption, received before"
    if demand.need is None:
        return "implied need: the adoption"
    if demand.round:
        if demand.opened_on == demand.span_to:
            missed = "later round: the end of its span, without one"
            return "later round: not yet" if demand.opened_on > today else missed
        return "later round: its first counting delivery"
    if demand.round == 0:
        return "first round: the first day of the need"
    if demand.opened_on > today:
        return "need: a day to come"
    if demand.opened_on == demand.need.valid_from:
        return "need: its first day"
    return "need: the adoption, it began before"


OWED_FOR = {
    "item": "Delivery dated, for an item",
    "need": "Delivery dated, for a need",
    "round": "Delivery dated, for a round",
    "implied": "Delivery dated, for an implied need",
}


def _count_work(found: Reached, world: World, demand: oracle.Demand, today: dt.date) -> None:
    resolution = demand.mandate.paragraph.resolution
    for activity in world.activities:
        found["Activity serves"].update(serving(world, demand, activity, today))
    for activity in oracle.serving_activities(world, demand.mandate, demand.item):
        for delivery in world.deliveries:
            if delivery.activity is not activity:
                continue
            refused = not_for(demand, delivery)
            if refused:
                found["Delivery counts"][refused] += 1
                continue
            found[OWED_FOR[demand.kind]][place(delivery.on, demand.span_from, demand.span_to)] += 1
            days = (resolution.adopted_on, resolution.superseded_on)
            found["Delivery dated, by the resolution"][place(delivery.on, *days)] += 1
            if demand.holds(delivery.on):
                found["Delivery counts"].update(objections(demand, delivery))


def not_for(demand: oracle.Demand, delivery: Delivery) -> str:
    """Why a delivery of a serving activity is not for a demand, whatever its day."""
    if not oracle.is_approved_delivery(delivery):
        return "no: its present version is not approved"
    if demand.item is not None:
        if demand.item not in delivery.items:
            return "no: not ticked"
        if delivery.country is None:
            return "no: to no State, for an item"
        if delivery.country not in demand.item.request.countries:
            return "no: to a State that did not ask"
    elif demand.need is not None and demand.need not in delivery.needs:
        return "no: not ticked"
    return ""


def objections(demand: oracle.Demand, delivery: Delivery) -> Iterator[str]:
    """Whether a delivery for a demand counts, by what States said of it."""
    said = {
        verdict for country, verdict, _minute in delivery.replies if country == delivery.country
    }
    last = oracle.last_verdict(delivery)
    if oracle.is_objected(delivery):
        yield f"no: {last}"
        if "confirmed" in said:
            yield "no: objected after a confirmation"
        return
    yield "yes"
    if delivery.country is None and demand.item is None:
        yield "yes, to no State, for a need"
    if last == "confirmed" and said & {"partly", "disputed"}:
        yield "yes: confirmed after an objection"
    if not said and any(verdict != "confirmed" for _c, verdict, _m in delivery.replies):
        yield "yes: objected by another State only"


STOPPED = {"4": "closed", "5": "cancelled", "6": "suspended"}


def serving(
    world: World, demand: oracle.Demand, activity: Activity, today: dt.date
) -> Iterator[str]:
    """Whether an activity serves a demand, and why not."""
    link = oracle.link_between(world.activity_mandates, activity, demand.mandate)
    if link is None:
        return
    if link.state != "confirmed":
        yield f"no: its link to the mandate is {link.state}"
        return
    if not oracle.is_approved_activity(activity):
        yield "no: not approved"
        return
    if demand.item is not None:
        tie = oracle.link_between(world.activity_items, activity, demand.item)
        if tie is None or tie.state != "confirmed":
            yield (
                f"no: its link to the item is {tie.state}"
                if tie
                else ("no: it has no link to the item")
            )
            return
    made = any(demand.takes(one) for one in oracle.approved_deliveries(world, activity))
    start = activity.actual_start or activity.planned_start
    if activity.status in STOPPED:
        yield (
            f"by its deliveries alone: {STOPPED[activity.status]}"
            if made
            else ("no: stopped, without deliveries")
        )
    elif demand.round is not None and not made and start is None:
        yield "not in any round: without a day"
    elif demand.round is not None and not made and not demand.holds(start):
        yield "not in this round: starts outside its span"
    else:
        yield "yes"
        if start is None and activity.planned_end is None:
            yield "planned without a day"
        if activity.planned_end == today:
            yield "its planned end is today"


def evidence(delivery: Delivery) -> str:
    """How a delivery is shown."""
    if "verified" in delivery.evidence:
        return "verified"
    if "self_verified" in delivery.evidence:
        return "verified by its author"
    return "not verified" if delivery.evidence else "none"


def states_served(world: World, row: Row) -> str:
    """How many of its States an item was delivered to."""
    states = set(row["country_ids"])
    served = {one.country for one in world.deliveries if one.id in row["delivery_ids"]}
    if not served:
        return "none"
    if len(states) == 1:
        return "one State: served"
    return "several: all" if served == states else "several: some"


def of_lineage(world: World, lineage: Lineage, rows: list[Row]) -> Iterator[str]:
    """What became of items, activities and deliveries when a clause was continued."""
    earlier, later = lineage.earlier, lineage.later
    handover = later.paragraph.resolution.adopted_on
    if not lineage.hands_over:
        yield "successor not confirmed"
    for item in world.items:
        old, new = (
            next((r for r in rows if (r["mandate_id"], r["item_id"]) == (one.id, item.id)), None)
            for one in (earlier, later)
        )
        yield from _of_item(item, old, new, handover)
    made = {one.id: one.on for one in world.deliveries}
    for row in rows:
        for on in (made[pk] for pk in row["delivery_ids"]):
            if row["mandate_id"] == earlier.id and on < handover:
                yield "delivery before the handover: for the earlier alone"
            if row["mandate_id"] == later.id:
                assert on >= handover
                day = "on the day of" if on == handover else "after"
                yield f"delivery {day} the handover: for the later"
    for activity in world.activities:
        if all(activity.id in _busy(rows, one) for one in (earlier, later)):
            yield "activity under both"


def _busy(rows: list[Row], mandate: Mandate) -> set[int]:
    return {pk for row in rows if row["mandate_id"] == mandate.id for pk in row["activity_ids"]}


def _of_item(item: Item, old: Row | None, new: Row | None, handover: dt.date) -> Iterator[str]:
    if old and not new:
        settled = item.outcome_on is not None and item.outcome_on < handover
        yield (
            "item under both, settled before the handover"
            if settled
            else "item under the earlier clause alone"
        )
    elif new and not old:
        yield "item under the later clause alone"
    elif old and new:
        # Nothing counts twice: the one ends before the other opens.
        assert old["ended_on"] is not None
        assert old["ended_on"] <= new["opened_on"] == max(handover, item.request.received_on)
        if new["ended_on"] is None:
            yield "item under both, open under the later"
        if old["delivered_on"] is not None and old["delivered_on"] < handover:
            yield "item under both, the earlier served before the handover"


# Telling


def add(reached: Reached, more: Reached) -> None:
    """Adds the counts of one world to those of others."""
    for subject, counts in more.items():
        reached.setdefault(subject, Counter()).update(counts)


def missing(reached: Reached, every: dict[str, Iterable[str]]) -> list[str]:
    """The cases that were never reached."""
    return [
        f"{subject}: {name}"
        for subject, names in every.items()
        for name in names
        if not reached.get(subject, Counter())[str(name)]
    ]


def tell(title: str, reached: Reached, capsys: Any) -> None:
    """Prints how often each case was reached; as Markdown into the file `COVERAGE_TABLE` names."""
    told = {
        subject: "; ".join(f"{name} {number:,}" for name, number in counts.most_common())
        for subject, counts in reached.items()
    }
    with capsys.disabled():
        print(f"\n{title}", *(f"  {one}: {counts}" for one, counts in told.items()), sep="\n")
    if path := os.environ.get("COVERAGE_TABLE"):
        lines = [f"{title}:", "", "| of | how often each was reached |", "| --- | --- |"]
        lines += [f"| {one} | {counts} |" for one, counts in told.items()]
        with Path(path).open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n\n")
