"""Which mandates a text is about: an explainable matcher over a vocabulary in three languages.

Pure functions over plain data, without Django: `words` -> `evidence` (terms of the `vocabulary`
found in a text) -> `rank` (suggestions over an `index` of mandates). `similarity` compares two
texts on the same terms. `assistance.services.suggestions` brings in the database.
"""

from assistance.matching.evidence import Evidence, Places, Source, evidence_of
from assistance.matching.experience import Decision
from assistance.matching.index import Index, MandateWords, build_index
from assistance.matching.rank import Reason, ReasonKind, Suggestion, Tuning, suggest
from assistance.matching.similar import alike, similarity
from assistance.matching.words import fold

__all__ = [
    "Decision",
    "Evidence",
    "Index",
    "MandateWords",
    "Places",
    "Reason",
    "ReasonKind",
    "Source",
    "Suggestion",
    "Tuning",
    "alike",
    "build_index",
    "evidence_of",
    "fold",
    "similarity",
    "suggest",
]
