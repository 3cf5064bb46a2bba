"""Giving out stored files: to save, never to open in the page, and only once they are clean."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404

from assistance.scanning import hold_back
from directory.stored_files import opened_to_send


def download(holder: Any) -> FileResponse:
    """The file of an attachment or a piece of evidence that the reader may see.

    404 when there is none, `HeldBack` when it was not scanned yet or is harmful.
    """
    if not holder.file:
        raise Http404
    hold_back(holder.sha256)
    try:
        opened = opened_to_send(holder.file)
    except FileNotFoundError as absent:
        raise Http404 from absent
    response = FileResponse(
        opened,
        as_attachment=True,
        filename=holder.filename,
        content_type=holder.content_type or "application/octet-stream",
    )
    response["Content-Length"] = str(holder.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
