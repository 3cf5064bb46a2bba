"""What coverage means, a second time: slow, naive Python over the plain objects of a world.

Written from the sentences of the design (quoted), not from the SQL. It knows no database.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from typing import Any

from tests.coverage.world import (
    Activity,
    Delivery,
    Item,
    Link,
    Mandate,
    Need,
    Paragraph,
    Resolution,
    World,
)

ONE_DAY = dt.timedelta(days=1)
Row = dict[str, Any]


def is_counted(mandate: Mandate) -> bool:
    """ "counted mandate: an action with UNODC among its addressees"."""
    return mandate.kind == "action" and "unodc" in mandate.addressees


def is_superseded(mandate: Mandate, day: dt.date) -> bool:
    end = mandate.paragraph.resolution.superseded_on
    return end is not None and day >= end


def after_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


# Links, approvals, replies


def link_between(links: list[Link], left: object, right: object) -> Link | None:
    for link in links:
        if link.left is left and link.right is right:
            return link
    return None


def is_confirmed(link: Link | None) -> bool:
    return link is not None and link.state == "confirmed"


def is_suspect(link: Link | None, mandate: Mandate) -> bool:
    """ "suspect when the mandate's words changed since"."""
    return link is not None and link.state == "confirmed" and link.revision < mandate.revision


def is_approved_activity(activity: Activity) -> bool:
    return len(activity.approvals) > 0


def is_approved_delivery(delivery: Delivery) -> bool:
    return delivery.revision in [revision for revision, _by_itself in delivery.approvals]


def is_stopped(activity: Activity) -> bool:
    """ "A cancelled, suspended or closed activity counts by its deliveries alone"."""
    return activity.status in ("4", "5", "6")


def last_verdict(delivery: Delivery) -> str | None:
    """What the State concerned said last."""
    own = [
        (minute, place, verdict)
        for place, (country, verdict, minute) in enumerate(delivery.replies)
        if country == delivery.country
    ]
    return max(own)[2] if own else None


def is_objected(delivery: Delivery) -> bool:
    """ "the State's latest reply to it is not 'partly' or 'disputed'"."""
    return last_verdict(delivery) in ("partly", "disputed")


def is_evidenced(delivery: Delivery) -> bool:
    return "verified" in delivery.evidence or "self_verified" in delivery.evidence


def is_self_approved_delivery(delivery: Delivery) -> bool:
    by_itself = [itself for revision, itself in delivery.approvals if revision == delivery.revision]
    return any(by_itself) or "self_verified" in delivery.evidence


def is_self_approved_activity(activity: Activity) -> bool:
    return any(itself for _on, itself in activity.approvals)


def serving_activities(world: World, mandate: Mandate, item: Item | None) -> list[Activity]:
    """ "from its first approval ... when it has confirmed links to the mandate and the item"."""
    return [
        activity
        for activity in world.activities
        if is_approved_activity(activity)
        and is_confirmed(link_between(world.activity_mandates, activity, mandate))
        and (item is None or is_confirmed(link_between(world.activity_items, activity, item)))
    ]


def approved_deliveries(world: World, activity: Activity) -> list[Delivery]:
    return [d for d in world.deliveries if d.activity is activity and is_approved_delivery(d)]


# Demands


class Demand:
    """One thing owed, with what decides which work serves it."""

    def __init__(
        self,
        mandate: Mandate,
        kind: str,
        key: str,
        span_from: dt.date,
        span_to: dt.date | None,
        *,
        item: Item | None = None,
        need: Need | None = None,
        round_: int | None = None,
    ) -> None:
        self.mandate = mandate
        self.kind = kind
        self.key = key
        self.span_from = span_from
        self.span_to = span_to
        self.item = item
        self.need = need
        self.round = round_
        self.opened_on = span_from
        self.ended_on: dt.date | None = None
        self.ended_by = ""

    def holds(self, day: dt.date) -> bool:
        return day >= self.span_from and (self.span_to is None or day < self.span_to)

    def takes(self, delivery: Delivery) -> bool:
        """Whether a delivery of a serving activity was made to this demand."""
        if not self.holds(delivery.on):
            return False
        if self.item is not None:
            return self.item in delivery.items and delivery.country in self.item.request.countries
        if self.need is not None:
            return self.need in delivery.needs
        return True

    def end(self, day: dt.date | None, reason: str) -> None:
        """Ends it on a day, unless it ended earlier or for a reason given before."""
        if day is not None and (self.ended_on is None or day < self.ended_on):
            self.ended_on = day
            self.ended_by = reason


def earlier(*days: dt.date | None) -> dt.date | None:
    known = [day for day in days if day is not None]
    return min(known) if known else None


def demands_of_mandate(world: World, mandate: Mandate, today: dt.date) -> list[Demand]:
    if not is_counted(mandate):
        return []
    resolution = mandate.paragraph.resolution
    found: list[Demand] = []
    for item in world.items:
        link = link_between(world.item_mandates, item, mandate)
        if not is_confirmed(link) or item.request.state == "draft":
            continue
        if item.outcome_on is not None and item.outcome_on < resolution.adopted_on:
            continue
        demand = Demand(
            mandate,
            "item",
            f"m{mandate.id}i{item.id}",
            max(item.request.received_on, resolution.adopted_on),
            None,
            item=item,
        )
        if item.outcome in ("declined", "referred", "withdrawn", "merged"):
            assert item.outcome_on is not None
            demand.end(max(item.outcome_on, demand.opened_on), item.outcome)
        demand.end(resolution.superseded_on, "superseded")
        found.append(demand)
    published = [need for need in world.needs if need.mandate is mandate and need.published]
    for need in published:
        found += demands_of_need(world, mandate, need, today)
    if mandate.basis == "standing" and not published:
        demand = Demand(
            mandate,
            "implied",
            f"m{mandate.id}",
            resolution.adopted_on,
            resolution.superseded_on,
        )
        demand.end(resolution.superseded_on, "superseded")
        found.append(demand)
    return [
        demand
        for demand in found
        if not is_superseded(mandate, demand.opened_on)
        and not (
            demand.need is not None
            and demand.need.valid_to is not None
            and demand.opened_on > demand.need.valid_to
        )
    ]


def demands_of_need(world: World, mandate: Mandate, need: Need, today: dt.date) -> list[Demand]:
    resolution = mandate.paragraph.resolution
    first = max(need.valid_from, resolution.adopted_on)
    after = None if need.valid_to is None else need.valid_to + ONE_DAY
    last = earlier(after, resolution.superseded_on)
    if need.every_months is None:
        demand = Demand(mandate, "need", f"n{need.id}", first, last, need=need)
        demand.end(resolution.superseded_on, "superseded")
        demand.end(after, "need_ended")
        return [demand]
    rounds: list[Demand] = []
    begins = first
    while not rounds or begins <= today:
        number = len(rounds)
        if last is not None and begins >= last:
            break
        ends = after_months(first, need.every_months * (number + 1))
        span_to = earlier(ends, last)
        demand = Demand(
            mandate, "round", f"n{need.id}r{number}", begins, span_to, need=need, round_=number
        )
        if number > 0:
            counting = [
                delivery.on
                for activity in serving_activities(world, mandate, None)
                for delivery in approved_deliveries(world, activity)
                if demand.takes(delivery) and not is_objected(delivery)
            ]
            assert span_to is not None
            demand.opened_on = min(counting) if counting else span_to
        rounds.append(demand)
        begins = ends
    for number, demand in enumerate(rounds):
        demand.end(resolution.superseded_on, "superseded")
        demand.end(after, "need_ended")
        if number + 1 < len(rounds):
            demand.end(rounds[number + 1].opened_on, "next_round")
    return rounds


def first_served(deliveries: list[Delivery], states: list[int] | None) -> dt.date | None:
    """The first delivery; for an item the day the last of its States had its first."""
    if states is None:
        return earlier(*(delivery.on for delivery in deliveries))
    days = []
    for state in states:
        day = earlier(*(d.on for d in deliveries if d.country == state))
        if day is None:
            return None
        days.append(day)
    return max(days) if days else None


def row_of_demand(world: World, demand: Demand, today: dt.date) -> Row:
    mandate, item = demand.mandate, demand.item
    work = serving_activities(world, mandate, item)
    if demand.kind == "round":
        starting = []
        for activity in work:
            start = activity.actual_start or activity.planned_start
            if start is not None and demand.holds(start):
                starting.append(activity)
    else:
        starting = work
    running = [activity for activity in starting if not is_stopped(activity)]
    made = [d for a in work for d in approved_deliveries(world, a) if demand.takes(d)]
    counting = [d for d in made if not is_objected(d)]
    states = None if item is None else item.request.countries
    active = running + [d.activity for d in made]
    return {
        "key": demand.key,
        "kind": demand.kind,
        "resolution_id": mandate.paragraph.resolution.id,
        "paragraph_id": mandate.paragraph.id,
        "mandate_id": mandate.id,
        "item_id": item and item.id,
        "need_id": demand.need and demand.need.id,
        "round": demand.round,
        "span_from": demand.span_from,
        "span_to": demand.span_to,
        "opened_on": demand.opened_on,
        "ended_on": demand.ended_on,
        "ended_by": demand.ended_by,
        "planned_on": earlier(*(on for a in running for on, _itself in a.approvals)),
        "started_on": earlier(*(a.actual_start for a in running), *(d.on for d in made)),
        "delivered_on": first_served(counting, states),
        "evidenced_on": first_served([d for d in counting if is_evidenced(d)], states),
        "country_ids": sorted(states or []),
        "activity_ids": sorted({a.id for a in active}),
        "delivery_ids": sorted(d.id for d in counting),
        "disputed": any(is_objected(d) for d in made),
        "overdue": any(
            a.planned_end is not None
            and a.planned_end < today
            and not approved_deliveries(world, a)
            for a in running
        ),
        "closed_short": item is not None and item.outcome == "partly_fulfilled",
        "closed_without_delivery": any(
            a.status == "4" and not approved_deliveries(world, a) for a in starting
        ),
        "suspect_link": (
            item is not None
            and is_suspect(link_between(world.item_mandates, item, mandate), mandate)
        )
        or any(
            is_suspect(link_between(world.activity_mandates, a, mandate), mandate) for a in active
        ),
        "self_approved": any(is_self_approved_activity(a) for a in active)
        or any(is_self_approved_delivery(d) for d in made),
    }


def demand_rows(world: World, today: dt.date) -> list[Row]:
    """What the view `coverage_demand` must say of a world."""
    return [
        row_of_demand(world, demand, today)
        for mandate in world.mandates
        for demand in demands_of_mandate(world, mandate, today)
    ]


# Work without a demand


def stages_of_work(world: World, mandate: Mandate, activity: Activity) -> Row:
    """How far an activity has come under a mandate, whatever was asked."""
    resolution = mandate.paragraph.resolution
    made = [
        d
        for d in approved_deliveries(world, activity)
        if d.on >= resolution.adopted_on and not is_superseded(mandate, d.on)
    ]
    counting = [d for d in made if not is_objected(d)]
    running = [] if is_stopped(activity) else [activity]
    return {
        "planned_on": earlier(*(on for a in running for on, _itself in a.approvals)),
        "started_on": earlier(*(a.actual_start for a in running), *(d.on for d in made)),
        "delivered_on": first_served(counting, None),
        "evidenced_on": first_served([d for d in counting if is_evidenced(d)], None),
    }


def work_rows(world: World, demands: list[Row]) -> list[Row]:
    """What the view `work_without_demand` must say of a world."""
    rows: list[Row] = []
    nothing = dict.fromkeys(
        [
            "resolution_id",
            "paragraph_id",
            "mandate_id",
            "activity_id",
            "item_id",
            "planned_on",
            "started_on",
            "delivered_on",
            "evidenced_on",
            "until",
        ]
    )
    for mandate in world.mandates:
        if not is_counted(mandate):
            continue
        for activity in serving_activities(world, mandate, None):
            stages = stages_of_work(world, mandate, activity)
            if not any(stages.values()):
                continue
            opened = [
                row["opened_on"]
                for row in demands
                if row["mandate_id"] == mandate.id and activity.id in row["activity_ids"]
            ]
            rows.append(
                nothing
                | stages
                | {
                    "key": f"a{activity.id}m{mandate.id}",
                    "flag": "no_recorded_request",
                    "resolution_id": mandate.paragraph.resolution.id,
                    "paragraph_id": mandate.paragraph.id,
                    "mandate_id": mandate.id,
                    "activity_id": activity.id,
                    "until": earlier(*opened),
                }
            )
    for activity in world.activities:
        tied = [x for x in world.activity_mandates if x.left is activity and is_confirmed(x)]
        handed_in = activity.sent or is_approved_activity(activity)
        if handed_in and activity.status != "5" and not tied:
            rows.append(
                nothing | {"key": f"a{activity.id}", "flag": "unlinked", "activity_id": activity.id}
            )
    for item in world.items:
        tied = [x for x in world.item_mandates if x.left is item and is_confirmed(x)]
        stands = item.outcome in ("open", "fulfilled", "partly_fulfilled")
        if item.request.state != "draft" and stands and not tied:
            rows.append(nothing | {"key": f"i{item.id}", "flag": "unlinked", "item_id": item.id})
    return rows


# Statuses and figures


def stage_on(row: Row, day: dt.date) -> str | None:
    for status, column in (
        ("evidenced", "evidenced_on"),
        ("delivered", "delivered_on"),
        ("under_way", "started_on"),
        ("planned", "planned_on"),
    ):
        if row[column] is not None and row[column] <= day:
            return status
    return None


def demand_status(row: Row, day: dt.date) -> str:
    return stage_on(row, day) or "unmet"


def is_open(row: Row, day: dt.date) -> bool:
    return row["opened_on"] <= day and (row["ended_on"] is None or day < row["ended_on"])


def status_of_mandates(
    world: World, mandates: list[Mandate], demands: list[Row], day: dt.date
) -> str:
    """The rule of mandates, which is that of paragraphs over all their demands."""
    counted = [mandate for mandate in mandates if is_counted(mandate)]
    if not counted:
        return "not_applicable"
    ids = [mandate.id for mandate in counted]
    own = [row for row in demands if row["mandate_id"] in ids]
    statuses = [demand_status(row, day) for row in own if is_open(row, day)]
    if statuses:
        if all(status == "evidenced" for status in statuses):
            return "evidenced"
        if all(status in ("evidenced", "delivered") for status in statuses):
            return "delivered"
        if any(status in ("evidenced", "delivered", "under_way") for status in statuses):
            return "under_way"
        if any(status == "planned" for status in statuses):
            return "planned"
        return "unmet"
    if any(row["opened_on"] <= day for row in own):
        return "no_demand"
    stages = [
        stage_on(stages_of_work(world, mandate, activity), day)
        for mandate in counted
        for activity in serving_activities(world, mandate, None)
    ]
    for status in ("evidenced", "delivered", "under_way", "planned"):
        if status in stages:
            return status
    return "no_demand"


def is_in_figures(row: Row, first: dt.date, last: dt.date) -> bool:
    """ "count the demands open on that last day, less those served before the first"."""
    return is_open(row, last) and not (row["delivered_on"] and row["delivered_on"] < first)


FLAGS = (
    "disputed",
    "overdue",
    "closed_short",
    "closed_without_delivery",
    "suspect_link",
    "self_approved",
)


def figures(
    world: World,
    mandates: list[Mandate],
    demands: list[Row],
    first: dt.date,
    last: dt.date,
    work: list[Row] | None = None,
) -> Row:
    """Status and figures of a mandate, or of the mandates of a paragraph, over a period.

    `work` is what `work_rows` gives, where it is known already.
    """
    ids = [mandate.id for mandate in mandates if is_counted(mandate)]
    own = [row for row in demands if row["mandate_id"] in ids]
    shown = [row for row in own if is_in_figures(row, first, last)]
    by_status = Counter(demand_status(row, last) for row in shown)
    flags = Counter(flag for row in shown for flag in FLAGS if row[flag])
    flags["no_recorded_request"] = sum(
        stage_on(row, last) is not None and (row["until"] is None or row["until"] > last)
        for row in (work_rows(world, demands) if work is None else work)
        if row["mandate_id"] in ids
    )
    return {
        "status": status_of_mandates(world, mandates, demands, last),
        "by_status": dict(by_status),
        "demands": len(shown),
        "served": by_status["evidenced"] + by_status["delivered"],
        "flags": {flag: number for flag, number in flags.items() if number},
        "ended": dict(
            Counter(
                row["ended_by"]
                for row in own
                if row["ended_on"] is not None and first <= row["ended_on"] <= last
            )
        ),
    }


def mandates_under(world: World, paragraph: Paragraph) -> list[Mandate]:
    """The mandates of a paragraph, sub-paragraphs included."""
    return [
        mandate
        for mandate in world.mandates
        if mandate.paragraph is paragraph or mandate.paragraph.parent is paragraph
    ]


def totals(
    world: World,
    resolution: Resolution,
    demands: list[Row],
    first: dt.date,
    last: dt.date,
    work: list[Row] | None = None,
) -> Row:
    """Both denominators of a resolution."""
    own = [m for m in world.mandates if m.paragraph.resolution is resolution]
    each = [figures(world, [mandate], demands, first, last, work) for mandate in own]
    asked = [row for row in each if row["demands"]]
    return {
        "mandates": len(own),
        "counted": sum(is_counted(mandate) for mandate in own),
        "demands": sum(row["demands"] for row in each),
        "served": sum(row["served"] for row in each),
        "with_demand": len(asked),
        "delivered": sum(row["status"] in ("delivered", "evidenced") for row in asked),
    }
