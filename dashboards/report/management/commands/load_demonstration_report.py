"""Loads the texts of the report into the demonstration world."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboards.report.demonstration import write_demonstration_texts
from directory.models import User


class Command(BaseCommand):
    help = "Load texts for the report of the demonstration world; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        officer = User.objects.filter(username="officer").first()
        if not settings.DEMONSTRATION or officer is None:
            raise CommandError("There is no demonstration world here: load_demonstration first.")
        made = write_demonstration_texts(officer)
        self.stdout.write(f"{made} texts of the report written.")
