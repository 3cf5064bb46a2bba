"""A resolution with three paragraphs of which UNODC owes help, and States that asked for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from assistance.models import ActivityItem, DeliveryItem
from dashboards.report.content import Content
from dashboards.report.gather import gather
from mandates.models import Footnote, Paragraph, ParagraphText, Resolution
from tests import factories as f

FIRST, LAST = dt.date(2020, 1, 1), dt.date(2030, 12, 31)
WORDS = "Requests the Office to help States that ask for it, as noted;"


@dataclass
class ReportWorld:
    """`help` gives, under a paragraph, what one State asked for, served or not."""

    resolution: Resolution
    paragraphs: dict[str, Paragraph]
    mandates: dict[str, Any]
    officer: Any
    activity: Any

    def help(
        self, number: str, *states: str, served: int = 0, evidenced: int = 0, **request: Any
    ) -> None:
        """One item a State; the first `served` delivered, the first `evidenced` shown."""
        for place, iso in enumerate(states):
            country = f.CountryFactory(iso=iso)
            asked = f.RequestFactory(organisation=f.StateFactory(country=country), **request)
            item = asked.items.get()
            item.help_kinds = ["training"]
            item.save()
            f.link(item, self.mandates[number])
            if place < max(served, evidenced):
                self.serve(item, country, evidenced=place < evidenced)

    def serve(self, item: Any, country: Any, *, evidenced: bool) -> None:
        """An approved delivery of the internal activity, with verified evidence or without."""
        activity = f.ActivityFactory(title="Closed course")
        for mandate_link in item.mandate_links.all():
            f.link(activity, mandate_link.mandate)
        f.link(activity, item)
        f.approve(activity)
        delivery = f.DeliveryFactory(activity=activity, country=country)
        DeliveryItem.objects.create(delivery=delivery, item=item)
        f.approve(delivery)
        if evidenced:
            f.EvidenceFactory(
                delivery=delivery, verified_by=f.UserFactory(), verified_at=timezone.now()
            )
        assert ActivityItem.objects.filter(activity=activity).exists()

    def content(self, language: str = "en") -> Content:
        """The report as it would be built now."""
        return gather(
            self.resolution,
            user=self.officer,
            first=FIRST,
            last=LAST,
            as_of=f.today(),
            language=language,
        )


@pytest.fixture
def report_world(db: None) -> ReportWorld:
    resolution = f.ResolutionFactory(
        symbol="A/RES/70/1", labels={"en": "Help", "es": "Ayuda", "fr": "Aide"}
    )
    text = f.TextFactory(resolution=resolution, language="es", title="Asistencia técnica")
    Footnote.objects.create(text=text, mark="1", position=1, words="Resolución 69/1.")
    paragraphs, mandates = {}, {}
    for number in ("1", "2", "3"):
        paragraph = f.ParagraphFactory(resolution=resolution, number=number)
        ParagraphText.objects.create(
            paragraph=paragraph,
            text=text,
            words=WORDS,
            emphasis=[[0, 8]],
            footnote_marks=[{"mark": "1", "offset": 60}] if number == "1" else [],
        )
        paragraphs[number] = paragraph
        mandates[number] = f.MandateFactory(paragraph=paragraph)
    public = f.ActivityFactory(title="Open course", visibility="public")
    f.link(public, mandates["1"])
    f.approve(public)
    f.approve(f.DeliveryFactory(activity=public, country=f.CountryFactory(iso="TG")))
    return ReportWorld(resolution, paragraphs, mandates, f.officer(username="writer"), public)
