"""Every way to ask the site about Kenya, as Colombia would: pages, API, exports, search, counts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from rest_framework.test import APIClient

from api.urls import router
from assistance.models import Message
from assistance.sheets.workbook import CONTENT_TYPE
from notifications import digest, outbox
from tests.security.isolation_world import MARK, TwoStates, tell_a_stranger
from tests.security.pages import page_names

KEYS = {"country": "iso", "entity": "code", "theme": "code", "resolution": "slug", "unit": "code"}
LISTS = (
    *("request-list", "request-export", "activity-list", "activity-export", "demand-list"),
    "coverage-deliveries",
)
BREAKDOWNS = ("resolution-places", "resolution-quarters", "resolution-steps", "resolution-themes")
COUNTED = (
    *("request", "item", "attachment", "activity", "delivery", "counted-delivery", "evidence"),
    *("reply", "demand"),
)

SILENT = {
    # Pages that only take what is sent to them.
    "activity-approve", "activity-send", "activity-send-back", "evidence-remove", "link-decide",
    "need-publish", "need-remove", "notifications-seen", "request-file-remove", "request-send",
    "set_language",
    # Pages that lead on to the first unfinished step.
    "request-edit",
    # What a person makes of the own work.
    "calendar-address", "calendar-feed",
    "activity-copy-links", "mandate-successor",
    "need-end",
    # Pages that hold nothing of any State.
    "activity-new", "health", "import-progress", "mandate-correct", "mandate-list", "methodology",
    "closing-list", "closing-new", "obligation-list", "report-submit",
    "need-edit", "need-list", "need-new", "notification-choices", "notification-open", "ready",
    "request-new", "resolution", "resolution-akoma-ntoso", "resolution-import", "resolution-list",
    "resolution-source", "resolution-text",
    "identified", "robots",
    "compare",
    *BREAKDOWNS,
    # Pages and resources of UNODC alone, with nothing of this State in them.
    "narrative-history", "report-build", "report-file", "resolution-narrative",
    "resolution-report", "resolution-report-build",
    "api:report-docx", "api:report-pdf",
    "sheet", "sheet-apply", "sheet-list", "sheet-refused", "sheet-template", "sheet-undo",
    "api:answer-template-detail", "api:answer-template-list", "api:upload-rows",
    "api:request-duplicates",
    # Searches by a number that activities do not have.
    "activity-list?text=TA", "activity-export?text=TA",
    # Resources that hold nothing of any State, but in their figures, which are counted apart.
    "api:closing-detail", "api:closing-list", "api:closing-verify",
    *(f"api:{name}" for name in BREAKDOWNS), "api:gap-matrix", "api:mandate-need-proposals",
    "api:state-list", "api:unit-detail", "api:unit-list",
    "api:activity-waiting", "api:country-detail", "api:country-list", "api:entity-detail",
    "api:entity-list", "api:import-detail", "api:import-list", "api:mandate-corrections",
    "api:mandate-detail", "api:mandate-list", "api:need-detail", "api:need-list",
    "api:organisation-detail", "api:organisation-list", "api:paragraph-detail",
    "api:paragraph-list", "api:resolution-coverage", "api:resolution-detail",
    "api:resolution-akoma-ntoso", "api:resolution-list", "api:theme-detail", "api:theme-list",
}  # fmt: skip
"""What tells nothing of Kenya even with both walls down; everything else must, to prove a thing."""


@dataclass(frozen=True)
class Case:
    """One way to ask; `ask` gives what was answered, or None where nothing was."""

    kind: str
    name: str
    ask: Callable[[], str | None]


def cases(world: TwoStates) -> list[Case]:
    """All of them; new pages and endpoints come by themselves."""
    page = Client(raise_request_exception=False)
    page.force_login(world.foreign)
    api = APIClient(raise_request_exception=False)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {world.token}")
    return [
        *_pages(world, page),
        *_lists(world, page),
        *_endpoints(world, api),
        *_api_searches(world, api),
        *_counts(world, api),
        *_figures(world, page),
        *_writings(world, page, api),
        Case("mail", "at once", lambda: _mail(world, "at_once", outbox.send_due)),
        Case("mail", "once a day", lambda: _mail(world, "daily", digest.send_digests)),
    ]


def cases_of_a_visitor(world: TwoStates) -> list[Case]:
    """The same, asked by somebody who is not signed in."""
    page, api = Client(raise_request_exception=False), APIClient(raise_request_exception=False)
    return [
        *_pages(world, page),
        *_lists(world, page),
        *_endpoints(world, api),
        *_api_searches(world, api),
    ]


def _read(client: Any, path: str) -> str | None:
    answer = client.get(path)
    assert answer.status_code != 500, path
    if answer.status_code not in {200, 422}:  # the second shows a draft that is not complete
        return None
    content = b"".join(answer) if answer.streaming else answer.content
    if answer["Content-Type"] == CONTENT_TYPE:
        return _in_cells(content)
    if answer["Content-Type"] == "application/zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        return "\n".join(archive.read(name).decode() for name in archive.namelist())
    return str(content.decode())


def _in_cells(workbook: bytes) -> str:
    """Everything that stands in the sheets of a workbook."""
    book = load_workbook(io.BytesIO(workbook))
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None)


def _asking(kind: str, name: str, client: Any, path: str) -> Case:
    return Case(kind, name, lambda: _read(client, path))


def _pages(world: TwoStates, client: Client) -> Iterator[Case]:
    for name in sorted(page_names()):
        path = reverse(name, kwargs=world.pages.arguments(name))
        yield _asking("page", name, client, path)


def _lists(world: TwoStates, client: Client) -> Iterator[Case]:
    for name in LISTS:
        kind = "export" if name.endswith("export") else "search"
        for query in (f"text={MARK}", "text=TA", "state=KE", "format=csv"):
            yield _asking(kind, f"{name}?{query}", client, f"{reverse(name)}?{query}")


def _endpoints(world: TwoStates, client: APIClient) -> Iterator[Case]:
    shared = {
        "resolution": world.pages.mandate.paragraph.resolution,
        "paragraph": world.pages.mandate.paragraph,
        "mandate": world.pages.mandate,
        "need": world.pages.need,
        "closing": world.pages.closing,
        "import": world.pages.imported,
        "country": world.pages.delivery.country,
        "organisation": world.pages.item.request.organisation,
        "entity": "unodc",
        "answer-template": "1",
        "state": "KE",
        "unit": "tpb",
        "theme": "none",
    }
    for pattern in router.urls:
        view: Any = pattern.callback
        resource, name = view.initkwargs["basename"], f"api:{pattern.name}"
        if "get" not in view.actions:
            continue
        args = []
        if "(?P<" in str(pattern.pattern):
            thing = {**shared, **world.of_kenya}[resource]  # a new resource needs its object there
            args = [thing if isinstance(thing, str) else getattr(thing, KEYS.get(resource, "pk"))]
        yield _asking("api", name, client, reverse(name, args=args))


def _api_searches(world: TwoStates, client: APIClient) -> Iterator[Case]:
    request, activity = world.of_kenya["request"].pk, world.of_kenya["activity"].pk
    delivery, item = world.of_kenya["delivery"].pk, world.of_kenya["item"].pk
    asking = {
        "request": [f"text={MARK}", f"text={world.reference}", "state=KE"],
        "item": [f"request={request}"],
        "attachment": [f"request={request}"],
        "activity": [f"text={MARK}", "state=KE"],
        "delivery": [f"activity={activity}", f"item={item}", "state=KE"],
        "evidence": [f"delivery={delivery}"],
        "reply": [f"delivery={delivery}"],
        "demand": ["state=KE"],
    }
    for resource, queries in asking.items():
        for query in queries:
            path = f"{reverse(f'api:{resource}-list')}?{query}"
            yield _asking("search", f"api {resource}?{query}", client, path)


def _counts(world: TwoStates, client: APIClient) -> Iterator[Case]:
    """A count that is higher than Colombia's own tells of Kenya: each has one of everything."""

    def counted(path: str, find: Callable[[Any], int], own: int) -> str | None:
        number = find(client.get(path).json())
        return f"{MARK}: {number} instead of {own}" if number > own else None

    for resource in COUNTED:
        path = reverse(f"api:{resource}-list")
        own = 0 if resource in {"attachment", "reply"} else 1
        yield Case(
            "count",
            resource,
            lambda path=path, own=own: counted(path, lambda answer: answer["count"], own),  # type: ignore[misc]
        )
    slug = world.pages.mandate.paragraph.resolution.slug
    for name in BREAKDOWNS:
        path = reverse(f"api:{name}", args=[slug])
        yield Case("count", f"api {name}", lambda path=path: counted(path, _highest, 1))  # type: ignore[misc]
    figures = reverse("api:resolution-coverage", args=[slug])
    yield Case(
        "count",
        "coverage",
        lambda: counted(figures, lambda answer: answer["totals"]["demands"], 1),
    )


