"""The home page of each role: what waits for this person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from assistance.coverage.window import today
from dashboards.home.administrator import administrator_home
from dashboards.home.gaps import own_gaps
from dashboards.home.manager import overview
from dashboards.home.news import news_of
from dashboards.home.officer import officer_home
from dashboards.home.state import state_home
from dashboards.home.visitors import visitors_home
from directory.guard import reading
from directory.models import Role, User
from directory.policy import Permission

Context = dict[str, Any]


def _officer(user: User) -> Context:
    return {
        "home": officer_home(user, day=today()),
        "news": news_of(user),
        "gaps": own_gaps(user),
    }


def _overview(user: User) -> Context:
    return {
        "home": overview(user, day=today()),
        "news": news_of(user),
        "gaps": own_gaps(user),
    }


def _state(user: User) -> Context:
    return {"home": state_home(user, day=today()), "news": news_of(user)}


def _administrator(user: User) -> Context:
    return {"home": administrator_home()}


# The first role a person holds makes the home page; `?as=` chooses among several.
HOMES: dict[str, tuple[str, Callable[[User], Context]]] = {
    Role.PROGRAMME_OFFICER: ("dashboards/home_officer.html", _officer),
    Role.MANAGER: ("dashboards/home_manager.html", _overview),
    Role.FOCAL_POINT: ("dashboards/home_state.html", _state),
    Role.REGIONAL_BODY: ("dashboards/home_state.html", _state),
    Role.AUDITOR: ("dashboards/home_manager.html", _overview),
    Role.ADMINISTRATOR: ("dashboards/home_administrator.html", _administrator),
}


def home(request: HttpRequest) -> HttpResponseBase:
    """What waits for this person; for visitors what the site is, while it is open to them."""
    return _own(request) if request.user.is_authenticated else _visitors(request)


@reading(Permission.READ_RESOLUTIONS)
def _visitors(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboards/home_public.html", visitors_home(request.user))


def _own(request: HttpRequest) -> HttpResponse:
    """In the role held or chosen."""
    user: User = request.user  # type: ignore[assignment]
    held = [role for role in HOMES if role in user.roles]
    if not held:
        return render(request, "dashboards/home_nobody.html")
    chosen = request.GET.get("as", "")
    role = chosen if chosen in held else held[0]
    template, context_of = HOMES[role]
    context = context_of(user)
    context |= {"role": role, "roles": [Role(one) for one in held], "today": today()}
    return render(request, template, context)
