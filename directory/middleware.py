"""Tells row security who asks, for the time of one request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.middleware import get_user
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from directory.viewer import NOBODY, Viewer, current_viewer, identify, viewing_as


class ViewerMiddleware:
    """Each request begins for nobody; from the first look at `request.user` on it is that person's.

    Stands after Django's AuthenticationMiddleware. Tokens name their owner in
    `api.authentication`. What was told before comes back when the answer is made.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers for whoever asks."""
        with viewing_as(NOBODY):
            request.user = SimpleLazyObject(lambda: _recognised(request))
            response = self.get_response(request)
            if response.streaming and not isinstance(response, FileResponse):
                response.streaming_content = _each_for(  # type: ignore[attr-defined]
                    current_viewer(), iter(response)
                )
        return response


def _recognised(request: HttpRequest) -> Any:
    user = get_user(request)
    identify(user)
    return user


def _each_for(viewer: Viewer, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts of an answer that is still being made while it is sent, each for the viewer."""
    while True:
        with viewing_as(viewer):
            part = next(parts, None)
        if part is None:
            return
        yield part
