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
