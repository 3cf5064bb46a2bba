"""What UNODC writes about a request for itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistance.models.request import AssistanceRequest
from assistance.querysets import NoteQuerySet


class InternalNote(models.Model):
    """Words of an officer for colleagues; no State reads them, or learns that there are any.

    It leaves no trace on the request: no event, no new revision.
    """

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="notes")
    words = models.TextField(_("internal note"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="note_has_words"),
        ]

    def __str__(self) -> str:
        return self.words[:80]
