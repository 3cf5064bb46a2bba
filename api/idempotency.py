"""Creation that can be repeated: the same `Idempotency-Key` gives the same answer, once.

After the IETF draft "The Idempotency-Key HTTP Header Field". A key belongs to its user; the same
key with another body is refused (422). A second request waits until the first one is done. Answers
are kept for `DAYS` days.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from api.models import IdempotencyKey

HEADER = "Idempotency-Key"
MOST = 100
DAYS = 7


class KeyReused(exceptions.APIException):
    """The key came with another request before (422)."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"


def fingerprint(request: Request) -> str:
    """A digest of what the request asks for."""
    files = getattr(request, "FILES", {})
    parts = [request.method or "", request.path]
    if files:
        parts += [f"{name}:{file.name}:{_digest(file)}" for name, file in sorted(files.items())]
        parts.append(json.dumps(sorted(request.POST.lists())))
    else:
        parts.append(json.dumps(request.data, sort_keys=True, cls=JSONEncoder))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def once(request: Request, create: Callable[[], Response]) -> Response:
    """Do `create` once for the request's key; without a key, each time.

    The key and what is created are one transaction: either both are kept or neither.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        with transaction.atomic():
            return create()
    if len(key) > MOST or not key.isprintable():
        raise exceptions.ValidationError(
            {HEADER: [_("Use at most 100 printable characters, for example a UUID.")]}
        )
    mark = fingerprint(request)
    earlier = IdempotencyKey.objects.filter(user=request.user, key=key).first()
    if earlier is None:
        try:
            with transaction.atomic():
                earlier = IdempotencyKey.objects.create(
                    user=request.user, key=key, fingerprint=mark
                )
                response = create()
                earlier.status = response.status_code
                earlier.body = json.dumps(response.data, cls=JSONEncoder).encode()
                earlier.headers = {
                    name: response[name] for name in ("Location", "ETag") if name in response
                }
                earlier.save()
                return response
        except IntegrityError:
            earlier = IdempotencyKey.objects.filter(user=request.user, key=key).first()
            if earlier is None:
                raise
    if earlier.fingerprint != mark:
        raise KeyReused(_("This key was used for another request. Take a new one."))
    assert earlier.body is not None, "key and answer are one transaction"
    return Response(json.loads(bytes(earlier.body)), status=earlier.status, headers=earlier.headers)


def forget_old() -> None:
    """Remove the answers that are no longer given again."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - timedelta(days=DAYS)).delete()
