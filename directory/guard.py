"""Who may open a page: the policy is asked before the view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page

from directory import policy
from directory.policy import Permission

View = Callable[..., HttpResponseBase]

FRESH = 60
"""Seconds for which a public page may be kept: what is withdrawn is gone after them."""


def reading(permission: Permission) -> Callable[[View], View]:
    """A page for those who hold the permission; a visitor who may not is asked to sign in.

    A visitor who may (the public site is on) gets it as `for_visitors` gives it.
    """

    def guard(view: View) -> View:
        public = for_visitors(view)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated and not policy.may(request.user, permission):
                return redirect_to_login(request.get_full_path())
            policy.authorise(request.user, permission)
            shown = view if request.user.is_authenticated else public
            return shown(request, *args, **kwargs)

        return guarded

    return guard


def for_everybody(view: View) -> View:
    """A page that needs no permission; a page of the public site while that is on."""
    public = for_visitors(view)

    @wraps(view)
    def chosen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_public = settings.PUBLIC_SITE and not request.user.is_authenticated
        return (public if is_public else view)(request, *args, **kwargs)

    return chosen


def for_visitors(view: View) -> View:
    """A page of the public site: the same for all, so it is compressed and may be kept a while.

    Nothing in it is secret, not even a token against forgery: compressing can't give one away.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.is_public_page = True  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=FRESH)
        return response

    return gzip_page(conditional_page(shown))


def signed_in(view: View) -> View:
    """A page for everybody with a log-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
