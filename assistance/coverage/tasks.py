"""Tasks of coverage: fetch, call one function, log."""

from __future__ import annotations

import datetime as dt
import logging

from celery import shared_task

from assistance.coverage import checks, snapshots
from assistance.coverage.closing import verify
from assistance.coverage.models import Closing
from assistance.coverage.window import today
from mandates.models import Resolution

logger = logging.getLogger(__name__)


@shared_task
def record_changes(day: str | None = None) -> int:
    """Record the demands whose row changed; every night. Running it twice changes nothing."""
    recorded_on = dt.date.fromisoformat(day) if day else today()
    number = snapshots.record_changes(recorded_on)
    logger.info("coverage of %s: %d demands changed", recorded_on, number)
    return number


@shared_task
def self_check() -> int:
    """Look whether figures agree with their rows, and closed periods with their hash.

    What does not is logged as an error.
    """
    found = [line for one in Resolution.objects.all() for line in checks.contradictions(one)]
    found += [
        f"the closed period {closing} does not agree with its rows"
        for closing in Closing.objects.select_related("resolution")
        if not verify(closing).agrees
    ]
    for line in found:
        logger.error("coverage: %s", line)
    return len(found)
