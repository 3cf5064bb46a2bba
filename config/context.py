"""What the frame of every page shows: places, who I am, the version of the definition, the time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from assistance.coverage.status import DEFINITION
from directory import policy
from directory.policy import Permission

# Each place: address, label, what one must be allowed to see it, which pages stand under it.
PLACES = (
    ("home", _("Home"), None, {"home"}),
    ("request-list", _("Requests"), Permission.READ_OWN_REQUESTS, {"request"}),
    ("received", _("Asked and received"), Permission.REPLY, {"received", "state"}),
    (
        "resolution-list",
        _("Resolutions"),
        Permission.READ_RESOLUTIONS,
        {
            *("resolution", "paragraph", "mandate", "need", "import", "demand", "unlinked"),
            *("closing", "comparison", "obligation", "report"),
        },
    ),
    (
        "activity-list",
        _("Activities"),
        Permission.READ_ALL_ACTIVITIES,
        {"activity", "delivery", "evidence", "workbench"},
    ),
    ("gap-list", _("Gaps"), Permission.READ_ALL_REQUESTS, {"gap", "unit"}),
    ("approval-list", _("Approvals"), Permission.APPROVE, {"approval"}),
)
STAFF_ORDER = (
    "home",
    "resolution-list",
    "request-list",
    "activity-list",
    "gap-list",
    "approval-list",
)

OF_VISITORS = {"home", "resolution-list", "activity-list"}


def _places(request: HttpRequest) -> list[dict[str, Any]]:
    """The places this person may go to, the present one marked."""
    match = request.resolver_match
    here = (match.url_name or "").split("-")[0] if match else ""
    places = {
        name: {"url": reverse(name), "label": label, "current": here in names}
        for name, label, permission, names in PLACES
        if _opens(request, name, permission)
    }
    staff = request.user.is_authenticated and request.user.is_staff_of_unodc
    order = STAFF_ORDER if staff else tuple(places)
    return [places[name] for name in order if name in places]


def _opens(request: HttpRequest, name: str, permission: Permission | None) -> bool:
    """Whether this person goes to a place; visitors to those of the public site."""
    if not request.user.is_authenticated:
        return name in OF_VISITORS and policy.may(request.user, Permission.READ_RESOLUTIONS)
    return permission is None or policy.may(request.user, permission)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Places by role, demonstration line, version and time of the figures."""
    return {
        "public_page": getattr(request, "is_public_page", False),
        "canonical": settings.BASE_URL + request.path,
        "nav_items": SimpleLazyObject(lambda: _places(request)) if hasattr(request, "user") else [],
        "footer_items": [{"url": reverse("methodology"), "label": _("How coverage is counted")}],
        "demonstration": settings.DEMONSTRATION,
        "definition_version": DEFINITION,
        "now": timezone.now(),
    }
