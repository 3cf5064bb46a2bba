"""Two days beside each other: which demands stand elsewhere on the second, and by which act.

On the clock of the record (`RECORD`) both days are read from the record as it stands now: a demand
moves by what happened in between. On the clock of what was said (`SAID`) each is read from what the
nightly run had recorded by that day: a demand moves by what people did in between too.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from assistance.coverage.acts import Act, Rests, done
from assistance.coverage.events import dated
from assistance.coverage.models import CoverageRecord, Demand, EndedBy
from assistance.coverage.querysets import DemandQuerySet
from assistance.coverage.status import OF_DEMANDS, STAGES, Status, status_of_demand
from assistance.coverage.subjects import About, Subject, subjects
from assistance.coverage.window import Window
from directory.models import Country
from mandates.models import Mandate, Resolution

if TYPE_CHECKING:
    from directory.policy import Person


class Clock(models.TextChoices):
    """From where the two days are read."""

    RECORD = "record", _("As the record stands now")
    SAID = "said", _("As was said on each day")


class Move(models.TextChoices):
    """What became of a demand between the two days."""

    OPENED = "opened", _("Opened")
    FORWARD = "forward", _("Moved forward")
    BACK = "back", _("Moved back")
    ENDED = "ended", _("Ended")
    CAME_AND_WENT = "came_and_went", _("Opened and ended in between")
    REOPENED = "reopened", _("Open again")
    GONE = "gone", _("No longer there")


@dataclass(frozen=True)
class Standing:
    """How a demand stood on a day: its status, and why it was no longer open, if so."""

    status: Status
    ended_by: str = ""

    @property
    def why_ended(self) -> str:
        """The reason in words."""
        return str(EndedBy(self.ended_by).label) if self.ended_by else ""


Pair = tuple[Standing | None, Standing | None]


@dataclass(frozen=True)
class Change:
    """A demand that stands elsewhere on the second day; None where it was not there."""

    key: str
    move: Move
    before: Standing | None
    after: Standing | None
    acts: Sequence[Act]
    subject: Subject


@dataclass(frozen=True)
class Comparison:
    """All changes, and how many demands were open on each day by status.

    `recorded_since` is the day of the first nightly record on the clock of what was said: of a day
    before nothing can be told.
    """

    window: Window
    clock: Clock
    changes: Sequence[Change]
    before: Counter[Status]
    after: Counter[Status]
    recorded_since: dt.date | None = None

    @property
    def tells_before(self) -> bool:
        """Whether anything is known of the first day."""
        return self.clock == Clock.RECORD or self._recorded_by(self.window.first)

    @property
    def tells_after(self) -> bool:
        """Whether anything is known of the second day."""
        return self.clock == Clock.RECORD or self._recorded_by(self.window.last)

    def _recorded_by(self, day: dt.date) -> bool:
        return self.recorded_since is not None and self.recorded_since <= day

    @property
    def moves(self) -> Mapping[Move, int]:
        """How many demands moved in which way."""
        counted = Counter(change.move for change in self.changes)
        return {move: counted[move] for move in Move if counted[move]}


def compare(
    resolution: Resolution, *, user: Person, window: Window, clock: Clock = Clock.RECORD
) -> Comparison:
    """The two days of a window, in a constant number of queries.

    Both clocks read only what this person may know of.
    """
    demands = Demand.objects.visible_to(user).filter(resolution=resolution)
    demands = demands.order_by(
        "mandate__paragraph__position", "mandate__ordinal", "opened_on", "key"
    )
    if clock == Clock.SAID:
        return _as_said(resolution, demands, window)
    stood: dict[str, Pair] = {
        demand.key: (standing(demand, window.first), standing(demand, window.last))
        for demand in demands.filter(_has_a_day_within(window))
    }
    moved = {key: move for key, pair in stood.items() if (move := move_of(*pair))}
    rows = _moved(demands, moved)
    return Comparison(
        window=window,
        clock=clock,
        changes=_changes(
            stood, moved, dated(rows, after=window.first, until=window.last), _about(rows)
        ),
        before=_open_by_status(demands, window.first),
        after=_open_by_status(demands, window.last),
    )


def _has_a_day_within(window: Window) -> Q:
    """Whether anything is dated after the first day and not after the last: nothing else moves."""
    found = Q()
    for day in ("opened_on", "ended_on", *STAGES.values()):
        found |= Q(**{f"{day}__gt": window.first, f"{day}__lte": window.last})
    return found


def _moved(demands: DemandQuerySet, moved: Iterable[str]) -> list[Demand]:
    return list(demands.filter(key__in=list(moved)).select_related("item", "mandate__paragraph"))


def _open_by_status(demands: DemandQuerySet, day: dt.date) -> Counter[Status]:
    rows: Any = demands.open_on(day).as_of(day).order_by()
    rows = rows.values("status").annotate(number=Count("key"))
    return Counter({Status(row["status"]): row["number"] for row in rows})


def _as_said(resolution: Resolution, demands: DemandQuerySet, window: Window) -> Comparison:
    """The same from the nightly records; a demand that is gone since keeps its last row."""
    records = CoverageRecord.objects.filter(resolution=resolution)
    said = [
        {record.demand: record for record in records.latest_by(day)}
        for day in (window.first, window.last)
    ]
    present = list(demands.values_list("key", flat=True))
    keys = [key for key in present if key in said[1]]
    keys += sorted(said[1].keys() - set(present))  # what was there by the first day is here too
    stood = {
        key: (
            _recorded(said[0].get(key), window.first),
            _recorded(said[1].get(key), window.last),
        )
        for key in keys
    }
    moved = {key: move for key, pair in stood.items() if (move := move_of(*pair))}
    rows = {key: [day[key].row for day in said if key in day] for key in moved}
    acts = done(
        {key: _rests(both) for key, both in rows.items()},
        since=_midnight(window.first),
        until=_midnight(window.last + dt.timedelta(days=1)),
    )
    about = _about(_moved(demands, moved))
    about |= _about_rows({key: both[-1] for key, both in rows.items() if key not in about})
    return Comparison(
        window=window,
        clock=Clock.SAID,
        changes=_changes(stood, moved, acts, about),
        before=Counter(one.status for one, _two in stood.values() if one and not one.ended_by),
        after=Counter(two.status for _one, two in stood.values() if two and not two.ended_by),
        recorded_since=records.aggregate(first=Min("recorded_on"))["first"],
    )


def standing(demand: Demand, day: dt.date) -> Standing | None:
    """How a demand stood on a day; None before it opened."""
    if demand.opened_on > day:
        return None
    ended = demand.ended_on is not None and demand.ended_on <= day
    return Standing(status_of_demand(demand, day), demand.ended_by if ended else "")


def _recorded(record: CoverageRecord | None, day: dt.date) -> Standing | None:
    """How a demand stood as it was last recorded by a day."""
    if record is None or record.gone or record.row["opened_on"] > day.isoformat():
        return None
    ended = record.row["ended_on"] is not None and record.row["ended_on"] <= day.isoformat()
    return Standing(Status(record.status), record.row["ended_by"] if ended else "")


def move_of(before: Standing | None, after: Standing | None) -> Move | None:
    """What became of a demand; None when nothing did."""
    if before == after:
        return None
    if after is None:
        return Move.GONE
    if before is None:
        return Move.CAME_AND_WENT if after.ended_by else Move.OPENED
    if after.ended_by:
        # What an ended demand reached does not count, so that it has not moved again.
        return None if before.ended_by else Move.ENDED
    if before.ended_by:
        return Move.REOPENED
    further = OF_DEMANDS.index(after.status) < OF_DEMANDS.index(before.status)
    return Move.FORWARD if further else Move.BACK


def _changes(
    stood: Mapping[str, Pair],
    moved: Mapping[str, Move],
    acts: Mapping[str, list[Act]],
    about: Mapping[str, About],
) -> list[Change]:
    found = subjects((key, about[key]) for key in moved)
    return [
        Change(key, move, *stood[key], acts.get(key, []), found[key]) for key, move in moved.items()
    ]


def _about(demands: Any) -> dict[str, About]:
    isos = dict(Country.objects.values_list("pk", "iso"))
    return {
        demand.key: About(
            mandate=demand.mandate.identifier,
            kind=demand.kind,
            item=demand.item_id,
            need=demand.need_id,
            states=tuple(isos[pk] for pk in demand.country_ids),
        )
        for demand in demands
    }


def _about_rows(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, About]:
    isos = dict(Country.objects.values_list("pk", "iso"))
    mandates = dict(
        Mandate.objects.filter(pk__in={row["mandate_id"] for row in rows.values()}).values_list(
            "pk", "identifier"
        )
    )
    return {
        key: About(
            mandate=mandates.get(row["mandate_id"], ""),
            kind=row["kind"],
            item=row["item_id"],
            need=row["need_id"],
            states=tuple(isos[pk] for pk in row["country_ids"]),
        )
        for key, row in rows.items()
    }


def _rests(rows: Sequence[Mapping[str, Any]]) -> Rests:
    rests = Rests()
    for row in rows:
        rests.mandate.add(row["mandate_id"])
        rests.item |= {row["item_id"]} if row["item_id"] else set()
        rests.need |= {row["need_id"]} if row["need_id"] else set()
        rests.activities |= set(row["activity_ids"])
        rests.deliveries |= set(row["delivery_ids"])
    return rests


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
