"""Who is told of what happens to activities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from directory.models import Role, User
from directory.policy import PERMISSIONS_OF_ROLE, Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet


def approvers(*, except_for: Iterable[int]) -> QuerySet[User]:
    """Those who may say yes, without those who wrote it."""
    roles = [role for role, held in PERMISSIONS_OF_ROLE.items() if Permission.APPROVE in held]
    return (
        User.objects.filter(is_active=True, memberships__role__in=roles, memberships__ended_on=None)
        .exclude(pk__in=list(except_for))
        .distinct()
    )


def focal_points(country_id: int) -> QuerySet[User]:
    """Those who speak for a State."""
    return User.objects.filter(
        is_active=True,
        memberships__role=Role.FOCAL_POINT,
        memberships__ended_on=None,
        memberships__organisation__country=country_id,
    ).distinct()
