"""What was read in a clause: whom it asks, with whom, which tools it names, on what conditions."""

from __future__ import annotations

from functools import cached_property

from directory.models import Entity
from mandates import reader
from mandates.models import Facet, FacetRole, FacetSource, Mandate, Text
from mandates.reader.places import addressee_place
from mandates.refusals import ImportRefused
from mandates.services.import_paragraphs import Placed

FIELDS = ("role", "entity_id", "condition", "words", "paragraph_text_id", "start", "end")


class Entities:
    """The entities of the directory by their code, read once an import."""

    @cached_property
    def _by_code(self) -> dict[str, Entity]:
        return {entity.code: entity for entity in Entity.objects.all()}

    def __getitem__(self, code: str) -> Entity:
        try:
            return self._by_code[code]
        except KeyError as missing:
            raise ImportRefused("directory_empty", codes=code) from missing


def sync_entities_and_products(
    mandate: Mandate,
    place: Placed,
    read: reader.Mandate,
    corrected: set[str],
    entities: Entities,
    text: Text,
) -> None:
    """Addressees, partners and products as read, but for those an officer corrected."""
    wanted = [
        *_addressees(mandate, place, read, entities, text),
        *(
            Facet(mandate=mandate, role=FacetRole.PARTNER, entity=entities[code])
            for code in read.partners
        ),
        *(Facet(mandate=mandate, role=FacetRole.PRODUCT, words=title) for title in read.products),
    ]
    roles = {
        role
        for role, field in (
            (FacetRole.ADDRESSEE, "addressees"),
            (FacetRole.PARTNER, "partners"),
            (FacetRole.PRODUCT, "products"),
        )
        if field not in corrected
    }
    here = mandate.facets.filter(role__in=roles, source=FacetSource.READER)
    _sync(list(here), [facet for facet in wanted if facet.role in roles])


def _addressees(
    mandate: Mandate, place: Placed, read: reader.Mandate, entities: Entities, text: Text
) -> list[Facet]:
    facets = []
    for code in read.addressees:
        span = addressee_place(place.text.words, read, code, text.language)
        facet = Facet(mandate=mandate, role=FacetRole.ADDRESSEE, entity=entities[code])
        if span:
            facet.paragraph_text, (facet.start, facet.end) = place.text, span
            facet.words = place.text.words[span[0] : span[1]]
        facets.append(facet)
    return facets


def sync_conditions(
    mandate: Mandate, place: Placed, read: reader.Mandate, corrected: set[str]
) -> None:
    """The conditions as read in this text, unless an officer corrected them."""
    if "conditions" in corrected:
        return
    wanted = [
        Facet(
            mandate=mandate,
            role=FacetRole.CONDITION,
            condition=condition.kind.value,
            paragraph_text=place.text,
            start=condition.start,
            end=condition.end,
            words=place.text.words[condition.start : condition.end],
        )
        for condition in read.conditions
    ]
    here = mandate.facets.filter(
        role=FacetRole.CONDITION, source=FacetSource.READER, paragraph_text=place.text
    )
    _sync(list(here), wanted)


def follow_words(mandate: Mandate, place: Placed) -> None:
    """Move the marks an officer decided on to where their words stand now, or to nowhere."""
    for facet in mandate.facets.filter(paragraph_text=place.text, start__isnull=False):
        start = place.text.words.find(facet.words) if facet.words else -1
        if start >= 0:
            facet.start, facet.end = start, start + len(facet.words)
        else:
            facet.paragraph_text, facet.start, facet.end = None, None, None
        facet.save(update_fields=["paragraph_text", "start", "end"])


def _sync(here: list[Facet], wanted: list[Facet]) -> None:
    """Remove and add only what differs."""
    kept = {_said(facet): facet for facet in here}
    fresh = []
    for facet in wanted:
        if kept.pop(_said(facet), None) is None:
            fresh.append(facet)
    Facet.objects.filter(pk__in=[facet.pk for facet in kept.values()]).delete()
    Facet.objects.bulk_create(fresh)


def _said(facet: Facet) -> tuple[object, ...]:
    return tuple(getattr(facet, field) for field in FIELDS)
