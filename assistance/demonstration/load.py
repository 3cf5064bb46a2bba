"""Loads the demonstration world, once."""

from __future__ import annotations

from django.db import transaction

from assistance.demonstration.activities import make_activities
from assistance.demonstration.days import day_of, moment_of
from assistance.demonstration.people import REGIONAL, make_people
from assistance.demonstration.requests import make_requests
from assistance.demonstration.world import World, read
from assistance.models import ActivityMandate, AssistanceRequest, ItemMandate
from mandates.models import Need, Resolution
from mandates.services.correcting import Corrections, correct_mandate

SYMBOL = "A/RES/74/175"
DOUBTED_PARAGRAPH = "16"
DOUBTED_ACTIVITY = "Atelier sur les liens entre criminalité organisée et terrorisme"


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
    _doubt_a_clause(world)
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


def _doubt_a_clause(world: World) -> None:
    """An officer cuts a clause short and mends it: one activity's link waits for another look."""
    mandate = world.counted[DOUBTED_PARAGRAPH]
    span = mandate.spans.get()
    for end, reason in (
        (span.end - 1, "Demonstration: the clause was read one letter too far."),
        (span.end, "Demonstration: it was not; as the reader had it."),
    ):
        mandate = correct_mandate(
            user=world.people["officer2"],
            mandate_pk=mandate.pk,
            corrections=Corrections(spans={span.paragraph_text_id: (span.start, end)}),
            reason=reason,
        )
    seen = {"mandate_revision": mandate.revision}
    ItemMandate.objects.filter(mandate=mandate).update(**seen)
    ActivityMandate.objects.filter(mandate=mandate).exclude(
        activity__title=DOUBTED_ACTIVITY
    ).update(**seen)
