"""What a new request begins with when it is entered for help that was given already."""

from __future__ import annotations

from typing import Any

from assistance.models import Activity
from directory.models import Organisation, User
from directory.policy import Permission, may


def asked_by(activity_pk: str, user: User) -> dict[str, Any]:
    """The first values of the form: title and State of an activity.

    Nothing for those who do not enter requests for others, and for an activity they may not see.
    """
    known = activity_pk.isascii() and activity_pk.isdigit() and len(activity_pk) < 19
    if not known or not may(user, Permission.ASK_ON_BEHALF):
        return {}
    activity = Activity.objects.visible_to(user).filter(pk=activity_pk).first()
    if activity is None:
        return {}
    asker = Organisation.objects.filter(country__in=activity.countries.all()).first()
    return {"title": activity.title[:200], "organisation": asker}
