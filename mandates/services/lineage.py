"""Which mandate of a later resolution continues one, as a person decided."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.access import fetch_to_write
from directory.policy import Permission
from mandates.models import CONTINUES, Lineage, LineageRelation, Mandate, Resolution

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from directory.models import User


@transaction.atomic
def confirm_successor(
    *, user: User, mandate_pk: int, later: Mandate, relation: LineageRelation | str
) -> Lineage:
    """A later mandate confirmed as what continues this one; its links wait for another look.

    `relation` is one of `CONTINUES`. Raises `ValidationError` with the field.
    """
    mandate = fetch_to_write(Mandate.objects, user, Permission.CORRECT_MANDATES, pk=mandate_pk)
    if relation not in CONTINUES:
        raise ValidationError({"relation": _("Choose how it continues.")})
    adopted_on = mandate.paragraph.resolution.adopted_on
    if later.paragraph.resolution.adopted_on <= adopted_on:
        raise ValidationError({"later": _("Choose a mandate of a resolution adopted later.")})
    lineage, made = Lineage.objects.select_for_update().get_or_create(
        earlier=mandate, later=later, defaults={"relation": relation}
    )
    if not made and lineage.decided_at is not None:
        raise ValidationError(
            {"later": _("%(name)s confirmed this already.") % {"name": lineage.decided_by or "–"}}
        )
    lineage.relation = LineageRelation(relation)
    lineage.decided_by, lineage.decided_at = user, timezone.now()
    lineage.save()
    mandate.revision += 1
    mandate.save(update_fields=["revision", "updated_at"])
    return lineage


def successors_of(mandates: Collection[int]) -> dict[int, list[Lineage]]:
    """The confirmed successors of mandates (by id); one query."""
    found: dict[int, list[Lineage]] = defaultdict(list)
    for lineage in _confirmed().filter(earlier__in=mandates):
        found[lineage.earlier_id].append(lineage)
    return found


def _confirmed() -> QuerySet[Lineage]:
    """Those with a successor to turn to, in the order in which they were confirmed."""
    return (
        Lineage.objects.filter(decided_at__isnull=False, relation__in=CONTINUES)
        .select_related("later__paragraph__resolution", "decided_by")
        .order_by("decided_at")
    )


def confirmed_lineage(mandate: Mandate, later: Mandate) -> Lineage:
    """The confirmed lineage between two mandates as it stands; `ValidationError` without one."""
    found = (
        _confirmed()
        .filter(earlier=mandate, later=later)
        .select_related("earlier__paragraph__resolution")
        .first()
    )
    if found is None:
        words = _("Nobody has confirmed that %(later)s continues %(earlier)s.")
        raise ValidationError({"later": words % {"later": later, "earlier": mandate}})
    return found


def why_not_to_take_over(lineage: Lineage) -> str:
    """Why nothing may go on under the later mandate yet, in words; nothing when it may.

    What both resolutions asked for on one day would count twice.
    """
    earlier, later = lineage.earlier.paragraph.resolution, lineage.later.paragraph.resolution
    today = _today()
    if later.adopted_on > today or (later.superseded_on and later.superseded_on <= today):
        return _("%(later)s is not in force.") % {"later": later}
    if needs_superseding(earlier, later):
        return _(
            "%(earlier)s was not superseded when %(later)s was adopted: what is taken over would"
            " count twice."
        ) % {"earlier": earlier, "later": later}
    return ""


def needs_superseding(earlier: Resolution, later: Resolution) -> bool:
    """Whether both resolutions are in force on some day."""
    return earlier.superseded_on is None or earlier.superseded_on > later.adopted_on


@transaction.atomic
def supersede(*, user: User, resolution: Resolution, by: Resolution) -> Resolution:
    """A resolution superseded by a later one on the day that was adopted: its demands end then.

    Raises `ValidationError` at `by`.
    """
    current = fetch_to_write(Resolution.objects, user, Permission.TAKE_OVER, pk=resolution.pk)
    if not current.adopted_on < by.adopted_on <= _today():
        raise ValidationError({"by": _("Choose a resolution that was adopted later.")})
    if current.superseded_on and not needs_superseding(current, by):
        raise ValidationError(
            {"by": _("%(earlier)s was superseded before.") % {"earlier": current}}
        )
    current.superseded_on, current.superseded_by = by.adopted_on, by
    current.save(update_fields=["superseded_on", "superseded_by"])
    return current


def _today() -> dt.date:
    return timezone.now().astimezone(dt.UTC).date()


def is_superseded(mandate: Mandate) -> bool:
    """Whether nothing new may be linked to it."""
    return _instead(mandate) is not None


def refuse_superseded(mandate: Mandate) -> None:
    """Refuse a new link to what a later resolution took the place of, naming what to choose."""
    words = _instead(mandate)
    if words is not None:
        raise ValidationError({"mandate": ValidationError(words, code="superseded")})


def _instead(mandate: Mandate) -> str | None:
    """What to choose instead, in words; nothing for a mandate in force."""
    resolution = mandate.paragraph.resolution
    successors = successors_of([mandate.pk])[mandate.pk]
    if successors:
        return _("A later resolution continues this mandate: choose %(successor)s instead.") % {
            "successor": ", ".join(one.later.identifier for one in successors)
        }
    if resolution.superseded_by:
        return _("%(earlier)s was superseded: choose the mandate of %(later)s instead.") % {
            "earlier": resolution.symbol,
            "later": resolution.superseded_by.symbol,
        }
    if resolution.superseded_on:
        return _("%(earlier)s was superseded: choose the mandate of the resolution after it.") % {
            "earlier": resolution.symbol
        }
    return None
