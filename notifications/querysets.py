"""Reading of the outbox."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class OutboxQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OutboxQuerySet:
        """What this person was told; nobody reads another's."""
        return self.filter(recipient_id=user.pk, dropped_at=None)

    def unseen(self) -> OutboxQuerySet:
        """What its reader has not yet marked as seen."""
        return self.filter(seen_at=None)

    def newest_unseen_first(self) -> OutboxQuerySet:
        """The unseen before the seen, the newest first."""
        unseen_first = models.Case(models.When(seen_at=None, then=0), default=1)
        return self.order_by(unseen_first, "-created_at", "-pk")

    def waiting(self) -> OutboxQuerySet:
        """What is still to be sent, whenever."""
        return self.filter(sent_at=None, dropped_at=None)

    def failed(self) -> OutboxQuerySet:
        """What waits although sending was tried."""
        return self.waiting().exclude(last_error="")

    def due(self) -> OutboxQuerySet:
        """What is to be sent now, oldest first."""
        return self.waiting().filter(try_at__lte=timezone.now()).order_by("try_at", "pk")
