"""Spreadsheets handed in, compared, written and undone by a worker, a page of rows at a time.

Each page is one transaction with a mark on its rows, so a worker that is killed is followed by
another that goes on, and nothing is done twice.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    RowOutcome,
    RowResult,
    SheetKind,
    SheetRow,
    SheetUpload,
    UploadState,
)
from assistance.services.in_bulk import write_over
from assistance.services.people import approvers
from assistance.sheets.cells import Given
from assistance.sheets.parsing import parsed
from assistance.sheets.problems import SheetRefused
from assistance.sheets.reading import read_file
from assistance.sheets.undoing import Undoer
from assistance.sheets.vocabulary import Vocabulary
from assistance.sheets.writing import Done, Writer
from directory import policy
from notifications.kinds import NotificationKind
from notifications.services import notify

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet

    from directory.models import User

logger = logging.getLogger(__name__)

PAGE = 500
PAGE_OF_REQUESTS = 100
"""Requests are entered one by one, each with its number and its messages."""
SLICE_SECONDS = 60
"""A task goes on so long, then sends itself again: no task comes near its time limit."""
LOST_AFTER = timedelta(minutes=5)
ONE_AT_A_TIME = [UploadState.WAITING, UploadState.COMPARING, UploadState.APPLYING]
UNDER_WAY = [*ONE_AT_A_TIME, UploadState.UNDOING]
TO_WRITE = [RowOutcome.NEW, RowOutcome.CHANGED]


def hand_in(*, file: UploadedFile, user: User, language: str) -> SheetUpload:
    """Keep a spreadsheet and have a worker compare it; the same one twice at once is one upload."""
    policy.authorise(user, policy.Permission.LOG_ACTIVITIES)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    sha256 = digest.hexdigest()
    same = SheetUpload.objects.filter(uploaded_by=user, sha256=sha256, state__in=ONE_AT_A_TIME)
    if under_way := same.first():
        return under_way
    upload = SheetUpload(
        filename=PurePath(file.name or "").name[-255:],
        size=file.size or 0,
        sha256=sha256,
        language=language,
        uploaded_by=user,
    )
    file.seek(0)
    try:
        with transaction.atomic():
            upload.file.save("sheet", file, save=False)
            upload.save()
            _send_to_worker(upload)
    except IntegrityError:
        upload.file.delete(save=False)
        return same.get()
    return upload


@transaction.atomic
def apply_sheet(*, upload: SheetUpload, by: User, send: bool) -> SheetUpload:
    """Have a worker write what the rows would change; said twice, it is done once.

    `send` sends the activities it makes for approval.
    """
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES)
    current = _locked(upload)
    if current.state != UploadState.READY:
        return current
    to_write = current.rows.filter(outcome__in=TO_WRITE).count()
    if not to_write:
        raise ValidationError(_("No row of this sheet would change anything."))
    if by.pk != current.uploaded_by_id:
        raise ValidationError(_("Only whoever uploaded a sheet can have it written."))
    same = SheetUpload.objects.filter(
        uploaded_by=by, sha256=current.sha256, state__in=ONE_AT_A_TIME
    )
    if same.exists():
        raise ValidationError(_("The same file is being read or written at this moment. Wait."))
    current.state, current.send = UploadState.APPLYING, send
    current.total, current.handled = to_write, 0
    current.save()
    _send_to_worker(current)
    return current


@transaction.atomic
def undo_sheet(*, upload: SheetUpload, by: User) -> SheetUpload:
    """Have a worker take back what the sheet wrote; said twice, it is done once."""
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES)
    current = _locked(upload)
    written = current.rows.filter(result=RowResult.WRITTEN).count()
    if current.under_way or not written:
        return current
    current.state, current.undone_by = UploadState.UNDOING, by
    current.total, current.handled, current.refusal = written, 0, {}
    current.save()
    _send_to_worker(current)
    return current


def work_on(*, upload_pk: int, seconds: float = SLICE_SECONDS) -> SheetUpload:
    """Do what waits to be done of an upload, for so long; whatever is left is sent again."""
    upload = SheetUpload.objects.select_related("uploaded_by", "undone_by").get(pk=upload_pk)
    until = time.monotonic() + seconds
    by = upload.undone_by or upload.uploaded_by
    with translation.override(upload.language):
        if upload.state in UNDER_WAY and not policy.may(by, policy.Permission.LOG_ACTIVITIES):
            refusal = SheetRefused(
                _("%(name)s may no longer log activities.") % {"name": by},
                _("Somebody who may has to upload the sheet."),
            )
            return _finish(upload, UploadState.REFUSED, refusal)
        if upload.state == UploadState.WAITING:
            upload = _read(upload)
        page = {
            UploadState.COMPARING: _compare_page,
            UploadState.APPLYING: _write_page,
            UploadState.UNDOING: _undo_page,
        }.get(UploadState(upload.state))
        known = Vocabulary()
        while page and page(upload, known):
            if time.monotonic() > until:
                _send_to_worker(upload)
                return upload
    ends = {
        UploadState.COMPARING: UploadState.READY,
        UploadState.APPLYING: UploadState.APPLIED,
        UploadState.UNDOING: UploadState.UNDONE,
    }
    end = ends.get(UploadState(upload.state))
    return _finish(upload, end) if end else upload


def give_up(*, upload_pk: int) -> None:
    """Say that a file can't be worked on because of a mistake of ours."""
    upload = SheetUpload.objects.get(pk=upload_pk)
    if upload.state in UNDER_WAY:
        with translation.override(upload.language):
            refusal = SheetRefused(
                _("The sheet could not be worked on. Our log has the details."),
                _("Rows that are marked as written are written; upload the sheet again later."),
            )
            _finish(upload, UploadState.REFUSED, refusal)


