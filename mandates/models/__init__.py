from mandates.models.facet import ConditionKind, Facet, FacetRole, FacetSource
from mandates.models.importing import ImportState, ImportStep, ResolutionImport
from mandates.models.lineage import CONTINUES, Lineage, LineageRelation
from mandates.models.mandate import Basis, Correction, Mandate, MandateKind, MandateSpan
from mandates.models.need import DeliveryKind, Need
from mandates.models.paragraph import Footnote, Paragraph, ParagraphKind, ParagraphText
from mandates.models.resolution import Organ, Resolution, Text
from mandates.models.theme import Theme
from mandates.models.wording import Wording

__all__ = [
    "CONTINUES",
    "Basis",
    "ConditionKind",
    "Correction",
    "DeliveryKind",
    "Facet",
    "FacetRole",
    "FacetSource",
    "Footnote",
    "ImportState",
    "ImportStep",
    "Lineage",
    "LineageRelation",
    "Mandate",
    "MandateKind",
    "MandateSpan",
    "Need",
    "Organ",
    "Paragraph",
    "ParagraphKind",
    "ParagraphText",
    "Resolution",
    "ResolutionImport",
    "Text",
    "Theme",
    "Wording",
]
