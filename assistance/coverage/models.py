from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from assistance.coverage.querysets import (
    CoverageRecordQuerySet,
    DemandQuerySet,
    WorkWithoutDemandQuerySet,
)
from assistance.models import Activity, RequestItem
from mandates.models import Mandate, Need, Paragraph, Resolution


class DemandKind(models.TextChoices):
    """What a demand is owed for."""

    ITEM = "item", _("An item of a request")
    NEED = "need", _("A published need")
    ROUND = "round", _("A round of a recurring need")
    IMPLIED = "implied", _("The one delivery a standing mandate takes")


class EndedBy(models.TextChoices):
    """Why a demand is no longer open."""

    DECLINED = "declined", _("Declined")
    REFERRED = "referred", _("Referred")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")
    SUPERSEDED = "superseded", _("Resolution superseded")
    NEED_ENDED = "need_ended", _("Need ended")
    NEXT_ROUND = "next_round", _("Next round opened")


class Stages(models.Model):
    """The days on which each stage was reached."""

    planned_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    evidenced_on = models.DateField(null=True)

    class Meta:
        abstract = True


class Demand(Stages):
    """A row of `coverage_demand`: one thing owed under a counted mandate. Read only."""

    key = models.CharField(max_length=60, primary_key=True)
    kind = models.CharField(max_length=10, choices=DemandKind)
    resolution = models.ForeignKey(Resolution, on_delete=models.DO_NOTHING, related_name="+")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.DO_NOTHING, related_name="demands")
    mandate = models.ForeignKey(Mandate, on_delete=models.DO_NOTHING, related_name="demands")
    item = models.ForeignKey(
        RequestItem, on_delete=models.DO_NOTHING, null=True, related_name="demands"
    )
    need = models.ForeignKey(Need, on_delete=models.DO_NOTHING, null=True, related_name="demands")
    round = models.IntegerField(null=True)
    span_from = models.DateField()
    span_to = models.DateField(null=True)
    opened_on = models.DateField()
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=15, choices=EndedBy, blank=True)
    country_ids = ArrayField(models.BigIntegerField())
    activity_ids = ArrayField(models.BigIntegerField())
    delivery_ids = ArrayField(models.BigIntegerField())
    disputed = models.BooleanField()
    overdue = models.BooleanField()
    closed_short = models.BooleanField()
    closed_without_delivery = models.BooleanField()
    suspect_link = models.BooleanField()
    self_approved = models.BooleanField()

    objects = DemandQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "coverage_demand"
        ordering = ["mandate", "opened_on", "key"]

    def __str__(self) -> str:
        return self.key


class WorkWithoutDemand(Stages):
    """A row of `work_without_demand`: work or a wish that no demand stands for. Read only."""

    key = models.CharField(max_length=60, primary_key=True)
    flag = models.CharField(max_length=20)
    resolution = models.ForeignKey(
        Resolution, on_delete=models.DO_NOTHING, null=True, related_name="+"
    )
    paragraph = models.ForeignKey(
        Paragraph, on_delete=models.DO_NOTHING, null=True, related_name="+"
    )
    mandate = models.ForeignKey(Mandate, on_delete=models.DO_NOTHING, null=True, related_name="+")
    activity = models.ForeignKey(Activity, on_delete=models.DO_NOTHING, null=True, related_name="+")
    item = models.ForeignKey(RequestItem, on_delete=models.DO_NOTHING, null=True, related_name="+")
    until = models.DateField(null=True)

    objects = WorkWithoutDemandQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "work_without_demand"
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class CoverageRecord(models.Model):
    """How a demand stood when a nightly run found it changed: what was said on a day.

    `row` is the row of the view, `gone` marks a demand that is no longer there.
    """

    recorded_on = models.DateField()
    definition = models.CharField(max_length=10)
    demand = models.CharField(max_length=60)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=15)
    gone = models.BooleanField(default=False)
    row = models.JSONField()

    objects = CoverageRecordQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_on", "demand"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "recorded_on"], name="record_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.recorded_on} {self.demand}"
