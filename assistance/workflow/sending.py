"""Sending a request: by those who ask, or by an officer for a State."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistance.models import AssistanceRequest, RequestOrigin
from assistance.services.problems import Problems
from assistance.workflow.references import next_reference
from assistance.workflow.steps import begin, finish, today_utc
from assistance.workflow.transitions import SUBMIT, SUBMIT_ON_BEHALF, Transition

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from directory.models import User

_MISSING: dict[str, str | Promise] = {
    "title": _("Give the request a short title."),
    "beneficiaries": _("Say for whom the help is."),
    "reason": _("Say why the help is needed."),
    "received_on": _("Say on which day UNODC received it."),
}


def check_complete(draft: AssistanceRequest) -> None:
    """Refuse (`ValidationError` keyed by field) a draft that can't be sent yet; changes nothing."""
    problems = Problems()
    from_here = draft.origin == RequestOrigin.PORTAL
    _note_missing(draft, SUBMIT if from_here else SUBMIT_ON_BEHALF, problems)
    problems.raise_if_any()


@transaction.atomic
def submit_request(
    *, draft: AssistanceRequest, user: User, revision: int | None = None
) -> AssistanceRequest:
    """The draft as a request with its reference number, received today.

    Raises `ValidationError` keyed by field for what is missing.
    """
    current = begin(draft, user=user, step=SUBMIT, revision=revision)
    current.received_on = today_utc()
    return _send(current, user, SUBMIT, wrong_origin=current.origin != RequestOrigin.PORTAL)


@transaction.atomic
def submit_on_behalf(
    *, draft: AssistanceRequest, user: User, revision: int | None = None
) -> AssistanceRequest:
    """A request that reached UNODC by another way, entered by an officer for the State."""
    current = begin(draft, user=user, step=SUBMIT_ON_BEHALF, revision=revision)
    return _send(
        current,
        user,
        SUBMIT_ON_BEHALF,
        wrong_origin=current.origin == RequestOrigin.PORTAL,
    )


def _send(
    current: AssistanceRequest, user: User, step: Transition, *, wrong_origin: bool
) -> AssistanceRequest:
    problems = Problems()
    if wrong_origin:
        problems.add("origin", _("Say how it reached UNODC: a letter, a meeting, an assessment."))
    _note_missing(current, step, problems)
    problems.raise_if_any()
    current.items.filter(themes=None).update(theme_unsure=True)
    now = timezone.now()
    current.submitted_at = now
    current.ref = next_reference(now.year)
    finish(current, user=user, step=step)
    return current


def _note_missing(asked: AssistanceRequest, step: Transition, problems: Problems) -> None:
    for field, message in _MISSING.items():
        if field in step.needs and not str(getattr(asked, field) or "").strip():
            problems.add(field, message)
    items = list(asked.items.all())
    if not items:
        problems.add("items", _("Say at least one thing that is needed."))
    for number, item in enumerate(items):
        if not item.words.strip():
            problems.add(f"items.{number}.words", _("Say in your own words what you need."))
    if not asked.state_rows.exists():
        problems.add("states", _("Name at least one State."))
    if asked.needed_by and step is SUBMIT and asked.needed_by < today_utc():
        problems.add("needed_by", _("This day has passed. Choose a day to come."))
    entered = asked.received_on if step is SUBMIT_ON_BEHALF else None
    if asked.needed_by and entered and asked.needed_by < entered:
        problems.add("needed_by", _("This day is before the day UNODC received it."))
