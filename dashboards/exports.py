"""What a page of figures shows, as a file: CSV, workbook, and its chart as SVG or PNG."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from assistance.coverage.acts import Act
from assistance.coverage.status import DEFINITION
from dashboards.charts.files import png_of, svg_of
from dashboards.charts.shapes import Picture
from dashboards.forms import PeriodForm, without
from dashboards.links import Rows
from directory import policy
from directory.policy import Permission, Person
from directory.sheets import Figure, csv_file, xlsx_file
from directory.templatetags.dates import long_day
from directory.templatetags.ui import colon


@dataclass(frozen=True)
class Sheet:
    """The rows of a page. `Figure` cells carry the address of their rows, within the site."""

    name: str
    head: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    about: Sequence[tuple[Any, Any]] = field(default_factory=tuple)


def narrowed_to(form: PeriodForm, user: Person) -> list[tuple[str, str]]:
    """What narrows the figures that somebody reads, in words: filters, or the own rows alone."""
    own = not policy.may(user, Permission.READ_ALL_REQUESTS)
    counted = (_("What is counted"), _("only what the own State or organisation asked for"))
    return [*form.named.values(), *([counted] if own else [])]


def about_figures(rows: Rows, narrowed: Iterable[tuple[str, str]]) -> list[tuple[Any, Any]]:
    """What the figures of a resolution are of: its symbol, the days, what narrows them."""
    return [
        (_("Resolution"), rows.resolution.symbol),
        (_("Demands since"), rows.window.first),
        (_("Status as of"), rows.window.last),
        (_("Coverage definition"), DEFINITION),
        *narrowed,
    ]


def facts_of(rows: Rows, narrowed: Iterable[tuple[str, str]]) -> str:
    """The same in sentences, for below a picture."""
    sentence = _(
        "{symbol}, demands since {first}, status as of {last}, coverage definition {version}."
    ).format(
        symbol=rows.resolution.symbol,
        first=long_day(rows.window.first),
        last=long_day(rows.window.last),
        version=DEFINITION,
    )
    return " ".join([sentence, *(f"{label}{colon()}{words}." for label, words in narrowed)])


def in_words(acts: Iterable[Act]) -> str:
    """Because of which acts, in a cell."""
    return "; ".join(f"{act.on.isoformat()} {act.words}" for act in acts)


def address_of(request: HttpRequest) -> tuple[str, str]:
    """Where the rows of a file are shown, as a fact about it."""
    shown = without(request.GET, request.path, "format")
    return _("Address"), request.build_absolute_uri(shown)


def export_address(request: HttpRequest, kind: str = "csv") -> str:
    """The same page as a file of a kind."""
    base = without(request.GET, request.path, "format")
    return f"{base}{'&' if '?' in base else '?'}format={kind}"


def exports_of(
    request: HttpRequest, *, picture: bool = False, public: bool = False
) -> list[dict[str, str]]:
    """The files that this person may take from a page, each with its address.

    What is `public` may be taken by everybody who reads the page.
    """
    if not (public or policy.may(request.user, Permission.EXPORT)):
        return []
    kinds = ["csv", "xlsx", *(["svg", "png"] if picture else [])]
    labels = {"csv": _("Export CSV"), "xlsx": "XLSX", "svg": "SVG", "png": "PNG"}
    return [{"label": labels[kind], "url": export_address(request, kind)} for kind in kinds]


def exported(
    request: HttpRequest,
    make: Callable[[], Sheet],
    picture: Picture | None = None,
    facts: str = "",
    *,
    public: bool = False,
) -> HttpResponse | None:
    """The file that `?format=` asks for; None when none is asked for, or none may be had."""
    kind = request.GET.get("format", "")
    if kind not in FILES or not (public or policy.may(request.user, Permission.EXPORT)):
        return None
    if kind in {"csv", "xlsx"}:
        return FILES[kind](_with_whole_addresses(request, make()))
    return FILES[kind](make().name, picture, facts) if picture else None


def _with_whole_addresses(request: HttpRequest, sheet: Sheet) -> Sheet:
    def whole(cell: Any) -> Any:
        if isinstance(cell, Figure) and cell.url:
            return Figure(cell.number, request.build_absolute_uri(cell.url))
        return cell

    return Sheet(
        sheet.name, sheet.head, [[whole(cell) for cell in row] for row in sheet.rows], sheet.about
    )


def _picture_file(name: str, kind: str, content_type: str, content: str | bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


FILES: dict[str, Callable[..., HttpResponse]] = {
    "csv": lambda sheet: csv_file(sheet.name, sheet.head, sheet.rows, sheet.about),
    "xlsx": lambda sheet: xlsx_file(sheet.name, sheet.head, sheet.rows, sheet.about),
    "svg": lambda name, picture, facts: _picture_file(
        name, "svg", "image/svg+xml", svg_of(picture, facts)
    ),
    "png": lambda name, picture, facts: _picture_file(
        name, "png", "image/png", png_of(picture, facts)
    ),
}
