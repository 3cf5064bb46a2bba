"""Who is told of what happens to a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet
from django.utils import translation

from assistance.workflow.transitions import Audience
from directory.models import Role, User
from directory.policy import PERMISSIONS_OF_ROLE, Permission, may
from notifications.services import notify

if TYPE_CHECKING:
    from assistance.models import AssistanceRequest
    from notifications.kinds import NotificationKind


def triage_officers() -> QuerySet[User]:
    """Those who read requests at UNODC."""
    roles = [role for role, held in PERMISSIONS_OF_ROLE.items() if Permission.TRIAGE in held]
    return User.objects.filter(
        is_active=True, memberships__role__in=roles, memberships__ended_on=None
    ).distinct()


def assignees(user: User) -> QuerySet[User]:
    """Those to whom this person may give a request: every officer, or only the person itself."""
    officers = triage_officers()
    return officers if may(user, Permission.REASSIGN) else officers.filter(pk=user.pk)


def asking_side(asked: AssistanceRequest) -> QuerySet[User]:
    """Those who speak for the organisation that asks, and for the States it names."""
    return User.objects.filter(
        Q(
            memberships__role=Role.FOCAL_POINT,
            memberships__organisation__country__request_rows__request=asked,
        )
        | Q(
            memberships__role__in=[Role.FOCAL_POINT, Role.REGIONAL_BODY],
            memberships__organisation=asked.organisation_id,
        ),
        is_active=True,
        memberships__ended_on=None,
    ).distinct()


def colleagues(asked: AssistanceRequest) -> QuerySet[User]:
    """Those who speak for the organisation that asks; only they write for it."""
    return User.objects.filter(
        memberships__role__in=[Role.FOCAL_POINT, Role.REGIONAL_BODY],
        memberships__organisation=asked.organisation_id,
        memberships__ended_on=None,
        is_active=True,
    ).distinct()


def members(asked: AssistanceRequest, audience: Audience) -> list[User]:
    """The people of an audience."""
    if audience is Audience.ASKING:
        return list(asking_side(asked))
    if audience is Audience.CONTACT and asked.contact is not None:
        return [asked.contact]
    if asked.assigned_to is not None:
        return [asked.assigned_to]
    return list(triage_officers())


def tell(
    *,
    kind: NotificationKind,
    recipients: Iterable[User],
    key: str,
    path: str,
    about: Model,
    values: dict[str, Any],
) -> None:
    """Tell each person in that person's language: lazy values are put into words for each."""
    for person in recipients:
        with translation.override(person.language):
            context = {name: str(value) for name, value in values.items()}
        notify(
            kind=kind,
            recipients=[person],
            key=key,
            context=context,
            path=path,
            about=about,
        )
