"""Which report: the days and the language; and what is written for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assistance.coverage.window import Window, WindowError, today
from dashboards.report.models import Narrative, ReportBuild
from dashboards.report.narratives import MOST_WORDS
from directory.widgets import DayInput
from mandates.models import Resolution


class ReportForm(forms.Form):
    """The period and language of a report; where none are given, those last worked on."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, query: QueryDict, resolution: Resolution) -> None:
        data = query.dict()
        first, last = last_period(resolution)
        data["from"] = data.get("from") or first.isoformat()
        data["to"] = data.get("to") or last.isoformat()
        data["language"] = data.get("language") or (get_language() or "en").split("-")[0]
        super().__init__(data)
        self.resolution = resolution
        self.fields["from"] = forms.DateField(label=_("First day"), widget=DayInput())
        self.fields["to"] = forms.DateField(label=_("Last day"), widget=DayInput())
        self.order_fields(["from", "to", "language"])

    def clean(self) -> dict[str, Any]:
        """Says at the field when the days make no period."""
        cleaned = super().clean() or self.cleaned_data
        if not {"from", "to"} & set(self.errors):
            try:
                Window.of(self.resolution, cleaned["from"], cleaned["to"])
            except WindowError as error:
                self.add_error(error.field, str(error.message))
            else:
                if cleaned["to"] < cleaned["from"]:
                    self.add_error("to", _("The last day must not be before the first."))
        return cleaned

    @property
    def period(self) -> dict[str, Any]:
        """Days and language as narratives and reports have them; needs valid data."""
        return {
            "first": self.cleaned_data["from"],
            "last": self.cleaned_data["to"],
            "language": self.cleaned_data["language"],
        }


def last_period(resolution: Resolution) -> tuple[dt.date, dt.date]:
    """The period somebody last wrote or built for; else adoption to the end of last quarter."""
    narrative = Narrative.objects.filter(resolution=resolution).order_by("-updated_at").first()
    build = ReportBuild.objects.filter(resolution=resolution).first()
    used = [one for one in (narrative, build) if one]
    if used:
        latest = max(used, key=lambda one: one.created_at if one is build else one.updated_at)
        return latest.first, latest.last
    now = today()
    quarter = dt.date(now.year, 3 * ((now.month - 1) // 3) + 1, 1) - dt.timedelta(days=1)
    return resolution.adopted_on, max(quarter, resolution.adopted_on)


class NarrativeForm(forms.Form):
    """What somebody writes on a paragraph, and the revision it is based on."""

    words = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_(
            "Blank lines part paragraphs, lines that begin with a dash make a list. Do not name "
            "States that asked: the report does not."
        ),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput(), initial=0, min_value=0)
