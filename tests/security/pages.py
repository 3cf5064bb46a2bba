"""One world for the matrix of pages: everything of it belongs to, or concerns, Kenya."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from assistance.coverage.closing import close_period
from assistance.models import (
    Activity,
    Attachment,
    CalendarAddress,
    Delivery,
    Evidence,
    EvidenceKind,
    ItemMandate,
    RequestItem,
    SheetUpload,
)
from assistance.models.calendar import digest_of
from dashboards.report.models import Narrative, ReportBuild
from directory.models import Role
from mandates.models import Mandate, ResolutionImport
from notifications.models import OutboxMessage
from tests import factories as make

TESTED_ELSEWHERE = ("api/v1/", "admin/", "accounts/")
"""The API has a matrix of its own; the others are Django's and allauth's."""

ROLES = ("anonymous", "own", "foreign", "regional", "officer", "manager", "auditor", "admin")


def page_names() -> set[str]:
    """The names of all addresses that people open."""
    names: set[str] = set()

    def walk(resolver: URLResolver) -> None:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLPattern):
                assert entry.name, f"{entry.pattern} has no name"
                names.add(entry.name)
            elif str(entry.pattern) not in TESTED_ELSEWHERE:
                walk(entry)

    walk(get_resolver())
    return names


CALENDAR = "of-colombias-focal-point"
"""The secret of a calendar: whoever has it reads that calendar, signed in or not."""


@dataclass
class World:
    """Kenya's request, what was done for it, and one person of each role."""

    item: RequestItem
    draft: Any
    people: dict[str, Any]
    mandate: Mandate
    activity: Activity
    delivery: Delivery
    evidence: Evidence
    attachment: Attachment
    link: ItemMandate
    need: Any
    imported: ResolutionImport
    message: OutboxMessage
    sheet: SheetUpload
    closing: Any
    narrative: Narrative
    report: ReportBuild

    def arguments(self, name: str) -> dict[str, Any]:
        """The arguments of an address that leads to Kenya's thing."""
        request = self.item.request
        by_name: dict[str, dict[str, Any]] = {
            "resolution-source": {"language": "en"},
            "resolution-akoma-ntoso": {"language": "en"},
            "identified": {"identifier": self.mandate.identifier},
            "paragraph": {"number": self.mandate.paragraph.number},
            "import-progress": {"pk": self.imported.pk},
            "mandate-correct": {"pk": self.mandate.pk},
            "mandate-successor": {"pk": self.mandate.pk},
            "mandate-take-over": {"pk": self.mandate.pk},
            "mandate-why": {"pk": self.mandate.pk},
            "need-new": {"pk": self.mandate.pk},
            "report-submit": {"pk": self.mandate.pk},
            "closing": {"pk": self.closing.pk},
            **{
                name: {"slug": self.mandate.paragraph.resolution.slug}
                for name in ("closing-list", "closing-new", "comparison")
            },
            "need-edit": {"pk": self.need.pk},
            "need-publish": {"pk": self.need.pk},
            "need-end": {"pk": self.need.pk},
            "need-remove": {"pk": self.need.pk},
            "request-edit": {"pk": self.draft.pk},
            "request-step": {"pk": self.draft.pk, "step": "whom"},
            "request-check": {"pk": self.draft.pk},
            "request-send": {"pk": self.draft.pk},
            "request-delete": {"pk": self.draft.pk},
            "request-file": {"pk": request.pk, "file_pk": self.attachment.pk},
            "request-file-remove": {"pk": request.pk, "file_pk": self.attachment.pk},
            "request-act": {"pk": request.pk, "act": "withdraw"},
            "item-act": {"pk": request.pk, "n": self.item.n, "act": "tie"},
            "delivery-reply": {"pk": request.pk, "delivery_pk": self.delivery.pk},
            "calendar-feed": {"secret": CALENDAR},
            "delivery": {"pk": self.delivery.pk},
            "delivery-edit": {"pk": self.delivery.pk},
            "evidence-add": {"pk": self.delivery.pk},
            "evidence-file": {"pk": self.evidence.pk},
            "evidence-remove": {"pk": self.evidence.pk},
            "link-decide": {"kind": "item-mandate", "pk": self.link.pk},
            "notification-open": {"pk": self.message.pk},
            "narrative-history": {"pk": self.narrative.pk},
            "report-build": {"pk": self.report.pk},
            "state": {"iso": "KE"},
            "state-print": {"iso": "KE"},
            "unit": {"code": "tpb"},
            "report-file": {"pk": self.report.pk, "kind": "pdf"},
            **{
                name: {"pk": self.sheet.pk}
                for name in ("sheet", "sheet-apply", "sheet-refused", "sheet-undo")
            },
        }
        own = by_name.get(name, {})
        if name.startswith(("resolution", "paragraph", "mandate-list")) and name not in (
            "resolution-list",
            "resolution-import",
        ):
            return {"slug": self.mandate.paragraph.resolution.slug, **own}
        if own or name in WITHOUT_ARGUMENTS:
            return own
        if name.startswith("request"):
            return {"pk": request.pk}
        return {"pk": self.activity.pk}


