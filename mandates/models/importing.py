from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mandates.models.resolution import Text


class ImportState(models.TextChoices):
    """How far an import of a resolution has come."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class ImportStep(models.TextChoices):
    """What an import is doing."""

    READING = "reading", _("Reading the file")
    WRITING = "writing", _("Comparing with what is here, and writing")


class ResolutionImport(models.Model):
    """A file handed in to be read, with its progress; the worker that reads it may change."""

    file = models.FileField(upload_to="imports/")
    filename = models.CharField(max_length=255)
    language = models.CharField(max_length=5, blank=True)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.WAITING)
    step = models.CharField(max_length=30, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    refusal = models.JSONField(default=dict, blank=True)
    text = models.ForeignKey(Text, on_delete=models.SET_NULL, null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState), name="import_state"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="import_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.state})"

    @property
    def step_display(self) -> str:
        """What it is doing, in the reader's language."""
        return str(ImportStep(self.step).label) if self.step else ""
