"""Names kept in several languages, one JSON object a row: `{"en": ..., "es": ..., "fr": ...}`."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language


def in_language(names: Mapping[str, str], language: str | None = None) -> str:
    """The name in the language asked for (default: the reader's), else in English, else any."""
    wanted = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return names.get(wanted) or names.get("en") or next(iter(names.values()), "")
