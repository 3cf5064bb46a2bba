from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from assistance.coverage.querysets import (
    ClosingQuerySet,
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


class DemandRow(Stages):
    """What a row says of a demand beside its keys: days, States, work for it, flags."""

    round = models.IntegerField(null=True)
    span_from = models.DateField()
    span_to = models.DateField(null=True)
    opened_on = models.DateField()
    ended_on = models.DateField(null=True)
    country_ids = ArrayField(models.BigIntegerField())
    activity_ids = ArrayField(models.BigIntegerField())
    delivery_ids = ArrayField(models.BigIntegerField())
    disputed = models.BooleanField()
    overdue = models.BooleanField()
    closed_short = models.BooleanField()
    closed_without_delivery = models.BooleanField()
    suspect_link = models.BooleanField()
    self_approved = models.BooleanField()

    class Meta:
        abstract = True


class Demand(DemandRow):
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
    ended_by = models.CharField(max_length=15, choices=EndedBy, blank=True)

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


class KeptDemand(DemandRow):
    """A row of `coverage_demand` at hand; `sql/kept.sql` says when it is read, and writes it."""

    key = models.TextField(primary_key=True)
    part = models.BigIntegerField(db_index=True)
    stale_on = models.DateField(null=True)
    kind = models.TextField()
    resolution_id = models.BigIntegerField(db_index=True)
    paragraph_id = models.BigIntegerField()
    mandate_id = models.BigIntegerField(db_index=True)
    item_id = models.BigIntegerField(null=True)
    need_id = models.BigIntegerField(null=True)
    ended_by = models.TextField()

    def __str__(self) -> str:
        return self.key


class KeptWork(Stages):
    """A row of `work_without_demand` at hand, as `KeptDemand` is of a demand."""

    key = models.TextField(primary_key=True)
    part = models.BigIntegerField(db_index=True)
    stale_on = models.DateField(null=True)
    flag = models.TextField()
    resolution_id = models.BigIntegerField(null=True, db_index=True)
    paragraph_id = models.BigIntegerField(null=True)
    mandate_id = models.BigIntegerField(null=True, db_index=True)
    activity_id = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(null=True)
    until = models.DateField(null=True)

    def __str__(self) -> str:
        return self.key


class Mark(models.Model):
    """A thing that a change touched below the definition, until its rows are worked out again.

    `kind` and the key `thing` are written by triggers; `sql/kept.sql` says which there are.
    """

    kind = models.TextField()
    thing = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}"


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


FOREVER = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]
"""A row is written once: the database refuses to change or remove it, whoever asks."""


class Closing(models.Model):
    """A period of a resolution that a manager closed: its rows are frozen, and never opened again.

    `sha256` is that of its rows in their canonical form (`assistance.coverage.period`), `public`
    what may be told of them to everybody (`assistance.coverage.public`). What is corrected later
    is listed as revised since, and stands in the next period that is closed.
    """

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="closings")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    definition = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    public = models.JSONField()
    note = models.TextField(_("note"), blank=True)
    keeps_deliveries = models.BooleanField(default=False, db_default=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(auto_now_add=True)

    objects = ClosingQuerySet.as_manager()

    class Meta:
        ordering = ["-last", "-first", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "first", "last"],
                name="period_closed_once",
                violation_error_message=_("This period is closed already."),
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="closing_days_in_order"),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="closing_sha256"
            ),
        ]
        triggers = FOREVER

    def __str__(self) -> str:
        return f"{self.resolution} {self.first} - {self.last}"


class RowKind(models.TextChoices):
    """What a row of a closed period is of."""

    MANDATE = "mandate", _("Mandate")
    DEMAND = "demand", _("Demand")
    WORK = "work", _("Help without a recorded request")
    DELIVERY = "delivery", _("Delivery")


class ClosedRow(models.Model):
    """How a mandate, a demand or work without one stood at the end of a closed period.

    `row` holds what the view said, with what came after the last day left out. A delivery of the
    period has a row too, unless it was closed before these were kept (`Closing.keeps_deliveries`).
    """

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=10, choices=RowKind)
    key = models.CharField(max_length=120)
    status = models.CharField(max_length=15)
    row = models.JSONField()

    class Meta:
        ordering = ["closing", "kind", "key"]
        constraints = [
            models.UniqueConstraint(fields=["closing", "kind", "key"], name="closed_row_once"),
            models.CheckConstraint(condition=Q(kind__in=RowKind), name="closed_row_kind"),
        ]
        triggers = FOREVER

    def __str__(self) -> str:
        return f"{self.closing_id} {self.key}"
