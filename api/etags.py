"""Conditional requests: an ETag with each object, `If-Match` with each change of one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import PreconditionFailed, PreconditionRequired


def etag_of(thing: Any) -> str:
    """The entity tag of an object: its identity and its revision."""
    return f'"{thing._meta.model_name}-{thing.pk}-{thing.revision}"'


def demand_match(request: Request, thing: Any) -> int:
    """The revision the change is based on; refuses one that is missing (428) or stale (412)."""
    sent = request.headers.get("If-Match", "")
    if not sent:
        raise PreconditionRequired(
            _("Send the ETag you read as If-Match, so that nobody's change is overwritten.")
        )
    tags = {tag.strip().removeprefix("W/") for tag in sent.split(",")}
    if "*" not in tags and etag_of(thing) not in tags:
        raise PreconditionFailed(
            _("Somebody changed this since you read it. Read it again, then repeat your change.")
        )
    return int(thing.revision)


class EntityTagMixin:
    """Adds `ETag` to the answers about one versioned object, and answers 304 to `If-None-Match`."""

    def tagged(self, request: Request, thing: Any, response: Response) -> Response:
        """The response with the object's tag; 304 when the caller has this revision already."""
        tag = etag_of(thing)
        response["ETag"] = tag
        known = {
            part.strip().removeprefix("W/")
            for part in request.headers.get("If-None-Match", "").split(",")
        }
        if request.method in ("GET", "HEAD") and tag in known:
            return Response(status=304, headers={"ETag": tag})
        return response
