"""Whose work a paragraph is: UNODC and others, others alone, or a statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.coverage.figures import ParagraphFigures
from directory.models import Entity
from mandates.models import Facet, FacetRole, MandateKind, Resolution

UNODC = "unodc"
# After "UNODC +" there is room for a short word only.
SHORT = {
    "member_states": gettext_lazy("States"),
    "states": gettext_lazy("States"),
    "un_entities": gettext_lazy("UN"),
    "secretary_general": gettext_lazy("SG"),
    "international_organizations": gettext_lazy("organizations"),
}


@dataclass(frozen=True)
class Whose:
    """`unodc` says whether it counts, `others` the short names of all other addressees."""

    unodc: bool
    others: tuple[str, ...]
    statement: bool

    def __str__(self) -> str:
        if self.unodc:
            return " + ".join([_("UNODC"), *self.others])
        if self.others:
            return ", ".join(self.others)
        return _("a statement") if self.statement else _("nobody named")


def addressees_by_mandate(resolution: Resolution) -> dict[int, list[Entity]]:
    """Who is asked by each mandate of a resolution; one query."""
    found: dict[int, list[Entity]] = {}
    for facet in Facet.objects.filter(
        mandate__paragraph__resolution=resolution, role=FacetRole.ADDRESSEE
    ).select_related("entity"):
        if facet.entity:
            found.setdefault(facet.mandate_id, []).append(facet.entity)
    return found


def whose_work(row: ParagraphFigures, addressees: Mapping[int, Iterable[Entity]]) -> Whose:
    """Whose work the mandates of a paragraph are."""
    counted = any(mandate.counted for mandate in row.mandates)
    others: dict[str, str] = {}
    for mandate in row.mandates:
        for entity in addressees.get(mandate.mandate.pk, ()):
            if entity.code != UNODC:
                name = entity.acronym or entity.name
                others.setdefault(
                    entity.code, str(SHORT.get(entity.code, name)) if counted else name
                )
    return Whose(
        unodc=counted,
        others=tuple(others.values()),
        statement=all(mandate.kind != MandateKind.ACTION for mandate in row.mandates),
    )
