from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mandates.models.mandate import Mandate


class LineageRelation(models.TextChoices):
    """How a mandate continues an earlier one."""

    CARRIED_OVER = "carried_over", _("Carried over")
    STRENGTHENED = "strengthened", _("Strengthened")
    WEAKENED = "weakened", _("Weakened")
    REWORDED = "reworded", _("Reworded")
    NEW = "new", _("New")
    DROPPED = "dropped", _("Dropped")


CONTINUES = (
    LineageRelation.CARRIED_OVER,
    LineageRelation.STRENGTHENED,
    LineageRelation.WEAKENED,
    LineageRelation.REWORDED,
)
"""Those with a successor to turn to."""


class Lineage(models.Model):
    """A mandate continues one of an earlier resolution; counts only when a person decided so."""

    earlier = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="successors")
    later = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="predecessors")
    relation = models.CharField(max_length=15, choices=LineageRelation)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "lineage"
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="lineage_once"),
            models.CheckConstraint(condition=~Q(earlier=F("later")), name="lineage_two_mandates"),
        ]

    def __str__(self) -> str:
        return f"{self.earlier_id} -> {self.later_id} ({self.relation})"
