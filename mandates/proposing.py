"""What a clause says that it takes: proposals of needs, drawn from its own words.

Two kinds of words are read: what is asked, verb by verb ("siga prestando asistencia técnica ... y
elabore ..."), and the means that are listed ("mediante programas específicos y la capacitación
..."). The rules stand in `data/proposals/`, one file a language; they know no resolution.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).parent / "data" / "proposals"
LONGEST = 600
"""Longer words are no proposal, but a whole clause."""

FIRST_WORDS = re.compile(r"(?:\S+\s+){3}")


@dataclass(frozen=True)
class Proposal:
    """A need in the words of a clause: `[start, end)` are code points of it.

    `kind` is a `DeliveryKind` or "", `every_months` how often the words say.
    """

    start: int
    end: int
    words: str
    kind: str
    every_months: int | None


@dataclass(frozen=True)
class _Rules:
    ask: re.Pattern[str]
    means: re.Pattern[str]
    split: re.Pattern[str]
    end: re.Pattern[str]
    tail: re.Pattern[str]
    often: Mapping[int, re.Pattern[str]]
    kinds: Mapping[str, re.Pattern[str]]


@cache
def _rules(language: str) -> _Rules | None:
    path = RULES / f"{language}.toml"
    if not path.exists():
        return None
    told = tomllib.loads(path.read_text(encoding="utf-8"))

    def compiled(words: str) -> re.Pattern[str]:
        return re.compile(words, re.IGNORECASE)

    return _Rules(
        **{name: compiled(told[name]) for name in ("ask", "means", "split", "end", "tail")},
        often={int(months): compiled(words) for months, words in told["often"].items()},
        kinds={kind: compiled(words) for kind, words in told["kinds"].items()},
    )


def propose(clause: str, language: str) -> list[Proposal]:
    """The needs that a clause speaks of, in the order of its words; none without rules for it."""
    rules = _rules(language)
    if rules is None:
        return []
    places = {*_asks(clause, rules), *_means(clause, rules)}
    found = (_proposal(clause, start, end, rules) for start, end in sorted(places))
    return [one for one in found if one]


def _asks(clause: str, rules: _Rules) -> Iterator[tuple[int, int]]:
    """From the verb of each ask to the next one, or to where its words stop."""
    starts = [match.start("verb") for match in rules.ask.finditer(clause)]
    for start, following in zip(starts, [*starts[1:], len(clause)], strict=False):
        # A condition right behind the verb ("preste, cuando se le solicite, ...") stops nothing.
        begun = FIRST_WORDS.match(clause, start, following)
        stop = rules.tail.search(clause, begun.end() if begun else start, following)
        yield start, stop.start() if stop else following


def _means(clause: str, rules: _Rules) -> Iterator[tuple[int, int]]:
    """Each part of each list of means."""
    for match in rules.means.finditer(clause):
        start = match.end()
        stop = rules.end.search(clause, start)
        end = stop.start() if stop else len(clause)
        for cut in rules.split.finditer(clause, start, end):
            yield start, cut.start()
            start = cut.end()
        yield start, end


def _proposal(clause: str, start: int, end: int, rules: _Rules) -> Proposal | None:
    if end - start > LONGEST and (stop := rules.end.search(clause, start, end)):
        end = stop.start()
    # What joins it to the next part is no word of its own.
    words = re.sub(r"(?:[\s,;:]+(?:y|e|que|and|to|et|de|à|d[’'])?)+$", "", clause[start:end])
    places = {
        kind: found.start() for kind, rule in rules.kinds.items() if (found := rule.search(words))
    }
    if len(words) > LONGEST or len(words.split()) < (1 if places else 2):
        return None
    return Proposal(
        start=start,
        end=start + len(words),
        words=words,
        kind=min(places, key=lambda kind: places[kind]) if places else "",
        every_months=next(
            (months for months, rule in rules.often.items() if rule.search(words)), None
        ),
    )
