import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assistance.querysets import ActivityQuerySet
from directory.fields import TodayUTC, Versioned
from directory.models import Country, Entity, EntityKind
from mandates.models import DeliveryKind


class ActivityStatus(models.TextChoices):
    """How far an activity has come: the codes of IATI 2.03, code list ActivityStatus."""

    PIPELINE = "1", _("Pipeline")
    IMPLEMENTATION = "2", _("Implementation")
    FINALISATION = "3", _("Finalisation")
    CLOSED = "4", _("Closed")
    CANCELLED = "5", _("Cancelled")
    SUSPENDED = "6", _("Suspended")


class Visibility(models.TextChoices):
    """Who may read an activity."""

    INTERNAL = "internal", _("Internal")
    PUBLIC = "public", _("Public")


@pghistory.track()
class Activity(Versioned):
    """What UNODC plans or does.

    `revision` counts the changes of its plan; each waits for a second person's approval. What was
    approved before goes on counting.
    """

    title = models.CharField(_("title"), max_length=250)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=DeliveryKind)
    status = models.CharField(
        _("status"), max_length=1, choices=ActivityStatus, default=ActivityStatus.PIPELINE
    )
    planned_start = models.DateField(_("planned start"), null=True, blank=True)
    planned_end = models.DateField(_("planned end"), null=True, blank=True)
    actual_start = models.DateField(_("actual start"), null=True, blank=True)
    actual_end = models.DateField(_("actual end"), null=True, blank=True)
    unit = models.ForeignKey(
        Entity,
        on_delete=models.PROTECT,
        related_name="activities",
        limit_choices_to={"kind": EntityKind.UNIT},
        verbose_name=_("lead unit"),
    )
    project_code = models.CharField(_("project code"), max_length=30, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    visibility = models.CharField(
        _("who may read it"), max_length=10, choices=Visibility, default=Visibility.INTERNAL
    )
    countries = models.ManyToManyField(
        Country, blank=True, related_name="activities", verbose_name=_("States")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="activities"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent for approval"), null=True, blank=True, editable=False)
    demonstration = models.BooleanField(default=False, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ActivityStatus), name="activity_status"),
            models.CheckConstraint(condition=Q(kind__in=DeliveryKind), name="activity_kind"),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility), name="activity_visibility"
            ),
            models.CheckConstraint(
                condition=Q(planned_start=None)
                | Q(planned_end=None)
                | Q(planned_end__gte=F("planned_start")),
                name="activity_planned_in_order",
                violation_error_message=_("The planned end must not be before the planned start."),
            ),
            models.CheckConstraint(
                condition=Q(actual_start=None)
                | Q(actual_end=None)
                | Q(actual_end__gte=F("actual_start")),
                name="activity_actual_in_order",
                violation_error_message=_("The actual end must not be before the actual start."),
            ),
            models.CheckConstraint(
                condition=Q(actual_end=None) | Q(actual_start__isnull=False),
                name="activity_ended_has_started",
                violation_error_message=_("Enter the actual start of what has ended."),
            ),
            models.CheckConstraint(
                condition=(Q(actual_start=None) | Q(actual_start__lte=TodayUTC()))
                & (Q(actual_end=None) | Q(actual_end__lte=TodayUTC())),
                name="activity_actual_not_to_come",
                violation_error_message=_(
                    "An actual date can't be still to come; enter it as planned."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def author_ids(self) -> frozenset[int]:
        """Those who may not approve it themselves."""
        return frozenset({self.created_by_id, self.changed_by_id})


class Approval(models.Model):
    """A second person's yes to one revision of an activity's plan, or of a delivery.

    `self_approved` marks the yes of an office of one person; every figure it carries says so.
    """

    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, null=True, blank=True, related_name="approvals"
    )
    delivery = models.ForeignKey(
        "Delivery", on_delete=models.CASCADE, null=True, blank=True, related_name="approvals"
    )
    revision = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    self_approved = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False, delivery=None)
                | Q(activity=None, delivery__isnull=False),
                name="approval_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["activity", "revision"],
                condition=Q(activity__isnull=False),
                name="approval_of_plan_once",
            ),
            models.UniqueConstraint(
                fields=["delivery", "revision"],
                condition=Q(delivery__isnull=False),
                name="approval_of_delivery_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id or self.delivery_id}: {self.revision}"
