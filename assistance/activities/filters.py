"""Which activities a list shows: the filters of the page and of the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import BooleanWidget

from assistance.activities.access import sees_all
from assistance.coverage.filters import PARAGRAPH_DEPTH
from assistance.models import Activity, ActivityMandate, ActivityStatus, Visibility
from directory.filters import OrderingFilter, StateFilter
from directory.models import Country, Entity, EntityKind
from directory.widgets import DayInput
from mandates.models import DeliveryKind, Mandate, ParagraphKind, Resolution

APPROVAL_STATES = [
    ("draft", _("Draft")),
    ("waiting", _("Waits for approval")),
    ("approved", _("Approved")),
]
INTERNAL = (
    *("resolution", "paragraph", "mandate", "approval", "overdue", "stale", "mine"),
    *("partner", "project", "series"),
)


class YesNoAll(BooleanWidget):
    """Yes, no, or no matter which."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = [("", _("All")), ("true", _("Yes")), ("false", _("No"))]


class ActivityFilter(filters.FilterSet):
    """Activities by words, plan, place in a resolution, approval and period.

    `from` and `to` keep what was going on within the period, by actual dates where there are any.
    Filters on internal matter are there only for those who read it.
    """

    text = filters.CharFilter(label=_("Words"), method="filter_text")
    status = filters.ChoiceFilter(
        choices=ActivityStatus.choices, label=_("Status"), empty_label=_("All")
    )
    kind = filters.ChoiceFilter(choices=DeliveryKind.choices, label=_("Kind"), empty_label=_("All"))
    state = StateFilter(method="filter_state")
    unit = filters.ModelChoiceFilter(
        queryset=Entity.objects.filter(kind=EntityKind.UNIT),
        to_field_name="code",
        label=_("Lead unit"),
        empty_label=_("All"),
    )
    resolution = filters.ModelChoiceFilter(
        queryset=Resolution.objects.all(),
        to_field_name="slug",
        label=_("Resolution"),
        empty_label=_("All"),
        method="filter_links",
    )
    paragraph = filters.CharFilter(label=_("Paragraph"), method="filter_links")
    mandate = filters.ModelChoiceFilter(
        queryset=Mandate.objects.select_related("paragraph"),
        to_field_name="identifier",
        label=_("Mandate"),
        empty_label=_("All"),
        method="filter_links",
    )
    approval = filters.ChoiceFilter(
        choices=APPROVAL_STATES, label=_("Approval"), empty_label=_("All")
    )
    overdue = filters.BooleanFilter(label=_("Overdue"), method="filter_overdue", widget=YesNoAll())
    stale = filters.BooleanFilter(label=_("Stale"), method="filter_stale", widget=YesNoAll())
    partner = filters.ModelChoiceFilter(
        queryset=Entity.objects.exclude(kind=EntityKind.UNIT),
        to_field_name="code",
        field_name="partners",
        label=_("Partner"),
        empty_label=_("All"),
    )
    project = filters.CharFilter(label=_("Project code"), field_name="project_code")
    series = filters.NumberFilter(
        label=_("Series"), field_name="series_id", min_value=1, max_value=2**63 - 1
    )
    mine = filters.BooleanFilter(label=_("Mine"), method="filter_mine", widget=YesNoAll())
    sort = OrderingFilter(
        fields=(
            ("title", "title"),
            ("status", "status"),
            ("starts_on", "from"),
            ("ends_on", "to"),
            ("unit__position", "unit"),
            ("created_at", "logged"),
        ),
        label=_("Order"),
    )

    class Meta:
        model = Activity
        fields = ()

    @classmethod
    def get_filters(cls) -> dict[str, filters.Filter]:
        """Adds the days: `from` is no name for an attribute."""
        days = {
            "from": filters.DateFilter(label=_("From"), method="filter_from", widget=DayInput()),
            "to": filters.DateFilter(label=_("To"), method="filter_to", widget=DayInput()),
        }
        return {**super().get_filters(), **days}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_all(self.user):
            for name in INTERNAL:
                del self.filters[name]

    @property
    def user(self) -> Any:
        """Who asks."""
        return self.request.user

    def filter_queryset(self, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        """The rows, each with `approval`, `starts_on` and `ends_on`."""
        dated = queryset.with_approval_state().annotate(  # type: ignore[attr-defined]
            starts_on=Coalesce("actual_start", "planned_start"),
            ends_on=Coalesce("actual_end", "planned_end"),
        )
        rows: QuerySet[Activity] = super().filter_queryset(dated)
        links = self._links()
        return rows if links is None else rows.filter(pk__in=links.values("activity"))

    def _links(self) -> QuerySet[ActivityMandate] | None:
        """One link that meets resolution, paragraph and mandate together."""
        wanted = self.form.cleaned_data
        links, asked = ActivityMandate.objects.exclude(state="rejected"), False
        if resolution := wanted.get("resolution"):
            links, asked = links.filter(mandate__paragraph__resolution=resolution), True
        if mandate := wanted.get("mandate"):
            links, asked = links.filter(mandate=mandate), True
        if number := wanted.get("paragraph"):
            place, found = "mandate__paragraph", Q()
            for _level in range(PARAGRAPH_DEPTH):
                found |= Q(
                    **{f"{place}__number": number, f"{place}__kind": ParagraphKind.OPERATIVE}
                )
                place += "__parent"
            links, asked = links.filter(found), True
        return links if asked else None

    def filter_text(self, rows: QuerySet[Activity], _name: str, words: str) -> QuerySet[Activity]:
        """Every word stands in what this person reads: title, description, place, project code."""
        internal = sees_all(self.user)
        readable = Q() if internal else Q(visibility=Visibility.PUBLIC)
        for word in words.split():
            more = Q(description__icontains=word) | Q(place__icontains=word)
            found = Q(title__icontains=word) | (readable & more)
            rows = rows.filter(found | Q(project_code__icontains=word) if internal else found)
        return rows

    def filter_state(
        self, rows: QuerySet[Activity], _name: str, country: Country
    ) -> QuerySet[Activity]:
        """Those that name a State, as far as this person may read which are named."""
        rows = rows.filter(countries=country)
        if sees_all(self.user) or country.pk in getattr(self.user, "country_ids", ()):
            return rows
        return rows.filter(visibility=Visibility.PUBLIC)

    def filter_links(
        self, rows: QuerySet[Activity], _name: str, _value: object
    ) -> QuerySet[Activity]:
        """Leaves the rows: `filter_queryset` reads the three together."""
        return rows

    def filter_overdue(
        self, rows: QuerySet[Activity], _name: str, wanted: bool
    ) -> QuerySet[Activity]:
        """Planned end passed, nothing delivered; or all others."""
        overdue = Activity.objects.overdue()
        return rows.filter(pk__in=overdue) if wanted else rows.exclude(pk__in=overdue)

    def filter_stale(
        self, rows: QuerySet[Activity], _name: str, wanted: bool
    ) -> QuerySet[Activity]:
        """Nothing changed for long, and the planned end is near or past; or all others."""
        stale = Activity.objects.stale().values("pk")
        return rows.filter(pk__in=stale) if wanted else rows.exclude(pk__in=stale)

    def filter_mine(self, rows: QuerySet[Activity], _name: str, wanted: bool) -> QuerySet[Activity]:
        """Those this person logged."""
        mine = Q(created_by=self.user)
        return rows.filter(mine) if wanted else rows.exclude(mine)

    def filter_from(self, rows: QuerySet[Activity], _name: str, day: Any) -> QuerySet[Activity]:
        """Not over before a day."""
        return rows.filter(Q(ends_on__gte=day) | Q(ends_on=None, starts_on__isnull=False))

    def filter_to(self, rows: QuerySet[Activity], _name: str, day: Any) -> QuerySet[Activity]:
        """Begun, or planned to begin, by a day."""
        return rows.filter(starts_on__lte=day)
