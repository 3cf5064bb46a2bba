"""The words of a language in United Nations resolutions, from the TOML files beside this one."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mandates.reader.model import Condition, Kind, Organ

LANGUAGES = ("en", "es", "fr")
Pattern = re.Pattern[str]
SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Vocabulary:
    """Compiled patterns of one language, named as the tables and keys of its TOML file."""

    language: str
    stopwords: frozenset[str]
    organs: tuple[tuple[Organ, Pattern], ...]
    structure: dict[str, Pattern]
    front: dict[str, Pattern]
    months: tuple[str, ...]
    ordinals: dict[str, int]
    verbs: tuple[tuple[Kind, Pattern], ...]
    verb_phrase: Pattern
    joint: Pattern
    adjunct: Pattern
    relative: Pattern
    that_verb: Pattern
    complement: dict[str, Pattern]
    addressees: tuple[tuple[str, Pattern], ...]
    partners: tuple[tuple[str, Pattern], ...]
    conditions: tuple[tuple[Condition, Pattern], ...]
    partnership: dict[str, Pattern]
    products: dict[str, Pattern]
    reporting: dict[str, Pattern]

    def ordinal(self, words: str) -> int | None:
        """The number of an ordinal in words or figures: "septuagésimo quinto" is 75."""
        total = 0
        for word in re.split(r"[\s-]+", words.lower().strip()):
            figures = re.match(r"(\d+)(?:st|nd|rd|th|e|er|ème|º|ª)?$", word)
            if figures:
                total = int(figures.group(1))
            elif word in self.ordinals:
                value = self.ordinals[word]
                total = total * value if value == 100 and total else total + value
        return total or None

    def kinds_in(self, text: str, start: int, end: int) -> set[Kind]:
        """The kinds of the verbs that begin in a range of a text."""
        starts = [start, *(match.end() for match in SPACE.finditer(text, start, end))]
        return {kind for kind, verb in self.verbs for at in starts if verb.match(text, at)}


@cache
def load_vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language of `LANGUAGES`."""
    source = files("mandates.reader").joinpath("vocabulary", f"{language}.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    verbs = sorted(
        ((words, kind) for kind in Kind for words in table["verbs"][kind.value]),
        key=lambda entry: -len(entry[0]),
    )
    phrase = _phrase(table, [words for words, _ in verbs])
    adjunct = rf"(?:{'|'.join(table['joining']['adjuncts'])})"
    months = table["front"].pop("months")
    closing = table["structure"].pop("closing")
    structure = {
        **table["structure"],
        "closing": "|".join(f"(?:{item})" for item in closing),
    }
    return Vocabulary(
        language=language,
        stopwords=frozenset(table["stopwords"]),
        organs=tuple((Organ(code), _compile(words)) for code, words in table["organs"].items()),
        structure={name: _compile(words) for name, words in structure.items()},
        front={name: _compile(words) for name, words in table["front"].items()},
        months=tuple(months),
        ordinals=table["ordinals"],
        verbs=tuple((kind, _compile(rf"(?:{words})\b")) for words, kind in verbs),
        verb_phrase=_compile(phrase),
        joint=_compile(_joint(table, adjunct, phrase)),
        adjunct=_compile(rf"{adjunct},?\s+"),
        relative=_compile(rf"\b(?:{'|'.join(table['joining']['relative'])})\b"),
        that_verb=_compile("|".join(table["verbs"]["que_complement"])),
        complement={name: _compile(words) for name, words in table["complement"].items()},
        addressees=_entries(table["addressees"]),
        partners=_entries(table["partners"]),
        conditions=tuple(
            (
                kind,
                _compile("|".join(rf"\b{words}" for words in table["conditions"][kind.value])),
            )
            for kind in Condition
        ),
        partnership={name: _compile(words) for name, words in table["partnership"].items()},
        products={name: _compile(words) for name, words in table["products"].items()},
        reporting={name: _compile(words) for name, words in table["reporting"].items()},
    )


def _compile(words: str) -> Pattern:
    return re.compile(words, re.IGNORECASE)


def _entries(tables: list[dict[str, str]]) -> tuple[tuple[str, Pattern], ...]:
    return tuple((code, _compile(words)) for entry in tables for code, words in entry.items())


def _phrase(table: dict[str, dict[str, list[str]]], verbs: list[str]) -> str:
    """A verb with its adverbs; two verbs that share what follows ("welcomes and supports")."""
    before = "|".join(table["verbs"]["before"])
    after = "|".join(table["verbs"]["after"])
    conjunction = table["joining"]["and"][0]
    single = rf"(?:(?:{before}),?\s+)*(?:{'|'.join(verbs)})\b(?:\s+(?:{after})\b)*"
    return rf"{single}(?:\s+{conjunction}\s+{single})?"


def _joint(table: dict[str, dict[str, list[str]]], adjunct: str, phrase: str) -> str:
    """What joins two clauses in the middle of a paragraph, with the verb phrase after it."""
    conjunctions = "|".join(table["joining"]["and"])
    between = rf"(?:,?\s*{adjunct},?\s+)?"
    joins = rf"[,;.]\s+(?:(?:{conjunctions})\b,?\s+)?|\s+(?P<bare>{conjunctions})\s+"
    return rf"(?:{joins}){between}(?P<verb>{phrase})"
