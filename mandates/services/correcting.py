"""What an officer corrects of what the reader found, with a reason; kept by a new import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from directory.access import fetch_to_write
from directory.models import Entity
from directory.policy import Permission
from mandates.models import (
    Correction,
    Facet,
    FacetRole,
    FacetSource,
    Mandate,
    MandateSpan,
)

if TYPE_CHECKING:
    from directory.models import User

SPAN = "span"
LABELS = "labels"
ADDRESSEES = "addressees"
CONDITIONS = "conditions"


@dataclass(frozen=True)
class Corrections:
    """What a mandate should say; None leaves a thing as it is.

    `spans` gives for the id of a paragraph text where the clause stands in it.
    """

    kind: str | None = None
    basis: str | None = None
    addressees: Iterable[Entity] | None = None
    conditions: Iterable[str] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    lead_unit: Entity | None = None
    report_due_on: dt.date | None = None
    report_submitted_on: dt.date | None = None
    report_symbol: str | None = None


class ChangedMeanwhile(ValidationError):
    """Somebody corrected the same mandate since it was read; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody corrected this mandate while you were writing. What you wrote is still"
                " here; look at what stands below it now, then save again."
            ),
            code="stale",
        )


@transaction.atomic
def correct_mandate(
    *, user: User, mandate_pk: int, corrections: Corrections, reason: str, version: str = ""
) -> Mandate:
    """Write what differs, each change with its reason; gives the mandate.

    Other words of the clause give the mandate a new revision, so that its links become suspect.
    `version` is the mandate's `updated_at` as the form read it; an older one is refused
    (`ChangedMeanwhile`). Raises `ValidationError` with the field.
    """
    mandate = fetch_to_write(Mandate.objects, user, Permission.CORRECT_MANDATES, pk=mandate_pk)
    if version and version != mandate.updated_at.isoformat():
        raise ChangedMeanwhile
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, for those who read the text after you.")})
    log = _Log(mandate, user, reason.strip())
    for name in (
        "kind",
        "basis",
        "lead_unit",
        "report_due_on",
        "report_submitted_on",
        "report_symbol",
    ):
        _correct_field(mandate, name, getattr(corrections, name), log)
    _correct_labels(mandate, corrections.labels, log)
    if corrections.addressees is not None:
        _correct_addressees(mandate, list(corrections.addressees), user, log)
    if corrections.conditions is not None:
        _correct_conditions(mandate, set(corrections.conditions), user, log)
    for paragraph_text_pk, (start, end) in corrections.spans.items():
        _correct_span(mandate, paragraph_text_pk, start, end, log)
    if log.written:
        mandate.save()
    return mandate


@dataclass
class _Log:
    """Writes who changed what, and why."""

    mandate: Mandate
    user: User
    reason: str
    written: int = 0

    def add(self, name: str, before: Any, after: Any, language: str = "") -> None:
        Correction.objects.create(
            mandate=self.mandate,
            field=name,
            language=language,
            before=before,
            after=after,
            reason=self.reason,
            by=self.user,
        )
        self.written += 1


def _plain(value: Any) -> Any:
    if isinstance(value, Entity):
        return value.code
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else value


def _correct_field(mandate: Mandate, name: str, value: Any, log: _Log) -> None:
    before = getattr(mandate, name)
    if value is not None and value != before:
        setattr(mandate, name, value)
        log.add(name, _plain(before), _plain(value))


def _correct_labels(mandate: Mandate, labels: Mapping[str, str], log: _Log) -> None:
    for language, words in labels.items():
        before = mandate.labels.get(language, "")
        if words.strip() != before:
            mandate.labels = {**mandate.labels, language: words.strip()}
            log.add(LABELS, before, words.strip(), language)


def _correct_addressees(mandate: Mandate, wanted: list[Entity], user: User, log: _Log) -> None:
    here = {
        facet.entity_id: facet
        for facet in mandate.facets.filter(role=FacetRole.ADDRESSEE).select_related("entity")
    }
    codes = {entity.pk: entity.code for entity in wanted}
    if here.keys() == codes.keys():
        return
    before = sorted(facet.entity.code for facet in here.values() if facet.entity)
    for pk in here.keys() - codes.keys():
        here[pk].delete()
    for pk in codes.keys() - here.keys():
        Facet.objects.create(
            mandate=mandate,
            role=FacetRole.ADDRESSEE,
            entity_id=pk,
            source=FacetSource.OFFICER,
            by=user,
        )
    log.add(ADDRESSEES, before, sorted(codes.values()))


def _correct_conditions(mandate: Mandate, wanted: set[str], user: User, log: _Log) -> None:
    facets = list(mandate.facets.filter(role=FacetRole.CONDITION))
    before = {facet.condition for facet in facets}
    if before == wanted:
        return
    Facet.objects.filter(
        pk__in=[facet.pk for facet in facets if facet.condition not in wanted]
    ).delete()
    for kind in sorted(wanted - before):
        Facet.objects.create(
            mandate=mandate,
            role=FacetRole.CONDITION,
            condition=kind,
            source=FacetSource.OFFICER,
            by=user,
        )
    log.add(CONDITIONS, sorted(before), sorted(wanted))


def _correct_span(
    mandate: Mandate, paragraph_text_pk: int, start: int, end: int, log: _Log
) -> None:
    span = mandate.spans.select_related("paragraph_text__text").get(
        paragraph_text_id=paragraph_text_pk
    )
    if (span.start, span.end) == (start, end):
        return
    text = span.paragraph_text
    overlapped = (
        MandateSpan.objects.filter(paragraph_text=text, start__lt=end, end__gt=start)
        .exclude(pk=span.pk)
        .select_related("mandate")
        .first()
    )
    if overlapped:
        raise ValidationError(
            {
                f"span_{paragraph_text_pk}": ValidationError(
                    _(
                        "These words belong in part to clause %(clause)s. Make that clause"
                        " shorter first."
                    ),
                    params={"clause": overlapped.mandate.ordinal},
                )
            }
        )
    before = {"start": span.start, "end": span.end, "words": text.words[span.start : span.end]}
    span.start, span.end = start, end
    span.save()
    mandate.wordings.create(
        language=text.text.language, revision=mandate.revision, words=before["words"]
    )
    mandate.revision += 1
    # Marks outside the clause are no longer its own.
    mandate.facets.filter(paragraph_text=text, start__isnull=False).exclude(
        start__gte=start, end__lte=end
    ).update(paragraph_text=None, start=None, end=None)
    after = {"start": start, "end": end, "words": text.words[start:end]}
    log.add(SPAN, before, after, text.text.language)
