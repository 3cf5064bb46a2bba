"""`/workbench/`: one thing on the bench, the tray beside it, and the acts that link it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.activities.answers import numbers
from assistance.models import Activity, RequestItem, Weight
from assistance.workbench import acts
from assistance.workbench.choices import choices_for, suggested_to
from assistance.workbench.series import paragraphs_of, siblings_of
from assistance.workbench.tray import (
    ROWS,
    Tray,
    TrayFilter,
    key_of,
    rows_shown,
    thing_of,
    tray_of,
    unlinked,
)
from assistance.workflow import WrongState
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from mandates.models import Mandate

DONE = "workbench_done"
REMEMBERED = 20
NO = "no"


@reading(Permission.LINK)
def workbench(request: HttpRequest) -> HttpResponse:
    """The thing of `?thing=`, else the one that waits longest; what is sent is done to it."""
    found = TrayFilter(request.GET, queryset=unlinked(request.user), request=request)
    tray = tray_of(found)
    if request.method == "POST":
        return _act(request, tray)
    key = _shown(request, tray)
    thing = thing_of(key, request.user) if key else None
    return render(request, "workbench/workbench.html", _context(request, found, tray, thing))


def _shown(request: HttpRequest, tray: Tray) -> str:
    """The key of what is on the bench: the one asked for, the first of a page, or the first."""
    asked = request.GET.get("thing", "")
    if asked in tray.keys:
        return asked
    page = request.GET.get("page", "")
    first = (int(page) - 1) * ROWS if page.isascii() and page.isdigit() and int(page) else 0
    return tray.keys[first] if first < len(tray.keys) else (tray.keys or [""])[0]


def _context(
    request: HttpRequest, found: TrayFilter, tray: Tray, thing: Activity | RequestItem | None
) -> dict[str, Any]:
    key = key_of(thing) if thing else ""
    page = tray.page_of(key)
    search = request.GET.get("q", "").strip()[:100]
    done = request.session.get(DONE, [])
    context: dict[str, Any] = {
        "filter": found,
        "tray": tray,
        "thing": thing,
        "key": key,
        "is_activity": isinstance(thing, Activity),
        "rows": [
            {
                "thing": one,
                "name": one.title if isinstance(one, Activity) else one.words,
                "language": (one if isinstance(one, Activity) else one.request).language,
                "url": _address(request, key_of(one)),
                "current": one == thing,
            }
            for one in rows_shown(tray.keys[(page - 1) * ROWS : page * ROWS])
        ],
        "earlier": _address(request, tray.keys[(page - 1) * ROWS - 1]) if page > 1 else "",
        "later": _address(request, tray.keys[page * ROWS]) if len(tray.keys) > page * ROWS else "",
        "next_url": _address(request, tray.beside(key, 1)) if tray.beside(key, 1) else "",
        "previous_url": _address(request, tray.beside(key, -1)) if tray.beside(key, -1) else "",
        "here": _address(request, key),
        "search": search,
        "kept": [(name, value) for name, value in request.GET.items() if name in found.filters],
        "undo": acts.Act(**done[-1]).words if done else "",
        "shortcuts": _shortcuts(),
    }
    if thing:
        context["choices"] = choices_for(thing, request.user, search=search)
    if isinstance(thing, Activity):
        context["linked_siblings"] = [
            {"activity": one, "paragraphs": paragraphs_of(one)}
            for one in siblings_of(thing, request.user)
            if paragraphs_of(one)
        ][:1]
    return context


def _address(request: HttpRequest, key: str) -> str:
    """The bench with this thing on it, filters kept."""
    query = request.GET.copy()
    for name in ("q", "page", "thing"):
        query.pop(name, None)
    if key:
        query["thing"] = key
    return f"{reverse('workbench')}?{query.urlencode()}"


def _shortcuts() -> list[dict[str, Any]]:
    return [
        {"keys": ["1", "–", "9"], "words": _("choose a mandate as principal, or not after all")},
        {"keys": ["Shift", "1", "–", "9"], "words": _("choose it as significant")},
        {"keys": ["R"], "words": _("say no to the mandate chosen last, or to the first")},
        {"keys": ["I", "O", "P"], "words": _("tick an open item")},
        {"keys": ["Enter", "A"], "words": _("link what is chosen, and go on")},
        {"keys": ["X"], "words": _("nothing fits, and go on")},
        {"keys": ["C"], "words": _("take over the links of the series")},
        {"keys": ["J", "→"], "words": _("next")},
        {"keys": ["K", "←"], "words": _("previous")},
        {"keys": ["/"], "words": _("search another mandate")},
        {"keys": ["U"], "words": _("undo the last act")},
    ]


def _act(request: HttpRequest, tray: Tray) -> HttpResponse:
    if request.POST.get("act") == "undo":
        return _undo(request)
    key = request.POST.get("thing", "")
    thing = thing_of(key, request.user)
    if thing is None:
        messages.warning(request, _("It is no longer there."))
        return redirect(_address(request, ""))
    here = redirect(_address(request, key))
    try:
        done = _copy(request, thing) if request.POST.get("act") == "copy" else _link(request, thing)
    except (ValidationError, WrongState) as error:
        messages.warning(request, _why(error))
        return here
    if not done.changes:
        messages.warning(request, _("Choose a mandate first, or go on to the next."))
        return here
    remembered = [*request.session.get(DONE, []), vars(done)]
    request.session[DONE] = remembered[-REMEMBERED:]
    messages.success(request, f"{done.words}.")
    return redirect(_address(request, tray.beside(key, 1) or tray.beside(key, -1)))


def _link(request: HttpRequest, thing: Activity | RequestItem) -> acts.Act:
    """What is chosen linked; with "nothing" all that was shown is rejected."""
    offered: Any = Mandate.objects.select_related("paragraph__resolution")
    shown = list(offered.filter(pk__in=numbers(request.POST.getlist("shown"))))
    items = _items(request, thing)
    said = {mandate: request.POST.get(f"mandate-{mandate.pk}", "") for mandate in shown}
    if request.POST.get("act") == "nothing":
        said, items = dict.fromkeys(shown, NO), []
    decided = {link.mandate_id for link in thing.mandate_links.all()}
    for item in items:
        tied = item.mandate_links.confirmed().exclude(mandate__in=decided)
        for link in tied.select_related("mandate__paragraph__resolution"):
            said[link.mandate] = said.get(link.mandate) or Weight.PRINCIPAL
    suggested = suggested_to(thing, request.user)
    return acts.link(
        by=request.user,
        thing=thing,
        weights={mandate: weight for mandate, weight in said.items() if weight in Weight.values},
        rejected=[
            mandate
            for mandate, weight in said.items()
            if weight == NO and mandate.pk in suggested - decided
        ],
        items=items,
        suggested=suggested,
    )


def _items(request: HttpRequest, thing: Activity | RequestItem) -> list[RequestItem]:
    ticked = numbers(request.POST.getlist("items"))
    if not isinstance(thing, Activity) or not ticked:
        return []
    return list(RequestItem.objects.visible_to(request.user).filter(pk__in=ticked))


def _copy(request: HttpRequest, thing: Activity | RequestItem) -> acts.Act:
    """The links of another activity of the series taken over."""
    wanted = numbers([request.POST.get("from", "")])
    if not isinstance(thing, Activity) or not wanted:
        raise ValidationError(_("Choose the activity whose links it shall have."))
    earlier = fetch_to_read(Activity.objects, request.user, pk=wanted.pop())
    return acts.take_over(by=request.user, earlier=earlier, activity=thing)


def _undo(request: HttpRequest) -> HttpResponse:
    done = request.session.get(DONE, [])
    if not done:
        messages.warning(request, _("There is nothing to undo."))
        return redirect(_address(request, request.POST.get("thing", "")))
    act = acts.Act(**done[-1])
    request.session[DONE] = done[:-1]
    try:
        acts.undo(act, by=request.user)
    except (ValidationError, WrongState) as error:
        messages.warning(
            request, _("%(what)s stays: %(why)s") % {"what": act.words, "why": _why(error)}
        )
    else:
        messages.success(request, _("Undone: %(what)s.") % {"what": act.words})
    return redirect(_address(request, act.key))


def _why(error: ValidationError | WrongState) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
