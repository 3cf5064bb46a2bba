from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Channel
from notifications.querysets import OutboxQuerySet
from notifications.wording import Worded, worded


class OutboxMessage(models.Model):
    """Something to tell somebody, written in the transaction that caused it, sent after it.

    `key` is unique, so that the same event is told once however often its task runs. A failed
    sending is tried again at `try_at`, later each time; a message is dropped when its reader may
    no longer see what it tells of, or when all tries failed. `channel` is what its reader had
    chosen when it was written.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=50)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outbox"
    )
    context = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    path = models.CharField(max_length=300, blank=True)
    channel = models.CharField(
        max_length=10,
        choices=Channel.choices,
        default=Channel.AT_ONCE,
        db_default=Channel.AT_ONCE,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message by mail")
        verbose_name_plural = _("messages by mail")
        indexes = [
            models.Index(
                fields=["try_at"],
                condition=Q(sent_at=None, dropped_at=None),
                name="outbox_waiting",
            ),
            models.Index(fields=["recipient", "-created_at"], name="outbox_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="outbox_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def worded(self) -> Worded:
        """Its words in the reader's language."""
        return worded(self.kind, self.context)


class Preference(models.Model):
    """How a person wants to be told of a kind; without a row, by e-mail at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=50)
    channel = models.CharField(max_length=10, choices=Channel.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once"),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="preference_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.channel}"
