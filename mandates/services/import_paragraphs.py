"""The paragraphs of a resolution and their words in one language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, ProtectedError

from mandates import reader
from mandates.models import Mandate, Paragraph, ParagraphKind, ParagraphText, Resolution, Text
from mandates.refusals import ImportRefused

Key = tuple[str, str]
FAR = 1_000_000


@dataclass(frozen=True)
class Placed:
    """A paragraph of the text in the database; `words_before` is None where it is new."""

    paragraph: Paragraph
    text: ParagraphText
    read: reader.Paragraph
    words_before: str | None

    @property
    def changed(self) -> bool:
        """Whether its words are not those that were here."""
        return self.words_before != self.text.words


def sync_paragraphs(resolution: Resolution, text: Text, document: reader.Document) -> list[Placed]:
    """Bring paragraphs and their words up to what was read, tied by kind and number.

    A paragraph that no text has any more goes, unless something is tied to its mandates.
    """
    read = list(_in_order(document))
    paragraphs = _sync_rows(resolution, read)
    here = {row.paragraph_id: row for row in text.paragraphs.all()}
    placed = [
        _place(paragraphs[key], text, paragraph, here.pop(paragraphs[key].pk, None))
        for key, _, paragraph in read
    ]
    for gone in here.values():
        gone.delete()
    _remove_empty(resolution)
    return placed


def _in_order(document: reader.Document) -> Iterator[tuple[Key, Key | None, reader.Paragraph]]:
    """Every paragraph with its key and its parent's, in the order of the document."""
    for paragraph in document.preambular:
        yield from _with_children(ParagraphKind.PREAMBULAR, paragraph, None)
    for paragraph in document.operative:
        yield from _with_children(ParagraphKind.OPERATIVE, paragraph, None)


def _with_children(
    kind: ParagraphKind, paragraph: reader.Paragraph, parent: Key | None
) -> Iterator[tuple[Key, Key | None, reader.Paragraph]]:
    key = (kind.value, paragraph.number)
    yield key, parent, paragraph
    for child in paragraph.children:
        yield from _with_children(kind, child, key)


def _sync_rows(
    resolution: Resolution, read: Sequence[tuple[Key, Key | None, reader.Paragraph]]
) -> dict[Key, Paragraph]:
    rows = {(row.kind, row.number): row for row in resolution.paragraphs.all()}
    order = merged(list(rows), [key for key, _, _ in read])
    places = {key: place for place, key in enumerate(order, start=1)}
    if any(rows[key].position != places[key] for key in rows):
        # Positions are unique: all step aside before each takes its new place.
        resolution.paragraphs.update(position=F("position") + FAR)
        for key, row in rows.items():
            row.position = places[key]
            row.save(update_fields=["position"])
    for key, parent, _ in read:
        if key not in rows:
            rows[key] = Paragraph.objects.create(
                resolution=resolution,
                kind=key[0],
                number=key[1],
                position=places[key],
                parent=rows[parent] if parent else None,
            )
    return rows


def merged(here: Sequence[Key], wanted: Sequence[Key]) -> list[Key]:
    """`wanted` in its order, each key that is only `here` after the one it followed."""
    order = list(wanted)
    for place, key in enumerate(here):
        if key not in order:
            before = next((k for k in reversed(here[:place]) if k in order), None)
            order.insert(order.index(before) + 1 if before else 0, key)
    return order


def _place(
    paragraph: Paragraph, text: Text, read: reader.Paragraph, row: ParagraphText | None
) -> Placed:
    before = row.words if row else None
    emphasis = [list(pair) for pair in read.emphasis]
    marks = [{"mark": mark, "offset": offset} for offset, mark in read.marks]
    if row is None:
        row = ParagraphText(paragraph=paragraph, text=text)
    if (row.words, row.emphasis, row.footnote_marks) != (read.text, emphasis, marks):
        row.words, row.emphasis, row.footnote_marks = read.text, emphasis, marks
        row.save()
    elif row.pk is None:
        row.save()
    return Placed(paragraph, row, read, before)


def _remove_empty(resolution: Resolution) -> None:
    """Remove the paragraphs that are in no text, the last first."""
    empty = resolution.paragraphs.filter(texts=None).order_by("-position")
    for paragraph in empty.prefetch_related("mandates"):
        remove_mandates(list(paragraph.mandates.all()))
        paragraph.delete()


def remove_mandates(mandates: Sequence[Mandate]) -> None:
    """Remove mandates that the text no longer has; refuses while anything is tied to them."""
    tied: list[str] = []
    named: list[str] = []
    for mandate in mandates:
        try:
            mandate.delete()
        except ProtectedError as refused:
            named.append(str(mandate))
            tied.extend(
                f"{thing._meta.verbose_name} {thing}" for thing in refused.protected_objects
            )
    if named:
        raise ImportRefused(
            "clauses_in_use", mandates=", ".join(named), tied="; ".join(sorted(set(tied)))
        )
