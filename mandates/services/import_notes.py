"""The footnotes of a text."""

from mandates.models import Footnote, Text
from mandates.reader import Document


def sync_footnotes(text: Text, document: Document) -> None:
    """Bring the notes of a text up to what was read; rows that are the same stay.

    A mark that stands twice (two notes "1" on two pages) is kept apart by a letter.
    """
    here = {note.mark: note for note in text.footnotes.all()}
    wanted: dict[str, Footnote] = {}
    for position, read in enumerate(document.footnotes, start=1):
        mark = read.mark
        while mark in wanted:
            mark += "′"
        wanted[mark] = Footnote(
            text=text,
            mark=mark,
            position=position,
            words=read.text,
            places=list(read.places),
            citations=list(read.citations),
        )
    text.footnotes.exclude(mark__in=wanted).delete()
    fields = ("position", "words", "places", "citations")
    for mark, note in wanted.items():
        kept = here.get(mark)
        if kept is None:
            note.save()
        elif any(getattr(kept, field) != getattr(note, field) for field in fields):
            note.pk = kept.pk
            note.save()
