"""`python -m mandates.reader FILE [FILE ...]`: prints resolutions as tables or JSON lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from mandates.reader.blocks import build_blocks
from mandates.reader.errors import NotAResolution
from mandates.reader.extract import LIMIT, extract_lines
from mandates.reader.extract.line import Role
from mandates.reader.model import Condition, Document, Mandate, Paragraph
from mandates.reader.paragraphs import Item, split_parts
from mandates.reader.pipeline import guess_language, read
from mandates.reader.vocabulary import LANGUAGES, load_vocabulary

STAGES = ("lines", "blocks", "paragraphs", "clauses", "facets")


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the files named; 0 if all are resolutions, else 1 with a line for each that is not."""
    options = _parser().parse_args(arguments)
    failures = 0
    for name in options.files:
        try:
            data = _bytes(Path(name))
            for line in _output(data, name, options):
                print(line)
        except NotAResolution as refusal:
            failures += 1
            print(f"{name}: {refusal}", file=sys.stderr)
        except OSError as error:
            failures += 1
            print(f"{name}: {error.strerror or 'can not be read'}", file=sys.stderr)
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mandates.reader", description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--language", choices=LANGUAGES, help="guessed when not given")
    parser.add_argument("--json", action="store_true", help="one JSON object a file, a line each")
    parser.add_argument("--stage", choices=STAGES, default="facets", help="print only up to here")
    return parser


def _bytes(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(LIMIT + 1)


def _output(data: bytes, name: str, options: argparse.Namespace) -> Iterator[str]:
    if options.stage in ("lines", "blocks", "paragraphs"):
        yield from _early_stage(data, options)
        return
    document = read(data, filename=name, language=options.language)
    if options.json:
        yield json.dumps(document.to_json(), ensure_ascii=False)
    else:
        yield from _table(document, facets=options.stage == "facets")


def _early_stage(data: bytes, options: argparse.Namespace) -> Iterator[str]:
    lines = extract_lines(data)
    if options.stage == "lines":
        for line in lines:
            start = "+" if line.starts else " "
            yield f"{line.number:5} {start} {line.role.value:9} {line.mark:3} {line.rich.text}"
        return
    vocabulary = load_vocabulary(options.language or guess_language(lines))
    blocks = build_blocks(lines, vocabulary)
    if options.stage == "blocks":
        for block in blocks:
            yield f"{block.line:5} {block.role.value:9} {block.mark:3} {block.rich.text}"
        return
    parts = split_parts([block for block in blocks if block.role is Role.BODY], vocabulary)
    for item in (*parts.recitals, *parts.operative):
        yield from _items(item)


def _items(item: Item) -> Iterator[str]:
    yield f"{item.line:5} {item.number:10} {item.rich.text}"
    for child in item.children:
        yield from _items(child)


def _table(document: Document, *, facets: bool) -> Iterator[str]:
    yield f"{document.symbol}  {document.title}"
    yield (
        f"{document.language}, {len(document.preambular)} recitals, "
        f"{len(document.operative)} operative paragraphs, {len(document.footnotes)} footnotes"
    )
    for paragraph in document.operative:
        yield from _rows(paragraph, facets)
    for doubt in document.diagnostics:
        yield f"unsure, line {doubt.line}: {doubt.message}"


def _rows(paragraph: Paragraph, facets: bool) -> Iterator[str]:
    for ordinal, mandate in enumerate(paragraph.mandates, start=1):
        words = paragraph.text[mandate.start : mandate.end]
        row = f"{paragraph.number:8} m{ordinal} {mandate.kind.value:9} {mandate.verb:28}"
        yield f"{row} {_facets(mandate)}" if facets else f"{row} {words}"
    for child in paragraph.children:
        yield from _rows(child, facets)


def _facets(mandate: Mandate) -> str:
    flags = [
        *(kind.value for kind in Condition if mandate.has(kind)),
        *(f"with {code}" for code in mandate.partners),
        *(f"product “{title}”" for title in mandate.products),
    ]
    if mandate.reporting:
        flags.append(f"report, session {mandate.reporting.session}")
    return f"{', '.join(mandate.addressees) or '-':30} {'; '.join(flags)}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
