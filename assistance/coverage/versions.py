"""The versions of the definition of coverage, each with what it changed.

A new version stands at the end; docs/coverage.md says the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Version:
    """A version: since when figures are counted by it, and what is other than before."""

    number: str
    since: dt.date
    changes: _StrPromise


VERSIONS = (
    Version(
        "1.0",
        dt.date(2026, 11, 24),
        _(
            "The first version: demands from items, needs, rounds and standing mandates; five"
            " statuses; help without a request beside them."
        ),
    ),
)
