"""What people are told about and how: every kind and every way, defined once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NotificationKind(models.TextChoices):
    """Each kind has its wording, and the keys of its context, in `notifications.wording`."""

    # requests
    REQUEST_RECEIVED = "request_received", _("Request received")
    REQUEST_SUBMITTED = "request_submitted", _("New request")
    REQUEST_ENTERED = "request_entered", _("Request entered for a State")
    REQUEST_ASSIGNED = "request_assigned", _("Request assigned")
    REQUESTS_ASSIGNED = "requests_assigned", _("Several requests assigned")
    REQUEST_HANDED_OVER = "request_handed_over", _("Request handed over")
    REQUEST_UNDER_REVIEW = "request_under_review", _("Request under review")
    CLARIFICATION_ASKED = "clarification_asked", _("Question about a request")
    CLARIFICATION_ANSWERED = "clarification_answered", _("Answer to a question")
    REQUEST_ACCEPTED = "request_accepted", _("Request accepted")
    REQUEST_DECLINED = "request_declined", _("Request declined")
    REQUEST_WITHDRAWN = "request_withdrawn", _("Request withdrawn")
    REQUEST_CLOSED = "request_closed", _("Request closed")
    ITEM_OUTCOME = "item_outcome", _("Outcome of an item")
    REFERRAL_ANSWERED = "referral_answered", _("Answer of another entity")
    ITEM_MERGED = "item_merged", _("Item merged into another")
    REPLY_AWAITED = "reply_awaited", _("Delivery still to confirm")
    ITEM_SILENT = "item_silent", _("Item closed without a reply")
    ITEM_CLOSED_SILENT = "item_closed_silent", _("Item closed after 60 days of silence")
    ITEM_WITHDRAWN = "item_withdrawn", _("Item withdrawn")
    MESSAGE_WRITTEN = "message_written", _("New message")
    NOTE_WRITTEN = "note_written", _("New internal note")
    REQUEST_DUE = "request_due", _("Request waits for an answer")
    # activities
    ACTIVITY_TO_APPROVE = "activity_to_approve", _("Activity to approve")
    ACTIVITY_APPROVED = "activity_approved", _("Activity approved")
    ACTIVITY_SENT_BACK = "activity_sent_back", _("Activity sent back")
    ACTIVITY_OVERDUE = "activity_overdue", _("Planned end passed")
    ACTIVITY_STALE = "activity_stale", _("Activity unchanged for 60 days")
    DELIVERY_APPROVED = "delivery_approved", _("Delivery approved")
    DELIVERY_TO_CONFIRM = "delivery_to_confirm", _("Delivery to confirm")
    DELIVERY_REPLIED = "delivery_replied", _("Reply of a State")
    EVIDENCE_VERIFIED = "evidence_verified", _("Evidence verified")
    LINK_DECIDED = "link_decided", _("Link decided")
    ACTIVITIES_TO_APPROVE = "activities_to_approve", _("Activities of a sheet to approve")
    SHEET_READY = "sheet_ready", _("Sheet to look at")
    SHEET_DONE = "sheet_done", _("Sheet done")
    SHEET_REFUSED = "sheet_refused", _("Sheet refused")
    # files
    FILE_HARMFUL = "file_harmful", _("Malware in a file")
    # mandates
    IMPORT_DONE = "import_done", _("Import done")
    IMPORT_REFUSED = "import_refused", _("Import refused")
    NEED_TO_PUBLISH = "need_to_publish", _("Need to publish")
    NEED_PUBLISHED = "need_published", _("Need published")
    REPORT_DUE = "report_due", _("Report due")
    # reports
    REPORT_DONE = "report_done", _("Report built")
    REPORT_FAILED = "report_failed", _("Report could not be built")
    # the installation
    SELF_CHECK_FAILED = "self_check_failed", _("Self-check failed")


class Channel(models.TextChoices):
    """How a notification reaches its reader; on the site it always stands too."""

    AT_ONCE = "at_once", _("By e-mail at once")
    DAILY = "daily", _("By e-mail once a day")
    SITE = "site", _("On this site only")
