"""A resolution in one language as Akoma Ntoso 3.0 (OASIS LegalDocML), its mandates marked.

The words are those of the text, once and in their order. A mandate is a `span` of class `mandate`
with its stable identifier as `title`; it refers to a concept among the references. The name of the
document follows the United Nations profile of the naming convention.
"""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree.ElementTree import Element

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify

from directory.xml import DECLARATION, add_text, as_bytes, below
from mandates.marking import Piece, Segment
from mandates.models import Footnote, Mandate, ParagraphKind, Resolution, Text
from mandates.reading import MarkedParagraph, marked_text

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
CONTENT_TYPE = "application/akn+xml"
# ISO 639-2, as the naming convention wants languages.
LANGUAGES = {"ar": "ara", "en": "eng", "es": "spa", "fr": "fra", "ru": "rus", "zh": "zho"}
ORGANS = {
    "GA": ("unga", "United Nations General Assembly"),
    "SC": ("unsc", "United Nations Security Council"),
    "ECOSOC": ("ecosoc", "Economic and Social Council"),
    "HRC": ("hrc", "Human Rights Council"),
    "CCPCJ": ("ccpcj", "Commission on Crime Prevention and Criminal Justice"),
    "CND": ("cnd", "Commission on Narcotic Drugs"),
    "OTHER": ("un", "United Nations"),
}
SOURCE = "#tracker"


def akoma_ntoso(text: Text, site: str) -> bytes:
    """The document; `site` is the address of the site, without a slash at its end."""
    return _Document(text, site).as_bytes()


def akoma_ntoso_file(text: Text, request: HttpRequest) -> HttpResponse:
    """The document as an answer."""
    site = request.build_absolute_uri("/").rstrip("/")
    response = HttpResponse(akoma_ntoso(text, site), content_type=CONTENT_TYPE)
    name = f"{text.resolution.slug}-{text.language}.xml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def mandate_id(mandate: Mandate) -> str:
    """The identifier of a mandate as an `eId`: A/RES/74/175/op6/m1 is m-a-res-74-175-op6-m1."""
    return f"m-{slugify(mandate.identifier.replace('/', '-').replace('.', '-'))}"


