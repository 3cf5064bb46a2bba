"""A small world in which two States have one of everything, and a person of each role."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from assistance import models
from assistance.coverage.closing import close_period
from directory.models import Role
from mandates.models import Facet, FacetRole, ResolutionImport, Theme
from tests import factories


@dataclass
class World:
    """People by role, and for each State its objects by the name of the resource."""

    people: dict[str, Any]
    mandate: Any
    shared: dict[str, Any]
    of: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def ke(self) -> dict[str, Any]:
        """The objects of Kenya."""
        return self.of["KE"]

    @property
    def co(self) -> dict[str, Any]:
        """The objects of Colombia."""
        return self.of["CO"]


@transaction.atomic
def build() -> World:
    """The world, small enough for each test."""
    people = {
        "ke": factories.focal_point("KE", username="focal-ke"),
        "co": factories.focal_point("CO", username="focal-co"),
        "regional": factories.person(
            Role.REGIONAL_BODY, factories.RegionalBodyFactory(), username="regional"
        ),
        "officer": factories.officer(username="officer"),
        "manager": factories.manager(username="manager"),
        "auditor": factories.person(Role.AUDITOR, username="auditor"),
        "admin": factories.person(Role.ADMINISTRATOR, username="admin"),
    }
    resolution = factories.ResolutionFactory(
        symbol="A/RES/74/175", session=74, adopted_on=dt.date(2019, 12, 18)
    )
    factories.TextFactory(resolution=resolution)
    paragraph = factories.ParagraphFactory(resolution=resolution, number="1")
    mandate = factories.MandateFactory(paragraph=paragraph, ordinal=2)
    unit = factories.UnitFactory()
    mandate.lead_unit = unit
    mandate.save()
    theme = Theme.objects.create(code="evidence", names={"en": "Evidence"}, position=1)
    Facet.objects.create(mandate=mandate, role=FacetRole.THEME, theme=theme)
    shared = {
        "resolution": resolution,
        "paragraph": paragraph,
        "mandate": mandate,
        "unit": unit,
        "theme": theme,
        "entity": factories.EntityFactory(),
        "answer-template": factories.AnswerTemplateFactory(),
        "country": factories.CountryFactory(iso="KE"),
        "organisation": factories.StateFactory(country=factories.CountryFactory(iso="KE")),
        "need": factories.NeedFactory(mandate=mandate, published=True),
        "import": ResolutionImport.objects.create(
            file=ContentFile(b"text", "text"), filename="text.txt", sha256="0" * 64
        ),
        "narrative": factories.NarrativeFactory(resolution=resolution, paragraph=paragraph),
        "report": factories.ReportFactory(resolution=resolution),
        "upload": models.SheetUpload.objects.create(
            file=ContentFile(b"sheet", "sheet"),
            filename="activities.xlsx",
            size=5,
            sha256="0" * 64,
            state="ready",
            uploaded_by=people["officer"],
        ),
    }
    world = World(people=people, mandate=mandate, shared=shared)
    for iso in ("KE", "CO"):
        world.of[iso] = everything_of(iso, mandate, people)
    shared["closing"] = close_period(
        user=people["manager"],
        resolution_slug=resolution.slug,
        first=None,
        last=factories.today() - dt.timedelta(days=1),
    )
    return world


def everything_of(iso: str, mandate: Any, people: dict[str, Any]) -> dict[str, Any]:
    """A request under review with all that can hang on one, of one State."""
    author = factories.UserFactory()
    country = factories.CountryFactory(iso=iso)
    asked = factories.RequestFactory(
        title=f"Secret wish of {iso}",
        organisation=factories.StateFactory(country=country),
        state="under_review",
        logged_by=people[iso.lower()],
        received_on=factories.today() - dt.timedelta(days=10),
        with_items=0,
    )
    item = factories.ItemFactory(request=asked, words=f"Help only {iso} wants")
    untied = factories.ItemFactory(request=asked, words=f"Untied help for {iso}")
    tie = factories.link(item, mandate)
    activity = factories.ActivityFactory(title=f"Work for {iso}", created_by=author)
    activity.countries.add(country)
    carries = factories.link(activity, mandate, proposed_by=author)
    answers = factories.link(activity, item, proposed_by=author)
    factories.approve(activity)
    delivery = factories.DeliveryFactory(activity=activity, country=country)
    models.DeliveryItem.objects.create(delivery=delivery, item=item)
    factories.approve(delivery)
    evidence = factories.EvidenceFactory(
        delivery=delivery, verified_by=factories.UserFactory(), verified_at=timezone.now()
    )
    reply = models.Reply.objects.create(
        delivery=delivery, country=country, verdict="confirmed", by=people[iso.lower()]
    )
    models.Message.objects.create(request=asked, words=f"Word of {iso}", by=people[iso.lower()])
    models.InternalNote.objects.create(request=asked, words=f"Note on {iso}", by=people["officer"])
    models.RequestEvent.objects.create(
        request=asked, by=people[iso.lower()], transition="submit_request", to_state="submitted"
    )
    content = f"paper of {iso}".encode()
    attachment = models.Attachment.objects.create(
        request=asked,
        file=ContentFile(content, "paper"),
        filename="paper.txt",
        content_type="text/plain",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_by=people[iso.lower()],
    )
    return {
        "request": asked,
        "item": item,
        "attachment": attachment,
        "activity": activity,
        "delivery": delivery,
        "evidence": evidence,
        "reply": reply,
        "item-mandate": tie,
        "activity-mandate": carries,
        "activity-item": answers,
        "demand": f"m{mandate.pk}i{item.pk}",
        "state": iso,
        "unlinked": f"i{untied.pk}",
    }
