import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.fields import Versioned
from mandates.models.mandate import Mandate
from mandates.querysets import NeedQuerySet


class DeliveryKind(models.TextChoices):
    """What was given. After the deliverables UNODC counts in its programme budget."""

    TRAINING = "training", _("Training")
    DRAFTING = "drafting", _("Legislative drafting")
    MENTORING = "mentoring", _("Mentoring")
    EXPERT_MEETING = "expert_meeting", _("Expert meeting")
    STUDY_VISIT = "study_visit", _("Study visit")
    TOOL = "tool", _("Tool or publication")
    E_LEARNING = "e_learning", _("E-learning")
    EQUIPMENT = "equipment", _("Equipment")
    ADVISORY_MISSION = "advisory_mission", _("Advisory mission")
    COORDINATION = "coordination", _("Coordination")


@pghistory.track()
class Need(Versioned):
    """What a mandate takes beyond requests, written by an officer, published by a manager.

    Valid from `valid_from` to the last day `valid_to`, both inclusive; `every_months` makes it a
    chain of rounds.
    """

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="needs")
    words = models.TextField(_("what it takes"))
    kind = models.CharField(_("kind of delivery"), max_length=20, choices=DeliveryKind, blank=True)
    every_months = models.PositiveSmallIntegerField(
        _("every so many months"), null=True, blank=True
    )
    valid_from = models.DateField(_("first day"))
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["mandate", "valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="need_days_in_order",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(every_months=None) | Q(every_months__gte=1), name="need_every_months"
            ),
            models.CheckConstraint(
                condition=Q(kind="") | Q(kind__in=DeliveryKind), name="need_kind"
            ),
            models.CheckConstraint(
                condition=Q(published_by=None, published_at=None)
                | Q(published_by__isnull=False, published_at__isnull=False),
                name="need_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:80]
