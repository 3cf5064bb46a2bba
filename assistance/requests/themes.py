"""The themes of the form: plain words, and the resolution's own beside them."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mandates.models import Theme
from mandates.services.knowledge import official_words_of_themes


def theme_choices() -> list[tuple[str, list[tuple[str, SafeString]]]]:
    """Groups of themes as choices of a field, in the order of the vocabulary."""
    words = official_words_of_themes()
    groups: dict[Any, list[Theme]] = {}
    for theme in Theme.objects.exclude(parent=None).select_related("parent"):
        groups.setdefault(theme.parent, []).append(theme)
    return [
        (group.plain_name, [(str(theme.pk), _label(theme, words)) for theme in themes])
        for group, themes in sorted(groups.items(), key=lambda pair: pair[0].position)
    ]


class ThemeLabel(SafeString):
    """A theme as a choice; `words` is its name alone."""

    words = ""


def _label(theme: Theme, words: dict[str, Any]) -> SafeString:
    label = ThemeLabel(_shown(theme, words))
    label.words = theme.plain_name
    return label


def _shown(theme: Theme, words: dict[str, Any]) -> SafeString:
    official = words.get(theme.code)
    if official is None:
        return format_html("{}", theme.plain_name)
    paragraph = _("para. %(number)s") % {"number": official.paragraph.rpartition("/op")[2]}
    return format_html(
        '{}<small class="option-words">{} '
        '<span class="official-words" lang="{}">“{}”</span></small>',
        theme.plain_name,
        paragraph,
        official.language,
        official.words,
    )
