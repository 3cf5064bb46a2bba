"""Requests as the work of officers: one at a time, or several at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.services.problems import StaleRevision
from assistance.workflow.errors import WrongState
from assistance.workflow.people import assignees, tell, triage_officers
from assistance.workflow.steps import announce, begin, record
from assistance.workflow.transitions import ASSIGN
from notifications.kinds import NotificationKind

if TYPE_CHECKING:
    from assistance.models import AssistanceRequest, RequestEvent
    from directory.models import User


@transaction.atomic
def assign_request(
    *, request: AssistanceRequest, to: User, user: User, revision: int | None = None
) -> AssistanceRequest:
    """The request as the work of one officer, who is told unless it is the one who assigns.

    An officer takes requests; giving them to another is for those who may reassign.
    """
    current = begin(request, user=user, step=ASSIGN, revision=revision)
    _check(to, user)
    announce(_give(current, to, user), current, user=user, step=ASSIGN)
    return current


@transaction.atomic
def assign_requests(
    *,
    requests: Iterable[AssistanceRequest],
    to: User,
    user: User,
    revisions: Mapping[int, int] | None = None,
) -> list[AssistanceRequest]:
    """All of them as the work of one officer, or none; who is told once, of all that are new.

    `revisions` are those that the person saw, by key. Raises `ValidationError` at `requests`, with
    a sentence for each that can't be assigned, beginning with its reference.
    """
    wanted = {one.pk: one for one in requests}
    if not wanted:
        raise ValidationError({"requests": _("Tick the requests to assign first.")})
    problems: list[str] = []
    given: list[tuple[AssistanceRequest, RequestEvent]] = []
    for pk in sorted(wanted):
        one = wanted[pk]
        try:
            current = begin(one, user=user, step=ASSIGN, revision=(revisions or {}).get(pk))
        except WrongState as wrong:
            problems.append(f"{one}: {wrong}")
        except StaleRevision:
            problems.append(_changed(one))
        else:
            if current.assigned_to_id != to.pk:
                given.append((current, _give(current, to, user)))
    if problems:
        raise ValidationError({"requests": problems})
    _check(to, user)
    _tell_once(given, to, user)
    return [current for current, _event in given]


def _check(to: User, user: User) -> None:
    if not triage_officers().filter(pk=to.pk).exists():
        raise ValidationError({"to": _("Choose somebody who works on requests.")})
    if not assignees(user).filter(pk=to.pk).exists():
        raise ValidationError(
            {"to": _("Take it yourself, or ask a manager to give it to a colleague.")}
        )


def _give(current: AssistanceRequest, to: User, user: User) -> RequestEvent:
    current.assigned_to = to
    return record(current, user=user, step=ASSIGN, note=str(to))


def _changed(asked: AssistanceRequest) -> str:
    last = asked.events.select_related("by").last()
    return _("%(reference)s: %(name)s changed it meanwhile. Look at it, then tick it again.") % {
        "reference": asked,
        "name": (last and last.by) or _("Somebody"),
    }


def _tell_once(given: list[tuple[AssistanceRequest, RequestEvent]], to: User, user: User) -> None:
    if not given or to.pk == user.pk:
        return
    current, event = given[-1]
    if len(given) == 1:
        announce(event, current, user=user, step=ASSIGN)
        return
    tell(
        kind=NotificationKind.REQUESTS_ASSIGNED,
        recipients=[to],
        key=f"requests:assigned:{event.pk}",
        path=f"{reverse('request-list')}?assigned=me",
        about=current,
        values={
            "number": len(given),
            "references": ", ".join(str(asked) for asked, _event in given),
            "by": user,
        },
    )
