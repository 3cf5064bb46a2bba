"""Acts, newest first: each is what one person changed at one moment, with before and after."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from assistance.history.parts import Part, Words
from assistance.models import RequestItem
from assistance.services.participants import GROUPS
from directory.models import User
from directory.templatetags.dates import exactly, long_day
from directory.templatetags.ui import colon

INSERT, UPDATE, DELETE = "insert", "update", "delete"


@dataclass(frozen=True)
class FieldChange:
    """A field's value before and after, in words; both empty where nothing stood."""

    label: Words
    before: str
    after: str


@dataclass(frozen=True)
class ThingChange:
    """What happened to one thing: entered, changed or removed."""

    thing: Words
    name: str
    kind: str
    fields: list[FieldChange]


@dataclass
class Act:
    """What one person changed at one moment, and why if it was said."""

    at: dt.datetime
    who: str
    why: list[str] = field(default_factory=list)
    changes: list[ThingChange] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    """One row of a history table beside the row before it."""

    part: Part
    event: Any
    before: Any | None


def history_of(
    root: models.Model, parts: Sequence[Part], notes: Iterable[tuple[dt.datetime, str]] = ()
) -> list[Act]:
    """Every act on a request or an activity and on what belongs to it, the newest first.

    `notes` are reasons that were given, each with its moment, oldest first.
    """
    rows = _rows(root.pk, parts)
    names = _Names(rows)
    # What names no author of its own was written by whoever wrote the rest of that moment, first
    # of all the thing itself.
    authors: dict[dt.datetime, int] = {}
    for row in rows:
        key_of_author = _author(row)
        if key_of_author and not (row.part.of and row.event.pgh_created_at in authors):
            authors[row.event.pgh_created_at] = key_of_author
    acts: dict[tuple[Any, ...], Act] = {}
    for row in rows:
        changes = _changes(row, names)
        if not changes and row.event.pgh_label == UPDATE:
            continue
        author = _author(row) or authors.get(row.event.pgh_created_at)
        who = names.of(User, author) or _("the system")
        key = (row.event.pgh_created_at, who)
        act = acts.setdefault(key, Act(at=row.event.pgh_created_at, who=who))
        act.changes.append(
            ThingChange(row.part.words, _name(row, names), row.event.pgh_label, changes)
        )
    found = sorted(acts.values(), key=lambda act: act.at)
    for at, words in notes:
        _explain(found, at, words)
    return found[::-1]


def _explain(acts: Sequence[Act], at: dt.datetime, words: str) -> None:
    """Put a note beside the act it was written with: rows carry the start of its transaction."""
    for act in reversed(acts):
        if act.at <= at:
            if words not in act.why:
                act.why.append(words)
            return


def _rows(root: int, parts: Sequence[Part]) -> list[_Row]:
    """The history tables' rows of the thing and its parts, in the order they were written."""
    known: dict[str, set[int]] = {}
    rows: list[_Row] = []
    for part in parts:
        history = part.model.history.rel.related_model  # type: ignore[attr-defined]
        owner = part.of.removesuffix("_id")
        above = known.get(owner, {root})
        narrow = {f"{part.of}__in": above} if part.of else {"pgh_obj": root}
        events = list(
            history.objects.filter(**narrow).select_related("pgh_context").order_by("pgh_id")
        )
        known[_column(part.model)] = {event.pgh_obj_id for event in events}
        latest: dict[int, Any] = {}
        for event in events:
            rows.append(_Row(part, event, latest.get(event.pgh_obj_id)))
            latest[event.pgh_obj_id] = event
    return sorted(rows, key=lambda row: (row.event.pgh_created_at, row.event.pgh_id))


def _column(model: type[models.Model]) -> str:
    return "item" if model is RequestItem else str(model._meta.model_name)


def _author(row: _Row) -> int | None:
    """The person's key: as the request to the site had it, else as the row says."""
    context = row.event.pgh_context
    if context and (user := context.metadata.get("user")):
        return int(user)
    columns = (getattr(row.event, f"{name}_id") for name in row.part.authors)
    return next((key for key in columns if key), None)


def _changes(row: _Row, names: _Names) -> list[FieldChange]:
    """The fields that differ from the row before; of a new thing, those that hold something."""
    found = []
    for name, label in row.part.fields.items():
        column = row.part.model._meta.get_field(name)
        new = getattr(row.event, column.attname)
        old = getattr(row.before, column.attname) if row.before else None
        if row.event.pgh_label == DELETE:
            old, new = new, None
        before, after = names.words(column, old), names.words(column, new)
        if before != after:
            found.append(FieldChange(label, before, after))
    return found


def _name(row: _Row, names: _Names) -> str:
    columns = (row.part.model._meta.get_field(name) for name in row.part.names)
    words = (names.words(column, getattr(row.event, column.attname)) for column in columns)
    return ", ".join(filter(None, words))


class _Names:
    """Keys and codes put into words, each table asked once."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for row in rows:
            if author := _author(row):
                wanted[User].add(author)
            for name in {*row.part.fields, *row.part.names}:
                column = row.part.model._meta.get_field(name)
                if column.related_model and (key := getattr(row.event, column.attname)):
                    wanted[column.related_model].add(key)
        self._names = {
            model: {thing.pk: _called(thing) for thing in _with_parents(model, keys)}
            for model, keys in wanted.items()
        }

    def of(self, model: type[models.Model], key: int | None) -> str:
        """The name of a thing, or of what is left of it."""
        if not key:
            return ""
        return self._names.get(model, {}).get(key) or _("removed since")

    def words(self, column: Any, value: Any) -> str:
        """A value as a reader sees it."""
        if value is None or value in ("", [], {}):
            return ""
        if column.related_model:
            return self.of(column.related_model, value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            labels = dict(column.base_field.flatchoices)
            return ", ".join(str(labels.get(one, one)) for one in value)
        if isinstance(value, dict):
            labels = dict(GROUPS[column.name].choices)
            return ", ".join(
                f"{labels.get(one, one)}{colon()}{number}" for one, number in value.items()
            )
        if column.flatchoices:
            return str(dict(column.flatchoices).get(value, value))
        return _plainly(value)


def _plainly(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return exactly(value)
    if isinstance(value, dt.date):
        return long_day(value)
    if isinstance(value, str):
        return value
    return str(number_format(value))


def _called(thing: Any) -> str:
    if isinstance(thing, RequestItem):
        return f"{thing.request.ref or thing.request.title}, {thing.n}"
    return str(getattr(thing, "identifier", "") or getattr(thing, "name", "") or thing)


def _with_parents(model: type[models.Model], keys: set[int]) -> models.QuerySet[Any]:
    things = model._default_manager.filter(pk__in=keys)
    return things.select_related("request") if model is RequestItem else things
