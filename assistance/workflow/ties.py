"""Which mandates an item asks for: an officer who ties them confirms the link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistance.models import ItemMandate, LinkOrigin, LinkState
from assistance.services.undoing import take_back
from assistance.workflow.steps import begin, finish, required
from assistance.workflow.transitions import TIE, UNTIE
from mandates.services.lineage import refuse_superseded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from assistance.models import RequestItem
    from directory.models import User
    from mandates.models import Mandate


@transaction.atomic
def tie_item_to_mandate(
    *,
    item: RequestItem,
    mandate: Mandate,
    user: User,
    reason: str = "",
    origin: LinkOrigin | str = LinkOrigin.PERSON,
) -> ItemMandate:
    """The link, confirmed by this officer at the mandate's present words.

    A link proposed or rejected before is confirmed; a suspect one is confirmed anew. A new link to
    a mandate that was superseded is refused, naming what to choose instead.
    """
    asked = begin(item.request, user=user, step=TIE)
    if not _links().filter(item=item, mandate=mandate).exclude(state=LinkState.REJECTED).exists():
        refuse_superseded(mandate)
    now = timezone.now()
    link, made = (
        _links()
        .select_for_update()
        .get_or_create(
            item=item,
            mandate=mandate,
            defaults={
                "proposed_by": user,
                "origin": origin,
                "state": LinkState.CONFIRMED,
                "decided_by": user,
                "decided_at": now,
                "reason": reason.strip(),
                "mandate_revision": mandate.revision,
            },
        )
    )
    if not made:
        if link.state == LinkState.CONFIRMED and link.mandate_revision == mandate.revision:
            return link
        _decide(link, LinkState.CONFIRMED, user, reason)
        link.mandate_revision = mandate.revision
        link.save()
    finish(asked, user=user, step=TIE, item=item, note=_note(mandate, reason))
    return link


@transaction.atomic
def take_back_tie(
    *, link: ItemMandate, user: User, left: Mapping[str, Any], kept: Mapping[str, Any] | None
) -> None:
    """The item tied as it was before, as `take_back` does; the request's history says so."""
    asked = begin(link.item.request, user=user, step=UNTIE)
    take_back(link=link, by=user, left=left, kept=kept)
    finish(
        asked, user=user, step=UNTIE, item=link.item, note=_note(link.mandate, str(_("Undone.")))
    )


@transaction.atomic
def untie_item_from_mandate(
    *, item: RequestItem, mandate: Mandate, user: User, reason: str
) -> ItemMandate:
    """The link rejected: kept with who said so and why, and counted no more."""
    asked = begin(item.request, user=user, step=UNTIE)
    required(reason=reason)
    link = _links().select_for_update().filter(item=item, mandate=mandate).first()
    if link is None or link.state == LinkState.REJECTED:
        raise ValidationError({"mandate": _("The item is not tied to this mandate.")})
    _decide(link, LinkState.REJECTED, user, reason)
    link.save()
    finish(asked, user=user, step=UNTIE, item=item, note=_note(mandate, reason))
    return link


def _links() -> QuerySet[ItemMandate]:
    return cast("QuerySet[ItemMandate]", ItemMandate.objects.all())


def _decide(link: ItemMandate, state: LinkState, user: User, reason: str) -> None:
    link.state = state
    link.decided_by = user
    link.decided_at = timezone.now()
    link.reason = reason.strip()


def _note(mandate: Mandate, reason: str) -> str:
    return ": ".join(filter(None, [mandate.identifier, reason.strip()]))
