"""Where uploaded files lie, and what may be uploaded: judged by content, not by name."""

from __future__ import annotations

import hashlib
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import filetype
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.core.files import File

FOLDER = "attachments"
MAX_MEGABYTES = 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OFFICE = frozenset({WORD, SHEET, SLIDES})
ACCEPTED = OFFICE | frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/webp",
        "text/plain",
    }
)

CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f")


@dataclass(frozen=True)
class CheckedUpload:
    """What an uploaded file is: a name without a path, its type by content, size, SHA-256."""

    filename: str
    content_type: str
    size: int
    sha256: str


def attachment_path(instance: object, filename: str) -> str:
    """A name that can't be guessed and says nothing of the file."""
    name = secrets.token_hex(16)
    return f"{FOLDER}/{name[:2]}/{name}"


def check_upload(file: File) -> CheckedUpload:
    """What this file is; `ValidationError` when it is empty, too large, of another type
    or holds macros.
    """
    size = file.size or 0
    if not size:
        raise ValidationError(_("The file is empty."), code="empty")
    if size > MAX_MEGABYTES * 1024 * 1024:
        raise ValidationError(
            _("The file is larger than %(limit)d MB. Send a smaller one, or give an address.")
            % {"limit": MAX_MEGABYTES},
            code="too_large",
        )
    file.seek(0)
    head = file.read(8192)
    digest = hashlib.sha256(head)
    while block := file.read(1 << 16):
        digest.update(block)
    file.seek(0)
    content_type = _type_of(head)
    if content_type not in ACCEPTED:
        raise ValidationError(
            _("Send a PDF, a picture, a text, or a document of Word, Excel or PowerPoint."),
            code="type",
        )
    if content_type in OFFICE and _holds_macros(file):
        raise ValidationError(
            _("The document holds macros. Save it without them, or as PDF."), code="macros"
        )
    name = get_valid_filename(PurePath(file.name or "file").name)[-255:]
    return CheckedUpload(name, content_type, size, digest.hexdigest())


def _type_of(head: bytes) -> str:
    if kind := filetype.guess(head):
        return str(kind.mime)
    try:
        # A multi-byte character may be cut at the end of what was read.
        head[: len(head) - 4 if len(head) == 8192 else None].decode()
    except UnicodeDecodeError:
        return ""
    return "" if CONTROLS & set(head) else "text/plain"


def _holds_macros(file: File) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return any(name.endswith("vbaProject.bin") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False
    finally:
        file.seek(0)


def stored_names() -> Iterator[str]:
    """Every file that was uploaded and is still stored, whether anything refers to it or not."""
    try:
        folders, _files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for folder in folders:
        _folders, names = default_storage.listdir(f"{FOLDER}/{folder}")
        yield from (f"{FOLDER}/{folder}/{name}" for name in names)
