"""The home page of each role: what waits for this person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from assistance.coverage.window import today
from dashboards.exports import Sheet, exported, exports_of
from dashboards.forms import without
from dashboards.home.administrator import administrator_home
from dashboards.home.gaps import own_gaps
from dashboards.home.manager import overview
from dashboards.home.news import news_of
from dashboards.home.officer import officer_home
from dashboards.home.state import state_home
from dashboards.home.visitors import visitors_home
from dashboards.received import Row, Word, counts, rows_of
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


@reading(Permission.REPLY)
def received(request: HttpRequest) -> HttpResponse:
    """What the own State asked for and received, one row each."""
    rows = rows_of(request.user)  # type: ignore[arg-type]
    show = request.GET.get("show", "")
    words = counts(rows)
    shown = [
        row
        for row in rows
        if show not in {*Word.values, "asked"} or row.word == show or (show == "asked" and row.item)
    ]
    if file := exported(request, lambda: _received_sheet(shown)):
        return file
    label = _("Items asked") if show == "asked" else dict(Word.choices).get(show, "")
    return render(
        request,
        "dashboards/received.html",
        {
            "rows": shown,
            "of": len(rows),
            "exports": exports_of(request),
            "words": [(word, words[word]) for word in Word],
            "filter_tags": [
                {
                    "label": _("How it stands"),
                    "value": label,
                    "url": without(request.GET, request.path, "show"),
                }
            ]
            if label
            else [],
        },
    )


def _received_sheet(rows: Iterable[Row]) -> Sheet:
    return Sheet(
        "asked-and-received",
        head=[
            _("Reference"),
            _("Item"),
            _("What"),
            _("Asked on"),
            _("How it stands"),
            _("Received"),
            _("Received on"),
        ],
        rows=[
            [
                row.item.request.ref if row.item else "",
                row.item.n if row.item else "",
                row.item.words if row.item else "",
                row.item.request.received_on if row.item else "",
                row.word.label,
                "; ".join(one.title or one.activity.title for one in row.deliveries),
                row.last.on if row.last else "",
            ]
            for row in rows
        ],
    )
