"""Kenya's request with all that can hang on one, each part marked; Colombia's is its stranger."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from assistance import models
from assistance.coverage.snapshots import record_changes
from mandates.models import Lineage
from notifications.models import OutboxMessage
from tests import factories as make
from tests.security.pages import World, build_world

MARK, PLUME = "Quetzal", "Resplendent"
MARKED = f"{MARK} {PLUME}"
"""Stands in all that Kenya wrote, and nowhere else; who searches for one half finds the other."""


@dataclass
class TwoStates:
    """The world of the pages, Kenya's objects by the name of their resource, the traces of all."""

    pages: World
    of_kenya: dict[str, Any]
    token: str

    @property
    def foreign(self) -> Any:
        """Colombia's focal point."""
        return self.pages.people["foreign"]

    @property
    def reference(self) -> str:
        """The number of Kenya's request."""
        return str(self.pages.item.request.ref)

    def traces(self) -> set[str]:
        """What tells of Kenya: words, the reference, the addresses of each object."""
        found = {MARK, PLUME, self.reference}
        for resource, thing in self.of_kenya.items():
            key = thing if isinstance(thing, str) else str(thing.pk)
            found.add(reverse(f"api:{resource}-detail", args=[key]))
        for name, thing in (
            ("request", self.pages.item.request),
            ("request", self.pages.draft),
            ("activity", self.pages.activity),
            ("delivery", self.pages.delivery),
        ):
            found.add(reverse(name, args=[thing.pk]))
        return found


@transaction.atomic
def build() -> TwoStates:
    """The world; Colombia has asked and received as well, so that its lists are not empty."""
    world = build_world()
    kenya = world.people["own"]
    asked, item, draft = world.item.request, world.item, world.draft
    activity, delivery, evidence = world.activity, world.delivery, world.evidence
    country = delivery.country
    activity.countries.add(country)
    paper = _file(f"{MARKED} paper".encode(), f"{MARK}.txt")
    _change(
        asked, title=f"{MARKED} request", reason=f"{MARKED} reason", beneficiaries=f"{MARKED} court"
    )
    _change(item, words=f"{MARKED} help")
    _change(draft, title=f"{MARKED} draft", reason=f"{MARKED} reason")
    for drafted in draft.items.all():
        _change(drafted, words=f"{MARKED} thing")
    days = {"planned_start": make.today()}
    _change(activity, title=f"{MARKED} work", description=f"{MARKED} plan", **days)
    _change(delivery, title=f"{MARKED} training")
    _change(world.attachment, **paper)
    _change(evidence, **paper)
    _change(world.message, context={"title": f"{MARKED} request", "reference": asked.ref})
    models.Message.objects.create(request=asked, words=f"{MARKED} word", by=kenya)
    officer = world.people["officer"]
    models.InternalNote.objects.create(request=asked, words=f"{MARKED} unreliable", by=officer)
    models.SendBack.objects.create(
        activity=activity, revision=1, reason=f"{MARKED} dates", by=officer
    )
    models.RequestEvent.objects.create(
        request=asked, by=kenya, transition="accept_request", note=f"{MARKED} note"
    )
    reply = models.Reply.objects.create(
        delivery=delivery, country=country, verdict="confirmed", words=f"{MARKED} thanks", by=kenya
    )
    _work_to_look_at(world)
    # Tied since the period was closed, so that it is revised.
    make.link(make.ItemFactory(request=asked, words=f"{MARKED} late"), world.mandate)
    untied = make.ItemFactory(request=asked, words=f"{MARKED} untied")
    record_changes(make.today())
    make.served_item("CO", logged_by=world.people["foreign"], state="accepted", evidenced=True)
    _continued(world)
    _, token = ApiToken.objects.create(user=world.people["foreign"], expiry=None)
    return TwoStates(
        pages=world,
        of_kenya={
            "request": asked,
            "item": item,
            "attachment": world.attachment,
            "activity": activity,
            "delivery": delivery,
            "evidence": evidence,
            "reply": reply,
            "item-mandate": item.mandate_links.get(),
            "activity-mandate": activity.mandate_links.get(),
            "activity-item": activity.item_links.get(),
            "demand": f"m{world.mandate.pk}i{item.pk}",
            "unlinked": f"i{untied.pk}",
            "upload": world.sheet,
            "narrative": world.narrative,
            "report": world.report,
        },
        token=token,
    )


def _work_to_look_at(world: World) -> None:
    """What waits for an officer: an activity to approve, evidence to verify, a suspect link."""
    waiting = make.ActivityFactory(title=f"{MARKED} waiting")
    waiting.countries.add(world.delivery.country)
    make.link(waiting, world.item, "proposed")
    make.EvidenceFactory(delivery=world.delivery, url=f"https://example.org/{MARK}")
    _change(world.mandate, revision=world.mandate.revision + 1)


def _continued(world: World) -> None:
    """A later mandate that continues the one all is linked to."""
    resolution = make.ResolutionFactory(symbol="A/RES/78/1", adopted_on=make.today())
    later = make.MandateFactory(paragraph=make.ParagraphFactory(resolution=resolution))
    Lineage.objects.create(
        earlier=world.mandate,
        later=later,
        relation="reworded",
        decided_by=world.people["officer"],
        decided_at=timezone.now(),
    )


def tell_a_stranger(world: TwoStates, channel: str) -> None:
    """A mail about Kenya's request, addressed to Colombia by mistake, the day before yesterday."""
    asked = world.pages.item.request
    message = OutboxMessage.objects.create(
        channel=channel,
        key="to a stranger",
        kind="request_submitted",
        recipient=world.foreign,
        context={
            "title": asked.title,
            "reference": asked.ref,
            "about": {"model": "assistance.assistancerequest", "pk": asked.pk},
        },
        path=reverse("request", args=[asked.pk]),
    )
    before = timezone.now() - dt.timedelta(days=2)
    OutboxMessage.objects.filter(pk=message.pk).update(created_at=before)


def _file(content: bytes, name: str) -> dict[str, Any]:
    return {
        "file": ContentFile(content, name),
        "filename": name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _change(thing: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()
