"""How a resolution, a paragraph or a mandate is cited, and the address that stays the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mandates.models import Mandate, Paragraph, Resolution, Text


@dataclass(frozen=True)
class Citation:
    """Where the words stand, the official title in its language, and the lasting address."""

    place: str
    title: str
    language: str
    identifier: str

    @property
    def key(self) -> str:
        """The identifier as an id on a page."""
        return f"cite-{slugify(re.sub(r'[^A-Za-z0-9]+', '-', self.identifier))}"

    @property
    def address(self) -> str:
        """The address that leads to it whatever page shows it."""
        return settings.BASE_URL + reverse("identified", args=[self.identifier])


def cite(
    resolution: Resolution,
    texts: Sequence[Text],
    paragraph: Paragraph | None = None,
    mandate: Mandate | None = None,
) -> Citation:
    """The citation: of a mandate, else of a paragraph, else of the resolution.

    The title is that in the reader's language if the text is loaded in it, else in the first.
    """
    by_language = {text.language: text for text in reversed(texts)}
    text = by_language.get(get_language() or "") or (texts[0] if texts else None)
    symbol, place, identifier = resolution.symbol, resolution.symbol, resolution.symbol
    if paragraph:
        place = _("{symbol}, para. {number}").format(symbol=symbol, number=paragraph.number)
        identifier = identifier_of(resolution, paragraph)
    if mandate:
        place = _("{paragraph}, clause {number}").format(paragraph=place, number=mandate.ordinal)
        identifier = mandate.identifier
    return Citation(
        place=place,
        title=text.title if text else "",
        language=text.language if text else "",
        identifier=identifier,
    )


def identifier_of(resolution: Resolution, paragraph: Paragraph) -> str:
    """The identifier of an operative paragraph, with which those of its mandates begin."""
    return f"{resolution.symbol}/op{paragraph.number.replace(' ', '')}"
