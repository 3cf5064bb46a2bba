"""What people decided of texts like this one: a small push up or down for a mandate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistance.matching.evidence import Evidence
from assistance.matching.similar import alike

ALIKE = 0.6  # from which similarity on a decision says something
MOST = 0.4  # how far decisions can move a score


@dataclass(frozen=True)
class Decision:
    """A person confirmed (`right`) or rejected that a text is about a mandate.

    `name` is shown as the reason, such as the reference of the request.
    """

    evidence: Evidence
    identifier: str
    right: bool
    name: str


@dataclass(frozen=True)
class Push:
    """How far a score moves, and the decision most like this text if one speaks for it."""

    amount: float
    name: str


def pushes(decisions: Sequence[Decision], evidence: Evidence) -> dict[str, Push]:
    """For each mandate of which something like this text was decided, its push."""
    sums: dict[str, float] = {}
    nearest: dict[str, tuple[float, str]] = {}
    for decision in decisions:
        nearness = alike(decision.evidence, evidence)
        if nearness < ALIKE:
            continue
        name = decision.identifier
        sums[name] = sums.get(name, 0.0) + (nearness if decision.right else -nearness)
        if decision.right and nearness > nearest.get(name, (0.0, ""))[0]:
            nearest[name] = (nearness, decision.name)
    return {
        name: Push(MOST * total / (1 + abs(total)), nearest.get(name, (0.0, ""))[1])
        for name, total in sums.items()
    }
