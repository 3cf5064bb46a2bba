"""Closed periods of random worlds: frozen as the oracle says, the same for ever, revised rightly.

Worlds stand side by side in resolutions whose periods are closed by the product's own code; then
the record is corrected, and another period is closed. `COVERAGE_CLOSED_WORLDS=10000` makes so many
worlds, `COVERAGE_SEED` others.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from assistance.coverage.closing import close_period, verify
from assistance.coverage.figures import figures_of_resolution
from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.frozen import (
    closing_of,
    demands_of_closing,
    figures_of_closing,
    figures_of_rows,
)
from assistance.coverage.kept import keep
from assistance.coverage.models import Closing, Demand, EndedBy
from assistance.coverage.package import package, package_of_closing
from assistance.coverage.period import PeriodRow, rows_of_closing
from assistance.coverage.revisions import revisions_of
from assistance.coverage.small_numbers import FEWER, FEWEST, SUBTRACTION
from assistance.coverage.status import OF_DEMANDS, Status
from assistance.coverage.window import Window
from directory.models import User
from mandates.models import Resolution
from tests import factories
from tests.coverage import oracle
from tests.coverage.cases import Reached, missing, tell
from tests.coverage.closed import STAGES, Period, Place, closed_rows, hash_of, revised
from tests.coverage.comparing import as_plain
from tests.coverage.conftest import SEED, Groups
from tests.coverage.corrections import DEEDS, REVISES, SUPERSEDED, Corrector, supersede
from tests.coverage.oracle import ONE_DAY, Row
from tests.coverage.world import STATES, World

WHOLLY_READ = 6
"""So many of the closings are also compared with every page and file that reads them."""

MANY = 20
"""With so many worlds side by side a period is closed once; it takes its time."""

PERIODS = (
    "adoption to yesterday",
    "in the past",
    "one day, yesterday",
    "one day, of the adoption",
    "to the day before the resolution's end",
    "one day, of the resolution's end",
    "after the resolution's end",
)
FOLLOWS = ("revised", "nothing revised")
EVERY = {
    "Closed period": PERIODS,
    "Closings": (
        "closed, the hash agrees",
        "worked out again at once, nothing revised",
        "closed again over other days, after corrections",
        "worked out again after corrections, the hash agrees",
        "open figures beside it, as of today",
    ),
    "Closed row of a demand": (
        "counted",
        "served before the first day",
        "ended before the first day",
        "ended in the period",
        "opened on the last day",
        "a day after the last is cut off",
        "a delivery after the last day is cut off",
        "an activity approved after the last day is cut off",
        "help without request",
    ),
    "Closed status of a demand": OF_DEMANDS,
    "Closed status of a delivery": (Status.DELIVERED, Status.EVIDENCED),
    "Closed status of a mandate": Status,
    "Closed status of a paragraph": Status,
    "Closed flag": set(Flag) - {Flag.UNLINKED},
    "Ended in a closed period by": EndedBy,
    "Public number": ("shown", "none asked", FEWER, SUBTRACTION),
    "After closing": (
        *(f"{deed}: {FOLLOWS[0]}" for deed in REVISES),
        *(f"{deed}: {FOLLOWS[1]}" for deed in DEEDS if deed != "item tied to the successor"),
    ),
}


def periods(resolution: oracle.Resolution, today: dt.date) -> dict[str, Window]:
    """Periods that have ended, by what is particular to each."""
    begin, length = resolution.adopted_on, (today - resolution.adopted_on).days
    yesterday, third = today - ONE_DAY, begin + dt.timedelta(days=length // 3)
    days = {
        PERIODS[0]: (begin, yesterday),
        PERIODS[1]: (third, begin + dt.timedelta(days=length * 3 // 4)),
        PERIODS[2]: (yesterday, yesterday),
        PERIODS[3]: (begin, begin),
    }
    if end := resolution.superseded_on:
        days |= {
            PERIODS[4]: (begin, end - ONE_DAY),
            PERIODS[5]: (end, end),
            PERIODS[6]: (end, yesterday),
        }
    different = {window: name for name, window in reversed(days.items())}
    return {
        name: Window(first, last)
        for (first, last), name in reversed(different.items())
        if begin <= first <= last < today
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


@dataclass
class Told:
    """A group of worlds with what the oracle says of each; `states` are ISO codes by key."""

    each: list[tuple[World, list[Row], list[Row]]]
    """World, demands, work without a demand."""
    states: dict[int, str]

    @classmethod
    def of(cls, written: Groups, worlds: list[World]) -> Told:
        """What the oracle says now."""
        each = []
        for world in worlds:
            demands = oracle.demand_rows(world, written.today)
            each.append((world, demands, oracle.work_rows(world, demands)))
        return cls(each, dict(zip(written.setting.countries, STATES, strict=True)))

    def rows(self, period: Period) -> list[dict[Place, Row]]:
        """The rows to freeze, world by world."""
        return [
            closed_rows(world, demands, work, period, self.states)
            for world, demands, work in self.each
        ]


@dataclass
class Closed:
    """A closing with what the oracle said of each world then."""

    closing: Closing
    period: Period
    rows: list[dict[Place, Row]]


class Closer:
    """Closes periods of groups of worlds, and counts what is reached."""

    def __init__(self, written: Groups) -> None:
        self.written = written
        self.manager = factories.manager()
        self.random = random.Random(SEED)
        self.corrector = Corrector(self.random, written.setting, written.today)
        self.resolutions = Resolution.objects.in_bulk()
        self.reached: Reached = defaultdict(Counter)
        self.groups = self.closed = self.wholly_read = 0

    def group(self, worlds: list[World]) -> None:
        """Closes periods of each resolution, corrects the record, closes another; see it hold."""
        self.groups += 1
        few = len(worlds) < MANY
        told, kept = Told.of(self.written, worlds), []
        for resolution in worlds[0].resolutions:
            found = periods(resolution, self.written.today)
            names = self.rarest(found)[:2] if few else [one for one in PERIODS if one in found][:1]
            for name in names:
                kept.append(self.close(told, resolution, name, found[name]))
            if few and found:
                assert revisions_of(kept[-1].closing) == []
                self.reached["Closings"]["worked out again at once, nothing revised"] += 1
        deeds = [self.corrector.correct(world, demands) for world, demands, _work in told.each]
        rare = few and 3 * self.corrector.done[SUPERSEDED] < self.groups
        if rare and supersede(self.corrector, worlds[0].resolutions[-1]):
            deeds = [SUPERSEDED] * len(deeds)
        keep()
        told = Told.of(self.written, worlds)
        for one in kept:
            self.revise(one, told, deeds)
        for resolution in worlds[0].resolutions:
            self.open_figures(told, resolution)
            if not few:
                continue
            closed_already = {
                (one.period.first, one.period.last)
                for one in kept
                if one.period.resolution is resolution
            }
            found = periods(resolution, self.written.today)
            others = [
                name
                for name in self.rarest(found)
                if (found[name].first, found[name].last) not in closed_already
            ]
            if others:
                self.close(told, resolution, others[0], found[others[0]])
                again = "closed again over other days, after corrections"
                self.reached["Closings"][again] += 1

    def rarest(self, found: dict[str, Window]) -> list[str]:
        """The names of periods, those closed least often first."""
        return sorted(found, key=lambda name: (self.reached["Closed period"][name], name))

    def close(self, told: Told, resolution: oracle.Resolution, name: str, window: Window) -> Closed:
        """A period closed: its rows, hash and figures are those of the oracle."""
        row = self.resolutions[resolution.id]
        closing = close_period(
            user=self.manager, resolution_slug=row.slug, first=window.first, last=window.last
        )
        period = Period(resolution, window.first, window.last)
        meant = told.rows(period)
        every = {place: one for rows in meant for place, one in rows.items()}
        kept = rows_of_closing(closing)
        assert {(one.kind, one.key): {"status": one.status, **one.row} for one in kept} == every
        assert closing.sha256 == hash_of(row.symbol, closing.definition, period, every)
        assert verify(closing).agrees
        self.figures(told, closing, kept, period)
        self.reached["Closed status of a delivery"].update(
            one["status"] for (kind, _key), one in every.items() if kind == "delivery"
        )
        if len(told.each) < MANY and self.wholly_read < WHOLLY_READ:
            agree_frozen(closing, self.manager)
            self.wholly_read += 1
        self.closed += 1
        self.reached["Closed period"][name] += 1
        self.reached["Closings"]["closed, the hash agrees"] += 1
        for world, demands, work in told.each:
            self.count_rows(world, demands, work, period)
        return Closed(closing, period, meant)

    def figures(self, told: Told, closing: Closing, kept: list[PeriodRow], period: Period) -> None:
        """Each cell says what the oracle says, and what is public of it follows from that."""
        window = Window(period.first, period.last)
        found = figures_of_rows(kept, window)
        public = {one["number"]: one for one in closing.public["paragraphs"]}
        cells = {cell.key: (cell, own) for cell, own in found.paragraphs}
        days = (period.first, period.last)
        sums: Counter[str] = Counter()
        for world, demands, work in told.each:
            sums.update(oracle.totals(world, period.resolution, demands, *days, work))
            for paragraph in world.paragraphs:
                if paragraph.resolution is not period.resolution:
                    continue
                cell, own = cells.pop(paragraph.number)
                under = oracle.mandates_under(world, paragraph)
                assert cell_as_plain(cell) == oracle.figures(world, under, demands, *days, work)
                self.reached["Closed status of a paragraph"][cell.status] += 1
                states = states_of(demands, under, window)
                assert len(cell.states) == len(states)
                shown = public[paragraph.number]
                assert (shown["withheld"] == FEWER) == (0 < len(states) < FEWEST)
                if not shown["withheld"]:
                    assert shown["requesting_states"] == len(states)
                mandates = {
                    f"m{one.id}": one for one in world.mandates if one.paragraph is paragraph
                }
                for each in own:
                    mandate = mandates.pop(each.key)
                    meant = oracle.figures(world, [mandate], demands, *days, work)
                    assert cell_as_plain(each) == meant
                    assert len(each.states) == len(states_of(demands, [mandate], window))
                    self.reached["Closed status of a mandate"][each.status] += 1
                assert not mandates
        assert not cells
        whole = {"demands": found.whole.tally.demands, "served": found.whole.tally.served}
        assert {**found.totals, **whole} == dict(sums)
        for one in (closing.public, *public.values(), *_mandates(public)):
            asked = "shown" if one["requesting_states"] else "none asked"
            self.reached["Public number"][one["withheld"] or asked] += 1

    def count_rows(self, world: World, demands: list[Row], work: list[Row], period: Period) -> None:
        """How often each case occurs among the rows that were frozen."""
        case, made = self.reached["Closed row of a demand"], {d.id: d.on for d in world.deliveries}
        approved = {one.id: [on for on, _ in one.approvals] for one in world.activities}
        for row in demands:
            if row["resolution_id"] != period.resolution.id or row["opened_on"] > period.last:
                continue
            status = oracle.demand_status(row, period.last)
            self.reached["Closed status of a demand"][status] += 1
            if row["ended_on"] is not None and row["ended_on"] <= period.last:
                before = row["ended_on"] < period.first
                case["ended before the first day" if before else "ended in the period"] += 1
                self.reached["Ended in a closed period by"][row["ended_by"]] += 1
            elif oracle.is_in_figures(row, period.first, period.last):
                case["counted"] += 1
                self.reached["Closed flag"].update(flag for flag in DEMAND_FLAGS if row[flag])
            else:
                case["served before the first day"] += 1
            case["opened on the last day"] += row["opened_on"] == period.last
            days = [row[name] for name in (*STAGES, "ended_on") if row[name] is not None]
            case["a day after the last is cut off"] += any(day > period.last for day in days)
            case["a delivery after the last day is cut off"] += any(
                made[pk] > period.last for pk in row["delivery_ids"]
            )
            case["an activity approved after the last day is cut off"] += any(
                min(approved[pk]) > period.last for pk in row["activity_ids"]
            )
        for row in work:
            if row["resolution_id"] != period.resolution.id:
                continue
            alone = row["until"] is None or row["until"] > period.last
            if alone and oracle.stage_on(row, period.last):
                case["help without request"] += 1
                self.reached["Closed flag"][Flag.NO_RECORDED_REQUEST] += 1

    def revise(self, kept: Closed, told: Told, deeds: list[str]) -> None:
        """After corrections what was closed is as it was, and exactly what differs is listed."""
        assert verify(kept.closing).agrees
        self.reached["Closings"]["worked out again after corrections, the hash agrees"] += 1
        meant: dict[Place, list[str]] = {}
        for before, after, deed in zip(kept.rows, told.rows(kept.period), deeds, strict=True):
            own = revised(before, after)
            meant |= own
            if deed:
                self.reached["After closing"][f"{deed}: {FOLLOWS[0 if own else 1]}"] += 1
        found = {(one.kind, one.key): sorted(one.changed) for one in revisions_of(kept.closing)}
        assert found == {place: sorted(names) for place, names in meant.items()}

    def open_figures(self, told: Told, resolution: oracle.Resolution) -> None:
        """Beside the closings the figures as of today are those of the record."""
        days = (resolution.adopted_on, self.written.today)
        found = figures_of_resolution(
            self.resolutions[resolution.id], user=self.manager, window=Window(*days)
        )
        rows = {row.number: row for row in found.paragraphs}
        for world, demands, work in told.each:
            for paragraph in world.paragraphs:
                if paragraph.resolution is resolution:
                    under = oracle.mandates_under(world, paragraph)
                    meant = oracle.figures(world, under, demands, *days, work)
                    assert as_plain(rows.pop(paragraph.number)) == meant
        assert not rows
        self.reached["Closings"]["open figures beside it, as of today"] += 1


def _mandates(paragraphs: dict[str, Any]) -> list[Any]:
    return [mandate for paragraph in paragraphs.values() for mandate in paragraph["mandates"]]


def test_closed_periods_are_what_the_oracle_says(worlds_to_close: Groups, capsys: Any) -> None:
    closer = Closer(worlds_to_close)
    for worlds in worlds_to_close.groups:
        closer.group(worlds)
    tell(
        f"{len(worlds_to_close.worlds):,} worlds side by side in"
        f" {sum(len(group[0].resolutions) for group in worlds_to_close.groups):,} resolutions,"
        f" {closer.closed:,} periods closed",
        closer.reached,
        capsys,
    )
    assert missing(closer.reached, EVERY) == []


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
