"""The demands that a resolution's figures count, read once for every table that groups them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assistance.coverage.filters import narrow_demands
from assistance.coverage.models import Demand
from assistance.coverage.querysets import DemandQuerySet
from assistance.coverage.status import SERVED, roll_up
from assistance.coverage.window import Window
from dashboards.breakdowns.matrix import Head
from dashboards.links import Rows
from directory.models import Country
from directory.policy import Person
from directory.statuses import Status
from mandates.models import Paragraph, ParagraphKind, Resolution


@dataclass(frozen=True)
class Standing:
    """A demand where it stands on the last day of the period."""

    paragraph: int
    mandate: int
    status: Status
    countries: tuple[int, ...]


class Group:
    """How many demands stand where, of one cell or line."""

    def __init__(self, statuses: Iterable[Status] = ()) -> None:
        self.by_status = Counter(statuses)

    @classmethod
    def of(cls, by_status: Counter[Status]) -> Group:
        """The group of demands that were counted already."""
        group = cls()
        group.by_status = by_status
        return group

    def add(self, status: Status) -> None:
        """Counts one more."""
        self.by_status[status] += 1

    @property
    def demands(self) -> int:
        """All of them."""
        return self.by_status.total()

    @property
    def served(self) -> int:
        """Those delivered or evidenced."""
        return sum(self.by_status[status] for status in SERVED)

    @property
    def open(self) -> int:
        """The others."""
        return self.demands - self.served

    @property
    def status(self) -> Status:
        """Their status together."""
        return roll_up(self.by_status)


def demands_of(
    resolution: Resolution, user: Person, narrowing: Mapping[str, str]
) -> DemandQuerySet:
    """The demands of a resolution that a person may see, narrowed."""
    return narrow_demands(
        Demand.objects.visible_to(user).filter(resolution=resolution), narrowing
    ).order_by()


def standings(demands: DemandQuerySet, window: Window) -> list[Standing]:
    """Those that the figures of a period count; one query."""
    rows = (
        demands.counted_in(window)
        .as_of(window.last)
        .values_list("paragraph_id", "mandate_id", "status", "country_ids")  # type: ignore[misc]
    )
    return [
        Standing(paragraph, mandate, Status(status), tuple(countries))
        for paragraph, mandate, status, countries in rows
    ]


def operative(resolution: Resolution) -> list[Paragraph]:
    """The operative paragraphs in the order of the text; one query."""
    found = resolution.paragraphs.filter(kind=ParagraphKind.OPERATIVE).order_by("position")
    return list(found)


def paragraph_head(paragraph: Paragraph, rows: Rows) -> Head:
    """The head of a paragraph, which opens its page."""
    number = paragraph.number
    alone = _("Paragraph %(number)s") % {"number": number}
    return Head(number, rows.paragraph(number), paragraph.label, code=number, alone=alone)


def ancestors(paragraphs: Iterable[Paragraph]) -> dict[int, list[int]]:
    """Each paragraph with those it stands in, itself first: rows count for all of them."""
    parents = {paragraph.pk: paragraph.parent_id for paragraph in paragraphs}
    found: dict[int, list[int]] = {}
    for key in parents:
        line, place = [], key
        while place is not None:
            line.append(place)
            place = parents.get(place)  # type: ignore[assignment]  # ends with None
        found[key] = line
    return found


def countries_of(rows: Iterable[Standing]) -> dict[int, Country]:
    """The States named; one query."""
    return Country.objects.in_bulk({pk for row in rows for pk in row.countries})
