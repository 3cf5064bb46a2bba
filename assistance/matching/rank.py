"""Suggestions for a text, best first, each with its score and its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assistance.matching.evidence import Evidence, Places, Source, evidence_of
from assistance.matching.experience import Decision, Push, pushes
from assistance.matching.index import Entry, Index
from assistance.matching.vocabulary import Role, concepts


@dataclass(frozen=True)
class Tuning:
    """The numbers of the formula in `docs/matching.md`; `benchmarks/` chooses and checks them."""

    places: Places = field(default_factory=Places)
    half: float = 5.0  # evidence at which a concept is half certain
    yielding: float = 0.65  # how far a broad subject yields to a narrow one
    narrowing: float = 0.75  # how far a wide subject yields to one within it
    mention: float = 0.12  # what a concept adds that the paragraph merely mentions
    stems: float = 0.10  # what shared words add
    ticked: float = 4.0  # evidence that a ticked theme is worth
    product: float = 0.25  # what the name of a product adds
    partner: float = 0.02  # what the name of a partner adds
    doubt: float = 0.15  # what is left of a score when nothing says terrorism
    subject_half: float = 1.5  # evidence of terrorism at which half is believed
    outside: float = 0.55  # how far another subject lowers it
    confident: float = 0.18
    beside: float = 0.72  # a second one is confident when near the first


class ReasonKind(StrEnum):
    """What a reason is made of."""

    TERM = "term"
    THEME = "theme"
    PRODUCT = "product"
    PARTNER = "partner"
    WORD = "word"
    EXPERIENCE = "experience"


@dataclass(frozen=True)
class Reason:
    """Why: a term or word shared, a theme (by its code), a product or partner named, or the name
    of a text like this one that a person tied to the mandate.
    """

    kind: ReasonKind
    what: str


@dataclass(frozen=True)
class Suggestion:
    """A mandate a text may be about. `score` lies between 0 and 1."""

    identifier: str
    paragraph: str
    score: float
    confident: bool
    why: tuple[Reason, ...]


def suggest(
    index: Index,
    source: Source,
    *,
    limit: int = 3,
    decisions: Sequence[Decision] = (),
    tuning: Tuning | None = None,
) -> list[Suggestion]:
    """The mandates a text is most about, best first; ties in the order of the resolution.

    `decisions` are what people said of other texts; those like this one move scores a little.
    """
    tuning = tuning or Tuning()
    evidence = evidence_of(source, tuning.places)
    relevance = _relevance(evidence, tuning)
    fit = _fit(evidence, tuning)
    moved = pushes(decisions, evidence)
    scored = [
        (_score(entry, evidence, relevance, tuning) * fit + _push(entry, moved).amount, entry)
        for entry in index.entries
    ]
    ranked = sorted(
        (pair for pair in enumerate(scored) if pair[1][0] > 0),
        key=lambda pair: (-round(pair[1][0], 6), pair[0]),
    )
    best = ranked[0][1][0] if ranked else 0.0
    return [
        Suggestion(
            identifier=entry.mandate.identifier,
            paragraph=entry.mandate.paragraph,
            score=round(min(score, 1.0), 3),
            confident=score >= tuning.confident and score >= best * tuning.beside,
            why=_why(entry, evidence, relevance, _push(entry, moved)),
        )
        for _, (score, entry) in ranked[:limit]
    ]


def _push(entry: Entry, moved: Mapping[str, Push]) -> Push:
    return moved.get(entry.mandate.identifier, Push(0.0, ""))


def _relevance(evidence: Evidence, tuning: Tuning) -> dict[str, float]:
    """How certainly each concept is an object of the text: narrow ones before wide ones."""
    table = concepts()
    weights = {
        code: evidence.weight(code) + (tuning.ticked if code in evidence.ticked else 0.0)
        for code in evidence.found.keys() | evidence.ticked
        if table[code].role == Role.THEME
    }
    plain = {code: weight / (weight + tuning.half) for code, weight in weights.items()}
    narrow = max((r for code, r in plain.items() if not table[code].broad), default=0.0)
    relevance = {}
    for code, r in plain.items():
        inner = max((plain[other] for other in plain if code in table[other].within), default=0.0)
        r *= 1 - tuning.narrowing * inner
        if table[code].broad:
            r *= 1 - tuning.yielding * narrow
        relevance[code] = r
    return relevance


def _fit(evidence: Evidence, tuning: Tuning) -> float:
    """How surely the text has to do with terrorism, and not with something else."""
    subject = evidence.weight("terrorism")
    share = subject**2 / (subject**2 + tuning.subject_half**2)
    other = 0.0
    for code, found in evidence.found.items():
        concept = concepts()[code]
        if concept.role == Role.OUTSIDE:
            other += found.weight if concept.firm else found.weight / (1 + subject / 2)
    return tuning.doubt + (1 - tuning.doubt) * share / (1 + tuning.outside * other)


def _score(entry: Entry, evidence: Evidence, relevance: dict[str, float], tuning: Tuning) -> float:
    own = max((relevance[code] for code in entry.own if code in relevance), default=0.0)
    mentioned = sum(
        weight * relevance[code]
        for code, weight in entry.mentioned.items()
        if code in relevance and code not in entry.own
    )
    total = own + tuning.mention * mentioned + tuning.stems * _shared(entry, evidence)
    mandate = entry.mandate
    total += tuning.product * bool(evidence.named(mandate.products))
    total += tuning.partner * bool(evidence.named(mandate.partners))
    return min(total, 1.0)


def _shared(entry: Entry, evidence: Evidence) -> float:
    """How much of the text's words stand in the mandate's labels and paragraph, 0 to 1."""
    own = entry.stems.get(evidence.language, {})
    weight = sum(own[stem] * place for stem, place in evidence.stems.items() if stem in own)
    return weight / (weight + 6.0)


def _why(
    entry: Entry, evidence: Evidence, relevance: dict[str, float], push: Push
) -> tuple[Reason, ...]:
    """Up to eight reasons: terms and themes of its own, else terms it mentions, else words."""
    reasons = []
    for code in sorted(entry.own & relevance.keys(), key=lambda code: (-relevance[code], code)):
        reasons += [Reason(ReasonKind.TERM, words) for words in evidence.strongest(code, 4)]
        reasons += [Reason(ReasonKind.THEME, theme) for theme in concepts()[code].themes]
    if not reasons:
        mentioned = sorted(
            entry.mentioned.keys() & relevance.keys(),
            key=lambda code: (-entry.mentioned[code] * relevance[code], code),
        )
        for code in mentioned[:3]:
            reasons += [Reason(ReasonKind.TERM, words) for words in evidence.strongest(code, 1)]
    if not reasons:
        own = entry.stems.get(evidence.language, {})
        shared = sorted(own.keys() & evidence.stems, key=lambda stem: (-own[stem], stem))
        reasons = [Reason(ReasonKind.WORD, evidence.surface[stem]) for stem in shared[:3]]
    for kind, names in (
        (ReasonKind.PRODUCT, entry.mandate.products),
        (ReasonKind.PARTNER, entry.mandate.partners),
    ):
        reasons += [Reason(kind, name) for name in evidence.named(names)[:1]]
    if push.name:
        reasons = [*reasons[:7], Reason(ReasonKind.EXPERIENCE, push.name)]
    return tuple(reasons[:8])
