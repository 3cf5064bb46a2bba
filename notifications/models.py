from django.conf import settings
from django.db import models
from django.db.models import Q


class OutboxMessage(models.Model):
    """Something to tell somebody, written in the transaction that caused it, sent after it.

    `key` is unique, so that the same event is told once however often its task runs.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=50)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outbox"
    )
    context = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(sent_at=None, dropped_at=None),
                name="outbox_waiting",
            ),
            models.Index(fields=["recipient", "-created_at"], name="outbox_of_person"),
        ]

    def __str__(self) -> str:
        return self.key
