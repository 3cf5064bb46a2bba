"""Every page of the site, with the person who uses it and a thing of the demonstration world."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assistance.coverage.models import Closing
from assistance.models import (
    Activity,
    ActivityMandate,
    AssistanceRequest,
    Delivery,
    Evidence,
    ItemMandate,
    RequestItem,
    RequestStatus,
    SheetUpload,
)
from dashboards.report.models import Narrative, ReportBuild
from directory.models import User
from mandates.models import Lineage, Mandate, Need, Paragraph, Resolution, ResolutionImport

EVERY_PAGE = os.environ.get("EVERY_PAGE") == "true"
"""Whether translations open each page and make each journey; else they share them."""

NO_PAGES = {
    "activity-approve",
    "activity-copy-links",
    "activity-export",
    "calendar-feed",
    "activity-iati",
    "activity-send",
    "activity-send-back",
    "activity-sheet",
    "evidence-file",
    "evidence-remove",
    "health",
    "identified",
    "link-decide",
    "mandate-successor",
    "need-end",
    "need-publish",
    "need-remove",
    "notification-open",
    "notifications-seen",
    "parts",
    "ready",
    "request-edit",
    "request-export",
    "request-file",
    "request-file-remove",
    "request-send",
    "resolution-akoma-ntoso",
    "resolution-package",
    "report-file",
    "resolution-report-build",
    "request-sheet",
    "resolution-source",
    "robots",
    "set_language",
    "sheet-apply",
    "sheet-refused",
    "sheet-template",
    "sheet-undo",
}
"""Files, acts and answers for machines; and the sheet of parts, which has a test of its own."""

ACCOUNT_PAGES = ("account_change_password", "account_logout", "mfa_index")
TESTED_ELSEWHERE = ("api/v1/", "admin/", "accounts/")


@dataclass(frozen=True)
class PageOfSite:
    """A page as one person opens it; `main` ones are also looked at closely on a phone."""

    name: str
    login: str
    path: str
    main: bool = False
    variant: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.name, self.variant, self.login or "nobody")))


def names_of_pages() -> set[str]:
    """The names of all addresses that show a page."""
    names: set[str] = set()

    def walk(resolver: URLResolver) -> None:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLPattern):
                names.add(str(entry.name))
            elif str(entry.pattern) not in TESTED_ELSEWHERE:
                walk(entry)

    walk(get_resolver())
    return names - NO_PAGES


def pages_of_site() -> list[PageOfSite]:
    """Every page once, the main ones as each role sees them."""
    pages: list[PageOfSite] = []

    def page(
        name: str, login: str, *args: Any, main: bool = False, variant: str = "", query: str = ""
    ) -> None:
        path = reverse(name, args=args) + query
        pages.append(PageOfSite(name, login, path, main, variant))

    _pages_of_a_state(page)
    _pages_of_an_officer(page)
    _pages_of_activities(page)
    _pages_of_sheets(page)
    _pages_of_figures(page)
    _pages_of_the_public(page)
    _pages_of_an_earlier_resolution(page)
    for name in ACCOUNT_PAGES:
        page(name, "officer")
    page("account_login", "", main=True)
    page("account_reset_password", "")
    page("account_signup", "")
    page("api:docs", "officer")
    return pages


def _request(title: str) -> AssistanceRequest:
    return AssistanceRequest.objects.get(title=title)


def _pages_of_a_state(page: Any) -> None:
    draft = AssistanceRequest.objects.get(
        state=RequestStatus.DRAFT, organisation__country__iso="KE"
    )
    asked = _request("Electronic evidence: requests to providers abroad")
    served = _request("Tracing crowdfunding and virtual assets used by terrorist groups")
    page("home", "focal-ke", main=True)
    page("home", "regional", variant="regional")
    page("received", "focal-ke", main=True)
    page("state", "focal-ke", "KE", variant="own")
    page("state-print", "focal-ke", "KE", main=True)
    page("request-list", "focal-ke", main=True)
    page("request-new", "focal-ke", main=True)
    page("request-new", "regional", variant="regional")
    for step in ("about", "needs", "whom", "files"):
        page("request-step", "focal-ke", draft.pk, step, main=True, variant=step)
    page("request-check", "focal-ke", _complete_draft(draft).pk)
    page("request-delete", "focal-ke", draft.pk)
    page("request-sent", "focal-ke", asked.pk)
    page("request-receipt", "focal-ke", asked.pk)
    page("request", "focal-ke", asked.pk, main=True, variant="question")
    page("request", "focal-ke", served.pk, main=True, variant="served")
    delivery = Delivery.objects.filter(items__request=served, country__iso="KE")[0]
    page("delivery-reply", "focal-ke", served.pk, delivery.pk)
    page("request-act", "focal-ke", asked.pk, "answer", variant="answer")
    page("request-act", "focal-ke", served.pk, "attach", variant="attach")
    page("resolution", "focal-ke", Resolution.objects.get().slug, main=True, variant="state")
    page("paragraph", "focal-ke", Resolution.objects.get().slug, "6", variant="state")
    page("notification-list", "focal-ke")
    page("notification-choices", "focal-ke")


def _complete_draft(other: AssistanceRequest) -> AssistanceRequest:
    draft = AssistanceRequest.objects.create(
        title="Training of border police",
        organisation=other.organisation,
        logged_by=other.logged_by,
        reason="Posts at the border differ in what they look for.",
        beneficiaries="Forty officers",
        urgency="routine",
    )
    draft.states.set(other.states.all())
    draft.items.create(n=1, words="A course on risk profiles", theme_unsure=True)
    return draft


def _pages_of_an_officer(page: Any) -> None:
    new = _request("Cours pour procureurs et policiers")
    review = _request("Course for prosecutors and police")
    accepted = _request("Tracing crowdfunding and virtual assets used by terrorist groups")
    page("home", "officer", main=True)
    page("request-list", "officer", main=True)
    page("request-list", "officer", variant="none", query="?text=nothinglikeit")
    page("request-new", "officer", variant="on-behalf")
    page("request", "officer", new.pk, main=True, variant="new")
    page("request", "officer", accepted.pk, variant="accepted")
    page("request-history", "officer", accepted.pk)
    for act in ("accept", "ask", "decline", "assign", "merge", "note"):
        page("request-act", "officer", review.pk, act, variant=act)
    for act in ("tie", "untie", "close", "refer", "merge", "decline"):
        page("item-act", "officer", accepted.pk, 2, act, variant=act)
    mandate = Mandate.objects.counted().get(paragraph__number="6")
    need = Need.objects.filter(published_at__isnull=True)[0]
    page("mandate-correct", "officer", mandate.pk)
    page("need-list", "officer")
    page("need-new", "officer", mandate.pk)
    page("need-edit", "officer", need.pk)
    page("resolution-import", "officer")
    officer = User.objects.get(username="officer")
    for state in ("done", "refused", "waiting"):
        given = {"refusal": {"code": "empty"}} if state == "refused" else {}
        handed_in = ResolutionImport.objects.create(
            state=state,
            file=ContentFile(b"text", name="resolution.txt"),
            filename="resolution.txt",
            sha256="0" * 64,
            started_by=officer,
            text=mandate.paragraph.resolution.texts.get() if state == "done" else None,
            **given,
        )
        page("import-progress", "officer", handed_in.pk, variant=state)
    page("notification-list", "officer", variant="officer")


def _pages_of_activities(page: Any) -> None:
    activity = Activity.objects.get(title="Joint training on tracing virtual assets, first part")
    waiting = Activity.objects.get(title="Cours en ligne sur les demandes de conservation")
    delivery = activity.deliveries.get()
    item = RequestItem.objects.get(request__title="Passenger data at two airports")
    page("activity-list", "officer", main=True)
    page("activity-new", "officer", main=True)
    page("activity-new", "officer", variant="for-item", query=f"?item={item.pk}")
    page("activity", "officer", activity.pk, main=True)
    page("activity", "officer2", waiting.pk, variant="waiting")
    page("activity-edit", "officer", activity.pk)
    page("activity-history", "officer", activity.pk)
    page("link-new", "officer", activity.pk)
    page("delivery-new", "officer", activity.pk)
    page("deliveries-new", "officer", activity.pk)
    page("activity-copy", "officer", activity.pk)
    page("activity-shares", "officer", activity.pk)
    page("calendar-address", "officer")
    page("delivery", "officer", delivery.pk)
    page("delivery-edit", "officer", delivery.pk)
    page("evidence-add", "officer", delivery.pk)
    page("approval-list", "officer2", main=True)
    page("evidence-list", "officer2")
    page("suspect-list", "officer")
    page("workbench", "officer", main=True)
    page("workbench", "officer", variant="search", query="?q=prisiones")
    assert Evidence.objects.filter(delivery=delivery).exists()


def _pages_of_sheets(page: Any) -> None:
    officer = User.objects.get(username="officer")
    page("sheet-list", "officer", main=True)
    for state in ("comparing", "ready", "refused"):
        given: dict[str, Any] = {"total": 3, "handled": 1}
        if state == "refused":
            given["refusal"] = {"reason": "The workbook holds macros.", "remedy": "Save it again."}
        upload = SheetUpload.objects.create(
            file=ContentFile(b"sheet", name="sheet"),
            filename="activities.xlsx",
            size=5,
            sha256=state.ljust(64, "0"),
            state=state,
            uploaded_by=officer,
            **given,
        )
        page("sheet", "officer", upload.pk, main=state == "ready", variant=state)
        if state == "ready":
            _rows_of_a_sheet(upload)


def _rows_of_a_sheet(upload: SheetUpload) -> None:
    wrong = {
        "column": "States",
        "reason": "“Atlantis” is not in the list.",
        "remedy": "Choose from the list of the template.",
    }
    rows: list[dict[str, Any]] = [
        {"outcome": "new", "after": {"title": "Training of prosecutors", "states": ["KE", "CO"]}},
        {
            "outcome": "changed",
            "before": {"actual_end": None, "status": "2"},
            "after": {"actual_end": "2026-10-02", "status": "4"},
        },
        {"outcome": "refused", "problems": [wrong]},
        {"outcome": "unchanged"},
    ]
    for number, row in enumerate(rows, start=2):
        key = f"GLOU40-{number}"
        upload.rows.create(sheet="activities", number=number, group=key, key=key, **row)


def _pages_of_figures(page: Any) -> None:
    slug = Resolution.objects.get().slug
    page("home", "manager", main=True, variant="manager")
    page("home", "auditor", variant="auditor")
    page("home", "admin", variant="admin")
    page("resolution-list", "manager")
    page("resolution", "manager", slug, main=True)
    page("mandate-list", "manager", slug)
    page("resolution-text", "manager", slug)
    page("paragraph", "manager", slug, "6", main=True)
    page("paragraph", "manager", slug, "19", variant="statement")
    page("paragraph", "officer", slug, "1", variant="officer")
    for number in ("6", "19", "20"):
        why = Mandate.objects.get(paragraph__number=number, ordinal=1)
        page("mandate-why", "manager", why.pk, main=number == "6", variant=f"paragraph-{number}")
    page("demand-list", "manager", main=True)
    page("demand-list", "officer", variant="filtered", query="?status=unmet&paragraph=6")
    for view in ("places", "quarters", "steps", "themes"):
        page(f"resolution-{view}", "manager", slug, main=view == "places")
    page("resolution-places", "manager", slug, variant="states", query="?by=state")
    page("resolution-places", "focal-ke", slug, variant="state")
    page("coverage-deliveries", "manager")
    page("compare", "focal-ke", query=f"?a={slug}&a_to=2024-06-30&b={slug}")
    page("compare", "officer", variant="empty")
    page("unlinked-list", "manager", main=True)
    page("gap-list", "manager", main=True)
    page("unit", "officer", "tpb", main=True)
    page("unit", "auditor", "rosa", variant="other")
    page("state", "manager", "KE")
    page("gap-list", "officer", variant="filtered", query="?unit=tpb&kind=unmet")
    page("resolution-report", "officer", slug, main=True)
    page("resolution-report", "auditor", slug, variant="auditor")
    page("resolution-narrative", "officer", slug, query="?paragraph=6")
    period = {
        "resolution": Resolution.objects.get(),
        "first": dt.date(2020, 1, 1),
        "last": dt.date(2020, 12, 31),
        "language": "en",
    }
    officer = User.objects.get(username="officer")
    text = Narrative.objects.create(**period, words="Much was done.", changed_by=officer)
    page("narrative-history", "auditor", text.pk)
    for state in ("done", "failed"):
        built = ReportBuild.objects.create(
            **period, as_of=period["last"], state=state, asked_by=officer
        )
        page("report-build", "officer", built.pk, variant=state)
    page("methodology", "manager")
    closing = Closing.objects.get()
    page("closing-list", "manager", slug)
    page("closing", "manager", closing.pk, main=True)
    page("closing", "manager", closing.pk, variant="revised", query="?show=revised&check=1")
    page("closing", "focal-ke", closing.pk, variant="public")
    page("closing-new", "manager", slug)
    page("closing-new", "manager", slug, variant="figures", query="?from=2020-01-01&to=2024-12-31")
    page("comparison", "manager", slug, main=True, query="?from=2020-01-01")
    page("obligation-list", "manager", main=True)
    report = Mandate.objects.filter(report_session__isnull=False)[0]
    page("report-submit", "manager", report.pk)
    need = Need.objects.filter(published_at__isnull=False)[0]
    page("need-edit", "manager", need.pk, variant="ending", query="?last_day=2030-01-01")
    waiting = Need.objects.filter(published_at__isnull=True)[0]
    page("need-edit", "manager", waiting.pk, variant="publishing")


def _pages_of_the_public(page: Any) -> None:
    slug = Resolution.objects.get().slug
    page("home", "", main=True, variant="public")
    page("resolution-list", "", variant="public")
    page("resolution", "", slug, main=True, variant="public")
    page("resolution-text", "", slug, variant="public")
    page("paragraph", "", slug, "6", main=True, variant="public")
    page("closing-list", "", slug, variant="public")
    page("closing", "", Closing.objects.get().pk, variant="visitor")
    page("obligation-list", "", variant="public")
    page("need-list", "", variant="public")
    page("methodology", "", variant="public")
    page("activity-list", "", variant="public")
    page(
        "activity",
        "",
        Activity.objects.filter(visibility="public").approved()[0].pk,
        variant="public",
    )


def _pages_of_an_earlier_resolution(page: Any) -> None:
    """One that the demonstration's resolution took the place of, with what it left open."""
    later = Mandate.objects.counted().get(paragraph__number="6")
    successor = later.paragraph.resolution
    resolution = Resolution.objects.create(
        symbol="A/RES/72/194",
        slug="A-RES-72-194",
        organ="GA",
        adopted_on=dt.date(2017, 12, 19),
        superseded_on=successor.adopted_on,
        superseded_by=successor,
    )
    paragraph = Paragraph.objects.create(
        resolution=resolution, kind="operative", number="2", position=1
    )
    earlier = Mandate.objects.create(
        paragraph=paragraph, ordinal=1, identifier="A/RES/72/194/op2/m1", kind="action",
        basis="on_request",
    )  # fmt: skip
    now = timezone.now()
    Lineage.objects.create(earlier=earlier, later=later, relation="reworded", decided_at=now)
    confirmed = {"mandate": earlier, "mandate_revision": 1, "state": "confirmed", "decided_at": now}
    for item in RequestItem.objects.filter(outcome="open", request__state="accepted")[:3]:
        ItemMandate.objects.create(item=item, **confirmed)
    for activity in Activity.objects.filter(status="2")[:3]:
        ActivityMandate.objects.create(activity=activity, **confirmed)
    page("mandate-take-over", "manager", earlier.pk, main=True)
    page("mandate-take-over", "manager", later.pk, variant="nothing")
