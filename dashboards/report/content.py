"""What a report says, as plain data: gathered once, in one language, then written to any format."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from directory.statuses import Status


@dataclass(frozen=True)
class Figure:
    """A number that cites the rows it counts.

    `value` is None where the number is kept back; `few` then says that fewer than three States
    asked. `record` is the address of the list of these rows, below the site's.
    """

    name: str
    label: str
    value: int | None
    record: str
    few: bool = False


@dataclass(frozen=True)
class Note:
    """A note of the official text: printed after `offset` code points of the words."""

    offset: int
    mark: str
    words: str


@dataclass(frozen=True)
class OfficialWords:
    """The words of one paragraph in one language, unchanged; `italics` are ranges of them."""

    number: str
    language: str
    words: str
    notes: tuple[Note, ...] = ()
    italics: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Clause:
    """One mandate: what it is called unofficially, who is asked, whether it counts for UNODC."""

    identifier: str
    label: str
    kind: str
    addressees: tuple[str, ...]
    counted: bool
    basis: str


@dataclass(frozen=True)
class ActivityLine:
    """A public activity with what it delivered within the period."""

    title: str
    language: str
    unit: str
    kinds: tuple[str, ...]
    states: tuple[str, ...]
    first: dt.date
    last: dt.date
    deliveries: int
    verified: int
    record: str
    demonstration: bool


@dataclass(frozen=True)
class Need:
    """What a standing mandate takes, and how far it is."""

    words: str
    since: dt.date
    status: Status


@dataclass(frozen=True)
class Asked:
    """What States asked for: how many States, how many items, and how far these are.

    `kinds` are kinds of help that several States asked for.
    """

    states: Figure
    items: Figure
    served: Figure
    evidenced: Figure
    waiting: Figure
    kinds: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Figure]:
        return iter((self.states, self.items, self.served, self.evidenced, self.waiting))


@dataclass(frozen=True)
class Delivered:
    """What was delivered within the period, and how much of that is shown by verified evidence."""

    deliveries: Figure
    verified: Figure

    def __iter__(self) -> Iterator[Figure]:
        return iter((self.deliveries, self.verified))


@dataclass(frozen=True)
class Standing:
    """What is owed without a request: needs and standing mandates, and how many are served."""

    needs: Figure
    served: Figure
    rows: tuple[Need, ...] = ()

    def __iter__(self) -> Iterator[Figure]:
        return iter((self.needs, self.served))


@dataclass(frozen=True)
class ParagraphPart:
    """One operative paragraph, its lettered ones included. `status` is None where kept back."""

    number: str
    label: str
    asked_of: tuple[str, ...]
    counted: bool
    words: tuple[OfficialWords, ...]
    clauses: tuple[Clause, ...]
    status: Status | None
    asked: Asked
    standing: Standing
    delivered: Delivered
    activities: tuple[ActivityLine, ...]
    without_request: bool
    narrative: str

    @property
    def kept_back(self) -> bool:
        """Whether its figures of requests are not shown."""
        return self.asked.items.value is None

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All its figures in the order of the text."""
        return (*self.asked, *self.standing, *self.delivered)


@dataclass(frozen=True)
class RegionLine:
    """How many States of a region asked, and what was delivered to States of it."""

    name: str
    asked: Figure
    deliveries: Figure

    def __iter__(self) -> Iterator[Figure]:
        return iter((self.asked, self.deliveries))


@dataclass(frozen=True)
class Totals:
    """The figures of the whole resolution.

    `of_shown_only` says that `with_demand` and `mandates_served` are of those paragraphs alone
    whose figures are shown.
    """

    mandates: Figure
    counted: Figure
    with_demand: Figure
    mandates_served: Figure
    of_shown_only: bool
    asked: Asked
    ended: Figure
    standing: Standing
    delivered: Delivered

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All of them in the order of the text."""
        return (
            *(self.mandates, self.counted, self.with_demand, self.mandates_served),
            *(*self.asked, self.ended, *self.standing, *self.delivered),
        )


@dataclass(frozen=True)
class Obligation:
    """Where the resolution asks for this report: the paragraph, and the session it is due at."""

    number: str
    session: int | None


@dataclass(frozen=True)
class Closed:
    """The closed period whose frozen rows are counted: the day it was closed, and their SHA-256.

    `keeps_deliveries` is False of one closed before deliveries were kept: these are then counted
    as the record stands. `revised` are its rows that were corrected since.
    """

    on: dt.date
    sha256: str
    keeps_deliveries: bool
    revised: Figure


@dataclass(frozen=True)
class Content:
    """All that a report says; `closed` where it counts the rows of a closing."""

    symbol: str
    title: str
    title_language: str
    label: str
    language: str
    adopted_on: dt.date
    first: dt.date
    last: dt.date
    as_of: dt.date
    definition: str
    obligation: Obligation | None
    summary: str
    totals: Totals
    paragraphs: tuple[ParagraphPart, ...]
    regions: tuple[RegionLine, ...]
    demonstration: bool
    closed: Closed | None = None

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, each name once."""
        return (
            *self.totals.figures,
            *(figure for part in self.paragraphs if part.counted for figure in part.figures),
            *(figure for line in self.regions for figure in line),
            *([self.closed.revised] if self.closed else []),
        )

    @property
    def sha256(self) -> str:
        """The digest of all of it: what has the same digest has the same bytes in every format."""
        said = json.dumps(dataclasses.asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()
