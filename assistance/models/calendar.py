from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.db import models


class CalendarAddress(models.Model):
    """The private address of a person's calendar; only a digest of its secret is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_address"
    )
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"


def new_secret() -> str:
    """A secret nobody guesses, fit for an address."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
