"""The page of a lead unit: its mandates, its activities, what is due this month."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.coverage.status import DEFINITION
from assistance.coverage.window import today
from dashboards.exports import Sheet, exported, exports_of
from dashboards.units import UnitPage, unit_page
from directory import policy
from directory.guard import reading
from directory.models import Entity, EntityKind, User
from directory.policy import Permission
from directory.sheets import Figure

DUE_A_PAGE = 15


@reading(Permission.READ_ALL_REQUESTS)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """What a unit leads and does; as a file with `format=csv`."""
    found = get_object_or_404(Entity, kind=EntityKind.UNIT, code=code)
    page = unit_page(cast(User, request.user), found, day=today())
    if file := exported(request, lambda: _sheet(page)):
        return file
    return render(
        request,
        "dashboards/unit.html",
        {
            "page": page,
            "page_obj": Paginator(page.due, DUE_A_PAGE).get_page(request.GET.get("page")),
            "today": today(),
            "exports": exports_of(request),
            "remedies": [{"label": _("Log an activity"), "url": reverse("activity-new")}]
            if policy.may(request.user, Permission.LOG_ACTIVITIES)
            else [],
            "crumbs": [{"label": _("Gaps"), "url": reverse("gap-list")}],
        },
    )


def _sheet(page: UnitPage) -> Sheet:
    """Each row of the page, by its part."""
    return Sheet(
        f"unit-{page.unit.code}-{today().isoformat()}",
        about=[
            (_("Lead unit"), page.unit.name),
            (_("As of"), today()),
            (_("Coverage definition"), DEFINITION),
        ],
        head=[
            _("Part"),
            _("Day"),
            _("What"),
            _("Words"),
            _("Status"),
            _("Demands served"),
            _("Number"),
        ],
        rows=[*_due(page), *_activities(page), *_mandates(page)],
    )


def _due(page: UnitPage) -> list[list[Any]]:
    return [
        [_("Due this month"), one.day, one.what, one.title, one.note, None, None]
        for one in page.due
    ]


def _activities(page: UnitPage) -> list[list[Any]]:
    part = _("Activities")
    return [
        *(
            [part, None, pile.label, None, None, None, Figure(pile.number, pile.url)]
            for pile in page.piles
        ),
        *(
            [
                part,
                one.planned_end,
                one.get_kind_display(),
                one.title,
                one.get_status_display(),
                None,
                None,
            ]
            for one in page.activities
        ),
    ]


def _mandates(page: UnitPage) -> list[list[Any]]:
    return [
        [
            _("Mandates"),
            None,
            led.figures.identifier,
            led.mandate.label,
            led.figures.status.label,
            led.figures.served,
            Figure(led.figures.demands, led.demands_url),
        ]
        for led in page.led
    ]
