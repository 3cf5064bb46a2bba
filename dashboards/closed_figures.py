"""The public figures of a closed period beside the paragraphs they are of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assistance.coverage.models import Closing
from mandates.models import Paragraph


def closed_lines(
    closing: Closing | None, paragraphs: Iterable[Paragraph]
) -> list[tuple[Paragraph, dict[str, Any]]]:
    """Each of the paragraphs with its cell of `Closing.public`."""
    if closing is None:
        return []
    cells = {cell["number"]: cell for cell in closing.public["paragraphs"]}
    return [(one, cells[one.number]) for one in paragraphs if one.number in cells]
