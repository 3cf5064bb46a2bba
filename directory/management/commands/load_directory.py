from typing import Any

from django.core.management.base import BaseCommand

from directory.loading import load_directory


class Command(BaseCommand):
    help = "Load States, entities, units and organisations; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_directory()
        self.stdout.write(
            f"{loaded['countries']} States, {loaded['entities']} entities, "
            f"{loaded['organisations']} organisations are in the directory."
        )
