"""Filters used in more than one app."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from directory.models import Country


class _StateField(filters.ModelChoiceFilter.field_class):  # type: ignore[misc, name-defined]
    def label_from_instance(self, obj: Country) -> str:
        return obj.name_with_former


class StateFilter(filters.ModelChoiceFilter):
    """A State by its ISO code; in the list it stands with its former names."""

    field_class = _StateField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("State"),
                "queryset": lambda request: Country.objects.by_name(),
                "to_field_name": "iso",
                "empty_label": _("All"),
                **kwargs,
            }
        )


class OrderingFilter(filters.OrderingFilter):
    """Orders rows, those that are alike by their key: so no page repeats a row or misses one."""

    def filter(self, qs: Any, value: Any) -> Any:
        """The rows in the order asked for."""
        ordered = super().filter(qs, value)
        return ordered.order_by(*ordered.query.order_by, "pk") if value else ordered
