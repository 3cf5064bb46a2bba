"""How well suggestions meet judged cases: `uv run python -m benchmarks.matching [FILE ...]`.

Prints tables in Markdown. Each matcher says of a case how well each paragraph fits; from which
score on it is confident is chosen on four fifths of the cases and tried on the last, five times.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from assistance.matching import Tuning
from benchmarks.mandates_74_175 import counted_mandates
from benchmarks.matchers import Matcher, Scores, ours, sentence_model, word_statistics
from tests.matching.judged import Answer, Case, Quality, quality, read_cases

CASES = Path(__file__).parents[1] / "tests" / "matching" / "cases"
FOLDS = 5
RESAMPLES = 2000
SEED = 74175
MEASURES = ("recall", "reciprocal_rank", "silent", "kept")


def main() -> None:
    """Read the cases, ask each matcher, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="further cases, a JSON object a line")
    parser.add_argument("--embedding", action="store_true", help="with the sentence model")
    options = parser.parse_args()
    groups = {"own": read_cases(sorted(CASES.glob("*.jsonl")))}
    groups |= {file.stem: read_cases([file]) for file in options.files}
    every = [case for cases in groups.values() for case in cases]
    later = [case for cases in groups.values() for case in second_half(cases)]
    mandates = counted_mandates()
    matchers: dict[str, Callable[[], Matcher]] = {
        "Mandate Tracker": lambda: ours(mandates),
        "Word statistics (TF-IDF)": lambda: word_statistics(mandates),
    }
    if options.embedding:
        matchers["Sentence model (all-MiniLM-L6-v2)"] = lambda: sentence_model(mandates)
    subsets = {"all cases": every, **groups, "half kept apart": later}
    for language in ("en", "es", "fr"):
        subsets[language] = [case for case in every if case.source.language == language]
    for name, made in matchers.items():
        matcher = made()
        scores, milliseconds = _scores(matcher, every)
        thresholds = cross_validated(every, scores)
        print(f"\n## {name}\n")
        print("| cases | with + without | recall@3 | MRR | silent | kept | AUC |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for label, cases in subsets.items():
            print(_row(label, cases, scores, thresholds))
        if name == "Mandate Tracker":
            shipped = dict.fromkeys(scores, Tuning().confident)
            print(_row("all, as shipped", every, scores, shipped))
        chosen = sorted({f"{threshold:.3f}" for threshold in thresholds.values()})
        print(f"\nConfident from: {', '.join(chosen)}")
        print(f"Median time of one: {milliseconds:.1f} ms")


def second_half(cases: Sequence[Case]) -> list[Case]:
    """Every second case by the hash of its identifier, with and without paragraph apart."""
    return [
        case
        for fits in (True, False)
        for case in sorted((case for case in cases if bool(case.principal) == fits), key=_hash)[
            1::2
        ]
    ]


def cross_validated(cases: Sequence[Case], scores: Mapping[str, Scores]) -> dict[str, float]:
    """For each case the threshold chosen without it, by what is silent and what is kept."""
    folds: dict[str, int] = {}
    for fits in (True, False):
        chosen = sorted((case for case in cases if bool(case.principal) == fits), key=_hash)
        folds |= {case.identifier: number % FOLDS for number, case in enumerate(chosen)}
    found = {}
    for fold in range(FOLDS):
        rest = [case for case in cases if folds[case.identifier] != fold]
        threshold = _best_threshold(rest, scores)
        found |= {name: threshold for name, its in folds.items() if its == fold}
    return found


def _best_threshold(cases: Sequence[Case], scores: Mapping[str, Scores]) -> float:
    """Where silent and kept together are highest; in the middle of the range where they are."""
    tops = sorted({max(scores[case.identifier].values(), default=0.0) for case in cases})
    candidates = [(low + high) / 2 for low, high in itertools.pairwise(tops)]
    gained = {}
    for threshold in candidates:
        reached = _quality(cases, scores, dict.fromkeys(scores, threshold))
        gained[threshold] = reached.silent + reached.kept
    most = max(gained.values())
    return statistics.median(threshold for threshold, gain in gained.items() if gain == most)


def _quality(
    cases: Sequence[Case], scores: Mapping[str, Scores], thresholds: Mapping[str, float]
) -> Quality:
    def answer(case: Case) -> Answer:
        its = scores[case.identifier]
        ranked = sorted(its, key=lambda paragraph: (-its[paragraph], int(paragraph)))
        top = its[ranked[0]] if ranked else 0.0
        least = max(thresholds[case.identifier], top * Tuning().beside)
        return Answer(tuple(ranked), frozenset(name for name in ranked if its[name] >= least))

    return quality(cases, answer)


def _row(
    label: str,
    cases: Sequence[Case],
    scores: Mapping[str, Scores],
    thresholds: Mapping[str, float],
) -> str:
    reached = _quality(cases, scores, thresholds)
    chance = random.Random(SEED)
    fitting = [case for case in cases if case.principal]
    others = [case for case in cases if not case.principal]
    samples = [
        _quality(_again(fitting, chance) + _again(others, chance), scores, thresholds)
        for _ in range(RESAMPLES)
    ]
    cells = []
    for measure in MEASURES:
        drawn = sorted(getattr(sample, measure) for sample in samples)
        low, high = drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES)]
        cells.append(f"{getattr(reached, measure):.2f} ({low:.2f}-{high:.2f})")
    sizes = f"{len(fitting)} + {len(others)}"
    return f"| {label} | {sizes} | {' | '.join(cells)} | {_area(fitting, others, scores):.2f} |"


def _again(cases: Sequence[Case], chance: random.Random) -> list[Case]:
    return chance.choices(cases, k=len(cases)) if cases else []


def _area(fitting: list[Case], others: list[Case], scores: Mapping[str, Scores]) -> float:
    """How often a case with a paragraph has a higher best score than one without."""
    top = {name: max(its.values(), default=0.0) for name, its in scores.items()}
    pairs = [(top[a.identifier], top[b.identifier]) for a in fitting for b in others]
    wins = sum(1.0 if left > right else 0.5 if left == right else 0.0 for left, right in pairs)
    return wins / len(pairs) if pairs else float("nan")


def _scores(matcher: Matcher, cases: Sequence[Case]) -> tuple[dict[str, Scores], float]:
    matcher(cases[0].source)
    scores, taken = {}, []
    for case in cases:
        begun = time.perf_counter()
        scores[case.identifier] = matcher(case.source)
        taken.append((time.perf_counter() - begun) * 1000)
    return scores, statistics.median(taken)


def _hash(case: Case) -> str:
    return hashlib.sha256(case.identifier.encode()).hexdigest()


if __name__ == "__main__":
    main()
