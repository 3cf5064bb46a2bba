"""What is wrong with a file or a cell: where it stands, why, and what to do about it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

CORRECT_IT = _("Correct the cell and upload the sheet again.")


class CellRefused(Exception):
    """A cell that can't be read; the row it stands in is refused, the others are not."""

    def __init__(self, reason: Any, remedy: Any = CORRECT_IT) -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


class SheetRefused(Exception):
    """A file that can't be read as sheets: nothing of it is kept but the reason."""

    def __init__(
        self, reason: Any, remedy: Any, *, sheet: str = "", row: int = 0, column: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy
        self.sheet, self.row, self.column = sheet, row, column

    def as_json(self) -> dict[str, Any]:
        """What is kept with the upload, in the language of whoever uploaded it."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "reason": str(self.reason),
            "remedy": str(self.remedy),
        }


def problem(column: str, reason: Any, remedy: Any = CORRECT_IT) -> dict[str, str]:
    """A problem of a row as it is kept: `column` is a heading, or nothing for the whole row."""
    return {"column": str(column), "reason": str(reason), "remedy": str(remedy)}
