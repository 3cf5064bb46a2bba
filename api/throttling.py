"""So many requests a minute for each caller, counted in the cache, told in headers.

`RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) stand on every answer,
`Retry-After` on a refusal (429). Windows are fixed minutes: one counter, whatever the traffic.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger(__name__)

MINUTE = 60


class RequestsPerMinute(BaseThrottle):
    """Lets a caller's first `API_REQUESTS_PER_MINUTE` requests of a minute through.

    A person with several tokens is one caller; without an account an address is. When the cache
    does not answer, nobody is held back.
    """

    reset = MINUTE

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this request is within the limit; notes the figures for the headers."""
        limit = settings.API_REQUESTS_PER_MINUTE
        now = time.time()
        self.reset = MINUTE - int(now) % MINUTE
        who = (
            f"user:{request.user.pk}" if request.user.is_authenticated else self.get_ident(request)
        )
        used = _count(f"api-requests:{who}:{int(now) // MINUTE}")
        request._request.rate_limit = (limit, max(limit - used, 0), self.reset)  # type: ignore[attr-defined]
        return used <= limit

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return float(self.reset)


def _count(key: str) -> int:
    try:
        cache.add(key, 0, timeout=2 * MINUTE)
        return int(cache.incr(key))
    except (RedisError, ValueError) as error:
        logger.warning("Requests are not counted: %s", error)
        return 0


def rate_headers(request: Request) -> dict[str, str]:
    """The headers that tell the caller where the limit stands."""
    counted: tuple[int, int, int] | None = getattr(request._request, "rate_limit", None)
    if counted is None:
        return {}
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    return {name: str(value) for name, value in zip(names, counted, strict=True)}
