"""The rows of a period as they are frozen when it is closed, and their hash.

What came after the last day is left out of a row, so that time passing changes nothing: worked out
again later, a row differs only where the record was corrected.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Min, Q

from assistance.coverage.flags import DEMAND_FLAGS
from assistance.coverage.models import ClosedRow, Closing, Demand, RowKind, WorkWithoutDemand
from assistance.coverage.status import STAGES, Dated, Status, furthest_stage, status_of_demand
from assistance.coverage.window import Window
from assistance.models import Activity, Delivery
from directory.models import Country
from mandates.models import Mandate, Paragraph, ParagraphKind, Resolution

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A mandate, a demand or work without one at the end of a period; `row` as it is kept."""

    kind: RowKind
    key: str
    status: Status
    row: Row

    @classmethod
    def kept(cls, row: ClosedRow) -> PeriodRow:
        """A row of a closing."""
        return cls(RowKind(row.kind), row.key, Status(row.status), row.row)

    def canonical(self) -> str:
        """The row as one line: the same words for the same row, whoever writes them."""
        return as_line({"kind": self.kind, "key": self.key, "status": self.status, **self.row})


def as_line(values: Row) -> str:
    """JSON with sorted names, without spaces, letters as they are."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def in_order(rows: Iterable[PeriodRow]) -> list[PeriodRow]:
    """Rows by kind and key, as they are hashed."""
    return sorted(rows, key=lambda row: (row.kind, row.key))


def canonical(resolution: str, window: Window, definition: str, rows: Iterable[PeriodRow]) -> bytes:
    """A first line that names the period and a line for each row: what is hashed."""
    about = {
        "resolution": resolution,
        "from": window.first.isoformat(),
        "to": window.last.isoformat(),
        "definition": definition,
    }
    lines = [as_line(about), *(row.canonical() for row in in_order(rows))]
    return "\n".join(lines).encode()


def digest(resolution: str, window: Window, definition: str, rows: Iterable[PeriodRow]) -> str:
    """SHA-256 of these lines, in hexadecimal."""
    return hashlib.sha256(canonical(resolution, window, definition, rows)).hexdigest()


def rows_of_closing(closing: Closing, keys: Collection[str] | None = None) -> list[PeriodRow]:
    """The frozen rows, in the order in which they are hashed.

    With `keys` those of mandates, and of the rest only these.
    """
    rows = closing.rows.all()
    if keys is not None:
        rows = rows.filter(Q(kind=RowKind.MANDATE) | Q(key__in=keys))
    return in_order(PeriodRow.kept(row) for row in rows)


def rows_of_period(
    resolution: Resolution, window: Window, keys: Collection[str] | None = None
) -> list[PeriodRow]:
    """The rows of a period as the record stands now, or some as above; seven queries.

    For those who see all rows: the database keeps from others what is not theirs. Deliveries are
    added by `assistance.coverage.made`.
    """
    some = Q() if keys is None else Q(key__in=keys)
    mandates = list(
        Mandate.objects.filter(
            paragraph__resolution=resolution, paragraph__kind=ParagraphKind.OPERATIVE
        )
        .with_counted()
        .select_related("paragraph")
    )
    identifiers = {mandate.pk: mandate.identifier for mandate in mandates}
    demands = list(
        Demand.objects.filter(resolution=resolution)
        .filter(some)
        .opened_by(window.last)
        .select_related("item__request", "paragraph")
    )
    work = list(
        WorkWithoutDemand.objects.filter(resolution=resolution)
        .filter(some)
        .without_request(window.last)
        .select_related("paragraph")
    )
    return in_order(
        [
            *_of_mandates(resolution, mandates),
            *_of_demands(demands, identifiers, window),
            *(_of_work(one, identifiers, window) for one in work),
        ]
    )


def _of_mandates(resolution: Resolution, mandates: Sequence[Mandate]) -> Iterable[PeriodRow]:
    operative = Paragraph.objects.filter(resolution=resolution, kind=ParagraphKind.OPERATIVE)
    paragraphs = {paragraph.pk: paragraph for paragraph in operative}
    for mandate in mandates:
        within: list[str] = []
        place: int | None = mandate.paragraph_id
        while place in paragraphs:
            within.append(paragraphs[place].number)
            place = paragraphs[place].parent_id
        counted = bool(mandate.counted)  # type: ignore[attr-defined]  # annotated
        yield PeriodRow(
            RowKind.MANDATE,
            mandate.identifier,
            Status.NO_DEMAND if counted else Status.NOT_APPLICABLE,
            {
                "paragraphs": within,
                "position": mandate.paragraph.position,
                "ordinal": mandate.ordinal,
                "kind_of_clause": mandate.kind,
                "basis": mandate.basis,
                "counted": counted,
            },
        )


def _of_demands(
    demands: Sequence[Demand], identifiers: dict[int, str], window: Window
) -> Iterable[PeriodRow]:
    isos = dict(Country.objects.values_list("pk", "iso"))
    days = dict(
        Delivery.objects.filter(
            pk__in={pk for demand in demands for pk in demand.delivery_ids}, on__lte=window.last
        ).values_list("pk", "activity_id")
    )
    approved = set(
        Activity.objects.filter(pk__in={pk for demand in demands for pk in demand.activity_ids})
        .annotate(approved_on=Min("approvals__on"))
        .filter(approved_on__lte=window.last)
        .values_list("pk", flat=True)
    )
    for demand in demands:
        ended_on = until(demand.ended_on, window)
        delivered_on = until(demand.delivered_on, window)
        deliveries = [pk for pk in demand.delivery_ids if pk in days]
        delivering = {days[pk] for pk in deliveries}
        item = demand.item
        yield PeriodRow(
            RowKind.DEMAND,
            demand.key,
            status_of_demand(demand, window.last),
            {
                "mandate": identifiers[demand.mandate_id],
                "paragraph": demand.paragraph.number,
                "owed_for": demand.kind,
                "request": item.request.ref if item else None,
                "n": item.n if item else None,
                "item": demand.item_id,
                "need": demand.need_id,
                "round": demand.round,
                "states": sorted(isos[pk] for pk in demand.country_ids),
                "opened_on": demand.opened_on.isoformat(),
                "ended_on": ended_on,
                "ended_by": demand.ended_by if ended_on else "",
                "counted": not ended_on
                and (delivered_on is None or delivered_on >= window.first.isoformat()),
                **stages(demand, window),
                "activities": [
                    pk for pk in demand.activity_ids if pk in approved or pk in delivering
                ],
                "deliveries": deliveries,
                "flags": [flag.value for flag in DEMAND_FLAGS if getattr(demand, flag.value)],
            },
        )


def _of_work(work: WorkWithoutDemand, identifiers: dict[int, str], window: Window) -> PeriodRow:
    return PeriodRow(
        RowKind.WORK,
        work.key,
        cast(Status, furthest_stage(work, window.last)),
        {
            "mandate": identifiers[cast(int, work.mandate_id)],
            "paragraph": cast(Paragraph, work.paragraph).number,
            "activities": [work.activity_id],
            **stages(work, window),
        },
    )


def until(day: dt.date | None, window: Window) -> str | None:
    """A day as it is kept; one after the last day of the period had not come."""
    return day.isoformat() if day and day <= window.last else None


def stages(row: Dated, window: Window) -> Row:
    """The days of the stages reached by the last day."""
    return {name: until(getattr(row, name), window) for name in STAGES.values()}