def resume_lost_sheets() -> int:
    """Send again what no worker touched for some minutes; gives how many."""
    lost = SheetUpload.objects.filter(
        state__in=UNDER_WAY, touched_at__lt=timezone.now() - LOST_AFTER
    )
    with transaction.atomic():
        for upload in lost:
            _send_to_worker(upload)
    return len(lost)


def _locked(upload: SheetUpload) -> SheetUpload:
    return SheetUpload.objects.select_for_update().get(pk=upload.pk)


def _send_to_worker(upload: SheetUpload) -> None:
    from assistance.tasks import work_on_sheet  # noqa: PLC0415  (it calls this module)

    transaction.on_commit(lambda: work_on_sheet.apply_async([upload.pk], retry=False), robust=True)


@transaction.atomic
def _read(upload: SheetUpload) -> SheetUpload:
    """All rows of the file, kept; or the refusal of the file."""
    current = _locked(upload)
    if current.state != UploadState.WAITING:
        return current
    try:
        with transaction.atomic(), current.file.open("rb") as file:
            read = read_file(file)
            given = Given(Vocabulary(), current.language)
            rows = parsed(current, read.tables, given)
            while page := list(islice(rows, PAGE)):
                SheetRow.objects.bulk_create(page)
    except SheetRefused as refusal:
        _forget_file(current)
        return _finish(current, UploadState.REFUSED, refusal)
    _forget_file(current)
    current.state, current.read_as = UploadState.COMPARING, read.read_as
    current.total = current.rows.count()
    current.handled = current.rows.exclude(outcome="").count()
    current.save()
    return current


def _forget_file(upload: SheetUpload) -> None:
    """Once it was read its rows are kept, and the file is not."""
    stored = upload.file.name
    transaction.on_commit(lambda: default_storage.delete(stored))
    upload.file = ""


def _next_rows(rows: QuerySet[SheetRow], *, last_first: bool = False) -> list[SheetRow]:
    """The next rows, activities kept whole where they fit.

    Of one that does not, a page of deliveries is cut off: after the rest, or before it.
    """
    order = ("group", "-order", "-number") if last_first else ("group", "order", "number")
    page = list(rows.order_by(*order)[: PAGE + 1])
    size = PAGE
    if any(row.sheet == SheetKind.REQUESTS for row in page):
        size = min(PAGE, PAGE_OF_REQUESTS)
        page = page[: size + 1]
    if len(page) <= size:
        return page
    last = page.pop().group
    whole = [row for row in page if row.group != last]
    if whole or not last_first:
        return whole or page
    deliveries = [row for row in page if row.sheet == SheetKind.DELIVERIES]
    return deliveries or list(rows.filter(group=last).order_by(*order))


