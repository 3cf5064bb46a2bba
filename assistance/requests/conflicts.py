"""Two people wrote the same draft: what each changed is kept, and where both did, one chooses.

A form sends, beside each value, the one it showed (`initial-…`). So three texts are at hand: what
was shown, what is sent, and what somebody saved meanwhile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from directory.templatetags.dates import long_day

CHOICE = "choose-"
SHOWN = "initial-"

Values = Mapping[str, list[str]]
"""What is saved, by name of field as the form sends it."""


@dataclass(frozen=True)
class Conflict:
    """A field that both changed, each in another way."""

    name: str
    label: str
    yours: str
    theirs: str


@dataclass(frozen=True)
class Named:
    """A field of the form by the name it is sent under, with its words on the page."""

    name: str
    label: str
    field: forms.Field


@dataclass
class Merged:
    """What was sent with what was saved meanwhile; `taken` says in words what came from there."""

    data: QueryDict
    conflicts: list[Conflict] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def plain(values: Iterable[Any]) -> list[str]:
    """Values as they are compared, whatever way a browser writes them."""
    texts = (str(value).replace("\r\n", "\n").strip() for value in values if value is not None)
    return sorted("on" if text == "True" else text for text in texts if text not in {"", "False"})


def differ(sent: QueryDict, saved: Values, names: Iterable[str]) -> bool:
    """Whether anything is sent that is not saved."""
    return any(plain(sent.getlist(name)) != plain(saved.get(name, [])) for name in names)


def take_choices(sent: QueryDict) -> QueryDict:
    """What was sent, with the other's version, which was shown, where that was chosen."""
    taken = sent.copy()
    for key in sent:
        if key.startswith(CHOICE) and sent[key] == "theirs":
            name = key.removeprefix(CHOICE)
            taken.setlist(name, sent.getlist(SHOWN + name))
    return taken


def merge(sent: QueryDict, saved: Values, fields: Iterable[Named]) -> Merged:
    """Field by field: who alone changed it wins; where both did, a conflict stays to be chosen."""
    merged = Merged(sent.copy())
    for one in fields:
        theirs = list(saved.get(one.name, []))
        mine, shown, now = map(plain, (sent.getlist(one.name), _shown(sent, one.name), theirs))
        merged.data.setlist(SHOWN + one.name, theirs)
        if now in (mine, shown):
            continue
        if mine == shown:
            merged.data.setlist(one.name, theirs)
            merged.taken.append(one.label)
        else:
            yours, other = in_words(one.field, mine), in_words(one.field, now)
            merged.conflicts.append(Conflict(CHOICE + one.name, one.label, yours, other))
    return merged


def _shown(sent: QueryDict, name: str) -> list[str]:
    return sent.getlist(SHOWN + name)


def unchanged(sent: QueryDict, names: Iterable[str]) -> bool:
    """Whether all of them are sent as they were shown."""
    return all(plain(sent.getlist(name)) == plain(_shown(sent, name)) for name in names)


def in_words(of: forms.Field, values: list[str]) -> str:
    """A value as it is read: the words of a choice, a day in full."""
    if isinstance(of, forms.BooleanField):
        return _("Yes") if values else _("No")
    labels = dict(_flat(getattr(of, "choices", ())))
    if labels:
        values = [labels.get(value, value) for value in values]
    elif isinstance(of, forms.DateField):
        values = [_day(value) for value in values]
    return ", ".join(values) or _("(nothing)")


def _day(value: str) -> str:
    try:
        return long_day(dt.date.fromisoformat(value))
    except ValueError:  # whatever was typed
        return value


def _flat(choices: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(value), str(getattr(label, "words", label))
