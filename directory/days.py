"""Days kept as text in JSON, put into words for whoever reads them."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from directory.templatetags.dates import long_day

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def days_in_words(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with each ISO day in the reader's language: 24 November 2026."""
    return {name: _in_words(value) for name, value in values.items()}


def _in_words(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return long_day(dt.date.fromisoformat(value))
    return value
