"""The days that figures are about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from mandates.models import Resolution


def today() -> dt.date:
    """The current day in UTC, as the definition counts days."""
    return dt.datetime.now(dt.UTC).date()


class WindowError(ValueError):
    """Days that make no period; `field` ("from" or "to") is where to say so, `message` what."""

    def __init__(self, field: str, message: str | _StrPromise) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Window:
    """A period, both days inclusive. Statuses are those of its last day."""

    first: dt.date
    last: dt.date

    @classmethod
    def of(
        cls,
        resolution: Resolution | None,
        first: dt.date | None = None,
        last: dt.date | None = None,
    ) -> Window:
        """The period asked for: by default from the adoption to today, never beyond today.

        Without a resolution (a list over all of them) it begins before any adoption.
        """
        now = today()
        begin = first or (resolution.adopted_on if resolution else dt.date.min)
        end = min(last or now, now)
        if begin > end and first is None:
            raise WindowError("to", _("The last day must not be before the adoption."))
        if begin > end and last is None:
            raise WindowError("from", _("The first day must not be after today."))
        if begin > end:
            raise WindowError("to", _("The last day must not be before the first."))
        return cls(begin, end)
