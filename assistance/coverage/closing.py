"""Closing a period: its rows are frozen with their hash, and can be checked against it for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assistance.coverage.made import rows_now, rows_of
from assistance.coverage.models import ClosedRow, Closing, RowKind
from assistance.coverage.period import PeriodRow, digest, rows_of_closing, rows_of_period
from assistance.coverage.public import COMPARED, Published, public_figures
from assistance.coverage.status import DEFINITION
from assistance.coverage.window import Window, today
from directory import policy
from directory.access import fetch_to_read
from directory.policy import Permission
from directory.viewer import SYSTEM, viewing_as
from mandates.models import Resolution

if TYPE_CHECKING:
    from directory.models import User


def period_to_close(resolution: Resolution, first: dt.date | None, last: dt.date) -> Window:
    """The period, from the adoption unless said; `ValidationError` when it can't be closed."""
    begin = first or resolution.adopted_on
    if begin < resolution.adopted_on:
        raise ValidationError({"from": _("The first day must not be before the adoption.")})
    if last >= today():
        raise ValidationError({"to": _("A period can be closed once its last day has passed.")})
    if last < begin:
        raise ValidationError({"to": _("The last day must not be before the first.")})
    if Closing.objects.filter(resolution=resolution, first=begin, last=last).exists():
        raise ValidationError({"to": _("This period is closed already.")})
    return Window(begin, last)


@transaction.atomic
def close_period(
    *, user: User, resolution_slug: str, first: dt.date | None, last: dt.date, note: str = ""
) -> Closing:
    """Freeze the rows of a period that has ended; never undone."""
    policy.authorise(user, Permission.CLOSE_PERIODS)
    seen = fetch_to_read(Resolution.objects, user, slug=resolution_slug)
    # One at a time, so that the second of two at once is told that the period is closed.
    resolution = Resolution.objects.select_for_update().get(pk=seen.pk)
    window = period_to_close(resolution, first, last)
    with viewing_as(SYSTEM):  # a row that is hidden from somebody must not be left out
        rows = [*rows_of_period(resolution, window), *rows_of(rows_now(resolution, window))]
        earlier = _published(resolution.closings.order_by("pk"))
    closing = Closing.objects.create(
        resolution=resolution,
        first=window.first,
        last=window.last,
        definition=DEFINITION,
        sha256=digest(resolution.symbol, window, DEFINITION, rows),
        public=public_figures(rows, window, earlier),
        note=note.strip(),
        keeps_deliveries=True,
        closed_by=user,
    )
    ClosedRow.objects.bulk_create(
        (
            ClosedRow(closing=closing, kind=row.kind, key=row.key, status=row.status, row=row.row)
            for row in rows
        ),
        batch_size=1000,
    )
    return closing


def _published(closings: Iterable[Closing]) -> list[Published]:
    """What is public of closings, with the demands they count; two queries."""
    public = {one.pk: one.public for one in closings}
    counted: dict[int, list[PeriodRow]] = {pk: [] for pk in public}
    for row in ClosedRow.objects.filter(closing__in=public, kind=RowKind.DEMAND, row__counted=True):
        counted[row.closing_id].append(PeriodRow.kept(row))
    return [Published(pk, counted[pk], public[pk]) for pk in public]


@dataclass(frozen=True)
class Check:
    """What the frozen rows give when they are worked out again, beside what was kept."""

    closing: Closing
    sha256: str
    rows: int
    public_agrees: bool

    @property
    def agrees(self) -> bool:
        """Whether rows and public figures are those that were closed."""
        return self.public_agrees and self.sha256 == self.closing.sha256


def verify(closing: Closing) -> Check:
    """Works out hash and public figures again from the frozen rows; for those who see them."""
    rows = rows_of_closing(closing)
    window = Window(closing.first, closing.last)
    compared = closing.public.get(COMPARED, ())
    earlier = _published(Closing.objects.filter(pk__in=compared).order_by("pk"))
    return Check(
        closing=closing,
        sha256=digest(closing.resolution.symbol, window, closing.definition, rows),
        rows=len(rows),
        public_agrees=public_figures(rows, window, earlier) == closing.public,
    )


def latest_closing(resolution: Resolution, *, before: dt.date | None = None) -> Closing | None:
    """The closing of the latest last day, which lies before a given one; the longest of several.

    Of periods that end on the same day the longest says most.
    """
    closings = Closing.objects.filter(resolution=resolution)
    if before:
        closings = closings.filter(last__lt=before)
    return closings.order_by("-last", "first").first()


def latest_closings(resolutions: Collection[Resolution]) -> dict[int, Closing]:
    """`latest_closing` of several resolutions by their keys; one query."""
    closings = Closing.objects.filter(resolution__in=resolutions)
    latest = closings.order_by("resolution_id", "-last", "first").distinct("resolution_id")
    return {one.resolution_id: one for one in latest}
