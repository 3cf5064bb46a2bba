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
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assistance.coverage.behind import Behind
from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import Demand, DemandKind, EndedBy, WorkWithoutDemand
from assistance.coverage.querysets import DemandQuerySet, WorkWithoutDemandQuerySet
from assistance.coverage.status import OF_DEMANDS, SERVED
from assistance.coverage.window import Window, WindowError
from assistance.models import Activity, HelpKind, RequestItem
from directory import policy
from directory.filters import OrderingFilter
from directory.models import Country, Entity, EntityKind
from directory.regions import AREAS, SUBREGIONS, region_name
from mandates.models import DeliveryKind, Facet, Mandate, ParagraphKind, Resolution, Theme
from mandates.querysets import MandateQuerySet

ANY_REASON = "any"
NONE = "none"
"""As a region: demands that name no State, such as needs; as a theme: mandates without one."""
PARAGRAPH_DEPTH = 3
NARROWING = ("region", "state", "theme", "unit", "help")
"""What narrows figures, by the names that every page, endpoint and export takes."""

HELP_OF_DELIVERY: Mapping[HelpKind, tuple[DeliveryKind, ...]] = {
    HelpKind.TRAINING: (
        DeliveryKind.TRAINING,
        DeliveryKind.E_LEARNING,
        DeliveryKind.STUDY_VISIT,
        DeliveryKind.EXPERT_MEETING,
    ),
    HelpKind.TOOL: (DeliveryKind.TOOL,),
    HelpKind.LAW: (DeliveryKind.DRAFTING,),
    HelpKind.EXPERT: (DeliveryKind.MENTORING, DeliveryKind.ADVISORY_MISSION),
    HelpKind.EQUIPMENT: (DeliveryKind.EQUIPMENT,),
    HelpKind.NOT_SURE: (DeliveryKind.COORDINATION,),
}
"""What needs and activities give, in the words in which States ask."""


def of_paragraph(number: str) -> Q:
    """Rows of an operative paragraph and of its sub-paragraphs."""
    place, found = "paragraph", Q()
    for _level in range(PARAGRAPH_DEPTH):
        found |= Q(**{f"{place}__number": number, f"{place}__kind": ParagraphKind.OPERATIVE})
        place += "__parent"
    return found


def narrow_demands(demands: DemandQuerySet, wanted: Mapping[str, str]) -> DemandQuerySet:
    """Only the demands of what is `wanted`, by the names of `NARROWING`, each a code.

    A unit's demands are those of the mandates it leads and those that its activities serve; a
    theme's those of the mandates that speak of it or of a theme below it.
    """
    if wanted.get("region") == NONE:
        demands = demands.filter(country_ids=[])
    elif region := wanted.get("region"):
        demands = demands.filter(
            country_ids__overlap=Country.objects.filter(region=region).values("pk")
        )
    if state := wanted.get("state"):
        demands = demands.filter(
            country_ids__overlap=Country.objects.filter(iso=state).values("pk")
        )
    if wanted.get("theme") == NONE:
        demands = demands.exclude(mandate__in=_with_a_theme())
    elif theme := wanted.get("theme"):
        demands = demands.filter(mandate__in=_speaking_of(theme))
    if unit := wanted.get("unit"):
        led = Activity.objects.filter(unit__code=unit)
        demands = demands.filter(
            Q(mandate__lead_unit__code=unit) | Q(activity_ids__overlap=led.values("pk"))
        )
    if kind := wanted.get("help"):
        demands = demands.filter(
            Q(item__help_kinds__contains=[kind])
            | Q(need__kind__in=HELP_OF_DELIVERY[HelpKind(kind)])
        )
    return demands


