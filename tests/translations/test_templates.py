"""Templates say nothing outside the tags that translate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from tests.translations.visible_text import visible_texts

ROOT = Path(__file__).resolve().parents[2] / "templates"
ALL = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*")
    if path.suffix in {".html", ".txt"}
)
NAMES = {"API", "Mandate Tracker", "Mozambique", "SHA-256", "TA-2026-00030", "UNODC", "UTC"}
"""The same in every language; the State and the reference stand on the sheet of parts."""
WORD = re.compile(r"[A-Za-z]{2,}")
SENTENCE = re.compile(r"(?<!_\()(?:\"[A-Z][a-z]+(?: [^\"]*)?\"|'[A-Z][a-z]+(?: [^']*)?')")
"""A quoted word or sentence that begins with a capital, handed over without being translated."""
TRANSLATES = {"translate", "load"}
WITH_AN_END = {"blocktranslate", "comment"}
UNREAD_BLOCKS = {"block body_class"}


def said_outside(source: str) -> list[str]:
    """Texts and quoted sentences of a template that no tag translates."""
    plain: list[str] = []
    quoted: list[str] = []
    closing = ""
    for token in Lexer(source).tokenize():
        name = token.contents.split(maxsplit=1)[0] if token.contents.strip() else ""
        if closing:
            closing = "" if token.token_type == TokenType.BLOCK and name == closing else closing
        elif token.token_type == TokenType.TEXT:
            plain.append(token.contents)
        elif token.token_type == TokenType.BLOCK and token.contents in UNREAD_BLOCKS:
            closing = "endblock"
        elif token.token_type == TokenType.BLOCK and name in WITH_AN_END:
            closing = f"end{name}"
        elif token.token_type != TokenType.COMMENT and name not in TRANSLATES:
            quoted += SENTENCE.findall(token.contents)
    return [text for text in [*visible_texts("".join(plain)), *quoted] if has_words(text)]


def has_words(text: str) -> bool:
    """Whether anything is left to translate beside names."""
    for name in NAMES:
        text = text.replace(name, "")
    return bool(WORD.search(text))


@pytest.mark.parametrize("name", ALL)
def test_template_says_everything_in_the_readers_language(name):
    assert said_outside((ROOT / name).read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Not said</p>", ["Not said"]),
        ('<p title="Not said">{% translate "Said" %}</p>', ["Not said"]),
        ('{% include "a.html" with title="Not said" %}', ['"Not said"']),
        ('{{ name|default:"Nobody" }}', ['"Nobody"']),
        ("{% comment %}Not shown{% endcomment %}<script>let a</script>{# nor this #}", []),
        ("{% block body_class %}wide{% endblock %}", []),
        ("{% blocktranslate %}Said{% endblocktranslate %} – {{ number }} UNODC", []),
        ('{{ name|default:_("Said") }}{% url "page" %}', []),
    ],
)
def test_words_outside_the_tags_are_found(source, found):
    assert said_outside(source) == found
