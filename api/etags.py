"""Conditional requests: an ETag with each object, `If-Match` with each change of one.

A tag names the object, its version and a digest of what was answered: `"need-7-v3.9f86d081884c"`.
`If-None-Match` compares the whole tag, `If-Match` the version: what stands beside the object (an
approval, say) makes another answer, but no conflict. What is no object, such as a list or a file,
is tagged by its bytes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from api.problems import PreconditionFailed, PreconditionRequired
from mandates.models import Mandate

ANY = "*"


def version_of(thing: Any) -> str:
    """What a change of the object is based on.

    A mandate's revision counts changes of its words only, so its version is the time of its last
    change.
    """
    is_mandate = isinstance(thing, Mandate)
    version = f"{thing.updated_at:%Y%m%dT%H%M%S%f}" if is_mandate else getattr(thing, "revision", 0)
    return f"{thing._meta.model_name}-{thing.pk}-v{version}"


def etag_of(thing: Any, data: Any) -> str:
    """The entity tag of an object as it is answered."""
    said = json.dumps(data, sort_keys=True, cls=JSONEncoder).encode()
    digest = hashlib.sha256(said).hexdigest()[:12]
    return f'"{version_of(thing)}.{digest}"' if hasattr(thing, "_meta") else f'"{digest}"'


def _tags(request: Request, header: str) -> set[str]:
    sent: str = request.headers.get(header, "")
    return {tag.strip().removeprefix("W/").strip('"') for tag in sent.split(",") if tag.strip()}


def check_match(request: Request, thing: Any, *, required: bool) -> None:
    """Refuse a change based on another version (412), or on none where one is required (428)."""
    tags = _tags(request, "If-Match")
    if not tags:
        if required:
            raise PreconditionRequired(
                _("Send the ETag you read as If-Match, so that nobody's change is overwritten.")
            )
        return
    if ANY not in tags and version_of(thing) not in {tag.rpartition(".")[0] for tag in tags}:
        raise PreconditionFailed(
            _("Somebody changed this since you read it. Read it again, then repeat your change.")
        )


def tagged(request: Request, thing: Any, response: Response) -> Response:
    """The response with the object's tag; 304 when the caller has this answer already."""
    tag = etag_of(thing, response.data)
    if request.method in ("GET", "HEAD") and _tags(request, "If-None-Match") & {
        tag.strip('"'),
        ANY,
    }:
        response = Response(status=304)
    response["ETag"] = tag
    return response


def tag_bytes(request: Request, response: Any) -> None:
    """Tags an answer that has no tag by its bytes; 304 when the caller has these already.

    What is sent while it is made has none.
    """
    if response.streaming or response.has_header("ETag"):
        return
    if hasattr(response, "add_post_render_callback"):
        response.add_post_render_callback(lambda rendered: _tag(request, rendered))
    else:
        _tag(request, response)


def _tag(request: Request, response: Any) -> None:
    tag = hashlib.sha256(response.content).hexdigest()[:24]
    response["ETag"] = f'"{tag}"'
    if _tags(request, "If-None-Match") & {tag, ANY}:
        response.status_code = 304
        response.content = b""
