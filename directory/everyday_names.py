"""By what else people call States every day, beside the names of the United Nations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.conf import settings


@cache
def everyday_names() -> Mapping[str, tuple[str, ...]]:
    """The names of everyday use by ISO code, in the languages of the site; for reading only."""
    everyday = [Locale(language).territories for language, _name in settings.LANGUAGES]
    isos = {iso for names in everyday for iso in names if len(iso) == 2}
    return {iso: tuple(names[iso] for names in everyday if iso in names) for iso in isos}
