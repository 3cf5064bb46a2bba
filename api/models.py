from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from knox.models import AbstractAuthToken


class ApiToken(AbstractAuthToken):
    """A token of a system: its owner's rights, narrowed by scopes (names of permissions).

    `scopes` is empty for a token with all its owner's rights. Only a digest of the token is kept.
    """

    name = models.CharField(max_length=100, blank=True)
    scopes = ArrayField(models.CharField(max_length=50), default=list, blank=True)


class IdempotencyKey(models.Model):
    """The answer once given to a creation, given again when the same key comes again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
