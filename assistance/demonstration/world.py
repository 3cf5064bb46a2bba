"""What the rows of the demonstration world are made from and looked up in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import models

from assistance.models import RequestItem, Series
from directory.models import Country, Entity, User
from mandates.models import Mandate, Need, Resolution

DATA = Path(__file__).parent / "data"


def read(name: str) -> list[dict[str, Any]]:
    """The entries of a data file: `read("request")` reads requests.toml."""
    plural = {"request": "requests", "activity": "activities", "need": "needs"}[name]
    entries: list[dict[str, Any]] = tomllib.loads(
        (DATA / f"{plural}.toml").read_text(encoding="utf-8")
    )[name]
    return entries


@dataclass
class World:
    """What was made so far, by the keys of the data files."""

    resolution: Resolution
    people: dict[str, User]
    items: dict[str, RequestItem] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)

    @cached_property
    def countries(self) -> dict[str, Country]:
        """States by ISO code."""
        return {country.iso: country for country in Country.objects.all()}

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Units and bodies by code."""
        return {entity.code: entity for entity in Entity.objects.all()}

    @cached_property
    def counted(self) -> dict[str, Mandate]:
        """The counted mandate of each paragraph, by the paragraph's number."""
        rows = Mandate.objects.counted().filter(paragraph__resolution=self.resolution)
        return {mandate.paragraph.number: mandate for mandate in rows.select_related("paragraph")}

    def first_mandate(self, number: str) -> Mandate:
        """The first mandate of a paragraph, whoever is asked: for related work."""
        return Mandate.objects.filter(
            paragraph__resolution=self.resolution, paragraph__number=number
        ).order_by("ordinal")[0]


def set_past(row: models.Model, **values: Any) -> None:
    """Give a row the moments of the past that the database would set to now."""
    type(row)._default_manager.filter(pk=row.pk).update(**values)
