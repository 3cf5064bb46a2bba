"""Two people changed the same plan: field by field both texts, to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from assistance.activities.forms import PlanForm
from assistance.models import Activity
from directory.models import Country

NEVER_ASKED = frozenset({"revision"})


@dataclass
class Conflict:
    """One field that reads differently: yours, theirs, and which of them was left alone."""

    name: str
    label: str
    yours: str
    theirs: str
    keep: str


def conflicts(form: PlanForm, current: Activity, read_revision: int) -> list[Conflict]:
    """Where the form and the saved plan differ; what you had not touched defaults to theirs."""
    base = current.history.filter(revision=read_revision).order_by("-pgh_id").first()
    theirs = PlanForm.initial_of(current)
    found = []
    for name, field in form.fields.items():
        if name in NEVER_ASKED:
            continue
        yours = _plain(form.cleaned_data[name])
        saved = _plain(theirs[name])
        if yours == saved:
            continue
        attribute = "unit_id" if name == "unit" else name
        untouched = (
            base is not None
            and hasattr(base, attribute)
            and yours == _plain(getattr(base, attribute))
        )
        found.append(
            Conflict(
                name=name,
                label=str(field.label),
                yours=_shown(form, name, yours),
                theirs=_shown(form, name, saved),
                keep="theirs" if untouched else "yours",
            )
        )
    return found


def chosen(data: QueryDict, current: Activity) -> QueryDict:
    """The values sent, those of the other person where the sender chose them."""
    theirs = PlanForm.initial_of(current)
    merged = data.copy()
    for name, value in theirs.items():
        if data.get(f"keep-{name}") != "theirs":
            continue
        if isinstance(value, list):
            merged.setlist(name, value)
        else:
            merged[name] = "" if value is None else str(value)
    return merged


def _plain(value: Any) -> Any:
    """A value of a form, a model or its history, comparable with the others."""
    if hasattr(value, "values_list"):
        key = "iso" if value.model is Country else "code"
        return sorted(value.values_list(key, flat=True))
    if isinstance(value, list):
        return sorted(value)
    return str(value.pk) if hasattr(value, "pk") else str(value if value is not None else "")


def _shown(form: PlanForm, name: str, value: Any) -> str:
    """A value in words: the label of a choice, the names of States."""
    choices = {str(code): str(label) for code, label in getattr(form.fields[name], "choices", ())}
    if isinstance(value, list):
        return ", ".join(choices.get(one, one) for one in value) or "–"
    return choices.get(value, value) or "–"
