"""Errors below `/api/` that no resource answers: unknown addresses, mistakes of ours."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from api.problems import MEDIA_TYPE, problem

ROOT = "/api/"


def _problem(status: HTTPStatus, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, detail), status=status, content_type=MEDIA_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 as a problem below the API, as a page elsewhere."""
    if not request.path.startswith(ROOT):
        return defaults.bad_request(request, exception)
    return _problem(HTTPStatus.BAD_REQUEST, _("The request can't be understood."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 as a problem below the API, as a page elsewhere."""
    if not request.path.startswith(ROOT):
        return defaults.page_not_found(request, exception)
    return _problem(HTTPStatus.NOT_FOUND, _("There is nothing at this address for you."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500 as a problem below the API, as a page elsewhere."""
    if not request.path.startswith(ROOT):
        return defaults.server_error(request)
    return _problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("This is a mistake of ours. Tell the help desk the id of the request."),
    )
