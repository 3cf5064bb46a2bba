"""The M49 regions and subregions, with their names from the Unicode CLDR."""

from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

# Of the United Nations Statistics Division, in the order of its list: each with its subregions.
AREAS: Mapping[str, tuple[str, ...]] = {
    "002": ("015", "014", "017", "018", "011"),
    "019": ("029", "013", "005", "021"),
    "142": ("143", "030", "035", "034", "145"),
    "150": ("151", "154", "039", "155"),
    "009": ("053", "054", "057", "061"),
}
SUBREGIONS = tuple(code for codes in AREAS.values() for code in codes)


@cache
def _names(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language, sep="-").territories)
    except UnknownLocaleError:
        return dict(Locale("en").territories)


def region_name(code: str, language: str | None = None) -> str:
    """The name of a region or subregion in the language asked for (default: the reader's)."""
    return _names(language or get_language() or "en").get(code, code)
