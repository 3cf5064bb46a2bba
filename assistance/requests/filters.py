"""Which requests a list shows: the filters of the page and of the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assistance.models import (
    AssistanceRequest,
    RequestItem,
    RequestOrigin,
    RequestStatus,
)
from assistance.requests.progress import FIRST_ANSWER, OPEN, WAITING
from assistance.workflow.people import triage_officers
from directory.filters import OrderingFilter, StateFilter
from directory.policy import Permission, may
from mandates.models import Theme

ME, NOBODY = "me", "nobody"
INTERNAL = ("state", "assigned", "overdue", "due", "waiting", "origin")
OPEN_FILTER = "open"


def _assignees() -> list[tuple[str, Any]]:
    return [
        (ME, _("Me")),
        (NOBODY, _("Nobody")),
        *((person.username, str(person)) for person in triage_officers().order_by("username")),
    ]


def _days(*numbers: int) -> Callable[[], list[tuple[Any, Any]]]:
    def choices() -> list[tuple[Any, Any]]:
        words = [ngettext("%(number)d day", "%(number)d days", days) for days in numbers]
        named = [word % {"number": days} for word, days in zip(words, numbers, strict=True)]
        return [("", _("All")), *zip(numbers, named, strict=True)]

    return choices


class RequestFilter(filters.FilterSet):
    """Requests by words, status, State, officer, theme, due date and waiting time."""

    text = filters.CharFilter(label=_("Words or reference"), method="filter_text")
    status = filters.ChoiceFilter(
        label=_("Status"),
        choices=[(OPEN_FILTER, _("Open")), *RequestStatus.choices],
        empty_label=_("All"),
        method="filter_status",
    )
    state = StateFilter(field_name="states")
    assigned = filters.ChoiceFilter(
        label=_("Assigned to"),
        choices=_assignees,
        empty_label=_("All"),
        method="filter_assigned",
    )
    theme = filters.ModelChoiceFilter(
        label=_("Theme"),
        queryset=Theme.objects.exclude(parent=None),
        to_field_name="code",
        empty_label=_("All"),
        method="filter_theme",
    )
    origin = filters.ChoiceFilter(
        label=_("How it came"), choices=RequestOrigin.choices, empty_label=_("All")
    )
    overdue = filters.TypedChoiceFilter(
        label=_("First answer overdue"),
        choices=[("", _("All")), ("true", _("Yes")), ("false", _("No"))],
        coerce=lambda value: value == "true",
        method="filter_overdue",
    )
    due = filters.TypedChoiceFilter(
        label=_("First answer due within"),
        choices=_days(7, 14, 30),
        coerce=int,
        method="filter_due",
    )
    waiting = filters.TypedChoiceFilter(
        label=_("Waits for UNODC longer than"),
        choices=_days(7, 14, 30, 60, 90),
        coerce=int,
        method="filter_waiting",
    )
    sort = OrderingFilter(
        label=_("Order"),
        fields=(
            ("received_on", "received"),
            ("title", "title"),
            ("ref", "reference"),
            ("state", "status"),
        ),
    )

    class Meta:
        model = AssistanceRequest
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may(self.request.user, Permission.READ_ALL_REQUESTS):
            for name in INTERNAL:
                del self.filters[name]

    def filter_queryset(self, queryset: QuerySet[AssistanceRequest]) -> QuerySet[AssistanceRequest]:
        """The rows: drafts and open ones first, the longest waiting on top, unless sorted."""
        rows: QuerySet[AssistanceRequest] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("sort"):
            return rows
        group = Case(
            When(state=RequestStatus.DRAFT, then=Value(0)),
            When(unanswered(), then=Value(1)),
            When(state__in=OPEN, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
        return rows.order_by(group, "received_on", "pk")

    def filter_text(
        self, rows: QuerySet[AssistanceRequest], _name: str, words: str
    ) -> QuerySet[AssistanceRequest]:
        """Every word stands in the title, the reference, the reason or an item."""
        for word in words.split():
            in_item = Exists(
                RequestItem.objects.filter(request=OuterRef("pk"), words__icontains=word)
            )
            rows = rows.filter(
                Q(title__icontains=word)
                | Q(ref__icontains=word)
                | Q(reason__icontains=word)
                | in_item
            )
        return rows

    def filter_status(
        self, rows: QuerySet[AssistanceRequest], _name: str, wanted: str
    ) -> QuerySet[AssistanceRequest]:
        """One state, or all that are not ended."""
        return rows.filter(state__in=OPEN) if wanted == OPEN_FILTER else rows.filter(state=wanted)

    def filter_assigned(
        self, rows: QuerySet[AssistanceRequest], _name: str, wanted: str
    ) -> QuerySet[AssistanceRequest]:
        """Those of one officer, or of nobody yet."""
        if wanted == NOBODY:
            return rows.filter(assigned_to=None)
        if wanted == ME:
            return rows.filter(assigned_to=self.request.user)
        return rows.filter(assigned_to__username=wanted)

    def filter_theme(
        self, rows: QuerySet[AssistanceRequest], _name: str, theme: Theme
    ) -> QuerySet[AssistanceRequest]:
        """Those with an item on a theme."""
        return rows.filter(Exists(RequestItem.objects.filter(request=OuterRef("pk"), themes=theme)))

    def filter_overdue(
        self, rows: QuerySet[AssistanceRequest], _name: str, wanted: bool
    ) -> QuerySet[AssistanceRequest]:
        """Those whose first answer should have been given; or all others."""
        late = Q(unanswered(), received_on__lt=_today() - FIRST_ANSWER)
        return rows.filter(late) if wanted else rows.exclude(late)

    def filter_due(
        self, rows: QuerySet[AssistanceRequest], _name: str, days: int
    ) -> QuerySet[AssistanceRequest]:
        """Those whose first answer is due from today on, in so many days at most."""
        first = _today() - FIRST_ANSWER
        within = (first, first + dt.timedelta(days=days))
        return rows.filter(unanswered(), received_on__range=within)

    def filter_waiting(
        self, rows: QuerySet[AssistanceRequest], _name: str, days: int
    ) -> QuerySet[AssistanceRequest]:
        """Those that UNODC has not decided on, and that it received longer ago."""
        before = _today() - dt.timedelta(days=days)
        return rows.filter(state__in=WAITING, received_on__lt=before)


def unanswered() -> Q:
    """Of a request: its first answer is still owed."""
    return Q(state__in=WAITING, first_answered_at=None)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
