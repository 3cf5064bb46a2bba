"""The demonstration world many times over: the same rows with other keys."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from assistance import models as assistance
from assistance.coverage.kept import keep_all

COPIED: tuple[type[models.Model], ...] = (
    assistance.AssistanceRequest,
    assistance.RequestState,
    assistance.RequestItem,
    assistance.RequestItem.themes.through,
    assistance.RequestEvent,
    assistance.Message,
    assistance.Activity,
    assistance.Activity.countries.through,
    assistance.Approval,
    assistance.Delivery,
    assistance.DeliveryItem,
    assistance.DeliveryNeed,
    assistance.Evidence,
    assistance.Reply,
    assistance.ItemMandate,
    assistance.ActivityMandate,
    assistance.ActivityItem,
)
"""In the order in which they refer to each other."""

APART = 1_000_000
"""How far the keys of two copies lie from each other."""


def multiply(times: int) -> dict[str, int]:
    """Make `times` worlds of the one there is; how many rows each table has then.

    Wants a connection of the owner. References and keys that may stand once are changed with the
    copy; people, States, mandates and needs are shared by all copies.
    """
    tables = [model._meta.db_table for model in COPIED]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')  # no history of copies
        for model in COPIED:
            cursor.execute(_insert(model), {"times": times, "apart": APART})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
            cursor.execute(f'ANALYZE "{table}"')
    keep_all()
    return {model._meta.db_table: model._default_manager.count() for model in COPIED}


def _insert(model: type[models.Model]) -> str:
    """Each row of the first world again for each copy."""
    columns = [field for field in model._meta.concrete_fields if not field.generated]
    names = ", ".join(f'"{field.column}"' for field in columns)
    values = ", ".join(_value(field) for field in columns)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} '
        f'FROM "{model._meta.db_table}" AS one, generate_series(1, %(times)s - 1) AS copy '
        f"WHERE one.id < %(apart)s"
    )


def _value(field: models.Field[Any, Any]) -> str:
    column = f'one."{field.column}"'
    if field.primary_key or field.related_model in COPIED:
        return f"{column} + copy * %(apart)s"
    if field.column == "ref":
        number = f"substr({column}, 9)::int + copy * 100000"
        return f"substr({column}, 1, 8) || ({number})"
    if field.unique:
        return "gen_random_uuid()" if isinstance(field, models.UUIDField) else "NULL"
    return column