WITHOUT_ARGUMENTS = {
    "activity-export",
    "activity-iati",
    "activity-list",
    "activity-new",
    "activity-sheet",
    "approval-list",
    "calendar-address",
    "compare",
    "coverage-deliveries",
    "demand-list",
    "evidence-list",
    "gap-list",
    "health",
    "home",
    "methodology",
    "need-list",
    "notification-choices",
    "notification-list",
    "notifications-seen",
    "obligation-list",
    "parts",
    "ready",
    "received",
    "request-export",
    "request-list",
    "request-new",
    "request-sheet",
    "resolution-import",
    "resolution-list",
    "robots",
    "set_language",
    "sheet-list",
    "sheet-template",
    "suspect-list",
    "unlinked-list",
    "workbench",
}


def build_world() -> World:
    """Make the world, with a person of each role."""
    people: dict[str, Any] = {
        "own": make.focal_point("KE"),
        "foreign": make.focal_point("CO"),
        "regional": make.person(Role.REGIONAL_BODY, make.RegionalBodyFactory()),
        "officer": make.officer(),
        "manager": make.manager(),
        "auditor": make.person(Role.AUDITOR),
        "admin": make.person(Role.ADMINISTRATOR),
    }
    item = make.served_item("KE", logged_by=people["own"], state="accepted")
    delivery = item.deliveries.get()
    mandate = item.mandate_links.get().mandate
    mandate.report_session = 75
    mandate.save()
    text = make.TextFactory(
        resolution=mandate.paragraph.resolution, file=ContentFile(b"text", name="text.txt")
    )
    words = b"an agenda"
    stored = {
        "file": ContentFile(words, name="agenda.txt"),
        "filename": "agenda.txt",
        "content_type": "text/plain",
        "size": len(words),
        "sha256": hashlib.sha256(words).hexdigest(),
    }
    evidence = Evidence.objects.create(
        delivery=delivery,
        kind=EvidenceKind.AGENDA,
        added_by=delivery.created_by,
        verified_by=people["officer"],
        verified_at=timezone.now(),
        **stored,
    )
    CalendarAddress.objects.create(
        user=people["foreign"], digest=digest_of(CALENDAR), created_at=timezone.now()
    )
    attachment = Attachment.objects.create(request=item.request, added_by=people["own"], **stored)
    return World(
        item=item,
        draft=make.RequestFactory(
            state="draft",
            received_on=None,
            organisation=item.request.organisation,
            logged_by=people["own"],
        ),
        people=people,
        mandate=mandate,
        activity=delivery.activity,
        delivery=delivery,
        evidence=evidence,
        attachment=attachment,
        link=item.mandate_links.get(),
        need=make.NeedFactory(mandate=mandate, created_by=people["officer"]),
        imported=ResolutionImport.objects.create(
            file=ContentFile(words, name="resolution.txt"),
            filename="resolution.txt",
            sha256=stored["sha256"],
            started_by=people["officer"],
            text=text,
        ),
        sheet=SheetUpload.objects.create(
            file=ContentFile(words, name="sheet"),
            filename="activities.xlsx",
            size=len(words),
            sha256=stored["sha256"],
            uploaded_by=people["officer"],
            state="ready",
        ),
        closing=close_period(
            user=people["manager"],
            resolution_slug=mandate.paragraph.resolution.slug,
            first=None,
            last=make.today() - dt.timedelta(days=1),
        ),
        narrative=make.NarrativeFactory(
            resolution=mandate.paragraph.resolution, changed_by=people["officer"]
        ),
        report=make.ReportFactory(
            resolution=mandate.paragraph.resolution, asked_by=people["officer"]
        ),
        message=OutboxMessage.objects.create(
            key="matrix", kind="request_submitted", recipient=people["own"], path="/"
        ),
    )
