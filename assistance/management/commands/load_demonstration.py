"""Loads the demonstration world into an installation that allows it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assistance.coverage.kept import keep
from assistance.demonstration.load import load_demonstration_world
from mandates.models import Resolution


class Command(BaseCommand):
    help = "Load demonstration requests, activities and log-ins; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError(
                "This installation does not allow demonstration data "
                "(MANDATE_TRACKER_DEMONSTRATION)."
            )
        if not Resolution.objects.filter(symbol="A/RES/74/175").exists():
            raise CommandError("Load the resolution first: manage.py load_resolution")
        made = load_demonstration_world()
        keep()
        self.stdout.write(
            "Demonstration world loaded." if made else "The demonstration world is there already."
        )
