"""Errors as problem details (RFC 9457), `application/problem+json`.

`errors` lists what is wrong: `{"pointer": "/title", "detail": "..."}` with a pointer into the body
that was sent (RFC 6901), or `{"parameter": "from", "detail": "..."}` for one of the address.
`request_id` is the one to tell the help desk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import DataError, IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from django_guid import get_guid
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler, set_rollback

from assistance.scanning import HeldBack
from assistance.services import AlreadyApproved, ChangedSinceRead
from assistance.workflow import WrongState
from directory.policy import Permission

MEDIA_TYPE = "application/problem+json"
# Refusals of what is done already, or can't be done any more.
CONFLICTS = frozenset({"decided", "verified", "delivered"})


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


class TooLarge(exceptions.APIException):
    """More than this server takes in one request (413)."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class BadParameters(exceptions.ValidationError):
    """Parameters of the address that can't be used (400)."""


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
    """What an error of the functions below means to a caller of the API."""
    if isinstance(error, WrongState):
        return Conflict(str(error), code="wrong_state")
    if isinstance(error, HeldBack):
        return Conflict(str(error), code="held_back")
    if isinstance(error, AlreadyApproved | ChangedSinceRead):
        return Conflict(" ".join(error.messages), code="conflict")
    if isinstance(error, ValidationError):
        code = getattr(error, "code", None)
        if code == "stale":
            return PreconditionFailed(" ".join(error.messages))
        if code in CONFLICTS:
            return Conflict(" ".join(error.messages), code=code)
        return exceptions.ValidationError(_messages(error))
    if isinstance(error, IntegrityError):
        return Conflict(
            _("This contradicts what is on record already. Read it again, then try once more.")
        )
    if isinstance(error, DataError | OverflowError):
        return exceptions.ValidationError(
            {NON_FIELD_ERRORS: [_("A value is out of range; check numbers, dates and lengths.")]}
        )
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return TooLarge(_("This is more than one request may carry. Send less at once."))
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
            # Functions below name a field of a part with dots: `deliveries.0.on`.
            escaped = str(key).replace("~", "~0").replace("/", "~1").replace(".", "/")
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
        if isinstance(error, BadParameters):
            errors = [
                {"parameter": one["pointer"].split("/")[1], "detail": one["detail"]}
                for one in errors
            ]
        detail = _("What was sent can't be taken as it is; each error names its field.")
    else:
        errors = []
        said = getattr(error, "detail", None)
        detail = str(said) if said else _detail(error)
        code = str(getattr(said, "code", "")) or _permission(error)
    response.data = problem(response.status_code, detail, errors=errors, code=code)
    response.content_type = MEDIA_TYPE
    return response


def _permission(error: Exception) -> str:
    """The permission that was missing, where the refusal names one."""
    named = str(error.args[0]) if isinstance(error, PermissionDenied) and error.args else ""
    return named if named in set(Permission) else ""


def _detail(error: Exception) -> str:
    if isinstance(error, Http404):
        return _("There is nothing at this address for you.")
    if error.args and not _permission(error):
        return str(error)
    return _("Your account or token may not do this.")
