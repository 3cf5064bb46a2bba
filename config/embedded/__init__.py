"""PostgreSQL and a broker with nothing to install, for trying out and for tests.

Used when `DATABASE_URL` or `CELERY_BROKER_URL` are not set. The addresses are pure functions of
the clone, so settings can name them without a running server; `ensure_running()` makes them
answer.
"""

from config.embedded.errors import EmbeddedServiceError
from config.embedded.places import (
    broker_url,
    cache_url,
    database_url,
    socket_folder,
    state_folder,
)
from config.embedded.secrets import secret_key
from config.embedded.services import ensure_running

__all__ = [
    "EmbeddedServiceError",
    "broker_url",
    "cache_url",
    "database_url",
    "ensure_running",
    "secret_key",
    "socket_folder",
    "state_folder",
]
