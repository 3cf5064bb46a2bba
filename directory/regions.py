"""Names of the M49 subregions, from the Unicode CLDR."""

from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

# Of the United Nations Statistics Division, in the order of its list.
SUBREGIONS = (
    *("015", "014", "017", "018", "011"),
    *("029", "013", "005", "021"),
    *("143", "030", "035", "034", "145"),
    *("151", "154", "039", "155"),
    *("053", "054", "057", "061"),
)


@cache
def _names(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language, sep="-").territories)
    except UnknownLocaleError:
        return dict(Locale("en").territories)


def region_name(code: str, language: str | None = None) -> str:
    """The name of a subregion in the language asked for (default: the reader's)."""
    return _names(language or get_language() or "en").get(code, code)
