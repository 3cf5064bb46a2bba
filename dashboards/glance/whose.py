"""Whose work a paragraph is: UNODC and others, others alone, or a statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assistance.coverage.figures import ParagraphFigures
from directory.models import Entity
from mandates.models import Facet, FacetRole, MandateKind, Resolution

UNODC = "unodc"


@dataclass(frozen=True)
class Whose:
    """`unodc` says whether it counts, `others` the short names of all other addressees."""

    unodc: bool
    others: tuple[str, ...]
    statement: bool

    def __str__(self) -> str:
        if self.unodc:
            return " + ".join(["UNODC", *self.others])
        if self.others:
            return ", ".join(self.others)
        return _("a statement") if self.statement else _("nobody named")


def addressees_by_mandate(resolution: Resolution) -> dict[int, list[Entity]]:
    """Who is asked by each mandate of a resolution; one query."""
    found: dict[int, list[Entity]] = {}
    for facet in Facet.objects.filter(
        mandate__paragraph__resolution=resolution, role=FacetRole.ADDRESSEE
    ).select_related("entity"):
        found.setdefault(facet.mandate_id, []).append(facet.entity)
    return found


def whose_work(row: ParagraphFigures, addressees: Mapping[int, Iterable[Entity]]) -> Whose:
    """Whose work the mandates of a paragraph are."""
    counted = any(mandate.counted for mandate in row.mandates)
    others: dict[str, str] = {}
    for mandate in row.mandates:
        for entity in addressees.get(mandate.mandate.pk, ()):
            if entity.code != UNODC:
                others.setdefault(entity.code, entity.acronym or entity.name)
    return Whose(
        unodc=counted,
        others=tuple(others.values()),
        statement=all(mandate.kind != MandateKind.ACTION for mandate in row.mandates),
    )
