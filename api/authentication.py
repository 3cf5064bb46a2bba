"""Who calls: a token of a system, or a person signed in to the site."""

from __future__ import annotations

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.request import Request

from directory.viewer import identify


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer <token>`; the owner's rights, narrowed by the token's scopes."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        result: tuple[Any, Any] | None = super().authenticate(request)
        if result is not None:
            user, token = result
            user.token_scopes = frozenset(token.scopes) if token.scopes else None
            identify(user)
        return result
