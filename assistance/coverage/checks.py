"""Whether the figures agree with themselves: cheap to ask every day."""

from __future__ import annotations

from django.db.models import F, Q

from assistance.coverage.models import Demand, WorkWithoutDemand
from assistance.coverage.tally import tally_by_mandate, total
from assistance.coverage.window import Window
from mandates.models import Mandate, Resolution

OUT_OF_ORDER = (
    Q(ended_on__lt=F("opened_on"))
    | Q(evidenced_on__lt=F("delivered_on"))
    | Q(evidenced_on__isnull=False, delivered_on=None)
    | Q(delivered_on__lt=F("started_on"))
    | Q(delivered_on__isnull=False, started_on=None)
)


def contradictions(resolution: Resolution) -> list[str]:
    """What does not add up in the figures of a resolution as of today; empty when all is well."""
    window = Window.of(None)
    demands = Demand.objects.filter(resolution=resolution)
    tallies = tally_by_mandate(
        demands, WorkWithoutDemand.objects.filter(resolution=resolution), window
    )
    every = total(tallies.values())
    rows = demands.counted_in(window).count()
    found = []
    if every.demands != rows:
        found.append(
            f"{resolution}: the figures count {every.demands} demands, the rows are {rows}"
        )
    if every.open.total() != every.demands:
        found.append(f"{resolution}: {every.open.total()} demands are open, not {every.demands}")
    counted = set(
        Mandate.objects.counted()
        .filter(paragraph__resolution=resolution)
        .values_list("pk", flat=True)
    )
    if uncounted := tallies.keys() - counted:
        found.append(f"{resolution}: demands under mandates that do not count: {sorted(uncounted)}")
    keys = list(demands.filter(OUT_OF_ORDER).order_by("key").values_list("key", flat=True))
    if keys:
        found.append(f"{resolution}: days out of order: {', '.join(keys)}")
    return found
