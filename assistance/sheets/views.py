"""The pages of spreadsheets: the template, uploads, what a sheet would change, and acts on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from assistance.activities.views_list import listed
from assistance.models import (
    AssistanceRequest,
    RowOutcome,
    SheetKind,
    SheetRow,
    SheetUpload,
    UploadState,
)
from assistance.requests.views_list import filtered
from assistance.sheets import page
from assistance.sheets.asked import items_for_sheet
from assistance.sheets.forms import (
    ApplyForm,
    UploadForm,
    refusal_words,
    rows_written,
    too_large,
)
from assistance.sheets.limits import MAX_BYTES
from assistance.sheets.recorded import rows_of, rows_of_requests, with_sheet_parts
from assistance.sheets.uploads import TO_WRITE, apply_sheet, hand_in, undo_sheet
from assistance.sheets.vocabulary import Vocabulary
from assistance.sheets.workbook import sheet_file
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from directory.templatetags.ui import colon

ROWS_A_PAGE = 50
UPLOADS_A_PAGE = 10
# What a form adds to the file it sends.
AROUND_A_FILE = 1 << 20


@reading(Permission.LOG_ACTIVITIES)
def sheet_template(request: HttpRequest) -> HttpResponse:
    """The empty template, in the reader's language."""
    return sheet_file("activities-template", {})


@reading(Permission.LOG_ACTIVITIES)
def activity_sheet(request: HttpRequest) -> HttpResponse:
    """The activities of the list with the same filters, in the template, to change and upload."""
    return sheet_file("activities", rows_of(with_sheet_parts(listed(request))))


@reading(Permission.ASK_ON_BEHALF)
def request_sheet(request: HttpRequest) -> HttpResponse:
    """What States asked for in the requests of the list, with the same filters, in the template."""
    found = filtered(request)
    requests = found.qs if found.is_valid() else AssistanceRequest.objects.none()
    return sheet_file("requests", rows_of_requests(items_for_sheet(requests)))


@csrf_exempt
@reading(Permission.LOG_ACTIVITIES)
def sheet_list(request: HttpRequest) -> HttpResponse:
    """`/activities/sheets/`: the form for a spreadsheet, and those before.

    A file beyond the limit is refused before it is read, so also before its token is: nothing is
    done with it.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES + AROUND_A_FILE:
        form = UploadForm({}, {})
        form.errors["file"] = form.error_class([too_large()])
        return _list(request, form, status=413)
    return _small_enough(request)


@csrf_protect
def _small_enough(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = hand_in(
            file=form.cleaned_data["file"], user=request.user, language=get_language() or "en"
        )
        return redirect("sheet", upload.pk)
    return _list(request, form)


def _list(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    uploads = SheetUpload.objects.visible_to(request.user).select_related("uploaded_by")
    return render(
        request,
        "sheets/sheet_list.html",
        {
            "form": form,
            "page_obj": Paginator(uploads, UPLOADS_A_PAGE).get_page(request.GET.get("page")),
            "crumbs": [{"label": _("Activities"), "url": reverse("activity-list")}],
        },
        status=status,
    )


@reading(Permission.LOG_ACTIVITIES)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a sheet has come; what it would change, row by row; what became of the rows."""
    return _sheet(request, _fetched(request, pk), ApplyForm())


def _fetched(request: HttpRequest, pk: int) -> SheetUpload:
    scoped = SheetUpload.objects.select_related("uploaded_by", "undone_by")
    upload: SheetUpload = fetch_to_read(scoped, request.user, pk=pk)
    return upload


def _sheet(
    request: HttpRequest, upload: SheetUpload, form: ApplyForm, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "upload": upload,
        "form": form,
        "refusal": refusal_words(upload.refusal) if upload.refusal else "",
        "crumbs": [
            {"label": _("Activities"), "url": reverse("activity-list")},
            {"label": _("Spreadsheets"), "url": reverse("sheet-list")},
        ],
    }
    if not upload.under_way:
        outcome, kind = request.GET.get("outcome", ""), request.GET.get("sheet", "")
        rows = page.chosen(upload, outcome, kind)
        page_obj = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
        counts = page.counted(upload)
        numbers = [number for line in counts for number in line.numbers]
        to_write = sum(n for name, _label, n in numbers if name in TO_WRITE)
        context |= {
            "page_obj": page_obj,
            "rows": page.shown(page_obj.object_list, Vocabulary()),
            "counts": counts,
            "outcomes": RowOutcome.choices,
            "results": page.results(upload),
            "refused": sum(n for name, _label, n in numbers if name == RowOutcome.REFUSED),
            "ready": upload.state == UploadState.READY,
            "to_write": to_write,
            "mine": upload.uploaded_by_id == request.user.pk,
            "write": rows_written(to_write),
            "chosen": outcome or kind,
            "makes": any(line.sheet == SheetKind.ACTIVITIES for line in counts),
            "asks": any(line.sheet == SheetKind.REQUESTS for line in counts),
        }
        context["written"] = any(name == "written" for name, _label, _n in context["results"])
    return render(request, "sheets/sheet.html", context, status=status)


@require_POST
@reading(Permission.LOG_ACTIVITIES)
def sheet_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """The yes to a sheet: a worker writes it."""
    upload = _fetched(request, pk)
    form = ApplyForm(request.POST)
    try:
        send = form.is_valid() and form.cleaned_data["send"]
        apply_sheet(upload=upload, by=request.user, send=send)
    except ValidationError as error:
        form.add_error(None, error)
        return _sheet(request, upload, form, status=409)
    return redirect("sheet", pk)


@require_POST
@reading(Permission.LOG_ACTIVITIES)
def sheet_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """What a sheet wrote, taken back by a worker."""
    undone = undo_sheet(upload=_fetched(request, pk), by=request.user)
    if not undone.under_way:
        messages.info(request, _("There is nothing to undo."))
    return redirect("sheet", pk)


@reading(Permission.LOG_ACTIVITIES)
def sheet_refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that were refused as a workbook, with what is wrong in the last column."""
    upload = _fetched(request, pk)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in page.chosen(upload, RowOutcome.REFUSED, ""):
        cells = {**row.cells, "problem": _problems(row)}
        rows.setdefault(row.sheet, []).append(cells)
    return sheet_file("refused-rows", rows, problems=True)


def _problems(row: SheetRow) -> str:
    parts = []
    for one in row.problems:
        place = f"{one['column']}{colon()}" if one["column"] else ""
        parts.append(f"{place}{one['reason']} {one['remedy']}")
    return "\n".join(parts)
