"""What reading a resolution gives: small frozen dataclasses and their JSON shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Organ(StrEnum):
    """Who adopts a resolution."""

    GENERAL_ASSEMBLY = "GA"
    SECURITY_COUNCIL = "SC"
    ECONOMIC_AND_SOCIAL_COUNCIL = "ECOSOC"
    HUMAN_RIGHTS_COUNCIL = "HRC"
    COMMISSION_ON_CRIME = "CCPCJ"
    COMMISSION_ON_NARCOTIC_DRUGS = "CND"
    OTHER = "other"


class Kind(StrEnum):
    """What a clause does: asks somebody, decides, or states."""

    ACTION = "action"
    DECISION = "decision"
    STATEMENT = "statement"


class Condition(StrEnum):
    """Words that limit what a clause asks."""

    UPON_REQUEST = "upon_request"
    WITHIN_MANDATE = "within_mandate"
    AS_APPROPRIATE = "as_appropriate"


class DiagnosticCode(StrEnum):
    """What the reader can be unsure of."""

    NO_OPENING_LINE = "no_opening_line"
    NO_SYMBOL = "no_symbol"
    UNNUMBERED_PARAGRAPH = "unnumbered_paragraph"
    NUMBER_MISSING = "number_missing"
    NUMBERING_RESTARTS = "numbering_restarts"
    NO_OPERATIVE_VERB = "no_operative_verb"
    ADDRESSEE_UNKNOWN = "addressee_unknown"
    NOTE_WITHOUT_PLACE = "note_without_place"
    MARK_WITHOUT_NOTE = "mark_without_note"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Diagnostic:
    """Something the reader was unsure of; `code` and `parameters` are for translation."""

    line: int
    code: DiagnosticCode
    message: str
    parameters: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> Json:
        return {
            "line": self.line,
            "code": self.code.value,
            "message": self.message,
            "parameters": dict(self.parameters),
        }


@dataclass(frozen=True)
class ConditionSpan:
    """A condition and where its words stand in the paragraph."""

    kind: Condition
    start: int
    end: int

    def to_json(self) -> Json:
        return {"kind": self.kind.value, "start": self.start, "end": self.end}


@dataclass(frozen=True)
class Reporting:
    """A report asked for: the session it is due at and, where the text gives one, the day."""

    session: int | None = None
    due: str | None = None

    def to_json(self) -> Json:
        return {"session": self.session, "due": self.due}


@dataclass(frozen=True)
class Clause:
    """One clause: verb phrase and span in the paragraph's text, before anything is read in it."""

    verb: str
    verb_start: int
    kind: Kind
    start: int
    end: int


@dataclass(frozen=True)
class Mandate:
    """A clause with its facets: whom it asks, on what conditions, with whom, what it names."""

    verb: str
    kind: Kind
    start: int
    end: int
    verb_start: int
    addressees: tuple[str, ...] = ()
    conditions: tuple[ConditionSpan, ...] = ()
    partners: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    reporting: Reporting | None = None

    def has(self, kind: Condition) -> bool:
        """Whether the words of the clause hold a condition of this kind."""
        return any(condition.kind is kind for condition in self.conditions)

    def to_json(self) -> Json:
        return {
            "verb": self.verb,
            "kind": self.kind.value,
            "start": self.start,
            "end": self.end,
            "verb_start": self.verb_start,
            "addressees": list(self.addressees),
            "upon_request": self.has(Condition.UPON_REQUEST),
            "within_mandate": self.has(Condition.WITHIN_MANDATE),
            "conditions": [condition.to_json() for condition in self.conditions],
            "partners": list(self.partners),
            "products": [{"title": title} for title in self.products],
            "reporting": self.reporting.to_json() if self.reporting else None,
        }


@dataclass(frozen=True)
class Paragraph:
    """A recital, an operative paragraph or a sub-paragraph ("3 (a)"), with what is below it."""

    number: str
    line: int
    text: str
    marks: tuple[tuple[int, str], ...] = ()
    emphasis: tuple[tuple[int, int], ...] = ()
    citations: tuple[str, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    children: tuple[Paragraph, ...] = ()
    label: str = ""

    def to_json(self) -> Json:
        return {
            "number": self.number,
            "line": self.line,
            "text": self.text,
            "footnotes": [mark for _, mark in self.marks],
            "footnote_marks": [{"mark": mark, "offset": at} for at, mark in self.marks],
            "emphasis": [[start, end] for start, end in self.emphasis],
            "citations": list(self.citations),
            "mandates": [mandate.to_json() for mandate in self.mandates],
            "children": [child.to_json() for child in self.children],
        }


@dataclass(frozen=True)
class Footnote:
    """A note with the places of its mark: "pp1", "op2", "op3 (a)", "title"; it can have many."""

    mark: str
    line: int
    text: str
    places: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()

    def to_json(self) -> Json:
        return {
            "mark": self.mark,
            "line": self.line,
            "text": self.text,
            "places": list(self.places),
            "citations": list(self.citations),
        }


@dataclass(frozen=True)
class Passage:
    """Words kept outside paragraphs and notes; `before` names the paragraph a heading opens."""

    line: int
    text: str
    before: str = ""

    def to_json(self) -> Json:
        return {"line": self.line, "text": self.text, "before": self.before}


@dataclass(frozen=True)
class Document:
    """A resolution as read from one source in one language."""

    symbol: str
    organ: Organ
    session: int | None
    agenda_item: str | None
    title: str
    language: str
    adopted_on: str | None
    plenary_meeting: int | None
    basis: str | None
    preambular: tuple[Paragraph, ...] = ()
    operative: tuple[Paragraph, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    headings: tuple[Passage, ...] = ()
    annexes: tuple[Passage, ...] = ()
    front_matter: tuple[Passage, ...] = ()
    opening: Passage | None = None
    closing: tuple[Passage, ...] = ()
    furniture: tuple[Passage, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())

    def to_json(self) -> Json:
        """The JSON object other programs rely on."""
        return {
            "symbol": self.symbol,
            "organ": self.organ.value,
            "session": self.session,
            "agenda_item": self.agenda_item,
            "title": self.title,
            "language": self.language,
            "adopted_on": self.adopted_on,
            "plenary_meeting": self.plenary_meeting,
            "basis": self.basis,
            "preambular": [paragraph.to_json() for paragraph in self.preambular],
            "operative": [paragraph.to_json() for paragraph in self.operative],
            "footnotes": [note.to_json() for note in self.footnotes],
            "headings": [passage.to_json() for passage in self.headings],
            "annexes": [passage.to_json() for passage in self.annexes],
            "front_matter": [passage.to_json() for passage in self.front_matter],
            "opening": self.opening.to_json() if self.opening else None,
            "closing": [passage.to_json() for passage in self.closing],
            "furniture": [passage.to_json() for passage in self.furniture],
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
        }
