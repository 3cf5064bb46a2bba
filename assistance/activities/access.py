"""Who may enter the pages of activities, and what they learn there."""

from __future__ import annotations

from typing import Any

from assistance.models import Activity, Visibility
from directory import policy
from directory.models import Country
from directory.policy import Permission


def sees_all(user: Any) -> bool:
    """Whether this person reads activities with their internal matter."""
    return policy.may(user, Permission.READ_ALL_ACTIVITIES)


def reads_words(activity: Activity, user: Any) -> bool:
    """Whether this person reads more than the heading: description, place, the mandates served.

    Of what is internal they could tell of another State, or of what it asked for.
    """
    return sees_all(user) or activity.visibility == Visibility.PUBLIC


def states_shown(activity: Activity, user: Any) -> list[Country]:
    """The States named, as far as this person may know: of what is internal only the own."""
    named = list(activity.countries.all())
    if reads_words(activity, user):
        return named
    return [one for one in named if one.pk in user.country_ids]
