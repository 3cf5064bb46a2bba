"""Who answers for a request on the side that asks: handed over while one is there, or has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assistance.models import AssistanceRequest
from assistance.workflow.people import colleagues
from assistance.workflow.steps import begin, finish
from assistance.workflow.transitions import HAND_OVER
from directory.policy import Permission, authorise
from directory.viewer import SYSTEM, viewing_as

if TYPE_CHECKING:
    from directory.models import Organisation, User


@transaction.atomic
def hand_over_request(
    *, request: AssistanceRequest, to: User, user: User, revision: int | None = None
) -> AssistanceRequest:
    """The request, or draft, answered for by a colleague, who is told."""
    current = begin(request, user=user, step=HAND_OVER, revision=revision)
    _check(current, to)
    _give(current, to, user)
    return current


@transaction.atomic
def hand_over_all(*, person: User, organisation: Organisation, to: User, user: User) -> int:
    """All that somebody answers for in an organisation, given to a colleague; how many they are.

    For administrators, who do not read requests: the rows are found by the system.
    """
    authorise(user, Permission.ADMINISTER)
    with viewing_as(SYSTEM):
        rows = AssistanceRequest.objects.answered_for_by(person).filter(
            organisation=organisation, state__in=HAND_OVER.sources
        )
        asked = list(rows.select_for_update(of=("self",)).order_by("pk"))
        for one in asked:
            _check(one, to)
            _give(one, to, user)
    return len(asked)


def _check(asked: AssistanceRequest, to: User) -> None:
    if not colleagues(asked).filter(pk=to.pk).exists():
        raise ValidationError({"to": _("Choose somebody who acts for the organisation that asks.")})


def _give(asked: AssistanceRequest, to: User, user: User) -> None:
    asked.contact = to
    finish(asked, user=user, step=HAND_OVER, note=str(to))
