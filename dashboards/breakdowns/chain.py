"""From request to confirmed delivery: how far demands came, where the others stay, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assistance.coverage.behind import Behind
from assistance.coverage.models import DemandKind
from assistance.coverage.status import Status
from dashboards.breakdowns.standing import demands_of
from dashboards.charts.shapes import Bar, Bars, Segment, bars
from dashboards.links import Rows
from directory import policy
from directory.policy import Permission, Person


@dataclass(frozen=True)
class Reason:
    """Why some demands stay where they are."""

    behind: Behind
    number: int
    url: str


@dataclass(frozen=True)
class Step:
    """A step of the chain: how many reached it, and why others did not reach the next."""

    code: str
    words: str
    number: int
    url: str
    reasons: Sequence[Reason]

    @property
    def stay(self) -> int:
        """How many go no further."""
        return sum(reason.number for reason in self.reasons)


@dataclass(frozen=True)
class Chain:
    """The page; `asked` is the number of demands that the chain is about."""

    steps: Sequence[Step]
    picture: Bars
    asked: int
    confirmed: int
    without_evidence: int
    evidence_url: str


REACHED = {
    Status.UNMET: tuple(Status)[:5],
    Status.PLANNED: tuple(Status)[:4],
    Status.UNDER_WAY: tuple(Status)[:3],
    Status.DELIVERED: tuple(Status)[:2],
}
"""By the status of a step the statuses of those that reached it."""


def chain(user: Person, rows: Rows) -> Chain:
    """The steps of the demands that requests made; one query."""
    inside = policy.may(user, Permission.READ_ALL_ACTIVITIES)
    found = (
        demands_of(rows.resolution, user, rows.narrowing)
        .counted_in(rows.window)
        .as_of(rows.window.last)
        .standing_behind(rows.window.last, inside=inside)
        .values_list("status", "behind")  # type: ignore[misc]  # annotated just above
    )
    statuses: Counter[str] = Counter()
    stays: Counter[str] = Counter()
    for status, behind in found:
        statuses[status] += 1
        stays[behind] += 1
    of_items = {"kind": DemandKind.ITEM.value}

    def reasons(*wanted: Behind) -> list[Reason]:
        return [
            Reason(one, stays[one], rows.demands(behind=one.value, **of_items))
            for one in wanted
            if stays[one]
        ]

    def step(code: str, words: str, status: Status) -> Step:
        reached = [one.value for one in REACHED[status]]
        wanted = [one for one in Behind if one.stays_at == status]
        return Step(
            code,
            words,
            sum(statuses[one] for one in reached),
            rows.demands(status=reached, **of_items),
            reasons(*wanted),
        )

    steps = [
        step("asked", _("Asked"), Status.UNMET),
        step("planned", _("Planned"), Status.PLANNED),
        step("begun", _("Begun"), Status.UNDER_WAY),
        step("delivered", _("Delivered to each State"), Status.DELIVERED),
        Step(
            "confirmed",
            _("Confirmed by each State"),
            stays[Behind.CONFIRMED],
            rows.demands(behind=Behind.CONFIRMED.value, **of_items),
            [],
        ),
    ]
    asked, confirmed = steps[0].number, steps[-1].number
    return Chain(
        steps=steps,
        picture=_picture(steps),
        asked=asked,
        confirmed=confirmed,
        without_evidence=statuses[Status.DELIVERED],
        evidence_url=rows.demands(status=Status.DELIVERED.value, **of_items),
    )


def _picture(steps: Sequence[Step]) -> Bars:
    asked, confirmed = steps[0].number, steps[-1].number
    summary = _("Of {asked} demands, {delivered} are delivered and {confirmed} confirmed.").format(
        asked=asked, delivered=steps[-2].number, confirmed=confirmed
    )
    return bars(
        _("From request to confirmed delivery"),
        summary,
        [
            Bar(
                step.words,
                _("{number} of {asked}").format(number=step.number, asked=asked),
                [Segment("step", step.number, f"{step.words}: {step.number}")],
            )
            for step in steps
        ],
    )
