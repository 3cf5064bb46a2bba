"""Tasks of coverage: fetch, call one function, log."""

from __future__ import annotations

import datetime as dt
import logging

from celery import shared_task

from assistance.coverage import snapshots
from assistance.coverage.window import today

logger = logging.getLogger(__name__)


@shared_task
def record_changes(day: str | None = None) -> int:
    """Record the demands whose row changed; every night. Running it twice changes nothing."""
    recorded_on = dt.date.fromisoformat(day) if day else today()
    number = snapshots.record_changes(recorded_on)
    logger.info("coverage of %s: %d demands changed", recorded_on, number)
    return number
