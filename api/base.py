"""What every resource of the API does in the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import models
from django.http import Http404
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views import View
from rest_framework import mixins, permissions, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.etags import check_match, tag_bytes, tagged
from api.filtering import check_parameters
from api.idempotency import once
from api.throttling import rate_headers
from directory import policy
from directory.access import Scoped, fetch_to_read
from directory.policy import Permission

# What an action needs: a permission, or any one of several.
Needed = Permission | tuple[Permission, ...]
CHANGES = frozenset({"partial_update", "destroy"})


def holds(user: Any, needed: Needed) -> bool:
    """Whether this person holds the permission, or one of several."""
    several = needed if isinstance(needed, tuple) else (needed,)
    return any(policy.may(user, one) for one in several)


class ByPolicy(permissions.BasePermission):
    """Asks the policy for what the view says that an action needs.

    At the address of one object first only whether the person may read such objects: what is
    hidden is answered 404 before anything is said of permissions.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        assert isinstance(view, Resource)
        if not view.is_detail:
            return holds(request.user, view.needed)
        if holds(request.user, view.needs["retrieve"]):
            return True
        if view.hidden and request.user.is_authenticated:
            raise Http404
        return False


class Below:
    """Rows that belong to something scoped: who sees that sees them."""

    def __init__(self, model: type[models.Model], parent: str, scoped: Any) -> None:
        self.model = model
        self._parent = parent
        self._scoped = scoped

    def visible_to(self, user: Any) -> models.QuerySet[Any]:
        """Those of the parents this person may know of."""
        return self.model._default_manager.filter(
            **{f"{self._parent}__in": self._scoped.visible_to(user)}
        )


class PrivateAnswers:
    """Headers of every answer: no shared cache keeps it, and where the rate limit stands.

    What is read has an entity tag, an object its own, lists and files one of their bytes.
    """

    # OPTIONS tells nothing that the schema does not; so it is not said to be allowed.
    http_method_names = [name for name in View.http_method_names if name != "options"]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Adds them."""
        response = super().finalize_response(  # type: ignore[misc]
            request, response, *args, **kwargs
        )
        response.setdefault("Cache-Control", "private, no-cache")
        for name, value in rate_headers(request).items():
            response[name] = value
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if request.method == "GET" and response.status_code == HTTPStatus.OK:
            tag_bytes(request, response)
        return response


class Resource(PrivateAnswers, viewsets.GenericViewSet[Any]):
    """A resource: rows a person may see (`visible_to`), and what each action needs (`needs`).

    `hidden` resources tell nobody without the right to read them whether an object is there;
    changes of `versioned` objects name the version they are based on.
    """

    permission_classes = [ByPolicy]
    needs: ClassVar[Mapping[str, Needed]]
    scoped: ClassVar[Any]
    hidden: ClassVar[bool] = True
    versioned: ClassVar[bool] = True
    lookup_value_regex = "[0-9]{1,18}"
    thing: Any

    @property
    def is_detail(self) -> bool:
        """Whether the address is one of an object."""
        return (self.lookup_url_kwarg or self.lookup_field) in self.kwargs

    @property
    def needed(self) -> Needed:
        """What the action needs; an unknown method (405) the same as reading."""
        reading = self.needs["retrieve" if self.is_detail else "list"]
        return self.needs.get(self.action or "", reading)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who calls, whether the object is there for them (404), whether they may (403)."""
        super().initial(request, *args, **kwargs)
        if not self.is_detail:
            return
        lookup = {self.lookup_field: kwargs[self.lookup_url_kwarg or self.lookup_field]}
        self.thing = fetch_to_read(self.reading(), request.user, **lookup)
        if not holds(request.user, self.needed):
            self.permission_denied(request)
        if self.action in CHANGES or request.method == "POST":
            check_match(request, self.thing, required=self.action in CHANGES and self.versioned)

    def reading(self) -> Scoped[Any]:
        """The scope in which the object of the address is looked up."""
        if self.action != "retrieve":
            return self.scoped  # type: ignore[no-any-return]
        return _Filled(self)

    def get_queryset(self) -> models.QuerySet[Any]:
        """The rows this caller may know of, with all that is shown of them."""
        if getattr(self, "swagger_fake_view", False):
            return self.with_all(self.scoped.model._default_manager.none())
        return self.with_all(self.scoped.visible_to(self.request.user))

    def with_all(self, rows: Any) -> Any:
        """The rows with what their serializer shows, in a constant number of queries."""
        return rows

    def answer(self, pk: Any, status: int = 200) -> Response:
        """The object read anew after a change, with its entity tag."""
        thing = self.get_queryset().get(pk=pk)
        response = Response(self.get_serializer(thing).data, status=status)
        if status == 201:
            response["Location"] = response.data["url"]
        return tagged(self.request, thing, response)

    def address(self, view: str, key: Any) -> str:
        """The absolute address of an object of a resource."""
        path = reverse(f"api:{view}-detail", args=[key])
        return self.request.build_absolute_uri(path)

    def act(self, do: Callable[[], Any]) -> Response:
        """Do something with the object of the address once, and answer how it stands then."""

        def done() -> Response:
            do()
            return self.answer(self.thing.pk)

        return once(self.request, done)

    def page(self, rows: Any, serializer: type[Any]) -> Response:
        """A page of rows below the object of the address, without filters."""
        check_parameters(self.request, set())
        page = self.paginate_queryset(rows)
        shown = serializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(shown.data)

    def create_below(
        self, make: Callable[[], Any], serializer: type[Any], status: int = 201
    ) -> Response:
        """Make something below the object of the address once, and answer it."""

        def made() -> Response:
            data = serializer(make(), context=self.get_serializer_context()).data
            headers = {"Location": data["url"]} if "url" in data else {}
            return Response(data, status=status, headers=headers)

        return once(self.request, made)

    def create_once(self, make: Callable[[], Any], status: int = 201) -> Response:
        """Make something once for the request's `Idempotency-Key`, and answer it."""
        return once(self.request, lambda: self.answer(make().pk, status))

    def valid(self, serializer: type[Any], **kwargs: Any) -> dict[str, Any]:
        """What was sent, checked by a serializer."""
        checked = serializer(
            data=self.request.data, context=self.get_serializer_context(), **kwargs
        )
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)


class _Filled:
    """The rows of a resource with all that is shown of them, as a scope."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    def visible_to(self, user: Any) -> models.QuerySet[Any]:
        return self._resource.get_queryset()


class ReadResource(mixins.ListModelMixin, Resource):
    """A resource that is listed and read."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One object, with its entity tag."""
        check_parameters(request, set())
        return tagged(request, self.thing, Response(self.get_serializer(self.thing).data))
