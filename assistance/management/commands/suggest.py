"""Suggests, for each line of a file, the counted mandates of a resolution that it may be about."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError

from assistance.matching import Source
from assistance.services.suggestions import MandateSuggestion, suggestions_for
from mandates.models import Resolution

NEEDED = ("id", "title", "description")


class Command(BaseCommand):
    help = (
        "For each line of a file, a JSON object with id, kind, language (en, es or fr), title, "
        "description and countries, print a JSON object with the mandates it may be about."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the lines; - reads standard input")
        parser.add_argument("--symbol", required=True, help="the resolution, such as A/RES/74/175")
        parser.add_argument("--limit", type=int, default=3, help="suggestions a line (3)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit must be 1 or more.")
        resolution = _resolution(options["symbol"])
        for row in list(_rows(options["file"])):
            source = Source(row["title"], row["description"], row["language"])
            found = suggestions_for(source, resolution=resolution, limit=options["limit"])
            line = {"id": row["id"], "suggestions": [_as_json(one) for one in found]}
            self.stdout.write(json.dumps(line, ensure_ascii=False))


def _resolution(symbol: str) -> Resolution:
    try:
        loaded = {resolution.symbol: resolution for resolution in Resolution.objects.all()}
    except ProgrammingError as error:
        raise CommandError("The tables are not there yet: run manage.py start.") from error
    if symbol not in loaded:
        raise CommandError(
            f"There is no resolution {symbol}. Load it with load_resolution; "
            f"loaded: {', '.join(loaded) or 'none'}."
        )
    return loaded[symbol]


def _as_json(suggestion: MandateSuggestion) -> dict[str, Any]:
    return {
        "paragraph": suggestion.mandate.paragraph.number,
        "mandate": suggestion.mandate.identifier,
        "score": suggestion.score,
        "confident": suggestion.confident,
        "why": suggestion.why,
    }


def _rows(name: str) -> Iterator[dict[str, Any]]:
    """The lines of a file as rows; empty ones are passed over."""
    for number, line in enumerate(_text(name).splitlines(), start=1):
        if line.strip():
            yield _row(line, f"{name}, line {number}")


def _text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{name} is not in UTF-8; save it in that encoding.") from error


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise CommandError(f"{where} is no JSON ({error}). Give one object a line.") from error
    if not isinstance(row, dict):
        raise CommandError(f"{where} is no JSON object. Give one object a line.")
    lacking = [field for field in NEEDED if row.get(field) is None]
    if lacking:
        raise CommandError(f"{where} lacks {', '.join(lacking)}. Add it, or leave the line out.")
    wrong = [field for field in ("title", "description") if not isinstance(row[field], str)]
    if wrong:
        raise CommandError(f"{where}: {', '.join(wrong)} must be text.")
    language = row.get("language")
    return {**row, "language": language if isinstance(language, str) else ""}
