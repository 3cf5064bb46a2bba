"""The fields above a resolution's figures: the period, and what narrows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assistance.coverage.filters import NARROWING, CoverageFilter, narrowing_of
from assistance.coverage.window import Window, WindowError, today
from directory import policy
from directory.models import Country
from directory.policy import Permission, Person
from directory.statuses import Status
from directory.widgets import DayInput
from mandates.models import Resolution

OWN_NARROWING = ("theme", "help")
EVERY = {
    "region": _("All regions"),
    "state": _("All States"),
    "theme": _("All themes"),
    "unit": _("All units"),
    "help": _("All kinds"),
}


class DaysForm(forms.Form):
    """Two days of a resolution that make a period; a wrong one is said at its field."""

    words: tuple[str | Promise, str | Promise] = (_("First day"), _("Second day"))

    def __init__(self, data: Mapping[str, Any], resolution: Resolution) -> None:
        super().__init__(data)
        self.resolution = resolution
        for name, label in zip(("from", "to"), self.words, strict=True):
            self.fields[name] = forms.DateField(label=label, widget=DayInput())

    def clean(self) -> dict[str, Any]:
        """Adds `window`."""
        cleaned = super().clean() or self.cleaned_data
        if not {"from", "to"} & set(self.errors):
            try:
                cleaned["window"] = Window.of(self.resolution, cleaned["from"], cleaned["to"])
            except WindowError as error:
                self.add_error(error.field, str(error.message))
        return cleaned


class PeriodForm(DaysForm):
    """The period, with the resolution's adoption and today filled in when nothing was chosen.

    A wrong day is said at its field, and the figures are those of the default period. What narrows
    the figures are the filters of the lists themselves; who sees the own rows only has no region,
    State or unit to choose. `keep` names what the form sends along unseen.
    """

    words = (_("Demands since"), _("Status as of"))

    def __init__(
        self, query: QueryDict, resolution: Resolution, user: Person, keep: Iterable[str] = ()
    ) -> None:
        data = query.dict()
        data["from"] = data.get("from") or resolution.adopted_on.isoformat()
        data["to"] = data.get("to") or today().isoformat()
        super().__init__(data, resolution)
        for name in (*(["status"] if chosen_status(query) else []), *keep):
            self.fields[name] = forms.CharField(widget=forms.HiddenInput(), required=False)
        reads_all = policy.may(user, Permission.READ_ALL_REQUESTS)
        for name in NARROWING if reads_all else OWN_NARROWING:
            self.fields[name] = field = deepcopy(CoverageFilter.base_filters[name].field)
            field.empty_label = EVERY[name]
        if reads_all:
            self.fields["state"].queryset = (  # type: ignore[attr-defined]
                Country.objects.filter(request_rows__isnull=False).distinct().by_name()
            )

    @property
    def window(self) -> Window:
        """The period asked for, or the default one while the days are wrong."""
        self.is_valid()
        window: Window | None = self.cleaned_data.get("window")
        return window or Window.of(self.resolution)

    @property
    def narrowing(self) -> dict[str, str]:
        """What narrows the figures, as the codes that they take."""
        return narrowing_of(self.cleaned_data)

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The fields that always stand there."""
        return [self[name] for name in ("from", "to", "state") if name in self.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The others, which open when they are wanted."""
        return [self[name] for name in NARROWING if name in self.fields and name != "state"]

    @property
    def uses_more(self) -> bool:
        """Whether one of the others is in use, or wrong."""
        return bool((self.narrowing.keys() | self.errors.keys()) - {"from", "to", "state"})

    @property
    def is_default(self) -> bool:
        """Whether the period is adoption to today."""
        return self.window == Window.of(self.resolution)

    @property
    def named(self) -> dict[str, tuple[str, str]]:
        """What narrows the figures, by name, in words: the label, and what was chosen."""
        return {name: (str(self.fields[name].label), self._words(name)) for name in self.narrowing}

    def tags(self, query: QueryDict, path: str) -> list[dict[str, str]]:
        """What narrows the figures, each with the address without it."""
        named = self.named
        if status := chosen_status(query):
            named["status"] = (str(_("Status")), status)
        return [
            {"label": label, "value": value, "url": without(query, path, name)}
            for name, (label, value) in named.items()
        ]

    def _words(self, name: str) -> str:
        chosen = self.cleaned_data[name]
        choices: Any = getattr(self.fields[name], "choices", ())
        return str(dict(choices).get(chosen, chosen)) if isinstance(chosen, str) else str(chosen)


class DayForm(PeriodForm):
    """The day alone; the period begins with the adoption."""

    def __init__(self, query: QueryDict, resolution: Resolution, user: Person) -> None:
        only_day = QueryDict(mutable=True)
        only_day["to"] = query.get("to", "")
        super().__init__(only_day, resolution, user)
        self.fields["from"].widget = forms.HiddenInput()
        self.fields["to"].label = _("As of")
        for name in NARROWING:
            self.fields.pop(name, None)


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
