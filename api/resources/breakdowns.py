"""A resolution's figures by place, quarter, step and theme: one shape for all, declared once.

Each becomes `GET /resolutions/{slug}/<name>/`, and reads what its page reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.addresses import in_the_api
from api.base import Resource
from api.etags import tagged
from api.filtering import check_parameters
from api.problems import BadParameters
from api.resources.coverage import FILTERS, WindowSerializer, narrowing_asked, window_of
from assistance.coverage.filters import NARROWING
from assistance.coverage.gaps import Gap
from assistance.coverage.gaps import Matrix as GapMatrix
from assistance.coverage.status import DEFINITION, OF_DEMANDS, roll_up
from dashboards.breakdowns.chain import chain
from dashboards.breakdowns.matrix import Cell, Head, Line, Matrix
from dashboards.breakdowns.places import places
from dashboards.breakdowns.quarters import Measure, quarters
from dashboards.breakdowns.themes import themes
from dashboards.links import Rows
from directory import policy
from directory.policy import Permission, Person

STATUSES = [(one.value, one.label) for one in OF_DEMANDS]


class HeadSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="As the filters take it.")
    name = serializers.CharField(help_text="In the language of the call.")


class FigureSerializer(serializers.Serializer[Any]):
    """A number and its rows; `row` or `column` null: over all of them."""

    row = serializers.CharField(allow_null=True)
    column = serializers.CharField(allow_null=True)
    number = serializers.IntegerField()
    served = serializers.IntegerField(allow_null=True, help_text="Where demands are counted.")
    status = serializers.ChoiceField(STATUSES, allow_null=True, help_text="Of them together.")
    by_status = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many demands stand at each."
    )
    rows_url = serializers.URLField(help_text="Lists exactly the rows counted.")


class TableSerializer(serializers.Serializer[Any]):
    """Figures with heads on both sides; those not listed are 0."""

    rows = HeadSerializer(many=True)
    columns = HeadSerializer(many=True)
    figures = FigureSerializer(many=True)


class BreakdownSerializer(TableSerializer):
    """A table of a resolution's figures.

    What counts in two rows or columns counts once where `row` or `column` is null.
    """

    definition = serializers.CharField(help_text="Version of the definition of coverage.")
    window = WindowSerializer()


@dataclass(frozen=True)
class Table:
    """Heads on both sides, and between them figures: row, column, and the number with its rows."""

    rows: Iterable[Head]
    columns: Iterable[Head]
    figures: Iterable[tuple[str | None, str | None, Cell]]

    def told(self, request: Request) -> dict[str, Any]:
        """As it is answered; noughts are left out."""
        return {
            "rows": [_head(one) for one in self.rows],
            "columns": [_head(one) for one in self.columns],
            "figures": [
                {
                    "row": row,
                    "column": column,
                    "number": cell.number,
                    "served": cell.served,
                    "status": roll_up(cell.by_status) if cell.by_status else None,
                    "by_status": dict(cell.by_status),
                    "rows_url": in_the_api(request, cell.url),
                }
                for row, column, cell in self.figures
                if cell.number
            ],
        }


def _head(head: Head) -> dict[str, str]:
    return {"code": head.code, "name": head.title or head.words}


def of_matrix(matrix: Matrix) -> Table:
    """The table of paragraphs or States by region, paragraph or quarter."""

    def cells(row: str | None, line: Line) -> list[tuple[str | None, str | None, Cell]]:
        return [
            *((row, head.code, c) for head, c in zip(matrix.columns, line.cells, strict=True)),
            (row, None, line.total),
        ]

    return Table(
        [line.head for line in matrix.lines],
        matrix.columns,
        [
            *(one for line in matrix.lines for one in cells(line.head.code, line)),
            *cells(None, matrix.totals),
        ],
    )


def of_gaps(matrix: GapMatrix, url: Callable[..., str]) -> Table:
    """The gaps by lead unit and kind; `url` gives the address of those of a `unit` and `kind`."""

    def line(head: Head, numbers: Counter[Gap]) -> Line:
        cells = [Cell(numbers[gap], url(unit=head.code, kind=gap.value)) for gap in matrix.kinds]
        return Line(head, cells, Cell(numbers.total(), url(unit=head.code)))

    named = [
        (one.unit.name if one.unit else _("No lead unit yet"), one.code, one.numbers)
        for one in matrix.lines
    ]
    return of_matrix(
        Matrix(
            "",
            [Head(str(gap.label), code=gap.value) for gap in matrix.kinds],
            [line(Head(name, code=code), numbers) for name, code, numbers in named],
            line(Head(""), matrix.total),
        )
    )


class PlaceKind(TextChoices):
    """By which places demands are counted."""

    REGION = "region", gettext_lazy("Regions")
    STATE = "state", gettext_lazy("States")


def _places(user: Person, rows: Rows, by: str) -> Table:
    by_state = by == PlaceKind.STATE
    if by_state and not policy.may(user, Permission.READ_ALL_REQUESTS):
        raise PermissionDenied
    return of_matrix(places(user, rows, by_state=by_state).matrix)


def _quarters(user: Person, rows: Rows, show: str) -> Table:
    return of_matrix(quarters(user, rows, Measure(show)).matrix)


def _steps(user: Person, rows: Rows, _choice: str) -> Table:
    found = chain(user, rows)
    reasons = {reason.behind: None for step in found.steps for reason in step.reasons}
    bare = Gap.NO_EVIDENCE
    return Table(
        [Head(step.words, code=step.code) for step in found.steps],
        [Head(str(one.label), code=one.value) for one in (*reasons, bare)],
        [
            *((step.code, None, Cell(step.number, step.url)) for step in found.steps),
            *(
                (step.code, reason.behind.value, Cell(reason.number, reason.url))
                for step in found.steps
                for reason in step.reasons
            ),
            ("delivered", bare.value, Cell(found.without_evidence, found.evidence_url)),
            (None, None, Cell(found.asked, found.steps[0].url)),
        ],
    )


def _themes(user: Person, rows: Rows, _choice: str) -> Table:
    found = themes(user, rows)
    groups = [(line.code, line.group, line.url) for line in found.lines]
    return Table(
        [Head(line.words, code=line.code) for line in found.lines],
        [],
        [
            (code, None, Cell(group.demands, url, served=group.served, by_status=group.by_status))
            for code, group, url in (*groups, (None, found.demands, rows.demands()))
        ],
    )


@dataclass(frozen=True)
class Breakdown:
    """A view of the figures: its name in the address, its words, what it reads, its one choice."""

    name: str
    words: str
    read: Callable[[Person, Rows, str], Table]
    choice: tuple[str, type[TextChoices]] | None = None


BREAKDOWNS = (
    Breakdown(
        "places",
        "A resolution's demands by paragraph and region, or by State and paragraph\n\n"
        "`by=state` is for those who read all requests; the code `none` stands for demands that "
        "name no State. What two States asked counts in both, and once where all are counted.",
        _places,
        ("by", PlaceKind),
    ),
    Breakdown(
        "quarters",
        "What was delivered, asked or served under each paragraph, by quarter\n\n"
        "Flows add up: each delivery and each demand stands in the one quarter it happened in.",
        _quarters,
        ("show", Measure),
    ),
    Breakdown(
        "steps",
        "How far a resolution's demands came from request to confirmed delivery\n\n"
        "With a `column` the demands that go no further than the step of their `row`, by reason; "
        "with `no_evidence` those delivered that no verified evidence shows yet.",
        _steps,
    ),
    Breakdown(
        "themes",
        "A resolution's demands by theme\n\n"
        "An upper theme counts those below it; a demand under two themes counts in both.",
        _themes,
    ),
)


def with_breakdowns(resource: type[Resource]) -> type[Resource]:
    """Gives the resource of resolutions an address for each view of the figures."""
    for one in BREAKDOWNS:
        setattr(resource, one.name, _action(one))
    needs = {one.name: Permission.READ_COVERAGE for one in BREAKDOWNS}
    resource.needs = {**resource.needs, **needs}
    return resource


def _action(one: Breakdown) -> Any:
    def answer(self: Resource, request: Request, slug: str) -> Response:
        check_parameters(request, {"from", "to", *NARROWING, *(one.choice or ())[:1]})
        window = window_of(self.thing, request)
        rows = Rows(self.thing, window, narrowing_asked(request))
        table = one.read(request.user, rows, _chosen(one, request))
        data = {
            "definition": DEFINITION,
            "window": {"from": window.first, "to": window.last},
            **table.told(request),
        }
        return tagged(request, self.thing, Response(data))

    answer.__name__, answer.__doc__ = one.name, one.words
    act = action(detail=True, filter_backends=[], pagination_class=None)(answer)
    return extend_schema(
        parameters=[*FILTERS, *_parameters(one)], responses=BreakdownSerializer, filters=False
    )(act)


def _parameters(one: Breakdown) -> list[OpenApiParameter]:
    if one.choice is None:
        return []
    name, choices = one.choice
    return [OpenApiParameter(name, str, enum=choices.values, default=choices.values[0])]


def _chosen(one: Breakdown, request: Request) -> str:
    """What was chosen, the first when nothing was; refuses (400) what there is not."""
    if one.choice is None:
        return ""
    name, choices = one.choice
    chosen = request.query_params.get(name) or choices.values[0]
    if chosen not in choices.values:
        raise BadParameters({name: [_("Choose one of: %s.") % ", ".join(choices.values)]})
    return str(chosen)
