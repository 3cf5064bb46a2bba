"""What a State asked for and received: its own page, the same for UNODC, and a document of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.coverage.window import today
from dashboards.delegation import document_of
from dashboards.exports import Sheet, exported, exports_of
from dashboards.forms import without
from dashboards.received import (
    ASKED,
    Row,
    Word,
    counts,
    labels_of,
    lines_of,
    lines_shown,
    rows_of,
    states_read_by,
)
from directory.guard import reading
from directory.models import Country, User
from directory.policy import Permission

PAGE_SIZE = 50


@reading(Permission.REPLY)
def received(request: HttpRequest) -> HttpResponse:
    """What the own State asked for and received, one row each."""
    user = cast(User, request.user)
    return _page(request, None, states_read_by(user))


@reading(Permission.READ_OWN_REQUESTS)
def state(request: HttpRequest, iso: str) -> HttpResponse:
    """The same of one State, for itself and for those who read all requests."""
    user = cast(User, request.user)
    country = get_object_or_404(states_read_by(user), iso=iso)
    return _page(request, country, [country])


@reading(Permission.READ_OWN_REQUESTS)
def state_print(request: HttpRequest, iso: str) -> HttpResponse:
    """One document for the delegation of a State, to print."""
    user = cast(User, request.user)
    country = get_object_or_404(states_read_by(user), iso=iso)
    return render(
        request,
        "dashboards/state_print.html",
        {
            "document": document_of(user, country, day=today()),
            "address": request.build_absolute_uri(reverse("state", args=[country.iso])),
        },
    )


def _page(request: HttpRequest, country: Country | None, states: Iterable[Country]) -> HttpResponse:
    user = cast(User, request.user)
    show = request.GET.get("show", "")
    lines = lines_of(user, country)
    words = counts(lines)
    shown = lines_shown(lines, show)
    own = country is None or country.pk in user.country_ids
    if file := exported(request, lambda: _sheet(rows_of(shown, own=own), country)):
        return file
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    labels = labels_of(own=own)
    label = _("Items asked") if show == ASKED else labels.get(cast(Word, show), "")
    return render(
        request,
        "dashboards/received.html",
        {
            "country": country,
            "own": own,
            "acts": [
                *(_printed(one, alone=country is not None) for one in states),
                *exports_of(request),
            ],
            "page_obj": page,
            "rows": rows_of(page.object_list, own=own),
            "of": len(lines),
            "words": [(word, labels[word], words[word]) for word in Word],
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


def _printed(country: Country, *, alone: bool) -> dict[str, Any]:
    words = _("Print for the delegation")
    return {
        "label": words if alone else _("{act}: {state}").format(act=words, state=country.name),
        "url": reverse("state-print", args=[country.iso]),
    }


def _sheet(rows: Iterable[Row], country: Country | None) -> Sheet:
    return Sheet(
        "-".join(filter(None, ["asked-and-received", country and country.iso.lower()])),
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
                row.label,
                "; ".join(one.title or one.activity.title for one in row.deliveries),
                row.last.on if row.last else "",
            ]
            for row in rows
        ],
    )
