"""Who may open a page: the policy is asked before the view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from directory import policy
from directory.policy import Permission

View = Callable[..., HttpResponseBase]


def reading(permission: Permission) -> Callable[[View], View]:
    """A page for those who hold the permission; a visitor who may not is asked to sign in."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated and not policy.may(request.user, permission):
                return redirect_to_login(request.get_full_path())
            policy.authorise(request.user, permission)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def signed_in(view: View) -> View:
    """A page for everybody with a log-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
