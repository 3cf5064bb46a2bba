"""Loads the demonstration world, once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from assistance.coverage.closing import close_period
from assistance.coverage.window import today
from assistance.demonstration.activities import make_activities
from assistance.demonstration.days import day_of, moment_of
from assistance.demonstration.people import REGIONAL, make_people
from assistance.demonstration.requests import make_requests
from assistance.demonstration.world import World, read
from assistance.models import ActivityMandate, AssistanceRequest, Evidence, ItemMandate
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
    _close_last_year(world)
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


def _close_last_year(world: World) -> None:
    """The last calendar year is closed, and one piece of evidence was verified only since."""
    last = dt.date(today().year - 1, 12, 31)
    late = Evidence.objects.filter(
        delivery__on__lte=last,
        delivery__item_rows__isnull=False,
        verified_at__isnull=False,
        self_verified=False,
    ).first()
    verified_by = late.verified_by if late else None
    if late:
        late.verified_by = late.verified_at = None
        late.save()
    close_period(
        user=world.people["manager"],
        resolution_slug=world.resolution.slug,
        first=None,
        last=last,
        note="Demonstration: the figures of this period are invented.",
    )
    if late:
        late.verified_by, late.verified_at = verified_by, timezone.now()
        late.save()


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
