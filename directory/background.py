"""Work that somebody waits for, done by a worker."""

from collections.abc import Callable
from typing import Any

from celery import Task
from django.db import OperationalError

WAITED_FOR: dict[str, Any] = {
    "bind": True,
    "acks_late": True,
    "max_retries": 3,
    "default_retry_delay": 10,
}
"""Options of its task: a worker killed midway gives it back; seconds between tries."""


def done_or_given_up(task: Task, work: Callable[[], object], give_up: Callable[[], object]) -> None:
    """Do the work; again later where the database can't be reached; after any other error give up.

    Raises the error, for the log.
    """
    try:
        work()
    except OperationalError as unreachable:
        raise task.retry(exc=unreachable) from unreachable
    except Exception:
        give_up()
        raise
