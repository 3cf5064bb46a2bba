"""The forms of spreadsheets: the file, and whether what it makes goes to approval."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assistance.sheets.limits import MAX_BYTES, MAX_MEGABYTES
from assistance.sheets.problems import SheetRefused
from assistance.sheets.reading import read_file
from directory.templatetags.ui import colon

# Files up to this are opened at once, so that what is wrong is said at the field.
OPEN_AT_ONCE = 2_000_000


class UploadForm(forms.Form):
    """A spreadsheet to compare with what is recorded."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("An Excel workbook (.xlsx) made from the template, or a CSV file."),
        allow_empty_file=True,
    )

    def clean_file(self) -> UploadedFile:
        """The file, when it is no larger than can be read and looks like the template."""
        file: UploadedFile = self.cleaned_data["file"]
        size = file.size or 0
        if not size:
            raise ValidationError(_("The file is empty. Choose the file again."))
        if size > MAX_BYTES:
            raise ValidationError(too_large())
        if size <= OPEN_AT_ONCE:
            try:
                read_file(file)
            except SheetRefused as refused:
                raise ValidationError(refusal_words(refused.as_json())) from refused
            file.seek(0)
        return file


class ApplyForm(forms.Form):
    """The yes to what a sheet would change."""

    send = forms.BooleanField(
        label=gettext_lazy("Send the activities it makes for approval"),
        required=False,
        initial=True,
    )


def too_large() -> str:
    """What is said of a file beyond the limit."""
    return _(
        "The file is larger than %(limit)d MB. Split it, keeping the rows of one activity together."
    ) % {"limit": MAX_MEGABYTES}


def refusal_words(refusal: dict[str, object]) -> str:
    """Why a file was refused, where, and what to do, in one line."""
    places = [str(refusal["sheet"])] if refusal.get("sheet") else []
    if refusal.get("row"):
        places.append(_("row %(number)s") % {"number": refusal["row"]})
    if refusal.get("column"):
        places.append(_("column %(name)s") % {"name": refusal["column"]})
    place = f"{', '.join(places)}{colon()}" if places else ""
    return f"{place}{refusal['reason']} {refusal['remedy']}"


def rows_written(number: int) -> str:
    """The words of the button that writes."""
    return ngettext("Write %(number)d row", "Write %(number)d rows", number) % {"number": number}
