import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistance.files import attachment_path
from assistance.querysets import ItemQuerySet, RequestQuerySet
from directory.fields import Versioned
from directory.models import Country, Entity, Organisation, User
from mandates.models import Theme


class RequestStatus(models.TextChoices):
    """The states a request can be in; `assistance.workflow` declares the changes between them."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    CLARIFICATION_REQUESTED = "clarification_requested", _("Question to the State")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLOSED = "closed", _("Closed")


class RequestOrigin(models.TextChoices):
    """How a request reached UNODC."""

    PORTAL = "portal", _("This site")
    NOTE_VERBALE = "note_verbale", _("Note verbale")
    MEETING = "meeting", _("Meeting")
    ASSESSMENT = "assessment", _("Assessment or mutual evaluation")
    PROJECT = "project", _("Project")


class Confidentiality(models.TextChoices):
    """Whether figures may tell a request apart."""

    NORMAL = "normal", _("Normal")
    CONFIDENTIAL = "confidential", _("Confidential")


class Urgency(models.TextChoices):
    """How soon the State needs help, in its own judgement."""

    ROUTINE = "routine", _("Within the year")
    SOON = "soon", _("Within three months")
    URGENT = "urgent", _("Within weeks")


class HelpKind(models.TextChoices):
    """What kind of help a State asks for, in its words."""

    TRAINING = "training", _("Training")
    TOOL = "tool", _("A tool or manual")
    LAW = "law", _("Advice on a law")
    EXPERT = "expert", _("An expert beside us")
    EQUIPMENT = "equipment", _("Equipment")
    NOT_SURE = "not_sure", _("Not sure")


class RequestOutcome(models.TextChoices):
    """What became of an item."""

    OPEN = "open", _("Open")
    FULFILLED = "fulfilled", _("Fulfilled")
    PARTLY_FULFILLED = "partly_fulfilled", _("Partly fulfilled")
    REFERRED = "referred", _("Referred")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")


class OutcomeBasis(models.TextChoices):
    """Who says so."""

    STATE = "state", _("The State said so")
    OFFICER = "officer", _("An officer")
    SILENCE = "silence", _("60 days without an answer")


@pghistory.track()
class AssistanceRequest(Versioned):
    """What a Member State, or a regional body for named States, asks UNODC for.

    A draft has no reference number; submission gives one (`TA-2026-00042`), never reused.
    """

    ref = models.CharField(max_length=20, null=True, blank=True, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="requests"
    )
    state = models.CharField(max_length=25, choices=RequestStatus, default=RequestStatus.DRAFT)
    origin = models.CharField(
        _("how it reached UNODC"), max_length=15, choices=RequestOrigin, default="portal"
    )
    received_on = models.DateField(_("received on"), null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    first_answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="en")
    confidentiality = models.CharField(
        max_length=15, choices=Confidentiality, default=Confidentiality.NORMAL
    )
    beneficiaries = models.TextField(_("for whom"), blank=True)
    reason = models.TextField(_("why"), blank=True)
    tried = models.TextField(_("what was tried"), blank=True)
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.ROUTINE)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="logged_requests"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_requests",
    )
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests_answered_for",
        help_text="Who answers for it on the side that asks, once it was handed over.",
    )
    demonstration = models.BooleanField(default=False, editable=False)
    creation_key = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        help_text="Of the form it was made with: sent twice, it is one request.",
    )
    states = models.ManyToManyField(Country, through="RequestState", related_name="requests")

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        indexes = [
            models.Index(fields=["state", "received_on"], name="request_queue"),
            models.Index(fields=["organisation", "state"], name="request_of_organisation"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RequestStatus), name="request_state"),
            models.CheckConstraint(condition=Q(origin__in=RequestOrigin), name="request_origin"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency), name="request_urgency"),
            models.CheckConstraint(
                condition=Q(confidentiality__in=Confidentiality), name="request_confidentiality"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", ref=None) | (~Q(state="draft") & Q(ref__isnull=False)),
                name="request_ref_once_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(received_on__isnull=False),
                name="request_received_once_submitted",
            ),
            models.CheckConstraint(
                condition=Q(ref=None) | Q(ref__regex=r"^TA-\d{4}-\d{5,}$"), name="request_ref_form"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="submitted_names_a_state",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__state__in=[s for s in RequestStatus if s != "draft"]),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM assistance_requeststate WHERE request_id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'request % names no State', NEW.ref
                            USING ERRCODE = 'check_violation',
                                CONSTRAINT = 'submitted_names_a_state';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.ref or self.title

    @property
    def responsible(self) -> User | None:
        """Who answers for it on the side that asks: the one it was handed to, or who wrote it."""
        return self.contact or (self.logged_by if self.origin == RequestOrigin.PORTAL else None)


class RequestState(models.Model):
    """A State a request is made for; each can see it."""

    request = models.ForeignKey(
        AssistanceRequest, on_delete=models.CASCADE, related_name="state_rows"
    )
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="request_rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "country"], name="request_state_once"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.country_id}"


@pghistory.track()
class RequestItem(Versioned):
    """One thing asked for, with its own mandates and its own outcome."""

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="items")
    n = models.PositiveSmallIntegerField()
    words = models.TextField(_("what you need"), blank=True)
    help_kinds = ArrayField(
        models.CharField(max_length=10, choices=HelpKind), default=list, blank=True
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="items")
    theme_unsure = models.BooleanField(_("something else, or not sure"), default=False)
    outcome = models.CharField(max_length=20, choices=RequestOutcome, default=RequestOutcome.OPEN)
    outcome_on = models.DateField(null=True, blank=True)
    outcome_basis = models.CharField(max_length=10, choices=OutcomeBasis, blank=True)
    outcome_reason = models.TextField(blank=True)
    referred_to = models.ForeignKey(
        Entity, on_delete=models.PROTECT, null=True, blank=True, related_name="referred_items"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_items"
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["request", "n"]
        constraints = [
            models.UniqueConstraint(fields=["request", "n"], name="item_number"),
            models.CheckConstraint(condition=Q(outcome__in=RequestOutcome), name="item_outcome"),
            models.CheckConstraint(
                condition=Q(outcome="open", outcome_on=None, outcome_basis="")
                | (
                    ~Q(outcome="open")
                    & Q(outcome_on__isnull=False)
                    & Q(outcome_basis__in=OutcomeBasis)
                ),
                name="item_outcome_on_a_day_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="referred", referred_to__isnull=False)
                | (~Q(outcome="referred") & Q(referred_to=None)),
                name="item_referred_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="merged", merged_into__isnull=False)
                | (~Q(outcome="merged") & Q(merged_into=None)),
                name="item_merged_into_another",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="declined") | ~Q(outcome_reason=""),
                name="item_declined_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.n}"

    @property
    def help_kind_labels(self) -> list[str]:
        """The kinds of help asked for, in the reader's language."""
        return [str(HelpKind(kind).label) for kind in self.help_kinds]


class RequestEvent(models.Model):
    """A change of state of a request or of one of its items. Only ever added."""

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="events")
    item = models.ForeignKey(
        RequestItem, on_delete=models.CASCADE, null=True, blank=True, related_name="events"
    )
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    transition = models.CharField(max_length=30)
    from_state = models.CharField(max_length=25, blank=True)
    to_state = models.CharField(max_length=25, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.transition}"


class MessageKind(models.TextChoices):
    """What a message is."""

    MESSAGE = "message", _("Message")
    QUESTION = "question", _("Question")
    ANSWER = "answer", _("Answer")


class Message(models.Model):
    """Words between a State and UNODC about a request."""

    request = models.ForeignKey(
        AssistanceRequest, on_delete=models.CASCADE, related_name="messages"
    )
    kind = models.CharField(max_length=10, choices=MessageKind, default=MessageKind.MESSAGE)
    words = models.TextField(_("message"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.words[:80]


class Attachment(models.Model):
    """A file beside a request, stored under a name that can't be guessed."""

    request = models.ForeignKey(
        AssistanceRequest, on_delete=models.CASCADE, related_name="attachments"
    )
    file = models.FileField(upload_to=attachment_path)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.filename
