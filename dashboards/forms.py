"""The fields above a resolution's figures: the period, a State, a unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from assistance.coverage.window import Window, WindowError, today
from directory import policy
from directory.models import Country, Entity, EntityKind
from directory.policy import Permission, Person
from directory.statuses import Status
from directory.widgets import DayInput
from mandates.models import Resolution


class PeriodForm(forms.Form):
    """The period, with the resolution's adoption and today filled in when nothing was chosen.

    A wrong day is said at its field, and the figures are those of the default period.
    """

    def __init__(self, query: QueryDict, resolution: Resolution, user: Person) -> None:
        data = query.dict()
        data["from"] = data.get("from") or resolution.adopted_on.isoformat()
        data["to"] = data.get("to") or today().isoformat()
        super().__init__(data)
        self.resolution = resolution
        self.fields["from"] = forms.DateField(label=_("Demands since"), widget=DayInput())
        self.fields["to"] = forms.DateField(label=_("Status as of"), widget=DayInput())
        if chosen_status(query):
            self.fields["status"] = forms.CharField(widget=forms.HiddenInput())
        if policy.may(user, Permission.READ_ALL_REQUESTS):
            self.fields["state"] = _choice(
                _("State"),
                _("All States"),
                Country.objects.filter(request_rows__isnull=False)
                .distinct()
                .order_by(f"sort_keys__{(get_language() or 'en').split('-')[0]}"),
                "iso",
            )
            self.fields["unit"] = _choice(
                _("Lead unit"),
                _("All units"),
                Entity.objects.filter(kind=EntityKind.UNIT),
                "code",
            )

    def clean(self) -> dict[str, Any]:
        """Adds `window`."""
        cleaned = super().clean() or self.cleaned_data
        if not {"from", "to"} & set(self.errors):
            try:
                cleaned["window"] = Window.of(self.resolution, cleaned["from"], cleaned["to"])
            except WindowError as error:
                self.add_error(error.field, str(error.message))
        return cleaned

    @property
    def window(self) -> Window:
        """The period asked for, or the default one while the days are wrong."""
        self.is_valid()
        window: Window | None = self.cleaned_data.get("window")
        return window or Window.of(self.resolution)

    @property
    def narrowing(self) -> dict[str, str]:
        """State and unit as codes, as the figures take them."""
        state, unit = (self.cleaned_data.get(name) for name in ("state", "unit"))
        return {
            **({"state": state.iso} if state else {}),
            **({"unit": unit.code} if unit else {}),
        }

    @property
    def is_default(self) -> bool:
        """Whether the period is adoption to today."""
        return self.window == Window.of(self.resolution)

    def tags(self, query: QueryDict, path: str) -> list[dict[str, str]]:
        """State, unit and status in use, each with the address without it."""
        named = {
            "state": (gettext("State"), self.cleaned_data.get("state")),
            "unit": (gettext("Lead unit"), self.cleaned_data.get("unit")),
            "status": (gettext("Status"), chosen_status(query)),
        }
        return [
            {"label": label, "value": str(value), "url": without(query, path, name)}
            for name, (label, value) in named.items()
            if value
        ]


class DayForm(PeriodForm):
    """The day alone; the period begins with the adoption."""

    def __init__(self, query: QueryDict, resolution: Resolution, user: Person) -> None:
        only_day = QueryDict(mutable=True)
        only_day["to"] = query.get("to", "")
        super().__init__(only_day, resolution, user)
        self.fields["from"].widget = forms.HiddenInput()
        self.fields["to"].label = _("As of")
        for name in ("state", "unit"):
            self.fields.pop(name, None)


def _choice(label: Any, every: Any, queryset: Any, field: str) -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(
        label=label, empty_label=every, queryset=queryset, to_field_name=field, required=False
    )


def chosen_status(query: QueryDict) -> str:
    """The word of the status that the table is narrowed to, if any."""
    value = query.get("status", "")
    return str(Status(value).label) if value in Status.values else ""


def without(query: QueryDict, path: str, *names: str) -> str:
    """The same address without some parameters, from the first page."""
    kept = query.copy()
    for name in (*names, "page"):
        kept.pop(name, None)
    return f"{path}?{kept.urlencode()}" if kept else path
