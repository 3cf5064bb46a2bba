"""Errors as problem details (RFC 9457), `application/problem+json`.

`errors` lists what is wrong by field: `{"pointer": "/title", "detail": "..."}`, with a pointer
into the body that was sent (RFC 6901); `request_id` is the one to tell the help desk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import DataError, IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from django_guid import get_guid
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler, set_rollback

MEDIA_TYPE = "application/problem+json"


class ProblemRenderer(JSONRenderer):
    """JSON under the media type of problem details."""

    media_type = MEDIA_TYPE


class Conflict(exceptions.APIException):
    """The thing is not in a state that allows this (409)."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class PreconditionFailed(exceptions.APIException):
    """Somebody changed the thing since it was read (412)."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "precondition_failed"


class PreconditionRequired(exceptions.APIException):
    """A change must say which revision it is based on (428)."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_code = "precondition_required"


def problem(
    status: int, detail: str, *, errors: Sequence[Mapping[str, str]] = (), code: str = ""
) -> dict[str, Any]:
    """The body of a problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "request_id": get_guid() or "",
    }
    if code:
        body["code"] = code
    if errors:
        body["errors"] = list(errors)
    return body


def _as_api_exception(error: Exception) -> Exception:
    if isinstance(error, ValidationError):
        return exceptions.ValidationError(_messages(error))
    if isinstance(error, IntegrityError):
        return Conflict(
            _("This contradicts what is on record already. Read it again, then try once more.")
        )
    if isinstance(error, DataError):
        return exceptions.ValidationError(
            {NON_FIELD_ERRORS: [_("A value is out of range; check numbers, dates and lengths.")]}
        )
    return error


def _messages(error: ValidationError) -> Mapping[str, Any]:
    if hasattr(error, "error_dict"):
        return {
            (api_settings.NON_FIELD_ERRORS_KEY if field == NON_FIELD_ERRORS else field): messages
            for field, messages in error.message_dict.items()
        }
    return {api_settings.NON_FIELD_ERRORS_KEY: error.messages}


def _pointers(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            own = key in (api_settings.NON_FIELD_ERRORS_KEY, NON_FIELD_ERRORS)
            escaped = str(key).replace("~", "~0").replace("/", "~1")
            yield from _pointers(value, path if own else f"{path}/{escaped}")
    elif isinstance(detail, (list, tuple)):
        nested = any(isinstance(entry, (Mapping, list)) for entry in detail)
        for index, entry in enumerate(detail):
            yield from _pointers(entry, f"{path}/{index}" if nested else path)
    else:
        yield {"pointer": path, "detail": str(detail)}


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The response to an error of a view; None for one nobody foresaw (500)."""
    if not isinstance(error, (Http404, PermissionDenied, exceptions.APIException)):
        error = _as_api_exception(error)
    response = exception_handler(error, dict(context))
    if response is None:
        return None
    set_rollback()
    code = ""
    if isinstance(error, exceptions.ValidationError):
        errors = list(_pointers(error.detail))
        detail = _("What was sent can't be taken as it is; each error names its field.")
    else:
        errors = []
        said = getattr(error, "detail", None)
        detail = str(said) if said else _detail(response.status_code)
        code = str(getattr(said, "code", ""))
    response.data = problem(response.status_code, detail, errors=errors, code=code)
    response.content_type = MEDIA_TYPE
    return response


def _detail(status: int) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return _("There is nothing at this address for you.")
    return _("Your account or token may not do this.")
