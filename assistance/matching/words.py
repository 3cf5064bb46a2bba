"""A text as folded, stemmed words in sentences, in English, Spanish or French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

LANGUAGES = ("en", "es", "fr")
_STEMMERS = {"en": "english", "es": "spanish", "fr": "french"}
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_WORD = re.compile(r"\w+")
# Words that carry no subject; negations are not among them, as they turn one round. Enough to tell
# the languages apart as well.
_STOPWORDS = {
    "en": "a all also an and any are as at be been both but by can each for from had has have how "
    "if in into is it its may more most of on one or other our own same so some such than "
    "that the their them then there these they this those to two under up was were what when "
    "where which who whom will with would",
    "es": "a al algunos ante aquellos aun como con contra cual cuando de del desde donde dos e el "
    "ella ellas ellos en entre era es esa ese eso esta este esto fue ha han hasta la las le les lo "
    "los mas mediante muy o para pero por que quien se segun ser si sobre son su sus "
    "tambien tras u un una uno unos y ya",
    "fr": "a au aux avec c ce ces cette chez comme d dans de des deux donc du elle elles en entre "
    "est et etait ete etre eu il ils j l la le les leur leurs lors m mais n nos notre nous "
    "on ont ou par plus pour qu que qui s sa se ses si son sont sous sur t un une vers y",
}
STOPWORDS = {language: frozenset(words.split()) for language, words in _STOPWORDS.items()}


@dataclass(frozen=True)
class Word:
    """A word as folded (no accents, no capitals) and stemmed, with its place in its text."""

    folded: str
    stem: str
    start: int
    end: int
    small: bool  # a stopword or a single letter: carries no subject by itself


def fold(text: str) -> str:
    """The text without capitals and accents, of the same length, so that places stay."""
    return "".join(_fold_character(character) for character in text)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    base = unicodedata.normalize("NFKD", character.lower())[:1]
    return base or character


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_STEMMERS[language])


@lru_cache(maxsize=50_000)
def stem(folded: str, language: str) -> str:
    """The stem of a folded word."""
    return str(_stemmer(language).stemWord(folded))


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a text with the place where each begins."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.start() > start:
            yield start, text[start : match.start()]
        start = match.end()
    if text[start:].strip():
        yield start, text[start:]


def words_of(text: str, language: str, offset: int = 0) -> list[Word]:
    """The words of a text in order."""
    return [
        Word(
            folded=(word := match.group()),
            stem=stem(word, language),
            start=offset + match.start(),
            end=offset + match.end(),
            small=len(word) < 2 or word in STOPWORDS[language],
        )
        for match in _WORD.finditer(fold(text))
    ]


def language_of(text: str, said: str = "") -> str:
    """The language a text is in: the one said, unless its small words plainly say another."""
    folded = _WORD.findall(fold(text))
    counts = {
        language: sum(word in STOPWORDS[language] for word in folded) for language in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda language: counts[language])
    if said in LANGUAGES and counts[best] < 2 * counts[said] + 3:
        return said
    return best
