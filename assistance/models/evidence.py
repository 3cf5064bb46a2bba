import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assistance.files import attachment_path
from assistance.models.delivery import Delivery
from assistance.querysets import EvidenceQuerySet
from directory.models import Country


class EvidenceKind(models.TextChoices):
    """What a piece of evidence is."""

    PARTICIPANTS = "participants", _("List of participants")
    AGENDA = "agenda", _("Agenda")
    REPORT = "report", _("Report")
    TEXT = "text", _("Law, tool or publication")
    PHOTO = "photo", _("Photograph")
    LETTER = "letter", _("Letter of the State")
    OTHER = "other", _("Other")


@pghistory.track()
class Evidence(models.Model):
    """A document or address showing a delivery; counts once a second person has verified it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(_("it is a"), max_length=15, choices=EvidenceKind)
    file = models.FileField(_("file"), upload_to=attachment_path, blank=True)
    filename = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    self_verified = models.BooleanField(default=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(file="") & Q(url="") & Q(sha256__regex="^[0-9a-f]{64}$"))
                | (Q(file="") & ~Q(url="")),
                name="evidence_is_a_file_or_an_address",
            ),
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind), name="evidence_kind"),
            models.CheckConstraint(
                condition=Q(verified_by=None, verified_at=None, self_verified=False)
                | Q(verified_at__isnull=False, self_verified=True, verified_by=F("added_by"))
                | (
                    Q(verified_at__isnull=False, self_verified=False)
                    & Q(verified_by__isnull=False)
                    & ~Q(verified_by=F("added_by"))
                ),
                name="evidence_verified_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.filename or self.url

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it small."""
        return self.content_type.startswith("image/")

    @property
    def author_ids(self) -> frozenset[int]:
        """Who may not verify it."""
        return frozenset({self.added_by_id})


class Verdict(models.TextChoices):
    """What a State says of a delivery to it."""

    CONFIRMED = "confirmed", _("Received, as described")
    PARTLY = "partly", _("Received in part")
    DISPUTED = "disputed", _("Not received, or not as described")


OBJECTIONS = (Verdict.PARTLY, Verdict.DISPUTED)
"""While a State says this last, the delivery to it does not count."""


@pghistory.track()
class Reply(models.Model):
    """What the State concerned says of a delivery; the latest counts."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="replies")
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="replies")
    verdict = models.CharField(max_length=10, choices=Verdict)
    words = models.TextField(_("in your words"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "replies"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict), name="reply_verdict"),
            models.CheckConstraint(
                condition=Q(verdict="confirmed") | ~Q(words=""),
                name="reply_objection_with_words",
                violation_error_message=_("Say in your words what was missing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.verdict}"