def _compare_page(upload: SheetUpload, known: Vocabulary) -> bool:
    """Carry out the next rows and take it back; whether there were any."""
    rows = _next_rows(upload.rows.filter(outcome=""))
    if not rows:
        return False
    here = {row.pk for row in rows}
    # What later pages of a long activity build on has to be made again with them.
    before = (
        upload.rows.filter(group__in={row.group for row in rows}, outcome__in=TO_WRITE)
        .exclude(sheet=SheetKind.DELIVERIES)
        .exclude(pk__in=here)
    )
    with transaction.atomic():
        results = Writer(upload.uploaded_by, known).carry_out([*before, *rows])
        transaction.set_rollback(True)
    for row in rows:
        compared = results[row.pk].comparison
        row.outcome, row.problems = compared.outcome, compared.problems
        row.before, row.after = compared.before, compared.after
    _mark(upload, rows, ["outcome", "problems", "before", "after"])
    return True


def _write_page(upload: SheetUpload, known: Vocabulary) -> bool:
    with _history(upload, upload.uploaded_by), transaction.atomic():
        _locked(upload)
        rows = _next_rows(upload.rows.filter(outcome__in=TO_WRITE, result=""))
        if not rows:
            return False
        writer = Writer(upload.uploaded_by, known, as_shown=True, send=upload.send)
        results = writer.carry_out(rows)
        for row in rows:
            _note(row, results[row.pk])
            if evidence := results[row.pk].evidence:
                row.kept["evidence"] = [piece.pk for piece in evidence]
        _mark(upload, rows, ["result", "problems", "thing", "revision", "kept"])
    return True


def _note(row: SheetRow, done: Done) -> None:
    """What became of a row that was to be written."""
    outcome = done.comparison.outcome
    if outcome == RowOutcome.REFUSED:
        row.result = RowResult.REFUSED
        row.problems = done.comparison.problems
    elif outcome == RowOutcome.UNCHANGED:
        row.result = RowResult.FOUND_SO
    else:
        row.result, row.thing = RowResult.WRITTEN, done.thing.pk
        row.revision = getattr(done.thing, "revision", None)
        row.kept = dict(done.kept or {})


def _undo_page(upload: SheetUpload, known: Vocabulary) -> bool:
    assert upload.undone_by
    with _history(upload, upload.undone_by), transaction.atomic():
        _locked(upload)
        rows = _next_rows(upload.rows.filter(result=RowResult.WRITTEN), last_first=True)
        if not rows:
            return False
        Undoer(upload.undone_by, known).take_back(rows)
        _mark(upload, rows, ["result", "problems"])
    return True


def _history(upload: SheetUpload, by: User) -> Any:
    """Who the history says it was, and by which sheet."""
    return pghistory.context(user=by.pk, sheet=upload.pk)


@transaction.atomic
def _mark(upload: SheetUpload, rows: Sequence[SheetRow], fields: list[str]) -> None:
    write_over(rows, fields)
    SheetUpload.objects.filter(pk=upload.pk).update(
        handled=F("handled") + len(rows), touched_at=timezone.now()
    )


@transaction.atomic
def _finish(
    upload: SheetUpload, state: UploadState, refusal: SheetRefused | None = None
) -> SheetUpload:
    """The end of a step with the notification it causes; a second worker's changes nothing."""
    current = _locked(upload)
    if current.state != upload.state or current.state == state:
        return current
    current.state, current.file = state, upload.file
    if refusal:
        current.refusal = refusal.as_json()
        logger.info("Sheet %s refused: %s", current.pk, refusal)
    if state == UploadState.APPLIED:
        current.applied_at = timezone.now()
        _tell_approvers(current)
    if state == UploadState.UNDONE:
        current.undone_at = timezone.now()
    current.save()
    kind = {
        UploadState.READY: NotificationKind.SHEET_READY,
        UploadState.REFUSED: NotificationKind.SHEET_REFUSED,
    }.get(state, NotificationKind.SHEET_DONE)
    notify(
        kind=kind,
        recipients=[current.undone_by or current.uploaded_by],
        key=f"sheet:{current.pk}:{state}",
        context={"filename": current.filename},
        path=reverse("sheet", args=[current.pk]),
        about=current,
    )
    return current


def _tell_approvers(upload: SheetUpload) -> None:
    """One message for all that waits, not one each."""
    written = upload.rows.filter(sheet=SheetKind.ACTIVITIES, result=RowResult.WRITTEN)
    made = written.filter(outcome=RowOutcome.NEW).count()
    if upload.send and made:
        notify(
            kind=NotificationKind.ACTIVITIES_TO_APPROVE,
            recipients=approvers(except_for={upload.uploaded_by_id}),
            key=f"sheet:{upload.pk}:sent",
            context={"number": made, "by": str(upload.uploaded_by)},
            path=reverse("approval-list"),
        )
