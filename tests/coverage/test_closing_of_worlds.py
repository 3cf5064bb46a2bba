"""Closed periods of random worlds: their figures are the oracle's, their hash agrees, nothing else.

`COVERAGE_CLOSED_WORLDS=10000` makes so many worlds, `COVERAGE_SEED` others.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections import Counter, defaultdict
from typing import Any

from assistance.coverage.closing import close_period, verify
from assistance.coverage.figures import figures_of_resolution
from assistance.coverage.flags import Flag
from assistance.coverage.frozen import (
    closing_of,
    demands_of_closing,
    figures_of_closing,
    figures_of_rows,
)
from assistance.coverage.models import Closing, Demand, EndedBy, RowKind
from assistance.coverage.package import package, package_of_closing
from assistance.coverage.period import PeriodRow, digest, rows_of_closing, rows_of_period
from assistance.coverage.public import public_figures
from assistance.coverage.revisions import revisions_of
from assistance.coverage.small_numbers import FEWER, FEWEST
from assistance.coverage.status import Status
from assistance.coverage.window import Window
from directory.models import User
from mandates.models import Mandate, Resolution
from tests import factories
from tests.coverage import oracle
from tests.coverage.conftest import Written

ONE_DAY = dt.timedelta(days=1)
DAYS = ("ended_on", "planned_on", "started_on", "delivered_on", "evidenced_on")
CLOSED_FOR_GOOD = 10
"""So many periods are closed in the tables; the others are only worked out."""


def periods(resolution: oracle.Resolution, today: dt.date) -> dict[str, Window]:
    """Periods that have ended, by what is particular to each."""
    begin, length = resolution.adopted_on, (today - resolution.adopted_on).days
    yesterday, third = today - ONE_DAY, begin + dt.timedelta(days=length // 3)
    found = {
        "adoption to yesterday": Window(begin, yesterday),
        "in the past": Window(third, begin + dt.timedelta(days=length * 3 // 4)),
        "of one day": Window(yesterday, yesterday),
        "day of adoption": Window(begin, begin),
    }
    return {
        name: window
        for name, window in found.items()
        if begin <= window.first <= window.last < today
    }


def cell_as_plain(cell: Any) -> dict[str, Any]:
    return {
        "status": cell.status,
        "by_status": dict(cell.tally.counted),
        "demands": cell.tally.demands,
        "served": cell.tally.served,
        "flags": {flag: number for flag, number in cell.tally.flags.items() if number},
        "ended": dict(cell.tally.ended),
    }


def states_of(demands: list[dict[str, Any]], mandates: list[Any], window: Window) -> set[int]:
    """The States whose items the figures of some mandates count."""
    ids = {mandate.id for mandate in mandates}
    return {
        country
        for row in demands
        if row["mandate_id"] in ids and oracle.is_in_figures(row, window.first, window.last)
        for country in row["country_ids"]
    }


def test_closed_figures_are_those_of_the_oracle(worlds_to_close: Written, capsys: Any) -> None:
    reached: defaultdict[str, Counter[str]] = defaultdict(Counter)
    resolutions = Resolution.objects.in_bulk()
    identifiers = dict(Mandate.objects.values_list("pk", "identifier"))
    manager, closed = factories.manager(), 0
    for world in worlds_to_close.worlds:
        demands = oracle.demand_rows(world, worlds_to_close.today)
        for resolution in world.resolutions:
            row = resolutions[resolution.id]
            for name, window in periods(resolution, worlds_to_close.today).items():
                rows = rows_of_period(row, window)
                agree(world, resolution, demands, rows, window, identifiers)
                reached["window"][name] += 1
                count(reached, rows, window, {one["key"]: one for one in demands})
                if closed < CLOSED_FOR_GOOD:
                    kept = close_period(
                        user=manager, resolution_slug=row.slug, first=window.first, last=window.last
                    )
                    assert verify(kept).agrees
                    assert revisions_of(kept) == []
                    agree_frozen(kept, manager)
                    assert digest(row.symbol, window, kept.definition, rows) == kept.sha256
                    closed += 1
    with capsys.disabled():
        print(f"\n{len(worlds_to_close.worlds)} worlds, {closed} closed for good, reach")
        for subject, counts in reached.items():
            print(f"  {subject:10}", ", ".join(f"{k} {n}" for k, n in counts.most_common()))
    every = {
        "window": {"adoption to yesterday", "in the past", "of one day", "day of adoption"},
        "mandate": set(Status),
        "flag": set(Flag) - {Flag.UNLINKED, Flag.CLOSED_WITHOUT_DELIVERY},
        "case": {
            *("counted", "served before the first day", "ended before the first day"),
            *("ended in the period", "help without request", "cut at the last day"),
        },
        "number": {"shown", "none asked", FEWER},
    }
    for subject, names in every.items():
        assert set(reached[subject]) >= names, subject
    assert set(reached["ended"]) <= set(EndedBy)


def agree(
    world: Any,
    resolution: Any,
    demands: list[dict[str, Any]],
    rows: list[PeriodRow],
    window: Window,
    identifiers: dict[int, str],
) -> None:
    """Each cell says what the oracle says, and what is public of it follows from that."""
    again = [
        PeriodRow(one.kind, one.key, one.status, json.loads(json.dumps(one.row))) for one in rows
    ]
    assert again == rows
    found = figures_of_rows(rows, window)
    public = public_figures(rows, window)
    told = {one["number"]: one for one in public["paragraphs"]}
    paragraphs = {one.number: one for one in world.paragraphs if one.resolution is resolution}
    mandates = {identifiers[one.id]: one for one in world.mandates}
    days = (window.first, window.last)
    for cell, own in found.paragraphs:
        under = oracle.mandates_under(world, paragraphs[cell.key])
        assert cell_as_plain(cell) == oracle.figures(world, under, demands, *days)
        states = states_of(demands, under, window)
        assert len(cell.states) == len(states)
        shown = told[cell.key]
        assert (shown["withheld"] == FEWER) == (0 < len(states) < FEWEST)
        if not shown["withheld"]:
            assert shown["requesting_states"] == len(states)
        for each in own:
            mandate = mandates[each.key]
            assert cell_as_plain(each) == oracle.figures(world, [mandate], demands, *days)
            assert len(each.states) == len(states_of(demands, [mandate], window))
    totals = oracle.totals(world, resolution, demands, *days)
    whole = {"demands": found.whole.tally.demands, "served": found.whole.tally.served}
    assert {**found.totals, **whole} == totals


def agree_frozen(closing: Closing, user: User) -> None:
    """Just closed, the frozen rows give the figures, demands and tables of the record."""
    rows, window = rows_of_closing(closing), Window(closing.first, closing.last)
    now = figures_of_resolution(closing.resolution, user=user, window=window)
    assert figures_of_closing(closing, rows) == now
    assert closing_of(closing.resolution, window) == closing
    demands = Demand.objects.filter(resolution=closing.resolution).as_of(window.last)
    counted = set(demands.counted_in(window).values_list("key", flat=True))
    frozen = demands_of_closing(closing, rows)
    assert {one.key for one, is_counted in frozen if is_counted} == counted
    live = demands.in_bulk()
    for one, _counted in frozen:
        meant = live[one.key]
        for name in ("kind", "paragraph_id", "item", "need", "round", "opened_on", "status"):
            assert getattr(one, name) == getattr(meant, name)
        assert sorted(one.country_ids) == sorted(meant.country_ids)
    about, tables = contents(package_of_closing(closing))
    live_about, live_tables = contents(package(closing.resolution, user=user, window=window))
    assert about["totals"] == live_about["totals"]
    assert about["closing"]["sha256"] == closing.sha256
    assert tables["demands"] == live_tables["demands"]
    for row in live_tables["mandates"]:
        del row["lead_unit"]
    assert tables["mandates"] == live_tables["mandates"]


def contents(written: bytes) -> tuple[Any, dict[str, list[dict[str, str]]]]:
    """The description of a data package and the rows of its tables, in the order of their keys."""
    archive = zipfile.ZipFile(io.BytesIO(written))
    return json.loads(archive.read("datapackage.json")), {
        name: sorted(
            csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode())),
            key=lambda row: row[name.removesuffix("s")],
        )
        for name in ("mandates", "demands")
    }


def count(
    reached: dict[str, Counter[str]],
    rows: list[PeriodRow],
    window: Window,
    meant: dict[str, dict[str, Any]],
) -> None:
    """How often each case occurs; `meant` are the oracle's rows by key."""
    first, case = window.first.isoformat(), reached["case"]
    for row in rows:
        if row.kind == RowKind.WORK:
            case["help without request"] += 1
            reached["flag"][Flag.NO_RECORDED_REQUEST] += 1
        if row.kind != RowKind.DEMAND:
            continue
        kept = row.row
        reached["demand"][row.status] += 1
        reached["flag"].update(kept["flags"] if kept["counted"] else [])
        reached["ended"].update([kept["ended_by"]] if kept["ended_by"] else [])
        if kept["ended_on"]:
            before = kept["ended_on"] < first
            case["ended before the first day" if before else "ended in the period"] += 1
        elif kept["counted"]:
            case["counted"] += 1
        else:
            case["served before the first day"] += 1
        later = [meant[row.key][name] for name in DAYS if kept[name] is None]
        case["cut at the last day"] += any(later)
    for paragraph, own in figures_of_rows(rows, window).paragraphs:
        reached["paragraph"][paragraph.status] += 1
        reached["mandate"].update(cell.status for cell in own)
    public = public_figures(rows, window)
    cells = [public, *public["paragraphs"]]
    cells += [one for paragraph in public["paragraphs"] for one in paragraph["mandates"]]
    for cell in cells:
        asked = "shown" if cell["requesting_states"] else "none asked"
        reached["number"][cell["withheld"] or asked] += 1
