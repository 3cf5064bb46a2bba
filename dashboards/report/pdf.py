"""A report as tagged PDF (PDF/UA-1), set by Typst without fonts or files of the machine."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import typst

from dashboards.report.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Quote,
    Run,
    Runs,
    Table,
    Text,
    clean,
)
from dashboards.report.links import address_of

TEMPLATE = Path(__file__).with_name("report.typ")
# What PDF/UA refuses: a sign that no font at hand has. It is set as this one instead.
NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
STAND_IN = "□"
SCRIPTS = {"LATIN", "GREEK", "CYRILLIC"}
ASCII = {chr(n) for n in range(128)}
MOST_SIGNS = 100


def as_pdf(document: Document, day: dt.date) -> bytes:
    """The document as PDF; the same document gives the same bytes. `day` is its date."""
    said = json.dumps(
        {
            "title": document.title,
            "title_language": document.title_language,
            "subtitle": document.subtitle,
            "masthead": list(document.masthead),
            "facts": [_runs(fact) for fact in document.facts],
            "running_head": document.running_head,
            "contents_title": document.contents_title,
            "page_of": document.page_of,
            "language": document.language,
            "identifier": document.identifier,
            "day": [day.year, day.month, day.day],
            "blocks": [_block(block) for block in document.blocks],
        },
        ensure_ascii=False,
    )
    timestamp = int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())
    for _sign in range(MOST_SIGNS):
        try:
            return bytes(
                typst.compile(
                    TEMPLATE.read_bytes(),
                    format="pdf",
                    sys_inputs={"report": said},
                    pdf_standards=["ua-1"],
                    ignore_system_fonts=True,
                    timestamp=timestamp,
                )
            )
        except typst.TypstError as error:
            unknown = NO_GLYPH.search(str(error))
            tried, said = said, _without(said, unknown.group(1) if unknown else "")
            if tried == said:
                raise
    raise ValueError("No font at hand has the signs of this report.")


def _without(said: str, sign: str) -> str:
    """The same with a sign stood in for; of a script that no font has, with all of its signs."""
    scripts = {unicodedata.name(one, "").split(" ")[0] for one in sign} - {"", *SCRIPTS}
    unknown = {one for one in set(said) if unicodedata.name(one, "").split(" ")[0] in scripts}
    return said.translate({ord(one): STAND_IN for one in {*sign, *unknown} - ASCII})


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {
                "kind": "heading",
                "words": block.words,
                "level": block.level,
                "new_page": block.new_page,
            }
        case Text():
            return {
                "kind": "text",
                "runs": _runs(block.runs),
                "numbered": block.numbered,
                "small": block.small,
                "leads": block.leads,
            }
        case Bullets():
            return {"kind": "bullets", "items": [_runs(item) for item in block.items]}
        case Quote():
            return {"kind": "quote", "runs": _runs(block.runs), "language": block.language}
        case Table():
            return {
                "kind": "table",
                "caption": block.caption,
                "head": list(block.head),
                "rows": [[{"runs": _runs(cell)} for cell in row] for row in block.rows],
                "widths": list(block.widths),
                "numbers": sorted(block.numbers),
                "total": block.total,
            }


def _runs(runs: Runs) -> list[dict[str, Any]]:
    return [_run(run) for run in runs]


def _run(run: Run) -> dict[str, Any]:
    told = {
        "language": run.language,
        "bold": run.bold,
        "italic": run.italic,
        "note": clean(run.note),
        "address": address_of(run.figure) if run.figure else "",
    }
    return {"words": clean(run.words), **{name: value for name, value in told.items() if value}}
