"""Corrections in words: who changed what, when and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from directory.models import Entity
from mandates.models import Basis, ConditionKind, Correction, MandateKind

if TYPE_CHECKING:
    import datetime as dt

NAMES = {
    "kind": _("Kind"),
    "basis": _("Basis"),
    "addressees": _("Whom it asks"),
    "conditions": _("Conditions"),
    "labels": _("Unofficial label"),
    "span": _("Words of the clause"),
    "lead_unit": _("Lead unit"),
    "report_due_on": _("Report due on"),
    "report_submitted_on": _("Report submitted on"),
    "report_symbol": _("Symbol of the report"),
}
_CHOICES: dict[str, dict[str, Any]] = {
    "kind": dict(MandateKind.choices),
    "basis": dict(Basis.choices),
    "conditions": dict(ConditionKind.choices),
}


@dataclass(frozen=True)
class Change:
    """One correction as a page shows it."""

    name: str
    language: str
    before: str
    after: str
    reason: str
    by: str
    at: dt.datetime


def changes_in_words(corrections: Iterable[Correction]) -> list[Change]:
    """Corrections with the names of fields, choices and entities in the reader's language."""
    corrections = list(corrections)
    codes: set[str] = set()
    for correction in corrections:
        if correction.field in {"addressees", "lead_unit"}:
            codes |= set(_listed(correction.before)) | set(_listed(correction.after))
    entities = (
        {entity.code: entity.name for entity in Entity.objects.filter(code__in=codes)}
        if codes
        else {}
    )
    return [
        Change(
            name=str(NAMES.get(correction.field, correction.field)),
            language=(
                get_language_info(correction.language)["name_translated"]
                if correction.language
                else ""
            ),
            before=_value(correction.field, correction.before, entities),
            after=_value(correction.field, correction.after, entities),
            reason=correction.reason,
            by=str(correction.by),
            at=correction.at,
        )
        for correction in corrections
    ]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _value(field: str, value: Any, entities: dict[str, str]) -> str:
    if isinstance(value, dict):
        return str(value.get("words", ""))
    names = _CHOICES.get(field, {}) | entities
    return ", ".join(str(names.get(each, each)) for each in _listed(value))