def narrow_work(
    work: WorkWithoutDemandQuerySet, wanted: Mapping[str, str]
) -> WorkWithoutDemandQuerySet:
    """Only the work of what is `wanted`, as `narrow_demands` does for demands."""
    if wanted.get("region") == NONE:
        work = work.exclude(_for_countries(Country.objects.all()))
    elif region := wanted.get("region"):
        work = work.filter(_for_countries(Country.objects.filter(region=region)))
    if state := wanted.get("state"):
        work = work.filter(_for_countries(Country.objects.filter(iso=state)))
    if wanted.get("theme") == NONE:
        themed = RequestItem.objects.filter(themes__isnull=False)
        work = work.exclude(Q(mandate__in=_with_a_theme()) | Q(item__in=themed.values("pk")))
    elif theme := wanted.get("theme"):
        work = work.filter(
            Q(mandate__in=_speaking_of(theme))
            | Q(item__themes__in=Theme.objects.filter(_theme_or_below(theme)).values("pk"))
        ).distinct()
    if unit := wanted.get("unit"):
        work = work.filter(activity__unit__code=unit)
    if kind := wanted.get("help"):
        work = work.filter(
            Q(item__help_kinds__contains=[kind])
            | Q(activity__kind__in=HELP_OF_DELIVERY[HelpKind(kind)])
        )
    return work


def _for_countries(countries: QuerySet[Country]) -> Q:
    activities = Activity.objects.filter(
        Q(countries__in=countries) | Q(deliveries__country__in=countries)
    )
    items = RequestItem.objects.filter(request__states__in=countries)
    return Q(activity__in=activities.values("pk")) | Q(item__in=items.values("pk"))


def _theme_or_below(code: str, prefix: str = "") -> Q:
    return Q(**{f"{prefix}code": code}) | Q(**{f"{prefix}parent__code": code})


def _with_a_theme() -> Any:
    return Facet.objects.filter(theme__isnull=False).values("mandate")


def _speaking_of(code: str) -> Any:
    """The mandates of a theme or of one below it."""
    return Facet.objects.filter(_theme_or_below(code, "theme__")).values("mandate")


def narrowing_of(cleaned: Mapping[str, Any]) -> dict[str, str]:
    """What was chosen of `NARROWING` in a form, as the codes that the figures take."""
    chosen = {
        "region": cleaned.get("region"),
        "state": getattr(cleaned.get("state"), "iso", ""),
        "theme": getattr(cleaned.get("theme"), "code", cleaned.get("theme")),
        "unit": getattr(cleaned.get("unit"), "code", ""),
        "help": cleaned.get("help"),
    }
    return {name: str(code) for name, code in chosen.items() if code}


def regions() -> list[tuple[str, str]]:
    """The regions to choose from, by name, with the demands that name no State last."""
    named = sorted(((code, region_name(code)) for code in SUBREGIONS), key=lambda one: one[1])
    return [*named, (NONE, str(_("No State named")))]


def areas() -> list[tuple[str, str]]:
    """The regions of reports, each of several of those above."""
    return [(code, region_name(code)) for code in AREAS]


