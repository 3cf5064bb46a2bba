"""What was asked twice: items that go on as part of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assistance.models import AssistanceRequest, RequestItem, RequestOutcome
from assistance.services.problems import Problems, StaleRevision
from assistance.workflow.errors import WrongState
from assistance.workflow.outcomes import end_item
from assistance.workflow.steps import begin_item
from assistance.workflow.transitions import MERGE_ITEM

if TYPE_CHECKING:
    from directory.models import User


@transaction.atomic
def merge_item(
    *,
    item: RequestItem,
    into: RequestItem,
    user: User,
    reason: str = "",
    revision: int | None = None,
) -> RequestItem:
    """The item as part of another open one of the same organisation, where it was asked twice.

    The request of the other has to name all States of this one.
    """
    _lock([item, into])
    current = begin_item(item, user=user, step=MERGE_ITEM, revision=revision)
    other = RequestItem.objects.select_related("request").get(pk=into.pk)
    if (
        other.pk == current.pk
        or other.outcome != RequestOutcome.OPEN
        or other.request.state not in MERGE_ITEM.during
        or other.request.organisation_id != current.request.organisation_id
    ):
        raise ValidationError({"into": _("Choose another open item of the same State.")})
    lost = current.request.states.exclude(pk__in=other.request.state_rows.values("country"))
    if lost:
        names = ", ".join(country.name for country in lost)
        words = _("%(reference)s is not for these States: %(states)s.")
        raise ValidationError({"into": words % {"reference": other.request, "states": names}})
    current.merged_into = other
    return end_item(current, user=user, step=MERGE_ITEM, reason=reason)


@transaction.atomic
def merge_items(
    *,
    pairs: Sequence[tuple[RequestItem, RequestItem]],
    user: User,
    reason: str = "",
    revision: int | None = None,
) -> list[RequestItem]:
    """Items of one request, each as part of the one beside it: all of them, or none.

    Raises `ValidationError` keyed by the item (`item-2`: its number).
    """
    if not pairs:
        raise ValidationError(_("Choose for at least one item where it goes on."))
    _lock(one for pair in pairs for one in pair)
    problems = Problems()
    merged: list[RequestItem] = []
    for item, into in pairs:
        seen = revision if not merged else None
        try:
            merged.append(merge_item(item=item, into=into, user=user, reason=reason, revision=seen))
        except WrongState as wrong:
            problems.add(f"item-{item.n}", str(wrong))
        except StaleRevision:
            raise
        except ValidationError as error:
            problems.add(f"item-{item.n}", ValidationError(error.messages))
    problems.raise_if_any()
    return merged


def _lock(items: Iterable[RequestItem]) -> None:
    """Their requests in one order, so that two merges can't wait for each other."""
    wanted = {item.request_id for item in items}
    list(AssistanceRequest.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
