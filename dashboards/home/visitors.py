"""The home page of the public site: the latest resolutions, with their closed figures."""

from __future__ import annotations

from typing import Any

from assistance.coverage.closing import latest_closings
from assistance.coverage.small_numbers import FEWEST
from mandates.models import Resolution

LATEST = 10


def visitors_home(user: Any) -> dict[str, Any]:
    """The latest resolutions, each with its last closing or None, and how many there are."""
    resolutions = Resolution.objects.visible_to(user)
    latest = list(resolutions.prefetch_related("texts")[:LATEST])
    closings = latest_closings(latest)
    return {
        "lines": [(one, closings.get(one.pk)) for one in latest],
        "count": resolutions.count(),
        "fewest": FEWEST,
    }
