"""What a thing on the bench may be linked to: mandates with reasons, open items of its States."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from assistance.matching import fold
from assistance.models import (
    Activity,
    ItemMandate,
    LinkState,
    RequestItem,
    RequestOutcome,
    RequestStatus,
    Weight,
)
from assistance.services.suggestions import alike_to, officers_suggestions
from mandates.models import Mandate
from mandates.wordings import ClauseWords, words_now

MOST = 5
"""Choices on the bench: as many as single keys choose."""
MOST_WEAK = 3
FOUND = 9
"""Choices when something was searched, suggestions included: as many as there are digits."""
SOUGHT = 6
READ_ITEMS = 60
MOST_ITEMS = 3
ALIKE = 0.6
WEAK = 0.5
"""A weak suggestion stands beside a confident one when its score is at least this share of it."""


@dataclass
class ItemChoice:
    """An open item of a State of the activity, the mandates it is tied to, and whether ticked."""

    item: RequestItem
    mandates: list[Mandate]
    alike: float
    ticked: bool = False


@dataclass
class MandateChoice:
    """A mandate with the reasons for it, its words, and what is chosen before anybody chose."""

    mandate: Mandate
    why: list[str] = field(default_factory=list)
    confident: bool = False
    suggested: bool = True
    chosen: str = ""
    words: ClauseWords | None = None


@dataclass
class Choices:
    """All that can be chosen for a thing; empty when nothing fits."""

    mandates: list[MandateChoice]
    items: list[ItemChoice]


def choices_for(thing: Activity | RequestItem, user: Any, *, search: str = "") -> Choices:
    """What a search finds for a thing, then suggestions, in a fixed number of queries.

    What a person decided of the thing itself, or proposed for it, is not suggested again; a search
    finds also what was rejected.
    """
    links = list(thing.mandate_links.all())
    items = _open_items(thing, user) if isinstance(thing, Activity) else []
    found, items = _suggested(thing, items, without={link.mandate_id for link in links})
    if search:
        taken = {link.mandate_id for link in links if link.state != LinkState.REJECTED}
        suggested = {one.mandate.pk: one for one in found}
        sought = [
            suggested.pop(one.pk, None) or MandateChoice(one, suggested=False)
            for one in searched(search, without=taken)
        ]
        found = [*sought, *suggested.values()][:FOUND]
    words = words_now([one.mandate.pk for one in found])
    for one in found:
        one.words = words.get(one.mandate.pk)
    return Choices(found, items)


def suggested_to(thing: Activity | RequestItem, user: Any) -> set[int]:
    """The mandates (by id) that the bench suggests for a thing."""
    return {one.mandate.pk for one in choices_for(thing, user).mandates}


def searched(words: str, *, without: Collection[int] = ()) -> list[Mandate]:
    """Mandates in force whose symbol, labels or words have all words sought, best first.

    A number is that of a paragraph. Capitals and accents do not matter; every language loaded is
    searched. Two queries.
    """
    wanted = fold(words).split()
    found = []
    mandates: Any = Mandate.objects.with_counted().not_continued()
    for mandate in (
        mandates.filter(paragraph__resolution__superseded_on=None)
        .exclude(pk__in=without)
        .select_related("paragraph__resolution")
        .prefetch_related("paragraph__texts")
        .order_by("-counted", "paragraph__position", "ordinal")
    ):
        paragraph = mandate.paragraph
        labels = fold(" ".join([*mandate.labels.values(), *paragraph.labels.values()]))
        text = fold(" ".join(one.words for one in paragraph.texts.all()))
        name = fold(mandate.identifier)
        if all(
            word == paragraph.number
            or (not word.isdigit() and (word in labels or word in text or word in name))
            for word in wanted
        ):
            number = any(word == paragraph.number for word in wanted)
            rank = (not number, not any(word in labels for word in wanted))
            found.append((rank, mandate))
    found.sort(key=lambda pair: pair[0])
    return [mandate for _rank, mandate in found[:SOUGHT]]


def _suggested(
    thing: Activity | RequestItem, items: list[ItemChoice], *, without: Collection[int]
) -> tuple[list[MandateChoice], list[ItemChoice]]:
    """The mandates that fit, and the open items that fit with them; nothing when nothing fits."""
    known = Mandate.objects.in_bulk(without)
    ranked = officers_suggestions(thing, without=known.values(), limit=MOST)
    best = max((one.score for one in ranked if one.confident), default=0.0)
    found = []
    for one in ranked:
        if one.confident or (best and one.score >= WEAK * best and len(found) < MOST_WEAK):
            chosen = Weight.PRINCIPAL if one.confident else ""
            found.append(MandateChoice(one.mandate, list(one.why), one.confident, chosen=chosen))
    chosen_by = {one.mandate.pk: one for one in found}
    fitting = [
        one
        for one in items
        if one.alike >= ALIKE or any(mandate.pk in chosen_by for mandate in one.mandates)
    ]
    fitting.sort(key=lambda one: -one.alike)
    for one in fitting[:MOST_ITEMS]:
        sure = any(chosen_by[m.pk].confident for m in one.mandates if m.pk in chosen_by)
        one.ticked = one.alike >= ALIKE and sure
        for mandate in one.mandates:
            choice = chosen_by.get(mandate.pk)
            if choice is None and mandate.pk not in without and len(found) < MOST:
                choice = chosen_by[mandate.pk] = MandateChoice(mandate)
                found.append(choice)
            if choice is not None:
                choice.why.append(_open_item_words(one.item))
                if one.ticked:
                    choice.chosen = Weight.PRINCIPAL
    return found, fitting[:MOST_ITEMS]


def _open_item_words(item: RequestItem) -> str:
    states = ", ".join(state.name for state in item.request.states.all())
    return _("%(states)s has an open item here: %(reference)s, %(number)d") % {
        "states": states,
        "reference": item.request.ref,
        "number": item.n,
    }


def _open_items(activity: Activity, user: Any) -> list[ItemChoice]:
    """The open items of the activity's States that it is not linked to, with their likeness."""
    tied = ItemMandate.objects.confirmed().select_related("mandate__paragraph__resolution")
    linked = [link.item_id for link in activity.item_links.all()]
    countries = [country.pk for country in activity.countries.all()]
    if not countries:
        return []
    items = (
        RequestItem.objects.visible_to(user)
        .filter(outcome=RequestOutcome.OPEN, request__state_rows__country__in=countries)
        .exclude(request__state=RequestStatus.DRAFT)
        .exclude(pk__in=linked)
        .select_related("request")
        .prefetch_related(
            "request__states",
            "request__items",
            "themes",
            Prefetch("mandate_links", tied, to_attr="confirmed_links"),
        )
        .distinct()
        .order_by("request__received_on", "pk")[:READ_ITEMS]
    )
    found = list(items)
    nearness = alike_to(activity, found)
    return [
        ItemChoice(item, [link.mandate for link in item.confirmed_links], alike)
        for item, alike in zip(found, nearness, strict=True)
    ]
