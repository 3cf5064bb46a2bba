"""The mandates of a resolution and their places in one text.

The text imported first decides which mandates there are; a text in another language gives the same
mandates their words there. What officers corrected is left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mandates import reader
from mandates.models import (
    Basis,
    Correction,
    Mandate,
    MandateKind,
    MandateSpan,
    ParagraphKind,
    Resolution,
    Text,
)
from mandates.services.import_facets import (
    Entities,
    follow_words,
    sync_conditions,
    sync_entities_and_products,
)
from mandates.services.import_paragraphs import Placed, remove_mandates

Doubt = dict[str, Any]
SPAN = "span"


@dataclass(frozen=True)
class Division:
    """Where a clause stands in a paragraph, and how it was read (None: only an officer's)."""

    ordinal: int
    start: int
    end: int
    verb: str
    read: reader.Mandate | None


def doubt(code: str, message: str, line: int, **parameters: str) -> Doubt:
    """Something the import was unsure of, in the shape of the reader's own."""
    return {"line": line, "code": code, "message": message, "parameters": parameters}


def sync_mandates(
    resolution: Resolution, text: Text, placed: Sequence[Placed], *, decides: bool
) -> list[Doubt]:
    """Bring mandates, spans and facets up to what was read; gives what was unsure.

    `decides`: whether this text says which mandates there are.
    """
    mandates: dict[int, dict[int, Mandate]] = defaultdict(dict)
    for mandate in Mandate.objects.filter(paragraph__resolution=resolution).prefetch_related(
        "corrections"
    ):
        mandates[mandate.paragraph_id][mandate.ordinal] = mandate
    entities = Entities()
    doubts: list[Doubt] = []
    for place in placed:
        if place.paragraph.kind == ParagraphKind.OPERATIVE:
            here = mandates[place.paragraph.pk]
            doubts += _sync_paragraph(
                resolution, text, place, here, entities, decides=decides or not here
            )
    return doubts


def _sync_paragraph(
    resolution: Resolution,
    text: Text,
    place: Placed,
    here: dict[int, Mandate],
    entities: Entities,
    *,
    decides: bool,
) -> list[Doubt]:
    spans = {span.mandate_id: span for span in place.text.spans.all()}
    moved = _moved_by_officers(text, here)
    doubts: list[Doubt] = []
    if moved and not place.changed:
        return doubts
    division = [
        Division(ordinal, read.start, read.end, read.verb, read)
        for ordinal, read in enumerate(place.read.mandates, start=1)
    ]
    if moved:
        division, doubts = _with_corrections(place, division, moved)
    if decides:
        remove_mandates([here[n] for n in sorted(here) if n > len(division)])
        for each in division:
            if each.ordinal not in here:
                here[each.ordinal] = _new_mandate(resolution, place, each)
    else:
        doubts += _doubts_of_alignment(place, here, division)
        division = [each for each in division if each.ordinal in here]
    _sync_spans(place, here, division, spans)
    for each in division:
        if each.read:
            mandate = here[each.ordinal]
            corrected = {correction.field for correction in mandate.corrections.all()}
            if place.changed and corrected:
                follow_words(mandate, place)
            if decides:
                _sync_fields(mandate, each.read, corrected)
                sync_entities_and_products(mandate, place, each.read, corrected, entities, text)
            sync_conditions(mandate, place, each.read, corrected)
    return doubts


def _moved_by_officers(text: Text, here: dict[int, Mandate]) -> dict[int, Correction]:
    """The latest correction of each clause's words in this language."""
    return {
        ordinal: correction
        for ordinal, mandate in here.items()
        for correction in reversed(mandate.corrections.all())
        if correction.field == SPAN and correction.language == text.language
    }


def _with_corrections(
    place: Placed, division: list[Division], moved: dict[int, Correction]
) -> tuple[list[Division], list[Doubt]]:
    """The division with each corrected clause where its words stand now; others give way."""
    found: dict[int, tuple[int, int]] = {}
    doubts = []
    # A clause that now stands in the middle of a sentence begins with a small letter.
    words = place.text.words.lower()
    for ordinal, correction in moved.items():
        wanted = correction.after["words"].lower()
        if words.count(wanted) == 1:
            start = words.index(wanted)
            found[ordinal] = (start, start + len(wanted))
        else:
            doubts.append(
                doubt(
                    "correction_lost",
                    f"the words an officer gave clause {ordinal} of paragraph"
                    f" {place.paragraph.number} are not in this text",
                    place.read.line,
                    number=place.paragraph.number,
                    clause=str(ordinal),
                )
            )
    kept = []
    for each in division:
        start, end = found.get(each.ordinal, (each.start, each.end))
        if each.ordinal not in found:
            for taken_start, taken_end in found.values():
                if start < taken_start < end:
                    end = taken_start
                elif taken_start <= start < taken_end:
                    start = taken_end
        if start < end:
            kept.append(Division(each.ordinal, start, end, each.verb, each.read))
    return kept, doubts


def _doubts_of_alignment(
    place: Placed, here: dict[int, Mandate], division: list[Division]
) -> list[Doubt]:
    number, line = place.paragraph.number, place.read.line
    if len(here) != len(division):
        return [
            doubt(
                "clauses_differ",
                f"paragraph {number} has {len(division)} clauses here, {len(here)} in the text"
                " imported first",
                line,
                number=number,
                here=str(len(division)),
                first=str(len(here)),
            )
        ]
    return [
        doubt(
            "kinds_differ",
            f"clause {each.ordinal} of paragraph {number} reads as another kind here",
            line,
            number=number,
            clause=str(each.ordinal),
        )
        for each in division
        if each.read and here[each.ordinal].kind != each.read.kind.value
    ]


def _new_mandate(resolution: Resolution, place: Placed, each: Division) -> Mandate:
    number = place.paragraph.number.replace(" ", "")
    return Mandate.objects.create(
        paragraph=place.paragraph,
        ordinal=each.ordinal,
        identifier=f"{resolution.symbol}/op{number}/m{each.ordinal}",
        **(_fields(each.read) if each.read else {}),
    )


def _fields(read: reader.Mandate) -> dict[str, Any]:
    """The fields of a mandate as its words give them."""
    asked = read.kind is reader.Kind.ACTION and read.has(reader.Condition.UPON_REQUEST)
    return {
        "kind": MandateKind(read.kind.value),
        "basis": Basis.ON_REQUEST if asked else Basis.STANDING,
        "report_session": read.reporting.session if read.reporting else None,
        "report_due_on": read.reporting.due if read.reporting else None,
    }


def _sync_fields(mandate: Mandate, read: reader.Mandate, corrected: set[str]) -> None:
    # A due day that the words do not give may have been entered by a person.
    news = {
        name: value
        for name, value in _fields(read).items()
        if name not in corrected
        and _plain(getattr(mandate, name)) != _plain(value)
        and not (name == "report_due_on" and value is None)
    }
    if news:
        for name, value in news.items():
            setattr(mandate, name, value)
        mandate.save(update_fields=[*news, "updated_at"])


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _sync_spans(
    place: Placed,
    here: dict[int, Mandate],
    division: Sequence[Division],
    spans: dict[int, MandateSpan],
) -> None:
    """Write the spans that changed; a clause whose words changed gets a new revision."""
    words = place.text.words
    before = place.words_before or ""
    wanted = {here[each.ordinal].pk: each for each in division}
    stale = [span for pk, span in spans.items() if pk not in wanted]
    fresh = []
    for mandate in here.values():
        each, span = wanted.get(mandate.pk), spans.get(mandate.pk)
        if each is None:
            continue
        said = before[span.start : span.end] if span else None
        if not span or (span.start, span.end, span.verb) != (each.start, each.end, each.verb):
            if span:
                stale.append(span)
            fresh.append(
                MandateSpan(
                    mandate=mandate,
                    paragraph_text=place.text,
                    start=each.start,
                    end=each.end,
                    verb=each.verb[:200],
                )
            )
        if said is not None and said != words[each.start : each.end]:
            mandate.wordings.create(
                language=place.text.text.language, revision=mandate.revision, words=said
            )
            mandate.revision += 1
            mandate.save(update_fields=["revision", "updated_at"])
    # Removed before the new ones are written, since two may change places.
    MandateSpan.objects.filter(pk__in=[span.pk for span in stale]).delete()
    MandateSpan.objects.bulk_create(fresh)
