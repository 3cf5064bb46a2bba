import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.names import in_language
from mandates.querysets import ResolutionQuerySet


class Organ(models.TextChoices):
    """Who adopts. The codes are the ones of document symbols."""

    GENERAL_ASSEMBLY = "GA", _("General Assembly")
    SECURITY_COUNCIL = "SC", _("Security Council")
    ECOSOC = "ECOSOC", _("Economic and Social Council")
    HUMAN_RIGHTS_COUNCIL = "HRC", _("Human Rights Council")
    CCPCJ = "CCPCJ", _("Commission on Crime Prevention and Criminal Justice")
    CND = "CND", _("Commission on Narcotic Drugs")
    OTHER = "OTHER", _("Another organ")


@pghistory.track()
class Resolution(models.Model):
    """An adopted document with a symbol. `slug` is the symbol with hyphens, for addresses."""

    symbol = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    organ = models.CharField(max_length=10, choices=Organ)
    session = models.PositiveIntegerField(null=True, blank=True)
    agenda_item = models.CharField(max_length=30, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    adopted_on = models.DateField()
    plenary_meeting = models.PositiveIntegerField(null=True, blank=True)
    basis_document = models.CharField(max_length=60, blank=True)
    superseded_on = models.DateField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        ordering = ["-adopted_on", "symbol"]
        constraints = [
            models.CheckConstraint(condition=Q(organ__in=Organ), name="resolution_organ"),
            models.CheckConstraint(
                condition=Q(superseded_on__isnull=True) | Q(superseded_on__gt=F("adopted_on")),
                name="resolution_superseded_after_adoption",
            ),
        ]

    def __str__(self) -> str:
        return self.symbol

    @property
    def label(self) -> str:
        """The short unofficial name in the reader's language, or nothing."""
        return in_language(self.labels)


class Text(models.Model):
    """A resolution in one language, with its source file kept unchanged."""

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=5)
    title = models.TextField()
    file = models.FileField(upload_to="texts/")
    filename = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    diagnostics = models.JSONField(default=list, blank=True)
    imported_at = models.DateTimeField(auto_now=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resolution", "language"], name="text_one_a_language"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="text_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.resolution_id} ({self.language})"
