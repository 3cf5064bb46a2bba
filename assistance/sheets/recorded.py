"""What is recorded, as the cells of the sheets would hold it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Delivery,
    RequestItem,
    SheetKind,
)
from assistance.sheets import cells
from assistance.sheets.asked import row_of_item
from assistance.sheets.columns import COLUMNS, Column, compared_columns
from assistance.sheets.keys import key_of
from assistance.sheets.vocabulary import Vocabulary

COUNTS = ("women", "men", "not_stated")


def with_sheet_parts(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Activities with all that their rows in the three sheets tell, in a fixed number of queries.

    Deliveries are ordered by day, links by mandate and item.
    """
    return activities.select_related("unit", "sheet_key").prefetch_related(
        "countries",
        "country_rows__country",
        "partners",
        "mandate_links__mandate__paragraph",
        "item_links__item__request",
        "deliveries__country",
        "deliveries__sheet_key",
        "deliveries__needs",
        "deliveries__evidence",
    )


def values_of(sheet: str, thing: Activity | Delivery) -> dict[str, Any]:
    """The cells of an activity or a delivery, by column."""
    return {column.name: value_of(column, thing) for column in compared_columns(sheet)}


def value_of(column: Column, thing: Any) -> Any:
    """One of them, as its cell is read."""
    if column.reads is cells.shares:
        return state_shares(thing)
    value = getattr(thing, column.of)
    if column.reads is cells.day:
        return value.isoformat() if value else None
    if column.reads is cells.states:
        return sorted(country.iso for country in value.all())
    if column.words == "states":
        return value.iso if value else ""
    if column.reads is cells.partners:
        return sorted(partner.code for partner in value.all())
    if column.reads is cells.amount:
        return None if value is None else f"{value:.2f}"
    if column.reads is cells.needs:
        return sorted(f"N-{need.pk}" for need in value.all())
    if column.reads is cells.addresses:
        return sorted(piece.url for piece in value.all() if piece.url)
    return value.code if column.words == "units" else value


def state_shares(activity: Activity) -> dict[str, str]:
    """The percentages of its cost, by the ISO code of the State."""
    rows = (row for row in activity.country_rows.all() if row.share is not None)
    return {row.country.iso: f"{row.share:.2f}" for row in rows}


def fields_of(sheet: str, values: Mapping[str, Any], known: Vocabulary) -> dict[str, Any]:
    """Cells by column as the fields that the services take, by name."""
    return {
        column.of: _meant(column, values[column.name], known)
        for column in compared_columns(sheet)
        if column.name in values
    }


def _meant(column: Column, value: Any, known: Vocabulary) -> Any:
    if column.reads is cells.day:
        return dt.date.fromisoformat(value) if value else None
    if column.reads is cells.states:
        return [known.countries[iso] for iso in value]
    if column.reads is cells.shares:
        return {known.countries[iso]: Decimal(share) for iso, share in value.items()}
    if column.words == "states":
        return known.countries[value] if value else None
    if column.reads is cells.partners:
        return [known.partners[code] for code in value]
    if column.reads is cells.amount:
        return None if value is None else Decimal(value)
    if column.reads is cells.needs:
        return [known.needs[code] for code in value]
    return known.units[value] if column.words == "units" else value


def link_values(link: ActivityMandate | ActivityItem) -> dict[str, Any]:
    """The cells of a link, by column; of one to an item neither weight nor share."""
    if isinstance(link, ActivityItem):
        return {"reason": link.reason}
    share = None if link.share is None else f"{link.share:.2f}"
    return {"weight": link.weight, "share": share, "reason": link.reason}


def item_name(ref: str | None, number: int) -> str:
    """An item as sheets name it."""
    return f"{ref}/{number}"


def rows_of(activities: Iterable[Activity]) -> dict[str, list[dict[str, Any]]]:
    """The rows of the three sheets, cells by column, in the reader's words."""
    known = Vocabulary()
    rows: dict[str, list[dict[str, Any]]] = {sheet: [] for sheet in SheetKind}
    for activity in activities:
        for sheet, values in _rows(activity):
            rows[sheet].append(in_cells(sheet, values, known))
    return rows


def _rows(activity: Activity) -> Iterator[tuple[str, dict[str, Any]]]:
    key = {"activity": key_of(activity)}
    yield (
        SheetKind.ACTIVITIES,
        {**key, **values_of(SheetKind.ACTIVITIES, activity), "revision": activity.revision},
    )
    for delivery in activity.deliveries.all():
        own = {"key": key_of(delivery), "revision": delivery.revision}
        yield SheetKind.DELIVERIES, {**key, **values_of(SheetKind.DELIVERIES, delivery), **own}
    for link in activity.mandate_links.all():
        if link.state != "rejected":
            mandate = {"mandate": link.mandate.identifier}
            yield SheetKind.LINKS, {**key, **mandate, **link_values(link)}
    for answer in activity.item_links.all():
        if answer.state != "rejected":
            item = {"item": item_name(answer.item.request.ref, answer.item.n)}
            yield SheetKind.LINKS, {**key, **item, **link_values(answer)}


def rows_of_requests(items: Iterable[RequestItem]) -> dict[str, list[dict[str, Any]]]:
    """The rows of what States asked for, in the reader's words."""
    known, sheet = Vocabulary(), SheetKind.REQUESTS
    return {sheet: [in_cells(sheet, row_of_item(item), known) for item in items]}


def in_cells(sheet: str, values: Mapping[str, Any], known: Vocabulary) -> dict[str, Any]:
    """Values as a workbook shows them: words of the reader's language, real dates, numbers."""
    return {
        column.name: in_cell(column, values[column.name], known)
        for column in COLUMNS[sheet]
        if column.name in values
    }


def in_cell(column: Column, value: Any, known: Vocabulary) -> Any:
    """One value as a workbook shows it."""
    if column.reads is cells.day:
        return dt.date.fromisoformat(value) if value else None
    if column.reads in {cells.share, cells.amount}:
        return float(value) if value else None
    return cells.shown(value, column.words, known)