def _highest(answer: Any) -> int:
    return max((figure["number"] for figure in answer["figures"]), default=0)


def _figures(world: TwoStates, client: Client) -> Iterator[Case]:
    """Pages of figures: none is higher than of the one demand that Colombia has itself."""

    def told(path: str) -> str | None:
        shown = re.findall(r'data-figure="(\d+)"', client.get(path).content.decode())
        highest = max(map(int, shown), default=0)
        return f"{MARK}: {highest} instead of 1" if highest > 1 else None

    slug = world.pages.mandate.paragraph.resolution.slug
    for name in BREAKDOWNS:
        path = reverse(name, args=[slug])
        yield Case("count", name, lambda path=path: told(path))  # type: ignore[misc]


def _writings(world: TwoStates, page: Client, api: APIClient) -> Iterator[Case]:
    """What would be written into Kenya's request; taken back again."""
    asked, words = world.of_kenya["request"], {"words": f"{MARK} from Colombia"}
    by_api = reverse("api:request-messages", args=[asked.pk])
    by_page = reverse("request-act", args=[asked.pk, "message"])

    def written(send: Callable[[], Any]) -> str | None:
        with transaction.atomic():
            send()
            found = Message.objects.filter(words=words["words"]).exists()
            transaction.set_rollback(True)
        return MARK if found else None

    yield Case("write", by_api, lambda: written(lambda: api.post(by_api, words, format="json")))
    yield Case("write", by_page, lambda: written(lambda: page.post(by_page, words)))


def _mail(world: TwoStates, channel: str, send: Callable[[], object]) -> str | None:
    with transaction.atomic():
        tell_a_stranger(world, channel)
        mail.outbox.clear()
        send()
        sent = "".join(
            f"{one.subject} {one.body}" for one in mail.outbox if world.foreign.email in one.to
        )
        transaction.set_rollback(True)
    return sent or None
