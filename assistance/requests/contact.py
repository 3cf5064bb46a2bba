"""Who answers for a request, as its pages show it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from assistance.models import AssistanceRequest
from assistance.requests.acts import REQUEST_ACTS
from assistance.workflow.people import colleagues
from directory.models import User


def contact_of(asked: AssistanceRequest, user: User) -> dict[str, Any]:
    """The person, whether that person has left, and where to hand over, if this reader may."""
    person = asked.responsible
    here = set(colleagues(asked).values_list("pk", flat=True))
    others = here - {person.pk if person else None}
    may_change = bool(others) and REQUEST_ACTS["hand-over"].possible(user, asked)
    return {
        "person": person,
        "left": person is not None and person.pk not in here,
        "others": len(here - {user.pk}),
        "url": reverse("request-act", args=[asked.pk, "hand-over"]) if may_change else "",
    }
