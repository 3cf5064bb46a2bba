"""Loads the demonstration world, once."""

from __future__ import annotations

from django.db import transaction

from assistance.demonstration.activities import make_activities
from assistance.demonstration.days import day_of, moment_of
from assistance.demonstration.people import REGIONAL, make_people
from assistance.demonstration.requests import make_requests
from assistance.demonstration.world import World, read
from assistance.models import AssistanceRequest
from mandates.models import Need, Resolution

SYMBOL = "A/RES/74/175"


@transaction.atomic
def load_demonstration_world() -> bool:
    """Make people, requests, needs and activities; False when they are there already."""
    if AssistanceRequest.objects.filter(demonstration=True).exists():
        return False
    states = {
        iso
        for entry in read("request")
        for iso in (entry.get("states") or [entry["by"]])
        if iso != REGIONAL
    } | {
        given["country"]
        for entry in read("activity")
        for given in entry.get("deliveries", [])
        if "reply" in given
    }
    world = World(Resolution.objects.get(symbol=SYMBOL), make_people(states))
    make_requests(world)
    _make_needs(world)
    make_activities(world)
    return True


def _make_needs(world: World) -> None:
    for entry in read("need"):
        published = "published" in entry
        world.needs[entry["key"]] = Need.objects.create(
            mandate=world.counted[entry["paragraph"]],
            words=entry["words"],
            kind=entry["kind"],
            every_months=entry.get("every_months"),
            valid_from=day_of(entry["from"]),
            valid_to=day_of(entry["to"]) if "to" in entry else None,
            created_by=world.people[entry["by"]],
            published_by=world.people["manager"] if published else None,
            published_at=moment_of(entry["published"]) if published else None,
        )
