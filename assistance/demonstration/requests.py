"""The requests of the demonstration world, with what happened to each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from assistance.demonstration.days import day_of, moment_of
from assistance.demonstration.people import REGIONAL, focal_login
from assistance.demonstration.world import World, read, set_past
from assistance.models import (
    AssistanceRequest,
    ItemMandate,
    LinkState,
    Message,
    MessageKind,
    ReferenceCounter,
    RequestEvent,
    RequestItem,
    RequestState,
)
from directory.models import Organisation
from mandates.models import Theme

Entry = Mapping[str, Any]


def make_requests(world: World) -> None:
    """All requests, in the order in which they were received, so that references follow it."""
    entries = sorted(
        read("request"),
        key=lambda entry: day_of(entry["received"]) if "received" in entry else dt.date.max,
    )
    for entry in entries:
        request = _request(world, entry)
        for n, asked in enumerate(entry["items"], start=1):
            world.items[f"{entry['key']}/{n}"] = _item(world, request, entry, n, asked)
        for written in entry.get("messages", []):
            _message(world, request, written)
    for entry in entries:
        for n, asked in enumerate(entry["items"], start=1):
            if "outcome" in asked:
                _outcome(world, world.items[f"{entry['key']}/{n}"], asked)
        if entry["state"] != "draft":
            _events(world, entry)


def _request(world: World, entry: Entry) -> AssistanceRequest:
    by = entry["by"]
    login = REGIONAL if by == REGIONAL else focal_login(by)
    origin = entry.get("origin", "portal")
    received = day_of(entry["received"]) if "received" in entry else None
    request = AssistanceRequest.objects.create(
        ref=_reference(received.year) if received else None,
        title=entry["title"],
        organisation=Organisation.objects.get(memberships__user=world.people[login]),
        state=entry["state"],
        origin=origin,
        received_on=received,
        submitted_at=moment_of(entry["received"]) if received else None,
        first_answered_at=moment_of(entry["answered"]) if "answered" in entry else None,
        language=entry.get("language", "en"),
        beneficiaries=entry.get("beneficiaries", ""),
        reason=entry["reason"],
        tried=entry.get("tried", ""),
        urgency=entry.get("urgency", "routine"),
        logged_by=world.people[login if origin == "portal" else "officer"],
        assigned_to=world.people.get(entry.get("assigned", "")),
        contact=world.people.get(entry.get("contact", "")),
        demonstration=True,
    )
    if received:
        set_past(request, created_at=moment_of(entry["received"]))
    RequestState.objects.bulk_create(
        RequestState(request=request, country=world.countries[iso])
        for iso in entry.get("states", [by])
    )
    return request


def _reference(year: int) -> str:
    counter, _ = ReferenceCounter.objects.select_for_update().get_or_create(year=year)
    counter.last += 1
    counter.save()
    return f"TA-{year}-{counter.last:05d}"


def _item(
    world: World, request: AssistanceRequest, entry: Entry, n: int, asked: Entry
) -> RequestItem:
    item = RequestItem.objects.create(
        request=request, n=n, words=asked["words"], help_kinds=asked.get("help", [])
    )
    links = [(number, LinkState.CONFIRMED) for number in asked.get("mandates", [])]
    links += [(number, LinkState.PROPOSED) for number in asked.get("proposed", [])]
    officer = request.assigned_to or world.people["officer"]
    for number, state in links:
        mandate = world.counted[number]
        decided = state == LinkState.CONFIRMED
        moment = moment_of(entry.get("answered", entry["received"]), hour=11)
        link = ItemMandate.objects.create(
            item=item,
            mandate=mandate,
            mandate_revision=mandate.revision,
            state=state,
            proposed_by=officer,
            decided_by=officer if decided else None,
            decided_at=moment if decided else None,
        )
        set_past(link, proposed_at=moment)
    item.themes.set(
        Theme.objects.filter(facets__mandate__in=[world.counted[number] for number, _ in links])
    )
    item.theme_unsure = not links
    item.save()
    return item


def _message(world: World, request: AssistanceRequest, written: Entry) -> None:
    message = Message.objects.create(
        request=request,
        kind=written.get("kind", MessageKind.MESSAGE),
        words=written["words"],
        by=world.people[written["by"]],
    )
    set_past(message, at=moment_of(written["on"], hour=10))


def _outcome(world: World, item: RequestItem, asked: Entry) -> None:
    item.outcome = asked["outcome"]
    item.outcome_on = day_of(asked["on"])
    item.outcome_basis = asked["basis"]
    item.outcome_reason = asked.get("reason", "")
    item.referred_to = world.entities[asked["to"]] if "to" in asked else None
    item.merged_into = world.items[asked["into"]] if "into" in asked else None
    item.save()


STEPS = {
    "submitted": [],
    "under_review": ["start_review"],
    "clarification_requested": ["start_review", "request_clarification"],
    "accepted": ["start_review", "accept_request"],
    "declined": ["start_review", "decline_request"],
    "withdrawn": ["start_review", "accept_request", "withdraw_request"],
    "closed": ["start_review", "accept_request", "close_request"],
}
"""The transitions that lead from `submitted` to each state."""

AFTER = {
    "start_review": "under_review",
    "request_clarification": "clarification_requested",
    "accept_request": "accepted",
    "decline_request": "declined",
    "withdraw_request": "withdrawn",
    "close_request": "closed",
}


def _events(world: World, entry: Entry) -> None:
    request = world.items[f"{entry['key']}/1"].request
    officer = request.assigned_to or world.people["officer"]
    sent = "submit_request" if request.origin == "portal" else "submit_on_behalf"
    _event(request, sent, "draft", "submitted", request.logged_by, entry["received"], 9)
    before = "submitted"
    last = max((day_of(asked["on"]) for asked in entry["items"] if "on" in asked), default=None)
    for hour, step in enumerate(STEPS[entry["state"]], start=10):
        after = AFTER[step]
        on = last if step in ("close_request", "withdraw_request") and last else entry["answered"]
        by = request.logged_by if step == "withdraw_request" else officer
        _event(request, step, before, after, by, on, hour)
        before = after


def _event(
    request: AssistanceRequest, step: str, before: str, after: str, by: Any, on: Any, hour: int
) -> None:
    event = RequestEvent.objects.create(
        request=request, transition=step, from_state=before, to_state=after, by=by
    )
    set_past(event, at=moment_of(on, hour=hour))
