import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from directory.fields import Versioned
from directory.models import Entity
from directory.names import in_language
from mandates.models.paragraph import Paragraph, ParagraphText
from mandates.querysets import MandateQuerySet


class MandateKind(models.TextChoices):
    """What a clause does."""

    ACTION = "action", _("Action")
    DECISION = "decision", _("Decision")
    STATEMENT = "statement", _("Statement")


class Basis(models.TextChoices):
    """To whom an action is owed."""

    ON_REQUEST = "on_request", _("On request")
    STANDING = "standing", _("Standing")


@pghistory.track()
class Mandate(Versioned):
    """One clause of an operative paragraph: verb, addressees and what is asked.

    `revision` counts the changes of its words and the successors confirmed; a link confirmed at an
    earlier one is suspect.
    Only actions with UNODC among their addressees are counted (`MandateQuerySet.counted`).
    """

    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="mandates")
    ordinal = models.PositiveSmallIntegerField()
    identifier = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=MandateKind)
    basis = models.CharField(max_length=10, choices=Basis)
    labels = models.JSONField(default=dict, blank=True)
    lead_unit = models.ForeignKey(
        Entity, on_delete=models.PROTECT, null=True, blank=True, related_name="led_mandates"
    )
    report_session = models.PositiveSmallIntegerField(null=True, blank=True)
    report_due_on = models.DateField(null=True, blank=True)
    report_submitted_on = models.DateField(null=True, blank=True)
    report_symbol = models.CharField(max_length=60, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["paragraph__position", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["paragraph", "ordinal"], name="mandate_ordinal"),
            models.CheckConstraint(condition=Q(kind__in=MandateKind), name="mandate_kind"),
            models.CheckConstraint(condition=Q(basis__in=Basis), name="mandate_basis"),
        ]

    def __str__(self) -> str:
        return self.identifier

    @property
    def label(self) -> str:
        """The short unofficial name in the reader's language, or nothing."""
        return in_language(self.labels)


@pghistory.track()
class MandateSpan(models.Model):
    """Where a mandate stands in one paragraph text: `[start, end)` in Unicode code points."""

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="spans")
    paragraph_text = models.ForeignKey(
        ParagraphText, on_delete=models.CASCADE, related_name="spans"
    )
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    verb = models.CharField(max_length=200)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["mandate", "paragraph_text"], name="span_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="span_not_empty"),
            ExclusionConstraint(
                name="spans_do_not_overlap",
                expressions=[
                    ("paragraph_text", RangeOperators.EQUAL),
                    (Func("start", "end", function="int4range"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start}-{self.end} {self.verb}"


class Correction(models.Model):
    """An officer's correction of what the reader found; a new import leaves the field alone."""

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=30)
    language = models.CharField(max_length=5, blank=True)
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.mandate_id}: {self.field}"
