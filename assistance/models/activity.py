import pghistory
import pgtrigger
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


def shares_sum_to_100(table: str, among: str = "true") -> pgtrigger.Trigger:
    """At the end of a transaction an activity's rows in `table` share it out whole, or not at all.

    `among` is the condition, in SQL, of the rows that count.
    """
    return pgtrigger.Trigger(
        name="shares_sum_to_100",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        func=f"""
                    IF EXISTS (
                        SELECT 1 FROM {table}
                        WHERE activity_id = COALESCE(NEW.activity_id, OLD.activity_id)
                            AND {among}
                        HAVING count(share) > 0
                            AND (count(share) < count(*) OR sum(share) <> 100)
                    ) THEN
                        RAISE EXCEPTION 'shares of activity % do not sum to 100',
                            COALESCE(NEW.activity_id, OLD.activity_id)
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_sum_to_100';
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608  (both are words of ours)
    )


class Series(models.Model):
    """What was planned as one thing held again and again; its activities name it."""

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"series {self.pk}"


@pghistory.track()
class Activity(Versioned):
    """What UNODC plans or does.

    `revision` counts the changes of its plan; each waits for a second person's approval. What was
    approved before goes on counting. `cost` is in `currency`, an ISO 4217 code.
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
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    countries = models.ManyToManyField(
        Country,
        through="ActivityCountry",
        blank=True,
        related_name="activities",
        verbose_name=_("States"),
    )
    partners = models.ManyToManyField(
        Entity,
        through="ActivityPartner",
        blank=True,
        related_name="partner_of",
        verbose_name=_("partners"),
    )
    series = models.ForeignKey(
        Series,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="activities",
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
                condition=Q(cost=None, currency="") | Q(cost__gte=0, currency__regex="^[A-Z]{3}$"),
                name="activity_cost_with_currency",
                violation_error_message=_("Give an amount of 0 or more with its currency."),
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


@pghistory.track()
class ActivityCountry(models.Model):
    """An activity names a State. `share` is the State's percentage of its cost."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="country_rows")
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="+")
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        db_table = "assistance_activity_countries"
        unique_together = (("activity", "country"),)
        constraints = [
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lte=100),
                name="activity_country_share",
                violation_error_message=_("A share lies between 0 and 100."),
            ),
        ]
        triggers = [shares_sum_to_100("assistance_activity_countries")]

    def __str__(self) -> str:
        return f"{self.activity_id} in {self.country_id}"


@pghistory.track()
class ActivityPartner(models.Model):
    """Whom UNODC works with in an activity."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="partner_rows")
    partner = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "partner"], name="activity_partner_once"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} with {self.partner_id}"


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
