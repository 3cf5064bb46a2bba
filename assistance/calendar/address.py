"""Making, finding and revoking the private address of a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from assistance.models.calendar import CalendarAddress, digest_of, new_secret

if TYPE_CHECKING:
    from directory.models import User


def make_address(user: User) -> str:
    """A new secret for this person's calendar, told this once; an earlier one stops working."""
    secret = new_secret()
    CalendarAddress.objects.update_or_create(
        user=user, defaults={"digest": digest_of(secret), "created_at": timezone.now()}
    )
    return secret


def revoke_address(user: User) -> None:
    """From now on nobody reads this person's calendar."""
    CalendarAddress.objects.filter(user=user).delete()


def owner_of(secret: str) -> User | None:
    """Whose calendar a secret opens; nobody's when revoked or when the account is closed."""
    found = (
        CalendarAddress.objects.filter(digest=digest_of(secret), user__is_active=True)
        .select_related("user")
        .first()
    )
    return found.user if found else None
