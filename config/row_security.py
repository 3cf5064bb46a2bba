"""What row security does with each table: the decision about every model, in one place.

The policies themselves are in `sql/row_security.sql`. A new model needs a line here, and a guarded
one a policy in a migration; `tests/security/test_row_security.py` fails until both are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Rows(Enum):
    """Whose rows somebody outside UNODC sees; the value names the SQL function that says so."""

    OF_REQUESTS = "requests_of_viewer"
    NAMING = "requests_naming_viewer"
    OF_ITEMS = "items_of_viewer"
    OF_ACTIVITIES = "activities_of_viewer"
    OF_DELIVERIES = "deliveries_of_viewer"
    OF_UNODC = "viewer_sees_all"
    """None: UNODC writes them for itself."""
    OF_PERSON = "viewer_person"
    OF_CHANGE = "pghistory.context_id"
    """Of the change being made."""
    INVOKER = "security_invoker"
    """A view: rows that its reader sees in the tables below it."""
    OPEN = ""
    """All rows: it tells no request."""

    @property
    def is_guarded(self) -> bool:
        """Whether the table has a policy."""
        return self not in {Rows.OPEN, Rows.INVOKER}


DECISIONS: Mapping[str, Rows] = {
    # Requests, and what stands below them.
    "assistance.AssistanceRequest": Rows.NAMING,
    "assistance.RequestState": Rows.OF_REQUESTS,
    "assistance.RequestItem": Rows.OF_REQUESTS,
    "assistance.RequestEvent": Rows.OF_REQUESTS,
    "assistance.Message": Rows.OF_REQUESTS,
    "assistance.Attachment": Rows.OF_REQUESTS,
    "assistance.RequestItem_themes": Rows.OF_ITEMS,
    "assistance.ItemMandate": Rows.OF_ITEMS,
    "assistance.ActivityItem": Rows.OF_ITEMS,
    "assistance.DeliveryItem": Rows.OF_ITEMS,
    "coverage.CoverageRecord": Rows.OF_ITEMS,
    "coverage.KeptDemand": Rows.OF_ITEMS,
    # Activities and deliveries tell who asked by whom they reach.
    "assistance.Activity": Rows.OF_ACTIVITIES,
    "assistance.ActivityMandate": Rows.OF_ACTIVITIES,
    "assistance.ActivityCountry": Rows.OF_ACTIVITIES,
    "assistance.Delivery": Rows.OF_DELIVERIES,
    "assistance.DeliveryNeed": Rows.OF_DELIVERIES,
    "assistance.Approval": Rows.OF_DELIVERIES,
    "assistance.Evidence": Rows.OF_DELIVERIES,
    "assistance.Reply": Rows.OF_DELIVERIES,
    # The rows of a closed period are UNODC's; what is public of them stands in the closing.
    "coverage.ClosedRow": Rows.OF_UNODC,
    # Work without a demand, and what was changed of late, by key.
    "coverage.KeptWork": Rows.OF_UNODC,
    "coverage.Mark": Rows.OF_UNODC,
    # What UNODC says among itself.
    "assistance.InternalNote": Rows.OF_UNODC,
    "assistance.SendBack": Rows.OF_UNODC,
    "assistance.ActivityPartner": Rows.OF_UNODC,
    "assistance.ActivityPartnerEvent": Rows.OF_UNODC,
    "assistance.ActivityCountryEvent": Rows.OF_UNODC,
    # Spreadsheets of officers name States and items of any request.
    "assistance.SheetUpload": Rows.OF_UNODC,
    "assistance.SheetRow": Rows.OF_UNODC,
    "assistance.SheetKey": Rows.OF_UNODC,
    # Reports count the requests of all States; drafts of them are UNODC's until it publishes one.
    "report.Narrative": Rows.OF_UNODC,
    "report.NarrativeEvent": Rows.OF_UNODC,
    "report.ReportBuild": Rows.OF_UNODC,
    "report.ReportFile": Rows.OF_UNODC,
    # Told to one person, answered to one system: both may quote a request.
    "notifications.OutboxMessage": Rows.OF_PERSON,
    "api.IdempotencyKey": Rows.OF_PERSON,
    # History, as what it is the history of.
    "assistance.AssistanceRequestEvent": Rows.OF_REQUESTS,
    "assistance.RequestItemEvent": Rows.OF_REQUESTS,
    "assistance.ItemMandateEvent": Rows.OF_ITEMS,
    "assistance.ActivityItemEvent": Rows.OF_ITEMS,
    "assistance.DeliveryItemEvent": Rows.OF_ITEMS,
    "assistance.ActivityEvent": Rows.OF_ACTIVITIES,
    "assistance.ActivityMandateEvent": Rows.OF_ACTIVITIES,
    "assistance.DeliveryEvent": Rows.OF_DELIVERIES,
    "assistance.DeliveryNeedEvent": Rows.OF_DELIVERIES,
    "assistance.EvidenceEvent": Rows.OF_DELIVERIES,
    "assistance.ReplyEvent": Rows.OF_DELIVERIES,
    "pghistory.Context": Rows.OF_CHANGE,
    # Views.
    "coverage.Demand": Rows.INVOKER,
    "coverage.WorkWithoutDemand": Rows.INVOKER,
    # How many requests were sent in a year; no more.
    "assistance.ReferenceCounter": Rows.OPEN,
    # That a period was closed, and the figures of it that everybody may see.
    "coverage.Closing": Rows.OPEN,
    # Texts to start an answer from, of no request.
    "assistance.AnswerTemplate": Rows.OPEN,
    # What the organs asked for, read by all who may read resolutions.
    "mandates.Resolution": Rows.OPEN,
    "mandates.ResolutionEvent": Rows.OPEN,
    "mandates.Text": Rows.OPEN,
    "mandates.Paragraph": Rows.OPEN,
    "mandates.ParagraphText": Rows.OPEN,
    "mandates.Footnote": Rows.OPEN,
    "mandates.Mandate": Rows.OPEN,
    "mandates.MandateEvent": Rows.OPEN,
    "mandates.MandateSpan": Rows.OPEN,
    "mandates.MandateSpanEvent": Rows.OPEN,
    "mandates.Correction": Rows.OPEN,
    "mandates.Theme": Rows.OPEN,
    "mandates.Facet": Rows.OPEN,
    "mandates.FacetEvent": Rows.OPEN,
    "mandates.ResolutionImport": Rows.OPEN,
    "mandates.Lineage": Rows.OPEN,
    "mandates.Wording": Rows.OPEN,
    "mandates.Need": Rows.OPEN,
    "mandates.NeedEvent": Rows.OPEN,
    # What the scanner said of a content, whoever sent it.
    "assistance.FileScan": Rows.OPEN,
    # That some activities are one series, not which.
    "assistance.Series": Rows.OPEN,
    # Which mails somebody wants, read by whoever causes one.
    "notifications.Preference": Rows.OPEN,
    # Who is who, and signing in: read before anybody is recognised.
    "directory.Country": Rows.OPEN,
    "directory.Entity": Rows.OPEN,
    "directory.Organisation": Rows.OPEN,
    "directory.User": Rows.OPEN,
    "directory.User_groups": Rows.OPEN,
    "directory.User_user_permissions": Rows.OPEN,
    "directory.Membership": Rows.OPEN,
    "api.ApiToken": Rows.OPEN,
    "assistance.CalendarAddress": Rows.OPEN,
    "account.EmailAddress": Rows.OPEN,
    "account.EmailConfirmation": Rows.OPEN,
    "mfa.Authenticator": Rows.OPEN,
    "auth.Group": Rows.OPEN,
    "auth.Group_permissions": Rows.OPEN,
    "auth.Permission": Rows.OPEN,
    "sessions.Session": Rows.OPEN,
    # Django's own; its administration does not show requests.
    "admin.LogEntry": Rows.OPEN,
    "contenttypes.ContentType": Rows.OPEN,
}
