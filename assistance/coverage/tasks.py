"""Tasks of coverage: fetch, call one function, log."""

from __future__ import annotations

import datetime as dt
import logging

from celery import shared_task

from assistance.coverage import kept, snapshots
from assistance.coverage.window import today

logger = logging.getLogger(__name__)


@shared_task
def record_changes(day: str | None = None) -> int:
    """Record the demands whose row changed; every night. Running it twice changes nothing."""
    recorded_on = dt.date.fromisoformat(day) if day else today()
    number = snapshots.record_changes(recorded_on)
    logger.info("coverage of %s: %d demands changed", recorded_on, number)
    return number


@shared_task
def keep_rows() -> int:
    """Work out again the rows that changes touched, so that they are read from what is kept."""
    return kept.keep()
