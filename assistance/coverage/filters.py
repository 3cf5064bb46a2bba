"""Which rows stand behind a number: the filters of the pages and of the API.

`DemandFilter` lists demands, `WorkFilter` work without a demand. Every count in
`assistance.coverage.figures` is the length of one of these lists; `rows_of` gives its query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import Demand, DemandKind, EndedBy, WorkWithoutDemand
from assistance.coverage.querysets import DemandQuerySet, WorkWithoutDemandQuerySet
from assistance.coverage.status import OF_DEMANDS, SERVED
from assistance.coverage.window import Window, WindowError
from assistance.models import Activity
from directory.models import Country, Entity, EntityKind
from mandates.models import Mandate, ParagraphKind, Resolution

ANY_REASON = "any"
PARAGRAPH_DEPTH = 3


def of_paragraph(number: str) -> Q:
    """Rows of an operative paragraph and of its sub-paragraphs."""
    place, found = "paragraph", Q()
    for _level in range(PARAGRAPH_DEPTH):
        found |= Q(**{f"{place}__number": number, f"{place}__kind": ParagraphKind.OPERATIVE})
        place += "__parent"
    return found


def narrow_demands(demands: DemandQuerySet, wanted: Mapping[str, Any]) -> DemandQuerySet:
    """Only the demands of a State (`state`, ISO code) and of a unit (`unit`, code).

    A unit's demands are those of the mandates it leads and those that its activities serve.
    """
    if state := wanted.get("state"):
        demands = demands.filter(
            country_ids__overlap=Country.objects.filter(iso=state).values("pk")
        )
    if unit := wanted.get("unit"):
        led = Activity.objects.filter(unit__code=unit)
        demands = demands.filter(
            Q(mandate__lead_unit__code=unit) | Q(activity_ids__overlap=led.values("pk"))
        )
    return demands


def narrow_work(
    work: WorkWithoutDemandQuerySet, wanted: Mapping[str, Any]
) -> WorkWithoutDemandQuerySet:
    """Only the work for a State and of a unit, as `narrow_demands` does for demands."""
    if state := wanted.get("state"):
        activities = Activity.objects.filter(
            Q(countries__iso=state) | Q(deliveries__country__iso=state)
        )
        work = work.filter(
            Q(activity__in=activities.values("pk")) | Q(item__request__states__iso=state)
        )
    if unit := wanted.get("unit"):
        work = work.filter(activity__unit__code=unit)
    return work


class WindowForm(forms.Form):
    """Says at the field when the days make no period."""

    window: Window

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "from" in self.errors or "to" in self.errors:
            return cleaned
        try:
            self.window = Window.of(
                cleaned.get("resolution"), cleaned.get("from"), cleaned.get("to")
            )
        except WindowError as error:
            self.add_error(error.field, str(error.message))
        return cleaned


class CoverageFilter(filters.FilterSet):
    """What both lists share: the place in a resolution, the period, State and unit."""

    resolution = filters.ModelChoiceFilter(
        queryset=Resolution.objects.all(), to_field_name="slug", label=_("Resolution")
    )
    paragraph = filters.CharFilter(label=_("Paragraph"), method="filter_paragraph")
    mandate = filters.ModelChoiceFilter(
        queryset=Mandate.objects.all(), to_field_name="identifier", label=_("Mandate")
    )
    state = filters.ModelChoiceFilter(
        queryset=Country.objects.all(), to_field_name="iso", label=_("State"), method="as_narrowed"
    )
    unit = filters.ModelChoiceFilter(
        queryset=Entity.objects.filter(kind=EntityKind.UNIT),
        to_field_name="code",
        label=_("Lead unit"),
        method="as_narrowed",
    )

    class Meta:
        form = WindowForm

    @classmethod
    def get_filters(cls) -> dict[str, filters.Filter]:
        """Adds the days: `from` is no name for an attribute."""
        days = {
            "from": filters.DateFilter(label=_("From"), method="as_narrowed"),
            "to": filters.DateFilter(label=_("To"), method="as_narrowed"),
        }
        return {**super().get_filters(), **days}

    @property
    def window(self) -> Window:
        """The period that the list is about; needs valid data."""
        window: Window = self.form.window
        return window

    @property
    def narrowing(self) -> dict[str, str]:
        """State and unit as codes, as the figures take them."""
        state, unit = (self.form.cleaned_data.get(name) for name in ("state", "unit"))
        return {
            **({"state": state.iso} if state else {}),
            **({"unit": unit.code} if unit else {}),
        }

    def filter_paragraph(self, rows: QuerySet[Any], _name: str, number: str) -> QuerySet[Any]:
        """Rows of a paragraph, sub-paragraphs included."""
        return rows.filter(of_paragraph(number))

    def as_narrowed(self, rows: QuerySet[Any], _name: str, _value: object) -> QuerySet[Any]:
        """Leaves the rows: `filter_queryset` reads this value together with the others."""
        return rows


class DemandFilter(CoverageFilter):
    """Demands that a number counts: by default those open on the last day of the period.

    With `ended` those that ended within it, beside the denominator, for a reason or for any.
    """

    status = filters.MultipleChoiceFilter(
        choices=[(status.value, status.label) for status in OF_DEMANDS],
        label=_("Status"),
        method="as_narrowed",
    )
    served = filters.BooleanFilter(label=_("Served"), method="as_narrowed")
    kind = filters.MultipleChoiceFilter(choices=DemandKind.choices, label=_("Owed for"))
    flag = filters.ChoiceFilter(
        choices=[(flag.value, flag.label) for flag in DEMAND_FLAGS],
        label=_("Flag"),
        empty_label=_("All"),
        method="as_narrowed",
    )
    ended = filters.ChoiceFilter(
        choices=[(ANY_REASON, _("For any reason")), *EndedBy.choices],
        label=_("Ended"),
        empty_label=_("All"),
        method="as_narrowed",
    )
    sort = filters.OrderingFilter(
        fields=(
            ("paragraph__position", "paragraph"),
            ("opened_on", "opened"),
            ("ended_on", "ended"),
            ("delivered_on", "delivered"),
        ),
        label=_("Order"),
    )

    class Meta(CoverageFilter.Meta):
        model = Demand
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Demand]) -> DemandQuerySet:
        """The rows, each with its `status` on the last day of the period."""
        wanted, window = self.form.cleaned_data, self.window
        rows: DemandQuerySet = super().filter_queryset(queryset)
        rows = narrow_demands(rows, self.narrowing).as_of(window.last)
        if reason := wanted["ended"]:
            rows = rows.ended_in(window)
            rows = rows if reason == ANY_REASON else rows.filter(ended_by=reason)
        else:
            rows = rows.counted_in(window)
        if wanted["status"]:
            rows = rows.filter(Q(status__in=wanted["status"]))
        if wanted["served"] is not None:
            is_served = Q(status__in=[status.value for status in SERVED])
            rows = rows.filter(is_served if wanted["served"] else ~is_served)
        return rows.filter(**{wanted["flag"]: True}) if wanted["flag"] else rows


class WorkFilter(CoverageFilter):
    """Work without a demand: help without a recorded request, or the tray of what is unlinked."""

    flag = filters.ChoiceFilter(
        choices=[(flag.value, flag.label) for flag in (Flag.NO_RECORDED_REQUEST, Flag.UNLINKED)],
        label=_("Flag"),
        empty_label=_("All"),
        method="as_narrowed",
    )
    kind = filters.ChoiceFilter(
        choices=[("item", _("Items of requests")), ("activity", _("Activities"))],
        label=_("What it is"),
        empty_label=_("All"),
        method="as_narrowed",
    )

    class Meta(CoverageFilter.Meta):
        model = WorkWithoutDemand
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[WorkWithoutDemand]) -> WorkWithoutDemandQuerySet:
        """The rows as of the last day of the period; the tray always as of today."""
        wanted = self.form.cleaned_data
        rows: WorkWithoutDemandQuerySet = super().filter_queryset(queryset)
        rows = narrow_work(rows, self.narrowing)
        if wanted["flag"] == Flag.NO_RECORDED_REQUEST:
            rows = rows.without_request(self.window.last)
        else:
            rows = rows.unlinked()
        return rows.filter(**{f"{wanted['kind']}__isnull": False}) if wanted["kind"] else rows


def rows_of(
    window: Window,
    *,
    resolution: Resolution | None = None,
    paragraph: str = "",
    mandate: str = "",
    **wanted: str | Sequence[str],
) -> str:
    """The query string that lists exactly the rows of a number.

    `wanted` are further filters by name: `status`, `served`, `kind`, `flag`, `ended`, `state`,
    `unit`.
    """
    query = {
        "resolution": resolution.slug if resolution else "",
        "paragraph": paragraph,
        "mandate": mandate,
        "from": window.first.isoformat() if window.first > dt.date.min else "",
        "to": window.last.isoformat(),
        **wanted,
    }
    return urlencode({name: value for name, value in query.items() if value}, doseq=True)
