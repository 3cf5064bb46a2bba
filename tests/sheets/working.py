"""An upload worked on at once, as a worker would."""

from __future__ import annotations

from typing import Any

from assistance.models import SheetUpload
from assistance.sheets.uploads import apply_sheet, hand_in, undo_sheet, work_on
from tests.sheets.conftest import Book, book, file


def compared(
    officer: Any, sheets: Book | bytes, *, language: str = "en", name: str = "activities.xlsx"
) -> SheetUpload:
    """The sheets uploaded and compared."""
    data = sheets if isinstance(sheets, bytes) else book(sheets)
    upload = hand_in(file=file(data, name), user=officer, language=language)
    return work_on(upload_pk=upload.pk)


def written(officer: Any, sheets: Book | bytes, *, send: bool = False) -> SheetUpload:
    """The sheets uploaded, compared and written."""
    return write(compared(officer, sheets), send=send)


def write(upload: SheetUpload, *, send: bool = False) -> SheetUpload:
    """The upload with the yes of whoever uploaded it."""
    apply_sheet(upload=upload, by=upload.uploaded_by, send=send)
    return work_on(upload_pk=upload.pk)


def undone(upload: SheetUpload, by: Any = None) -> SheetUpload:
    """The upload taken back."""
    undo_sheet(upload=upload, by=by or upload.uploaded_by)
    return work_on(upload_pk=upload.pk)


def outcomes(upload: SheetUpload) -> list[tuple[str, int, str, str]]:
    """Sheet, row, outcome and result of each row, in the order of the file."""
    rows = upload.rows.order_by("order", "number")
    return list(rows.values_list("sheet", "number", "outcome", "result"))


def problems(upload: SheetUpload) -> list[str]:
    """What is wrong with the rows, one line a problem, in the order of the file."""
    return [
        f"{row.sheet} {row.number} {one['column']}: {one['reason']} {one['remedy']}"
        for row in upload.rows.order_by("order", "number")
        for one in row.problems
    ]
