"""The coverage of a resolution over a period as a data package (Frictionless), one zip file.

The same rows give the same bytes: nothing in it tells when it was made, and each table carries its
own hash.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from assistance.coverage.figures import ResolutionFigures, figures_of_resolution
from assistance.coverage.flags import DEMAND_FLAGS
from assistance.coverage.frozen import PeriodFigures, figures_of_rows
from assistance.coverage.models import Closing, Demand, RowKind
from assistance.coverage.period import PeriodRow, canonical, rows_of_closing
from assistance.coverage.window import Window
from directory.models import Country, Entity, EntityKind
from mandates.models import Resolution

if TYPE_CHECKING:
    from directory.policy import Person

CONTENT_TYPE = "application/zip"
# A zip holds no day before it; the day of making would change the bytes.
DAY_OF_FILES = (1980, 1, 1, 0, 0, 0)
DATE, TEXT, NUMBER, YES_NO = "date", "string", "integer", "boolean"

Tables = Mapping[str, tuple[Mapping[str, str], bytes]]
"""By name the fields of a table with their types, and its content."""
TOTALS = ("mandates", "counted", "demands", "served", "with_demand", "delivered")

MANDATES: Mapping[str, str] = {
    "mandate": TEXT,
    "paragraph": TEXT,
    "ordinal": NUMBER,
    "kind": TEXT,
    "counted": YES_NO,
    "basis": TEXT,
    "lead_unit": TEXT,
    "status": TEXT,
    "demands": NUMBER,
    "served": NUMBER,
    "ended": NUMBER,
}
DEMANDS: Mapping[str, str] = {
    "demand": TEXT,
    "mandate": TEXT,
    "kind": TEXT,
    "states": TEXT,
    "request": TEXT,
    "item": NUMBER,
    "need": NUMBER,
    "round": NUMBER,
    "counted": YES_NO,
    "status": TEXT,
    "opened_on": DATE,
    "planned_on": DATE,
    "started_on": DATE,
    "delivered_on": DATE,
    "evidenced_on": DATE,
    "ended_on": DATE,
    "ended_by": TEXT,
    "flags": TEXT,
}

DELIVERIES: Mapping[str, str] = {
    "delivery": NUMBER,
    "mandates": TEXT,
    "activity": NUMBER,
    "state": TEXT,
    "kind": TEXT,
    "status": TEXT,
    "began_on": DATE,
    "on": DATE,
}

STAGES = ("planned_on", "started_on", "delivered_on", "evidenced_on")
CLOSED_MANDATES = {name: kind for name, kind in MANDATES.items() if name != "lead_unit"}
"""Of a closed period, which unit leads is not kept."""


def package(resolution: Resolution, *, user: Person, window: Window) -> bytes:
    """`datapackage.json`, `mandates.csv` and `demands.csv` as this person may see them.

    Statuses are those of the last day; the demands are those that the figures count and those that
    ended within the period (`counted` tells which).
    """
    figures = figures_of_resolution(resolution, user=user, window=window)
    tables = {
        "mandates": (MANDATES, _table(MANDATES, _mandates(figures))),
        "demands": (DEMANDS, _table(DEMANDS, _demands(resolution, user, window))),
    }
    totals = dataclasses.asdict(figures.totals)
    return _zipped(_about(resolution, window, figures.definition, totals, tables), tables)


def package_of_closing(closing: Closing) -> bytes:
    """The same of a closed period from its frozen rows alone, for those who see them.

    Beside it `deliveries.csv`, unless the period was closed before deliveries were kept.
    `closing` in the description tells when it was closed, and the hash of the frozen rows. Beside
    the tables stand these rows as they are hashed: the hash of `rows.txt` is that of the closing.
    """
    window = Window(closing.first, closing.last)
    rows = rows_of_closing(closing)
    figures = figures_of_rows(rows, window)
    tables = {
        "mandates": (CLOSED_MANDATES, _table(CLOSED_MANDATES, _closed_mandates(figures, rows))),
        "demands": (DEMANDS, _table(DEMANDS, _closed_demands(figures, rows, window))),
    }
    if closing.keeps_deliveries:
        tables["deliveries"] = (DELIVERIES, _table(DELIVERIES, _closed_deliveries(rows)))
    whole = figures.whole.tally
    totals = {**figures.totals, "demands": whole.demands, "served": whole.served}
    about = _about(closing.resolution, window, closing.definition, totals, tables)
    about["profile"] = "data-package"
    about["closing"] = {"closed_at": closing.closed_at.isoformat(), "sha256": closing.sha256}
    # As text: it is to be hashed, and is no table, as a file of JSON lines would be taken for.
    hashed = canonical(closing.resolution.symbol, window, closing.definition, rows)
    about["resources"].append(
        {
            **_file("rows", "txt", hashed),
            "profile": "data-resource",
            "mediatype": "text/plain",
        }
    )
    return _zipped(about, tables, {"rows.txt": hashed})


def package_file(resolution: Resolution, *, user: Person, window: Window) -> HttpResponse:
    """The data package as an answer."""
    return _answer(
        package(resolution, user=user, window=window),
        f"coverage-{resolution.slug}-{window.first}-{window.last}",
    )


def package_file_of_closing(closing: Closing) -> HttpResponse:
    """The data package of a closed period as an answer."""
    return _answer(
        package_of_closing(closing),
        f"closed-{closing.resolution.slug}-{closing.first}-{closing.last}",
    )


def _answer(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


def _mandates(figures: ResolutionFigures) -> Iterable[Sequence[Any]]:
    units = dict(Entity.objects.filter(kind=EntityKind.UNIT).values_list("pk", "code"))
    for paragraph in figures.paragraphs:
        for row in paragraph.mandates:
            yield [
                row.identifier,
                paragraph.number,
                row.ordinal,
                row.kind,
                row.counted,
                row.basis,
                units.get(row.mandate.lead_unit_id or 0, ""),
                row.status.value,
                row.demands,
                row.served,
                row.ended.total(),
            ]


def _demands(resolution: Resolution, user: Person, window: Window) -> Iterable[Sequence[Any]]:
    rows = (
        Demand.objects.visible_to(user)
        .filter(resolution=resolution)
        .as_of(window.last)
        .select_related("mandate", "item__request")
        .order_by("paragraph__position", "mandate__ordinal", "opened_on", "key")
    )
    counted = set(rows.counted_in(window).values_list("pk", flat=True))
    countries = dict(Country.objects.values_list("pk", "iso"))
    told: Any = rows.counted_in(window) | rows.ended_in(window)
    for row in told:
        yield [
            row.key,
            row.mandate.identifier,
            row.kind,
            " ".join(sorted(countries[pk] for pk in row.country_ids)),
            row.item.request.ref if row.item else "",
            row.item.n if row.item else "",
            row.need_id or "",
            "" if row.round is None else row.round,
            row.pk in counted,
            row.status,
            row.opened_on,
            *(_by(getattr(row, name), window) for name in STAGES),
            _by(row.ended_on, window),
            row.ended_by if _by(row.ended_on, window) else "",
            " ".join(flag.value for flag in DEMAND_FLAGS if getattr(row, flag.value)),
        ]


def _closed_mandates(figures: PeriodFigures, rows: Sequence[PeriodRow]) -> Iterable[Sequence[Any]]:
    clauses = {one.key: one.row for one in rows if one.kind == RowKind.MANDATE}
    for paragraph, own in figures.paragraphs:
        for cell in own:
            clause = clauses[cell.key]
            yield [
                cell.key,
                paragraph.key,
                clause["ordinal"],
                clause["kind_of_clause"],
                cell.counted,
                clause["basis"],
                cell.status.value,
                cell.tally.demands,
                cell.tally.served,
                cell.tally.ended.total(),
            ]


def _closed_demands(
    figures: PeriodFigures, rows: Iterable[PeriodRow], window: Window
) -> Iterable[Sequence[Any]]:
    places = {cell.key: place for place, cell in enumerate(figures.mandates)}
    demands = [one for one in rows if one.kind == RowKind.DEMAND]
    for one in sorted(
        demands, key=lambda one: (places[one.row["mandate"]], one.row["opened_on"], one.key)
    ):
        row = one.row
        if not row["counted"] and (row["ended_on"] or "") < window.first.isoformat():
            continue
        yield [
            one.key,
            row["mandate"],
            row["owed_for"],
            " ".join(row["states"]),
            row["request"] or "",
            row["n"] or "",
            row["need"] or "",
            "" if row["round"] is None else row["round"],
            row["counted"],
            one.status.value,
            row["opened_on"],
            *(row[name] or "" for name in STAGES),
            row["ended_on"] or "",
            row["ended_by"],
            " ".join(row["flags"]),
        ]


def _closed_deliveries(rows: Iterable[PeriodRow]) -> Iterable[Sequence[Any]]:
    for one in rows:
        if one.kind == RowKind.DELIVERY:
            row = one.row
            yield [
                *row["deliveries"],
                " ".join(row["mandates"]),
                *row["activities"],
                " ".join(row["states"]),
                row["kind_of_delivery"],
                one.status.value,
                row["began_on"] or "",
                row["on"],
            ]


def _by(day: Any, window: Window) -> Any:
    """A day that had come by the last day of the period; later ones are not told."""
    return day if day and day <= window.last else ""


def _table(fields: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV as the data package describes it: UTF-8, a head, days and yes or no in plain codes."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(fields)
    for row in rows:
        writer.writerow([str(one).lower() if isinstance(one, bool) else one for one in row])
    return written.getvalue().encode()


def _about(
    resolution: Resolution,
    window: Window,
    definition: str,
    totals: Mapping[str, int],
    tables: Tables,
) -> dict[str, Any]:
    """The description that stands beside the tables."""
    return {
        "profile": "tabular-data-package",
        "name": f"coverage-{resolution.slug.lower()}-{window.first}-{window.last}",
        "title": f"Coverage of {resolution.symbol}, {window.first} to {window.last}",
        "definition": definition,
        "window": {"from": str(window.first), "to": str(window.last)},
        "totals": {name: totals[name] for name in TOTALS},
        "resources": [
            {
                **_file(name, "csv", content),
                "profile": "tabular-data-resource",
                "mediatype": "text/csv",
                "schema": {
                    "fields": [{"name": one, "type": kind} for one, kind in fields.items()],
                    "primaryKey": [next(iter(fields))],
                    **(
                        {
                            "foreignKeys": [
                                {
                                    "fields": ["mandate"],
                                    "reference": {"resource": "mandates", "fields": ["mandate"]},
                                }
                            ]
                        }
                        if name == "demands"
                        else {}
                    ),
                },
            }
            for name, (fields, content) in tables.items()
        ],
    }


def _file(name: str, form: str, content: bytes) -> dict[str, Any]:
    """What the description says of any file."""
    return {
        "name": name,
        "path": f"{name}.{form}",
        "format": form,
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }


def _zipped(
    about: Mapping[str, Any], tables: Tables, others: Mapping[str, bytes] = MappingProxyType({})
) -> bytes:
    files = {"datapackage.json": json.dumps(about, indent=2, ensure_ascii=False).encode(), **others}
    files |= {f"{name}.csv": content for name, (_fields, content) in tables.items()}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, DAY_OF_FILES)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    return written.getvalue()
