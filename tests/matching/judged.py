"""Cases judged by people, and how well suggestions meet them: used by tests and `benchmarks/`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistance.matching.evidence import Source

FIRST = 3  # how many suggestions a person sees


@dataclass(frozen=True)
class Case:
    """A text with the paragraphs an officer would cite.

    `principal` is the main object, empty when no paragraph fits; `also` is there without being the
    object: neither right nor wrong when suggested.
    """

    identifier: str
    kind: str
    source: Source
    principal: frozenset[str]
    also: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """What a matcher said of a case: paragraphs best first, and those it is confident of."""

    ranked: tuple[str, ...]
    confident: frozenset[str]


@dataclass(frozen=True)
class Quality:
    """Shares between 0 and 1; `silent` over cases without a paragraph, the others over the rest."""

    recall: float
    reciprocal_rank: float
    silent: float
    kept: float


def read_cases(files: Iterable[Path]) -> list[Case]:
    """The cases of files with one JSON object a line."""
    return [
        Case(
            identifier=row["id"],
            kind=row["kind"],
            source=Source(row["title"], row["description"], row["language"]),
            principal=frozenset(map(str, row["paragraphs"]["principal"])),
            also=frozenset(map(str, row["paragraphs"]["also"])),
        )
        for file in files
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    ]


def quality(cases: Sequence[Case], answer: Callable[[Case], Answer]) -> Quality:
    """How well the answers meet the judgements.

    `recall`: a principal paragraph is among the first three. `kept`: a confident suggestion among
    the first three is right. `silent`: none of the first three is confident.
    """
    with_paragraph = [case for case in cases if case.principal]
    without = [case for case in cases if not case.principal]
    answers = {case.identifier: answer(case) for case in cases}
    ranks = [rank_of(case, answers[case.identifier]) for case in with_paragraph]
    return Quality(
        recall=_share([rank is not None and rank <= FIRST for rank in ranks]),
        reciprocal_rank=_share([1 / rank if rank else 0.0 for rank in ranks]),
        silent=_share([not _shown(answers[case.identifier]) for case in without]),
        kept=_share(
            [bool(_shown(answers[case.identifier]) & case.principal) for case in with_paragraph]
        ),
    )


def rank_of(case: Case, answer: Answer) -> int | None:
    """The rank, from 1, of the first principal paragraph."""
    ranks = (n for n, paragraph in enumerate(answer.ranked, 1) if paragraph in case.principal)
    return next(ranks, None)


def _shown(answer: Answer) -> frozenset[str]:
    return answer.confident & frozenset(answer.ranked[:FIRST])


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
