"""By what else people call States: everyday names, and those they had before."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel import Locale
from django.conf import settings


@cache
def other_names() -> Mapping[str, tuple[str, ...]]:
    """Everyday and former names by ISO code, in the languages of the site; for reading only."""
    file = files("directory") / "data" / "former_names.toml"
    former: dict[str, list[str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    everyday = [Locale(language).territories for language, _name in settings.LANGUAGES]
    isos = {iso for names in everyday for iso in names if len(iso) == 2} | set(former)
    return {
        iso: (*(names[iso] for names in everyday if iso in names), *former.get(iso, ()))
        for iso in isos
    }
