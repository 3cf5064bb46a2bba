"""Reading of the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from notifications.kinds import Channel

# What waits longer than this does so because something is broken.
LATE = {Channel.AT_ONCE: timedelta(hours=1), Channel.DAILY: timedelta(hours=26)}


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
        """What is still to be sent by e-mail, whenever."""
        return self.filter(sent_at=None, dropped_at=None).exclude(channel=Channel.SITE)

    def late(self) -> OutboxQuerySet:
        """What waits for longer than it should."""
        now = timezone.now()
        too_old = models.Q()
        for channel, patience in LATE.items():
            too_old |= models.Q(channel=channel, created_at__lt=now - patience)
        return self.waiting().filter(too_old)

    def failed(self) -> OutboxQuerySet:
        """What was not sent although it was tried, given up or not."""
        return self.filter(sent_at=None).exclude(last_error="")

    def due(self) -> OutboxQuerySet:
        """What is to be sent now, each by itself, oldest first."""
        return self._due(Channel.AT_ONCE)

    def due_daily(self) -> OutboxQuerySet:
        """What waits for the mail of the day, oldest first."""
        return self._due(Channel.DAILY)

    def _due(self, channel: Channel) -> OutboxQuerySet:
        due = self.waiting().filter(channel=channel, try_at__lte=timezone.now())
        return due.order_by("try_at", "pk")
