"""What an act would do to the figures, before it is done: it is done, read, and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from assistance.coverage.figures import Figures, ResolutionFigures, figures_of_resolution
from assistance.coverage.status import Status
from assistance.coverage.window import Window
from mandates.models import Need
from mandates.services.needs import NeedFields, check_need, end_need, publish_need

if TYPE_CHECKING:
    from directory.models import User
    from directory.policy import Person
    from mandates.models import Mandate


@dataclass(frozen=True)
class Standing:
    """Status (None for a resolution, which has none) and "3 of 10 served"."""

    status: Status | None
    served: int
    demands: int


@dataclass(frozen=True)
class Foreseen:
    """A mandate, a paragraph or a resolution now, and once the act is done."""

    place: str
    before: Standing
    after: Standing

    @property
    def changes(self) -> bool:
        """Whether the act changes it at all."""
        return self.before != self.after


def foresee(mandate: Mandate, *, user: Person, act: Callable[[], object]) -> list[Foreseen]:
    """The mandate, its paragraphs upwards and its resolution as of today, before and after an act.

    The act runs in a transaction that is always rolled back, notifications included; what it
    refuses is raised.
    """
    before = _standings(mandate, user)
    with transaction.atomic():
        try:
            act()
            after = _standings(mandate, user)
        finally:
            transaction.set_rollback(True)
    return [Foreseen(place, before[place], after[place]) for place in before]


def foresee_need(need: Need, fields: NeedFields, *, user: User) -> list[Foreseen]:
    """What a need, new or changed, would do if it said this and a manager had published it."""

    def published() -> None:
        there = Need.objects.get(pk=need.pk) if need.pk else Need(mandate=need.mandate)
        for name, value in fields.items():
            setattr(there, name, value)
        there.created_by_id = there.created_by_id or user.pk
        there.published_by, there.published_at = user, timezone.now()
        check_need(there)
        there.save()

    return foresee(need.mandate, user=user, act=published)


def foresee_publishing(need: Need, *, user: User, in_place_of: int | None) -> list[Foreseen]:
    """What publishing a need as it stands would do, in place of another if one is named."""
    return foresee(
        need.mandate,
        user=user,
        act=lambda: publish_need(
            user=user, need_pk=need.pk, revision=need.revision, in_place_of=in_place_of
        ),
    )


def foresee_ending(need: Need, *, user: User, last_day: dt.date) -> list[Foreseen]:
    """What ending a published need after its last day would do."""
    return foresee(
        need.mandate,
        user=user,
        act=lambda: end_need(user=user, need_pk=need.pk, last_day=last_day, revision=need.revision),
    )


def _standings(mandate: Mandate, user: Person) -> dict[str, Standing]:
    """By identifier, number and symbol, from the mandate upwards."""
    resolution = mandate.paragraph.resolution
    found = figures_of_resolution(resolution, user=user, window=Window.of(resolution))
    paragraphs = {row.paragraph.pk: row for row in found.paragraphs}
    within = paragraphs[mandate.paragraph_id].mandates
    own = next(row for row in within if row.mandate.pk == mandate.pk)
    standings = {own.identifier: _standing(own)}
    place: int | None = mandate.paragraph_id
    while place is not None:
        row = paragraphs[place]
        standings[row.number] = _standing(row)
        place = row.paragraph.parent_id
    standings[resolution.symbol] = _of_resolution(found)
    return standings


def _standing(row: Figures) -> Standing:
    return Standing(row.status, row.served, row.demands)


def _of_resolution(found: ResolutionFigures) -> Standing:
    return Standing(None, found.totals.served, found.totals.demands)
