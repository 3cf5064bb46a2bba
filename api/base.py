"""What every resource of the API does in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.etags import EntityTagMixin
from directory import policy
from directory.policy import Permission


class ByPolicy(permissions.BasePermission):
    """Asks the policy for the permission that the view names for the action."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        needed: Permission | None = view.needs.get(view.action)  # type: ignore[attr-defined]
        if needed is None:
            # An unknown method: let the view answer 405, to those who may read at all.
            needed = view.needs["list"]  # type: ignore[attr-defined]
        return policy.may(request.user, needed)


class Resource(EntityTagMixin, viewsets.GenericViewSet[Any]):
    """A resource: rows a person may see (`visible_to`), and what each action needs (`needs`)."""

    permission_classes = [ByPolicy]
    needs: ClassVar[Mapping[str, Permission]]
    scoped: ClassVar[Any]

    def get_queryset(self) -> models.QuerySet[Any]:
        """The rows this caller may know of, with all that is shown of them."""
        if getattr(self, "swagger_fake_view", False):
            return self.with_all(self.scoped.none())
        return self.with_all(self.scoped.visible_to(self.request.user))

    def with_all(self, rows: Any) -> Any:
        """The rows with what their serializer shows, in a constant number of queries."""
        return rows


class ReadResource(mixins.ListModelMixin, Resource):
    """A resource that is listed and read."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One object, with its entity tag where it has revisions."""
        thing = self.get_object()
        response = Response(self.get_serializer(thing).data)
        return self.tagged(request, thing, response) if hasattr(thing, "revision") else response


class Linked(serializers.Serializer[Any]):
    """A serializer whose object carries its own address as `url`."""

    url_of: ClassVar[str]
    url_key: ClassVar[str] = "pk"

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`url` first, then the fields declared."""
        address = serializers.HyperlinkedIdentityField(
            view_name=f"api:{self.url_of}-detail", lookup_field=self.url_key
        )
        return {"url": address, **super().get_fields()}
