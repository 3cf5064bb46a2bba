"""A table of figures with heads on both sides: paragraphs by region, by State, by quarter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from directory.statuses import Status


@dataclass(frozen=True)
class Head:
    """What a row or a column is of; `code` names it to programs, as the filters do."""

    words: str
    url: str = ""
    title: str = ""
    group: str = ""
    code: str = ""
    alone: str = ""
    """What it is called where the other heads are not beside it; its words when empty."""


@dataclass(frozen=True)
class Cell:
    """A figure: `number` rows stand behind it; `heat` is 0 to 3. Demands also by status."""

    number: int = 0
    url: str = ""
    words: str = ""
    heat: int = 0
    served: int | None = None
    by_status: Mapping[Status, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A row of the table, with its total."""

    head: Head
    cells: Sequence[Cell]
    total: Cell
    muted: bool = False


@dataclass(frozen=True)
class Matrix:
    """The table; `corner` says what the row heads are."""

    corner: str
    columns: Sequence[Head]
    lines: Sequence[Line]
    totals: Line

    @property
    def groups(self) -> list[tuple[str, int]]:
        """What stands above the columns, and over how many of them."""
        found: list[tuple[str, int]] = []
        for column in self.columns:
            if found and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1] + 1)
            else:
                found.append((column.group, 1))
        return found if any(name for name, _span in found) else []

    @property
    def labelled(self) -> list[tuple[Line, list[tuple[Head, Cell]]]]:
        """Each line with its cells under their columns; that of the totals stands apart."""
        return [(line, self.under(line)) for line in self.lines]

    @property
    def labelled_totals(self) -> list[tuple[Head, Cell]]:
        """The totals under their columns."""
        return self.under(self.totals)

    def under(self, line: Line) -> list[tuple[Head, Cell]]:
        """The cells of a line, each with the head of its column."""
        return list(zip(self.columns, line.cells, strict=True))

    def figures(self) -> Iterator[tuple[Head, Head, Cell]]:
        """Each figure with its row and column."""
        for line in self.lines:
            for column, cell in self.under(line):
                if cell.number:
                    yield line.head, column, cell


def heat_of(number: int) -> int:
    """How alarming so many open demands are: 0 to 3."""
    return 0 if number <= 0 else 1 if number == 1 else 2 if number <= 3 else 3
