"""Two people wrote the same draft: both versions side by side, and the choice taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assistance.models import AssistanceRequest, HelpKind, Urgency
from mandates.models import Theme

FIELDS = (
    "title",
    "beneficiaries",
    "reason",
    "needed_by",
    "urgency",
    "received_on",
    "origin",
)
CHOICE = "choose-"


@dataclass(frozen=True)
class Conflict:
    """A field that stands differently in both versions."""

    name: str
    label: str
    yours: str
    theirs: str


@dataclass(frozen=True)
class _Thing:
    """One thing needed, as one of both versions has it."""

    words: str
    themes: frozenset[str]
    help_kinds: frozenset[str]
    unsure: bool

    def shown(self, names: dict[str, str]) -> str:
        """Its words, with what is ticked."""
        kinds = dict(HelpKind.choices)
        ticked = [
            *sorted(names.get(pk, pk) for pk in self.themes),
            *sorted(str(kinds.get(kind, kind)) for kind in self.help_kinds),
            *([_("not sure")] if self.unsure else []),
        ]
        return f"{self.words or _('(nothing)')} [{', '.join(ticked)}]"


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _shown(name: str, value: str) -> str:
    if name == "urgency":
        return str(dict(Urgency.choices).get(value, value))
    return value or _("(nothing)")


def conflicts(data: QueryDict, current: AssistanceRequest) -> Iterator[Conflict]:
    """The fields in which what was sent differs from what was saved meanwhile."""
    for name in FIELDS:
        yours, theirs = data.get(name), _plain(getattr(current, name))
        if yours is not None and yours.strip() != theirs:
            yield Conflict(CHOICE + name, name, _shown(name, yours), _shown(name, theirs))
    names = {str(theme.pk): theme.plain_name for theme in Theme.objects.all()}
    for index, item in enumerate(current.items.prefetch_related("themes")):
        prefix = f"items-{index}-"
        mine = _Thing(
            data.get(f"{prefix}words", "").strip(),
            frozenset(data.getlist(f"{prefix}themes")),
            frozenset(data.getlist(f"{prefix}help_kinds")),
            bool(data.get(f"{prefix}theme_unsure")),
        )
        saved = _Thing(
            item.words,
            frozenset(str(theme.pk) for theme in item.themes.all()),
            frozenset(item.help_kinds),
            item.theme_unsure,
        )
        if mine != saved:
            yield Conflict(
                f"{CHOICE}{prefix}words",
                _("Thing %(number)d") % {"number": index + 1},
                mine.shown(names),
                saved.shown(names),
            )


def last_change(current: AssistanceRequest) -> str:
    """When somebody else saved it, for the sentence above both versions."""
    return date_format(current.updated_at, "H:i")


def take_choices(data: QueryDict, current: AssistanceRequest) -> QueryDict:
    """What was sent, with the other's version where it was chosen."""
    taken = data.copy()
    items = list(current.items.prefetch_related("themes"))
    for name in FIELDS:
        if data.get(CHOICE + name) == "theirs":
            taken[name] = _plain(getattr(current, name))
    for index, item in enumerate(items):
        prefix = f"items-{index}-"
        if data.get(f"{CHOICE}{prefix}words") == "theirs":
            taken[f"{prefix}words"] = item.words
            taken.setlist(f"{prefix}themes", [str(theme.pk) for theme in item.themes.all()])
            taken.setlist(f"{prefix}help_kinds", item.help_kinds)
            if item.theme_unsure:
                taken[f"{prefix}theme_unsure"] = "on"
    # What the other added is a thing of its own: it is shown, not lost.
    total = int(data.get("items-TOTAL_FORMS") or 0)
    taken["items-TOTAL_FORMS"] = str(max(total, len(items)))
    return taken
