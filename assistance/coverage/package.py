"""The coverage of a resolution over a period as a data package (Frictionless), one zip file.

The same rows give the same bytes: nothing in it tells when it was made, and each table carries its
own hash.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from assistance.coverage.figures import ResolutionFigures, figures_of_resolution
from assistance.coverage.flags import DEMAND_FLAGS
from assistance.coverage.models import Demand
from assistance.coverage.status import DEFINITION
from assistance.coverage.window import Window
from directory.models import Country, Entity, EntityKind
from mandates.models import Resolution

if TYPE_CHECKING:
    from directory.policy import Person

CONTENT_TYPE = "application/zip"
# A zip holds no day before it; the day of making would change the bytes.
DAY_OF_FILES = (1980, 1, 1, 0, 0, 0)
DATE, TEXT, NUMBER, YES_NO = "date", "string", "integer", "boolean"

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
    about = _about(figures, tables)
    files = {"datapackage.json": json.dumps(about, indent=2, ensure_ascii=False).encode()}
    files |= {f"{name}.csv": content for name, (_fields, content) in tables.items()}
    return _zipped(files)


def package_file(resolution: Resolution, *, user: Person, window: Window) -> HttpResponse:
    """The data package as an answer."""
    content = package(resolution, user=user, window=window)
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    name = f"coverage-{resolution.slug}-{window.first}-{window.last}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
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
            *(_by(day, window) for day in _stages(row)),
            _by(row.ended_on, window),
            row.ended_by if _by(row.ended_on, window) else "",
            " ".join(flag.value for flag in DEMAND_FLAGS if getattr(row, flag.value)),
        ]


def _stages(row: Demand) -> list[Any]:
    return [row.planned_on, row.started_on, row.delivered_on, row.evidenced_on]


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
    figures: ResolutionFigures, tables: Mapping[str, tuple[Mapping[str, str], bytes]]
) -> dict[str, Any]:
    """The description that stands beside the tables."""
    resolution, window = figures.resolution, figures.window
    totals = figures.totals
    return {
        "profile": "tabular-data-package",
        "name": f"coverage-{resolution.slug.lower()}-{window.first}-{window.last}",
        "title": f"Coverage of {resolution.symbol}, {window.first} to {window.last}",
        "definition": DEFINITION,
        "window": {"from": str(window.first), "to": str(window.last)},
        "totals": {
            "mandates": totals.mandates,
            "counted": totals.counted,
            "demands": totals.demands,
            "served": totals.served,
            "with_demand": totals.with_demand,
            "delivered": totals.delivered,
        },
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
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


def _zipped(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, DAY_OF_FILES)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    return written.getvalue()
