"""Works out the hash and the public figures of every closed period again from its frozen rows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assistance.coverage.closing import verify
from assistance.coverage.models import Closing


class Command(BaseCommand):
    help = (
        "Work out the hash of every closed period again from its frozen rows, one line each; "
        "exits with an error when one does not agree with what was kept."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        for closing in Closing.objects.select_related("resolution"):
            check = verify(closing)
            said = "agrees" if check.agrees else "does not agree"
            self.stdout.write(f"{closing}: {check.rows} rows, {check.sha256}, {said}")
            differing += not check.agrees
        if differing:
            raise CommandError(f"Closed periods that do not agree: {differing}.")
