"""What a second person says when it is not yet a yes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from assistance.models.activity import Activity


class SendBack(models.Model):
    """An activity back with its author, and why; only ever added."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="send_backs")
    revision = models.PositiveIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="send_back_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.reason[:80]}"
