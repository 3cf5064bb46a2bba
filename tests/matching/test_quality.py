"""The bars of the matcher on sixty judged cases, a third of them about something else."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from pathlib import Path

import pytest

from assistance.services.suggestions import suggestions_for
from tests.matching.judged import Answer, Case, quality, read_cases

pytestmark = pytest.mark.django_db

CASES = read_cases(sorted((Path(__file__).parent / "cases").glob("*.jsonl")))
PRACTICE = read_cases([Path(__file__).parent / "practice.jsonl"])


def test_the_cases_are_spread_over_languages_kinds_and_paragraphs():
    assert Counter(case.source.language for case in CASES) == {"en": 20, "es": 20, "fr": 20}
    assert sum(not case.principal for case in CASES) == 20
    assert {case.kind for case in CASES} == {"activity", "request"}
    assert len(frozenset().union(*(case.principal for case in CASES))) == 23


@pytest.mark.parametrize("cases", [CASES, PRACTICE], ids=["sixty", "practice"])
def test_suggestions_meet_the_bars(resolution, cases):
    def answer(case: Case) -> Answer:
        found = suggestions_for(case.source, resolution=resolution, limit=23)
        return Answer(
            tuple(one.mandate.paragraph.number for one in found),
            frozenset(one.mandate.paragraph.number for one in found if one.confident),
        )

    reached = quality(cases, answer)
    assert reached.recall >= 0.9
    assert reached.reciprocal_rank >= 0.8
    assert reached.silent >= 0.9
    assert reached.kept >= 0.85


def test_a_suggestion_takes_less_than_fifty_milliseconds(resolution):
    suggestions_for(CASES[0].source, resolution=resolution)
    taken = []
    for case in CASES:
        begun = time.process_time()
        suggestions_for(case.source, resolution=resolution)
        taken.append(time.process_time() - begun)
    assert statistics.median(taken) < 0.05
