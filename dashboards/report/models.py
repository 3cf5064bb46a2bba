import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dashboards.report.querysets import ReportFileQuerySet, ReportQuerySet
from directory.fields import Versioned
from mandates.models import Paragraph, Resolution


class OfPeriod(models.Model):
    """What stands in the report on a resolution over a period, in one language.

    `first` and `last` are the days of the period, both inclusive; `last` may be still to come.
    """

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="+")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)

    objects = ReportQuerySet.as_manager()

    class Meta:
        abstract = True


@pghistory.track()
class Narrative(OfPeriod, Versioned):
    """What officers write on a paragraph; without a paragraph the summary of the report."""

    paragraph = models.ForeignKey(
        Paragraph, on_delete=models.PROTECT, null=True, blank=True, related_name="narratives"
    )
    words = models.TextField(_("words"), blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["paragraph__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "paragraph", "first", "last", "language"],
                name="narrative_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(last__gte=F("first")), name="narrative_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:80]


class BuildState(models.TextChoices):
    """How far a report has come."""

    WAITING = "waiting", _("Waits for a worker")
    RUNNING = "running", _("Being built")
    DONE = "done", _("Done")
    FAILED = "failed", _("Could not be built")


class BuildStep(models.TextChoices):
    """What a worker is doing for a report."""

    GATHERING = "gathering", _("Counting, and collecting the words")
    DOCX = "docx", _("Writing the Word document")
    PDF = "pdf", _("Setting the PDF")


class ReportBuild(OfPeriod):
    """A report that was asked for, with its progress. `as_of` is the day its statuses are of."""

    as_of = models.DateField()
    state = models.CharField(max_length=10, choices=BuildState, default=BuildState.WAITING)
    step = models.CharField(max_length=10, choices=BuildStep, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    definition = models.CharField(max_length=10, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=20, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BuildState), name="report_state"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="report_percent"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="report_days_in_order"),
            models.UniqueConstraint(
                fields=["resolution", "first", "last", "language", "asked_by"],
                condition=Q(state__in=["waiting", "running"]),
                name="report_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resolution_id} {self.first} {self.last} {self.language}"

    @property
    def under_way(self) -> bool:
        """Whether a worker has something to do for it."""
        return self.state in {BuildState.WAITING, BuildState.RUNNING}


class FileKind(models.TextChoices):
    """As what a report can be had."""

    DOCX = "docx", _("Word document")
    PDF = "pdf", _("PDF")


class ReportFile(models.Model):
    """A file of a report, in the database: written with the end of its build, or not at all."""

    build = models.ForeignKey(ReportBuild, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=5, choices=FileKind)
    content = models.BinaryField(null=True, help_text="Nothing once its time is over.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    objects = ReportFileQuerySet.as_manager()

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["build", "kind"], name="report_file_once"),
            models.CheckConstraint(condition=Q(kind__in=FileKind), name="report_file_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.build_id}.{self.kind}"
