"""Who may enter the pages of activities: the policy's word, a sign-in page instead of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from assistance.models import Activity, Visibility
from directory import policy
from directory.models import Country
from directory.policy import Permission

View = Callable[..., HttpResponse]


def needs(permission: Permission) -> Callable[[View], View]:
    """A view for those who hold a permission; others sign in first, or are refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if policy.may(request.user, permission):
                return view(request, *args, **kwargs)
            if request.user.is_authenticated:
                raise PermissionDenied(permission.value)
            return redirect_to_login(request.get_full_path())

        return guarded

    return decorate


def sees_all(user: Any) -> bool:
    """Whether this person reads activities with their internal matter."""
    return policy.may(user, Permission.READ_ALL_ACTIVITIES)


def states_shown(activity: Activity, user: Any) -> list[Country]:
    """The States named, as far as this person may know: of what is internal only the own."""
    named = list(activity.countries.all())
    if sees_all(user) or activity.visibility == Visibility.PUBLIC:
        return named
    return [one for one in named if one.pk in user.country_ids]
