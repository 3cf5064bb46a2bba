"""Proposals of needs for a mandate, from its clause in each language it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mandates.models import DeliveryKind, Mandate
from mandates.proposing import Proposal, propose


@dataclass(frozen=True)
class Words:
    """A piece of a clause, marked when a proposal was drawn from it."""

    words: str
    marked: bool


@dataclass(frozen=True)
class Proposed:
    """One proposal with the key that takes it, and its kind in words."""

    key: str
    proposal: Proposal

    @property
    def kind(self) -> str:
        """The kind of delivery in words, or nothing."""
        return str(DeliveryKind(self.proposal.kind).label) if self.proposal.kind else ""


@dataclass(frozen=True)
class InLanguage:
    """The clause in one language, cut where its marks begin and end, and what it proposes."""

    language: str
    pieces: Sequence[Words]
    proposed: Sequence[Proposed]

    @property
    def clause(self) -> str:
        """The clause as it stands."""
        return "".join(piece.words for piece in self.pieces)

    @property
    def proposals(self) -> list[Proposal]:
        """The proposals alone."""
        return [one.proposal for one in self.proposed]


def proposals_of(mandate: Mandate) -> list[InLanguage]:
    """The clause in each language for which there are rules; one query."""
    found = []
    for span in mandate.spans.select_related("paragraph_text__text"):
        language = span.paragraph_text.text.language
        clause = span.paragraph_text.words[span.start : span.end]
        proposals = propose(clause, language)
        if proposals:
            proposed = [Proposed(f"{language}:{n}", one) for n, one in enumerate(proposals)]
            found.append(InLanguage(language, _pieces(clause, proposals), proposed))
    return found


def _pieces(clause: str, proposals: Sequence[Proposal]) -> list[Words]:
    """The clause, once, with all words marked that any proposal has."""
    pieces, at = [], 0
    for one in proposals:  # in the order of their words
        if one.start > at:
            pieces.append(Words(clause[at : one.start], marked=False))
        if one.end > at:
            pieces.append(Words(clause[max(at, one.start) : one.end], marked=True))
            at = one.end
    pieces.append(Words(clause[at:], marked=False))
    return pieces


def filled_from(found: Sequence[InLanguage], key: str) -> dict[str, Any]:
    """What the form begins with when a proposal is taken; nothing for an unknown key."""
    for one in (one for there in found for one in there.proposed):
        if one.key == key:
            return {
                "words": one.proposal.words,
                "kind": one.proposal.kind,
                "every_months": one.proposal.every_months,
            }
    return {}
