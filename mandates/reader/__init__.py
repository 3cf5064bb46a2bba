"""Reads a United Nations resolution into paragraphs and mandates; needs no Django.

>>> from mandates.reader import read
>>> document = read(open("A_RES_74_175.es.txt", "rb").read())
"""

from mandates.reader.errors import NotAResolution
from mandates.reader.model import (
    Clause,
    Condition,
    ConditionSpan,
    Diagnostic,
    DiagnosticCode,
    Document,
    Footnote,
    Kind,
    Mandate,
    Organ,
    Paragraph,
    Passage,
    Reporting,
)
from mandates.reader.pipeline import read

__all__ = [
    "Clause",
    "Condition",
    "ConditionSpan",
    "Diagnostic",
    "DiagnosticCode",
    "Document",
    "Footnote",
    "Kind",
    "Mandate",
    "NotAResolution",
    "Organ",
    "Paragraph",
    "Passage",
    "Reporting",
    "read",
]
