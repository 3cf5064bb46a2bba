from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.loading import load_directory
from directory.models import Entity
from mandates.refusals import ImportRefused, refusal_words
from mandates.services.importing import import_resolution

SUPPLIED = Path(__file__).parents[2] / "data" / "A_RES_74_175.es.txt"


class Command(BaseCommand):
    help = "Import a resolution from a file (resolution 74/175 when none is named); safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SUPPLIED)
        parser.add_argument("--language", help="en, es or fr; read from the text when not given")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if not Entity.objects.filter(code="unodc").exists():
            load_directory()
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        try:
            text = import_resolution(data=data, filename=file.name, language=options["language"])
        except ImportRefused as refused:
            raise CommandError(f"{file}: {refusal_words(refused.as_json())}") from refused
        paragraphs = text.paragraphs.filter(paragraph__kind="operative").count()
        self.stdout.write(
            f"{text.resolution.symbol} ({text.language}): {paragraphs} operative paragraphs, "
            f"{len(text.diagnostics)} places the reader was unsure of."
        )
