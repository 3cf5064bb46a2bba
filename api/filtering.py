"""Lists narrowed by the filters of the pages: the same classes, the same names.

`?ordering=` is what the pages call `sort`. A parameter that no filter knows is refused, so that a
misspelt one never gives more rows than asked for.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django_filters import Filter
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request

from api.problems import BadParameters
from directory.filters import OrderingFilter

SORT, ORDERING = "sort", "ordering"
LARGEST = 2**63 - 1
PAGING = frozenset({"page", "page_size"})


class PageFilters(DjangoFilterBackend):
    """Reads a `FilterSet` strictly, and `ordering` as its `sort`."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """The rows asked for; refuses (400) parameters and values that mean nothing."""
        filterset = self.valid_filterset(request, queryset, view)
        return queryset if filterset is None else filterset.qs

    def valid_filterset(self, request: Request, queryset: Any, view: Any) -> Any:
        """The filter with what was asked for, or None where the list has none."""
        filterset = self.get_filterset(request, queryset, view)
        known = set(filterset.filters) if filterset else set()
        check_parameters(request, _public(known) | known)
        if filterset is not None and not filterset.is_valid():
            errors = {_outside(name): messages for name, messages in filterset.errors.items()}
            raise BadParameters(errors)
        return filterset

    def get_filterset_kwargs(self, request: Request, queryset: Any, view: Any) -> dict[str, Any]:
        """The parameters of the address, `ordering` under the name the pages use."""
        kwargs = super().get_filterset_kwargs(request, queryset, view)
        sent = request.query_params.copy()
        if ORDERING in sent:
            sent.setlist(SORT, sent.pop(ORDERING))
        return {**kwargs, "data": sent}


def check_parameters(request: Request, known: set[str]) -> None:
    """Refuse parameters that mean nothing here, and pages that are no numbers."""
    errors = {
        name: [_("There is no such parameter here.")]
        for name in request.query_params
        if name not in known | PAGING
    }
    for name in PAGING & request.query_params.keys():
        value = request.query_params[name]
        if not (value.isascii() and value.isdigit() and int(value[:20]) > 0):
            errors[name] = [_("Give a whole number from 1 on.")]
    if errors:
        raise BadParameters(errors)


def _outside(name: str) -> str:
    return ORDERING if name == SORT else name


def _public(names: set[str]) -> set[str]:
    return {_outside(name) for name in names}


def ordering(*pairs: tuple[str, str]) -> OrderingFilter:
    """The `sort` filter of a list that has no page."""
    return OrderingFilter(fields=pairs, label=_("Order"))


class IdFilter(Filter):
    """Rows by a whole number that a database holds as an id."""

    field_class = forms.IntegerField


def by_id(label: str, **kwargs: Any) -> Filter:
    """The filter of a list by the id of something."""
    narrowed = IdFilter(label=label, min_value=1, max_value=LARGEST, **kwargs)
    return extend_schema_field(OpenApiTypes.INT64)(narrowed)  # type: ignore[no-any-return]
