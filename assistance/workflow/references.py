"""Reference numbers: one counter a year, its row locked while the next number is taken."""

from __future__ import annotations

from assistance.models import ReferenceCounter


def next_reference(year: int) -> str:
    """The next free number of a year, `TA-2026-00042`.

    Needs a transaction: a number whose submission fails is given to the next one.
    """
    ReferenceCounter.objects.get_or_create(year=year)
    counter = ReferenceCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"TA-{year}-{counter.last:05d}"
