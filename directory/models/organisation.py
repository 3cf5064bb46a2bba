from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models.country import Country
from directory.names import in_language


class OrganisationKind(models.TextChoices):
    """Whom an organisation stands for."""

    STATE = "state", _("Member State")
    REGIONAL_BODY = "regional_body", _("Regional body")
    UNODC = "unodc", _("UNODC")


class Organisation(models.Model):
    """A body that people act for: a Member State, a regional body, or UNODC itself."""

    kind = models.CharField(max_length=20, choices=OrganisationKind)
    names = models.JSONField()
    country = models.OneToOneField(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="organisation"
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind), name="organisation_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="state", country__isnull=False)
                | (~Q(kind="state") & Q(country__isnull=True)),
                name="organisation_state_has_country",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="unodc"), name="organisation_one_unodc"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names)