class _Document:
    def __init__(self, text: Text, site: str) -> None:
        self._text = text
        self._resolution: Resolution = text.resolution
        self._site = site
        self._paragraphs = marked_text(text)
        self._notes = {note.mark: note for note in text.footnotes.all()}
        self._printed: set[str] = set()
        self._below: defaultdict[int | None, list[MarkedParagraph]] = defaultdict(list)
        for one in self._paragraphs:
            if one.paragraph.kind == ParagraphKind.OPERATIVE:
                self._below[one.paragraph.parent_id].append(one)

    def as_bytes(self) -> bytes:
        root = Element("akomaNtoso", {"xmlns": NAMESPACE})
        statement = below(root, "statement", name="resolution", contains="originalVersion")
        self._meta(statement)
        self._preface(statement)
        self._preamble(statement)
        body = below(statement, "mainBody", eId="body")
        for one in self._below[None]:
            self._paragraph(body, one, None)
        return DECLARATION + as_bytes(root) + b"\n"

    # What is said of the document.

    def _meta(self, statement: Element) -> None:
        meta = below(statement, "meta")
        about = below(meta, "identification", source=SOURCE)
        adopted = self._resolution.adopted_on.isoformat()
        body, _name = ORGANS[self._resolution.organ]
        number = slugify(re.sub(r"^A/RES/", "", self._resolution.symbol).replace("/", "-"))
        work = f"/akn/un/statement/deliberation/{body}/{adopted}/{number}"
        language = LANGUAGES.get(self._text.language, self._text.language)
        expression = f"{work}/{language}@"
        made = self._text.imported_at.date().isoformat()
        part = below(about, "FRBRWork")
        self._names(part, f"{work}/!main", work, adopted, f"#{body}")
        below(part, "FRBRcountry", value="un")
        below(part, "FRBRnumber", value=self._resolution.symbol)
        below(part, "FRBRname", value="resolution")
        part = below(about, "FRBRExpression")
        self._names(part, f"{expression}/!main", expression, adopted, f"#{body}")
        below(part, "FRBRlanguage", language=language)
        part = below(about, "FRBRManifestation")
        self._names(part, f"{expression}/!main.xml", f"{expression}.xml", made, SOURCE)
        below(part, "FRBRformat", value=CONTENT_TYPE)
        self._references(meta)

    @staticmethod
    def _names(part: Element, this: str, uri: str, day: str, author: str) -> None:
        below(part, "FRBRthis", value=this)
        below(part, "FRBRuri", value=uri)
        below(part, "FRBRdate", date=day, name="adoption" if author != SOURCE else "import")
        below(part, "FRBRauthor", href=author)

    def _references(self, meta: Element) -> None:
        """Who adopted it, who marked it, and each mandate."""
        references = below(meta, "references", source=SOURCE)
        body, name = ORGANS[self._resolution.organ]
        below(
            references,
            "TLCOrganization",
            eId=body,
            href=f"/akn/ontology/organization/un/{body}",
            showAs=name,
        )
        below(
            references,
            "TLCOrganization",
            eId="tracker",
            href="/akn/ontology/organization/un/unodc",
            showAs="United Nations Office on Drugs and Crime, Mandate Tracker",
        )
        for one in self._paragraphs:
            for segment in one.segments:
                if segment.mandate:
                    below(
                        references,
                        "TLCConcept",
                        eId=f"c-{mandate_id(segment.mandate)}",
                        href=self._page(one, segment.mandate),
                        showAs=segment.mandate.identifier,
                    )

    def _page(self, one: MarkedParagraph, mandate: Mandate) -> str:
        page = reverse("paragraph", args=[self._resolution.slug, one.page_number])
        return f"{self._site}{page}#clause-{mandate.ordinal}"

    # Its words.

    def _preface(self, statement: Element) -> None:
        preface = below(statement, "preface", eId="preface")
        line = below(preface, "p")
        below(line, "docNumber", self._resolution.symbol)
        title = below(below(preface, "longTitle", eId="title"), "p")
        below(title, "docTitle", self._text.title)

    def _preamble(self, statement: Element) -> None:
        recitals = [
            one for one in self._paragraphs if one.paragraph.kind == ParagraphKind.PREAMBULAR
        ]
        if not recitals:
            return
        holder = below(below(statement, "preamble", eId="preamble"), "recitals", eId="recs")
        for number, one in enumerate(recitals, start=1):
            recital = below(holder, "recital", eId=f"rec_{number}")
            self._words(below(recital, "p"), one.segments)

    def _paragraph(self, parent: Element, one: MarkedParagraph, above: str | None) -> None:
        """A paragraph, with its lettered ones as sub-paragraphs below its opening words.

        `above` is the number of the paragraph that it stands in; its `eId` begins with that one's.
        """
        number = one.paragraph.number
        if above is None:
            own, name, eid = number, "paragraph", f"para_{slugify(number)}"
        else:
            own, name = number.removeprefix(above).strip(), "subparagraph"
            eid = f"{parent.get('eId')}__subpara_{slugify(own)}"
        place = below(parent, name, eId=eid)
        below(place, "num", own)
        children = self._below[one.paragraph.pk]
        holder = below(place, "intro" if children else "content")
        self._words(below(holder, "p"), one.segments)
        for child in children:
            self._paragraph(place, child, number)

    def _words(self, line: Element, segments: list[Segment]) -> None:
        for segment in segments:
            if segment.mandate is None:
                holder = line
            else:
                kind = "mandate counted" if segment.counted else "mandate"
                holder = below(line, "span", title=segment.mandate.identifier)
                holder.set("eId", self._once(mandate_id(segment.mandate)))
                holder.set("class", f"{kind} {segment.mandate.kind}")
                holder.set("refersTo", f"#c-{mandate_id(segment.mandate)}")
            for piece in segment.pieces:
                self._piece(holder, piece)

    def _piece(self, holder: Element, piece: Piece) -> None:
        if piece.footnote:
            self._footnote(holder, piece.footnote)
            return
        if piece.addressee or piece.condition:
            holder = below(holder, "span")
            holder.set("class", "addressee" if piece.addressee else "condition")
        if piece.italic:
            below(holder, "i", piece.words)
        else:
            add_text(holder, piece.words)

    def _footnote(self, holder: Element, mark: str) -> None:
        """The note where its mark first stands, then a reference to it."""
        note: Footnote | None = self._notes.get(mark)
        eid = f"note_{slugify(mark) or 'mark'}"
        if note is None:
            below(holder, "sup", mark)
        elif eid in self._printed:
            below(holder, "noteRef", href=f"#{eid}", marker=mark)
        else:
            written = below(holder, "authorialNote", marker=mark, placement="bottom")
            written.set("eId", self._once(eid))
            below(written, "p", note.words)

    def _once(self, eid: str) -> str:
        self._printed.add(eid)
        return eid


__all__ = ["CONTENT_TYPE", "akoma_ntoso", "akoma_ntoso_file", "mandate_id"]
