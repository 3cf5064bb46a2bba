"""Source bytes to lines, by what the bytes are, not by what the file is called."""

from __future__ import annotations

import io
import zipfile

from mandates.reader.errors import NotAResolution
from mandates.reader.extract.line import Line
from mandates.reader.extract.plain import plain_lines

LIMIT = 25_000_000
TEXT_LIMIT = 2_000_000
UNPACKED_LIMIT = 100_000_000


def extract_lines(data: bytes) -> tuple[Line, ...]:
    """The lines of a text, PDF or DOCX file with their styles and footnote marks."""
    if not data.strip():
        raise NotAResolution(1, "the file is empty")
    if len(data) > LIMIT:
        raise NotAResolution(1, f"the file is larger than {LIMIT // 1_000_000} MB")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        from mandates.reader.extract.pdf import pdf_lines  # noqa: PLC0415 - text needs no library

        return pdf_lines(data)
    if data.startswith(b"PK\x03\x04"):
        from mandates.reader.extract.docx import docx_lines  # noqa: PLC0415 - nor does PDF

        _check_docx(data)
        return docx_lines(data)
    return plain_lines(_decode(data))


def _check_docx(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {item.filename: item.file_size for item in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NotAResolution(1, "the file is a damaged archive") from error
    if "word/document.xml" not in sizes:
        raise NotAResolution(1, "the file is an archive, but no DOCX document")
    if sum(sizes.values()) > UNPACKED_LIMIT:
        raise NotAResolution(1, "the DOCX document is too large when unpacked")


def _decode(data: bytes) -> str:
    if len(data) > TEXT_LIMIT:
        raise NotAResolution(1, f"a text larger than {TEXT_LIMIT // 1_000_000} MB")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise NotAResolution(data[: data.index(b"\x00")].count(b"\n") + 1, "binary data, no text")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
    raise NotAResolution(line, "the bytes are no text in a known encoding")
