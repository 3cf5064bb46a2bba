import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistance.models.activity import Activity
from assistance.models.delivery import Delivery
from assistance.models.request import AssistanceRequest
from assistance.querysets import SheetUploadQuerySet


def sheet_path(instance: object, filename: str) -> str:
    """A name that can't be guessed and says nothing of the file."""
    return f"sheets/{secrets.token_hex(16)}"


class SheetKind(models.TextChoices):
    """The sheets of the template."""

    ACTIVITIES = "activities", _("Activities")
    LINKS = "links", _("Links")
    DELIVERIES = "deliveries", _("Deliveries")
    REQUESTS = "requests", _("Requests")


class UploadState(models.TextChoices):
    """How far an uploaded spreadsheet has come."""

    WAITING = "waiting", _("Waits for a worker")
    COMPARING = "comparing", _("Being compared")
    READY = "ready", _("To look at")
    REFUSED = "refused", _("Refused")
    APPLYING = "applying", _("Being written")
    APPLIED = "applied", _("Written")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class RowOutcome(models.TextChoices):
    """What a row of a sheet is, compared with what is recorded."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REFUSED = "refused", _("Refused")


class RowResult(models.TextChoices):
    """What became of a row that was new or changed."""

    WRITTEN = "written", _("Written")
    FOUND_SO = "found_so", _("Was so already")
    REFUSED = "refused", _("Refused")
    UNDONE = "undone", _("Undone")
    KEPT = "kept", _("Kept")


class SheetKey(models.Model):
    """The key an office gave an activity, a delivery or a request in its own sheets.

    What has none is known in sheets by its number, `A-12` or `D-7`, a request by its reference.
    """

    key = models.CharField(max_length=40)
    activity = models.OneToOneField(
        Activity, on_delete=models.CASCADE, null=True, blank=True, related_name="sheet_key"
    )
    delivery = models.OneToOneField(
        Delivery, on_delete=models.CASCADE, null=True, blank=True, related_name="sheet_key"
    )
    request = models.OneToOneField(
        AssistanceRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="sheet_key"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False, delivery=None, request=None)
                | Q(activity=None, delivery__isnull=False, request=None)
                | Q(activity=None, delivery=None, request__isnull=False),
                name="sheet_key_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[A-Z0-9][A-Z0-9 ._/-]*$") & ~Q(key__regex=r"^[AD]-\d+$"),
                name="sheet_key_form",
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(activity__isnull=False), name="sheet_key_activity"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(delivery__isnull=False), name="sheet_key_delivery"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(request__isnull=False), name="sheet_key_request"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class SheetUpload(models.Model):
    """A spreadsheet handed in: compared with what is recorded, then written, undone as a whole."""

    file = models.FileField(upload_to=sheet_path, blank=True)
    filename = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="en")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sheet_uploads"
    )
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.WAITING)
    send = models.BooleanField(default=False)
    refusal = models.JSONField(default=dict, blank=True)
    read_as = models.CharField(max_length=20, blank=True)
    total = models.PositiveIntegerField(default=0)
    handled = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SheetUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=UploadState), name="sheet_upload_state"),
            models.UniqueConstraint(
                fields=["uploaded_by", "sha256"],
                condition=Q(state__in=["waiting", "comparing", "applying"]),
                name="sheet_upload_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def under_way(self) -> bool:
        """Whether a worker has something to do for it."""
        return self.state in {
            UploadState.WAITING,
            UploadState.COMPARING,
            UploadState.APPLYING,
            UploadState.UNDOING,
        }

    @property
    def percent(self) -> int:
        """How far the present step has come."""
        return min(100, 100 * self.handled // self.total) if self.total else 0


class SheetRow(models.Model):
    """One row of an uploaded sheet: what it says, what it would change, what became of it.

    `group` is the key of its activity, or of its request after a `!`: rows of one are written
    together. `values` are by column, as read; `before` and `after` hold the cells that differ,
    `kept` what undoing restores.
    """

    upload = models.ForeignKey(SheetUpload, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=10, choices=SheetKind)
    number = models.PositiveIntegerField()
    order = models.PositiveSmallIntegerField(default=0)
    group = models.CharField(max_length=41, blank=True)
    key = models.CharField(max_length=200, blank=True)
    cells = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=RowOutcome, blank=True)
    result = models.CharField(max_length=10, choices=RowResult, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    kept = models.JSONField(default=dict, blank=True)
    thing = models.BigIntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "sheet", "number"], name="sheet_row_once"),
            models.CheckConstraint(condition=Q(sheet__in=SheetKind), name="sheet_row_sheet"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *RowOutcome.values]), name="sheet_row_outcome"
            ),
            models.CheckConstraint(
                condition=Q(result__in=["", *RowResult.values]), name="sheet_row_result"
            ),
        ]
        indexes = [
            models.Index(
                fields=["upload", "outcome", "result", "group", "order", "number"],
                name="sheet_row_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"

    @property
    def key_of_whole(self) -> str:
        """The key of its activity or request as the sheet has it."""
        return self.group.removeprefix("!")