def in_area(code: str) -> QuerySet[Country]:
    """The States of a region of reports."""
    return Country.objects.filter(region__in=AREAS[code])


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
    region = filters.ChoiceFilter(
        choices=regions, label=_("Region"), empty_label=_("All"), method="as_narrowed"
    )
    state = filters.ModelChoiceFilter(
        queryset=Country.objects.all(), to_field_name="iso", label=_("State"), method="as_narrowed"
    )
    theme = filters.ModelChoiceFilter(
        queryset=Theme.objects.all(),
        to_field_name="code",
        null_label=_("No theme"),
        null_value=NONE,
        label=_("Theme"),
        method="as_narrowed",
    )
    unit = filters.ModelChoiceFilter(
        queryset=Entity.objects.filter(kind=EntityKind.UNIT),
        to_field_name="code",
        label=_("Lead unit"),
        method="as_narrowed",
    )
    help = filters.ChoiceFilter(
        choices=HelpKind.choices,
        label=_("Kind of help"),
        empty_label=_("All"),
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
        """Region, State, theme, unit and kind of help as codes, as the figures take them."""
        return narrowing_of(self.form.cleaned_data)

    def filter_paragraph(self, rows: QuerySet[Any], _name: str, number: str) -> QuerySet[Any]:
        """Rows of a paragraph, sub-paragraphs included."""
        return rows.filter(of_paragraph(number))

    def as_narrowed(self, rows: QuerySet[Any], _name: str, _value: object) -> QuerySet[Any]:
        """Leaves the rows: `filter_queryset` reads this value together with the others."""
        return rows


class Flow(models.TextChoices):
    """What can happen to a demand within a period."""

    ASKED = "asked", _("Asked within the period")
    SERVED = "served", _("Served within the period")


class DemandFilter(CoverageFilter):
    """Demands that a number counts: by default those open on the last day of the period.

    With `ended` those that ended within it, beside the denominator, for a reason or for any. With
    `flow` those that were asked, or served, within it, whatever became of them since.
    `asked_after` and `served_after` keep those of the period that are newer than a day.
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
    flow = filters.ChoiceFilter(
        choices=Flow.choices, label=_("Within the period"), method="as_narrowed"
    )
    area = filters.ChoiceFilter(
        choices=areas, label=_("Region of the report"), method="as_narrowed"
    )
    asked_after = filters.DateFilter(
        field_name="opened_on", lookup_expr="gt", label=_("Asked after")
    )
    served_after = filters.DateFilter(label=_("Served after"), method="as_narrowed")
    behind = filters.ChoiceFilter(
        choices=Behind.choices, label=_("Stays behind"), method="as_narrowed"
    )
    sort = OrderingFilter(
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
        elif wanted["flow"]:
            asked = wanted["flow"] == Flow.ASKED
            rows = rows.opened_in(window) if asked else rows.served_in(window)
        else:
            rows = rows.counted_in(window)
        if wanted["status"]:
            rows = rows.filter(Q(status__in=wanted["status"]))
        if wanted["served"] is not None:
            is_served = Q(status__in=[status.value for status in SERVED])
            rows = rows.filter(is_served if wanted["served"] else ~is_served)
        if code := wanted["area"]:
            rows = rows.filter(country_ids__overlap=in_area(code).values("pk"))
        if day := wanted["served_after"]:
            rows = rows.filter(delivered_on__gt=day, delivered_on__lte=window.last)
        if wanted["behind"]:
            rows = rows.standing_behind(window.last, inside=self.reads_inside).filter(
                Q(behind=wanted["behind"])
            )
        return rows.filter(**{wanted["flag"]: True}) if wanted["flag"] else rows

    @property
    def reads_inside(self) -> bool:
        """Whether whoever asks may know what UNODC does before it is approved."""
        return self.request is not None and policy.may(
            self.request.user, policy.Permission.READ_ALL_ACTIVITIES
        )


class DeliveredFilter(CoverageFilter):
    """Demands whose deliveries a flow counts: all of a place, whatever became of them.

    With `made` the deliveries of the place, also those that no demand stands for. `verified` and
    `area` are of deliveries (`assistance.coverage.flows`).
    """

    made = filters.BooleanFilter(
        label=_("Also help that no demand stands for"), method="as_narrowed"
    )
    verified = filters.BooleanFilter(label=_("With verified evidence"), method="as_narrowed")
    area = filters.ChoiceFilter(
        choices=areas, label=_("Region of the report"), method="as_narrowed"
    )

    class Meta(CoverageFilter.Meta):
        model = Demand
        fields: list[str] = []

    @property
    def clauses(self) -> MandateQuerySet:
        """The counted clauses of the place: resolution, paragraph, mandate, theme."""
        wanted, clauses = self.form.cleaned_data, Mandate.objects.counted()
        if resolution := wanted["resolution"]:
            clauses = clauses.filter(paragraph__resolution=resolution)
        if number := wanted["paragraph"]:
            clauses = clauses.filter(of_paragraph(number))
        if mandate := wanted["mandate"]:
            clauses = clauses.filter(pk=mandate.pk)
        theme = self.narrowing.get("theme")
        if theme == NONE:
            clauses = clauses.exclude(pk__in=_with_a_theme())
        elif theme:
            clauses = clauses.filter(pk__in=_speaking_of(theme))
        return clauses.filter(paragraph__kind=ParagraphKind.OPERATIVE)

    def filter_queryset(self, queryset: QuerySet[Demand]) -> DemandQuerySet:
        """The rows, narrowed; the period is one of the deliveries, not of the demands."""
        rows: DemandQuerySet = super().filter_queryset(queryset)
        return narrow_demands(rows, self.narrowing)


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

    `wanted` are further filters by name: `status`, `served`, `flag`, `ended`, those of `NARROWING`.
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
