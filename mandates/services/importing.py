"""A file becomes a resolution with its text, paragraphs, notes and mandates; all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_date

from mandates.models import ImportStep, Organ, Resolution, Text
from mandates.reader import Document, NotAResolution, read
from mandates.refusals import ImportRefused
from mandates.services.import_mandates import Doubt, sync_mandates
from mandates.services.import_notes import sync_footnotes
from mandates.services.import_paragraphs import sync_paragraphs
from mandates.services.knowledge import apply_knowledge

if TYPE_CHECKING:
    from directory.models import User

Progress = Callable[[ImportStep, int], None]


def _silently(step: ImportStep, percent: int) -> None:
    """Nobody watches."""


def import_resolution(
    *,
    data: bytes,
    filename: str = "",
    language: str | None = None,
    user: User | None = None,
    on_progress: Progress = _silently,
) -> Text:
    """The text read from a file, with everything below it written; raises `ImportRefused`.

    Repeating it changes nothing. A file with other words replaces the text in its language: the
    clauses whose words changed get a new revision (their links become suspect), what officers
    corrected stays. Another language of the same symbol is tied to the paragraphs and mandates
    that are there; the text imported first decides which mandates there are.
    """
    on_progress(ImportStep.READING, 10)
    document = read_document(data, filename, language)
    on_progress(ImportStep.WRITING, 50)
    try:
        with transaction.atomic():
            text = _write(document, data, filename, user)
    except IntegrityError as broken:
        if broken.__cause__ and "foreign key" in str(broken):
            raise ImportRefused("clauses_in_use", mandates="…", tied="…") from broken
        raise
    return text


def read_document(data: bytes, filename: str, language: str | None) -> Document:
    """The document in a file that has all a resolution needs; raises `ImportRefused`."""
    try:
        document = read(data, filename=filename, language=language or None)
    except NotAResolution as refused:
        raise ImportRefused(
            "not_a_resolution", line=refused.line, reason=refused.reason
        ) from refused
    if not document.symbol:
        raise ImportRefused("no_symbol")
    if not document.adopted_on:
        raise ImportRefused("no_day")
    return document


def slug_of(symbol: str) -> str:
    """The symbol as it stands in addresses: "A/RES/74/175" is "A-RES-74-175"."""
    kept = "".join(char if char.isalnum() else "-" for char in symbol)
    return "-".join(filter(None, kept.split("-")))


def _write(document: Document, data: bytes, filename: str, user: User | None) -> Text:
    resolution = _resolution(document)
    text = resolution.texts.filter(language=document.language).first()
    if text is None:
        text = Text(resolution=resolution, language=document.language, size=0, sha256="0" * 64)
        text.save()
    first = resolution.texts.order_by("pk").first()
    placed = sync_paragraphs(resolution, text, document)
    sync_footnotes(text, document)
    doubts = sync_mandates(resolution, text, placed, decides=first == text)
    apply_knowledge(resolution)
    _keep(text, document, doubts, data, filename, user)
    return text


def _keep(
    text: Text,
    document: Document,
    doubts: list[Doubt],
    data: bytes,
    filename: str,
    user: User | None,
) -> None:
    """What the text says of itself, with its file unchanged; last, so that a refusal keeps none."""
    sha256 = hashlib.sha256(data).hexdigest()
    diagnostics = [diagnostic.to_json() for diagnostic in document.diagnostics] + doubts
    same = (sha256, document.title, diagnostics) == (text.sha256, text.title, text.diagnostics)
    if same:
        return
    if text.sha256 != sha256:
        suffix = filename.rpartition(".")[2].lower()
        kind = suffix if suffix in {"pdf", "docx", "txt"} else "txt"
        name = f"{slug_of(text.resolution.symbol)}-{text.language}-{sha256[:12]}.{kind}"
        text.file.save(name, ContentFile(data), save=False)
        text.sha256, text.size = sha256, len(data)
        text.filename, text.imported_by = filename[:255], user
    text.title, text.diagnostics = document.title, diagnostics
    text.save()


def _resolution(document: Document) -> Resolution:
    """The resolution of this symbol, locked, made if new; refuses one that contradicts it."""
    organ = Organ(document.organ.value.upper())
    adopted_on = parse_date(document.adopted_on or "")
    assert adopted_on, "read_document has seen to it"
    facts = {
        "session": document.session,
        "agenda_item": document.agenda_item or "",
        "plenary_meeting": document.plenary_meeting,
        "basis_document": document.basis or "",
    }
    slug = slug_of(document.symbol)
    other = Resolution.objects.filter(slug=slug).exclude(symbol=document.symbol).first()
    if other:
        raise ImportRefused("symbol_too_like", symbol=document.symbol, other=other.symbol)
    resolution, made = Resolution.objects.select_for_update().get_or_create(
        symbol=document.symbol,
        defaults={"slug": slug, "organ": organ, "adopted_on": adopted_on, **facts},
    )
    if resolution.adopted_on != adopted_on:
        raise ImportRefused(
            "adopted_on_another_day",
            symbol=resolution.symbol,
            here=resolution.adopted_on.isoformat(),
            there=adopted_on.isoformat(),
        )
    if resolution.organ != organ:
        raise ImportRefused(
            "another_organ", symbol=resolution.symbol, here=resolution.organ, there=organ.value
        )
    if not made:
        # What one text does not say, another may have said.
        news = {name: value for name, value in facts.items() if value}
        if any(getattr(resolution, name) != value for name, value in news.items()):
            Resolution.objects.filter(pk=resolution.pk).update(**news)
            resolution.refresh_from_db()
    return resolution
