"""Where a State's mark stands on a map: a point near its centre, rounded to half a degree."""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Point(NamedTuple):
    """Degrees north and east."""

    latitude: float
    longitude: float


@cache
def centres() -> dict[str, Point]:
    """The points by ISO code."""
    path = files("directory") / "data" / "centres.csv"
    with path.open(encoding="utf-8") as lines:
        return {
            row["iso"]: Point(float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(lines)
        }
