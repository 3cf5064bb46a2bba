"""The activities of the demonstration world, their links, deliveries, evidence and replies."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile

from assistance.demonstration.days import day_of, moment_of
from assistance.demonstration.people import focal_login
from assistance.demonstration.world import World, read, set_past
from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    ActivityStatus,
    Approval,
    Delivery,
    DeliveryItem,
    DeliveryNeed,
    Evidence,
    LinkState,
    Reply,
    RequestState,
    Series,
    Weight,
)
from directory.models import User

Entry = Mapping[str, Any]
MARKS = {"?": LinkState.PROPOSED, "-": LinkState.REJECTED}


def make_activities(world: World) -> None:
    """All activities of the data file."""
    for entry in read("activity"):
        activity = _activity(world, entry)
        _links(world, activity, entry)
        for given in entry.get("deliveries", []):
            _delivery(world, activity, entry, given)


def _second(world: World, author: User) -> User:
    return world.people["officer2" if author.username == "officer" else "officer"]


def _span(entry: Entry, name: str) -> tuple[dt.date | None, dt.date | None]:
    days = [day_of(day) for day in entry.get(name, [])]
    return (days[0] if days else None, days[1] if len(days) > 1 else None)


def _activity(world: World, entry: Entry) -> Activity:
    author = world.people[entry["by"]]
    planned, actual = _span(entry, "planned"), _span(entry, "actual")
    if planned == (None, None) and entry["status"] == ActivityStatus.CLOSED:
        planned = actual
    begun = entry.get("approved") or (entry.get("actual") or [-14])[0]
    draft = entry.get("draft", False)
    activity = Activity.objects.create(
        title=entry["title"],
        description=entry.get("description", ""),
        kind=entry["kind"],
        status=entry["status"],
        planned_start=planned[0],
        planned_end=planned[1],
        actual_start=actual[0],
        actual_end=actual[1],
        unit=world.entities[entry["unit"]],
        project_code=entry.get("project", ""),
        cost=entry.get("cost"),
        currency=entry.get("currency", ""),
        series=_series(world, entry),
        place=entry.get("place", ""),
        language=entry.get("language", "en"),
        visibility=entry.get("visibility", "internal"),
        created_by=author,
        changed_by=author,
        sent_at=None if draft else moment_of(begun, hour=8),
        demonstration=True,
    )
    activity.created_at = moment_of(begun, hour=8)
    set_past(activity, created_at=activity.created_at)
    activity.countries.set(world.countries[iso] for iso in entry.get("countries", []))
    activity.partners.set(world.entities[code] for code in entry.get("partners", []))
    for iso, share in entry.get("shares", {}).items():
        activity.country_rows.filter(country=world.countries[iso]).update(share=share)
    if "approved" in entry:
        _approve(world, entry, author, entry["approved"], activity=activity)
        if entry.get("untouched"):
            set_past(activity, updated_at=activity.created_at)
    return activity


def _series(world: World, entry: Entry) -> Series | None:
    """The series an entry names, made with its first activity."""
    key = entry.get("series")
    if key and key not in world.series:
        world.series[key] = Series.objects.create(created_by=world.people[entry["by"]])
    return world.series.get(key)


def _approve(world: World, entry: Entry, author: User, on: Any, **thing: Any) -> None:
    own = entry.get("self", False)
    approval = Approval.objects.create(
        revision=1,
        by=author if own else _second(world, author),
        on=day_of(on),
        self_approved=own,
        **thing,
    )
    set_past(approval, at=moment_of(on, hour=15))


def _marked(written: str) -> tuple[str, LinkState, Weight]:
    weight = Weight.SIGNIFICANT if written.endswith("+") else Weight.PRINCIPAL
    return written.rstrip("?-+"), MARKS.get(written[-1], LinkState.CONFIRMED), weight


def _links(world: World, activity: Activity, entry: Entry) -> None:
    author = activity.created_by
    moment = moment_of(entry.get("approved") or -3, hour=15)

    def decision(state: LinkState) -> dict[str, Any]:
        if state == LinkState.PROPOSED:
            return {}
        reason = "Not what this paragraph asks for." if state == LinkState.REJECTED else ""
        return {"decided_by": _second(world, author), "decided_at": moment, "reason": reason}

    tied = [
        (world.counted[number], state, weight)
        for number, state, weight in map(_marked, entry.get("mandates", []))
    ]
    tied += [
        (world.first_mandate(number), LinkState.CONFIRMED, Weight.PRINCIPAL)
        for number in entry.get("related", [])
    ]
    for mandate, state, weight in tied:
        link: ActivityMandate | ActivityItem = ActivityMandate.objects.create(
            activity=activity,
            mandate=mandate,
            mandate_revision=mandate.revision,
            weight=weight,
            state=state,
            proposed_by=author,
            **decision(state),
        )
        set_past(link, proposed_at=activity.created_at)
    for key, state, _ in map(_marked, entry.get("items", [])):
        link = ActivityItem.objects.create(
            activity=activity,
            item=world.items[key],
            state=state,
            proposed_by=author,
            **decision(state),
        )
        set_past(link, proposed_at=activity.created_at)


def _delivery(world: World, activity: Activity, entry: Entry, given: Entry) -> None:
    country = world.countries[given["country"]] if "country" in given else None
    delivery = Delivery.objects.create(
        activity=activity,
        country=country,
        began_on=day_of(given["began"]) if "began" in given else None,
        on=day_of(given["on"]),
        kind=given["kind"],
        women=given.get("women"),
        men=given.get("men"),
        not_stated=given.get("not_stated"),
        by_age=given.get("by_age", {}),
        by_function=given.get("by_function", {}),
        created_by=activity.created_by,
        changed_by=activity.created_by,
    )
    for key, state, _ in map(_marked, entry.get("items", [])):
        item = world.items[key]
        named = RequestState.objects.filter(request=item.request_id, country=country).exists()
        if named and state != LinkState.REJECTED:
            DeliveryItem.objects.create(delivery=delivery, item=item)
    for key in given.get("needs", []):
        DeliveryNeed.objects.create(delivery=delivery, need=world.needs[key])
    if "approved" in given:
        _approve(world, entry, activity.created_by, given["approved"], delivery=delivery)
        if entry.get("untouched"):
            set_past(delivery, updated_at=moment_of(given["approved"], hour=8))
    for written in given.get("evidence", []):
        _evidence(world, delivery, written)
    if "reply" in given and country:
        reply = Reply.objects.create(
            delivery=delivery,
            country=country,
            verdict=given["reply"]["verdict"],
            words=given["reply"].get("words", ""),
            by=world.people[focal_login(country.iso)],
        )
        set_past(reply, at=moment_of(given["reply"]["on"], hour=14))


def _evidence(world: World, delivery: Delivery, written: str) -> None:
    kind, _, verified = written.partition("=")
    author = delivery.created_by
    words = (
        f"Demonstration evidence: {kind} for “{delivery.activity.title}”, {delivery.on:%d %B %Y}.\n"
        "Nothing in this file is real.\n"
    ).encode()
    evidence = Evidence(
        delivery=delivery,
        kind=kind,
        filename=f"{kind}.txt",
        content_type="text/plain",
        size=len(words),
        sha256=hashlib.sha256(words).hexdigest(),
        added_by=author,
        verified_by=_second(world, author) if verified else None,
        verified_at=moment_of(verified, hour=16) if verified else None,
    )
    evidence.file.save(f"{kind}.txt", ContentFile(words), save=True)
    set_past(evidence, added_at=moment_of(delivery.on + dt.timedelta(days=1), hour=9))
