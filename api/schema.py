"""How the OpenAPI description is made: what drf-spectacular can't read from the code stands here.

Every operation gets a summary, the headers it understands and the problems it may answer; filters
come from the classes that the pages use.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import django_filters
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.drainage import has_override
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_parameter_type
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api.examples import EXAMPLES, FILTERS, PATHS
from api.filtering import LARGEST, ORDERING, SORT
from api.problems import MEDIA_TYPE

HEADER = OpenApiParameter.HEADER
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    HEADER,
    description="The `ETag` you read, or `*`. Missing: 428; somebody changed it since: 412.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, HEADER, description="An `ETag` you have: 304 when nothing changed."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    HEADER,
    pattern="^[ -~]{1,100}$",
    description="Any text of yours, for example a UUID: sent again, the same answer comes again.",
)
TITLES = {
    "list": "List {}",
    "retrieve": "Read one of {}",
}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The version answered."}}
RATE = {
    "RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Requests a minute."},
    "RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "Left in this one."},
    "RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds to the next."},
}


class WrongSerializer(serializers.Serializer[Any]):
    """One thing that is wrong, by its place in the body or by the parameter of the address."""

    pointer = serializers.CharField(required=False, allow_blank=True)
    parameter = serializers.CharField(required=False)
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    request_id = serializers.CharField(allow_blank=True, help_text="Tell it to the help desk.")
    code = serializers.CharField(required=False)
    errors = WrongSerializer(many=True, required=False)


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """A token in the header."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made by an administrator: `manage.py token LOGIN`.",
        }


class NamedExtension(OpenApiSerializerFieldExtension):
    target_class = "api.fields.Named"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """A code."""
        return {"type": "string"}


class ByIdExtension(OpenApiSerializerFieldExtension):
    target_class = "rest_framework.serializers.PrimaryKeyRelatedField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """An id."""
        return {"type": "integer", "minimum": 1, "maximum": LARGEST}


class AddressExtension(OpenApiSerializerFieldExtension):
    target_class = "api.linked.Address"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """An address."""
        return {"type": "string", "format": "uri", "readOnly": True}


class PageFiltersExtension(DjangoFilterExtension):
    """Parameters of lists, from the filters of the pages."""

    target_class = "api.filtering.PageFilters"
    match_subclasses = False
    priority = 1

    def resolve_filter_field(
        self,
        auto_schema: Any,
        model: Any,
        filterset_class: Any,
        field_name: str,
        filter_field: Any,
    ) -> list[Any]:
        """The parameter of one filter."""
        if field_name == SORT:
            choices = [sign + name for name in filter_field.param_map for sign in ("", "-")]
            return [self._text(ORDERING, "How the list is ordered; `-` turns it round.", choices)]
        if has_override(filter_field, "field"):
            return super().resolve_filter_field(  # type: ignore[no-any-return]
                auto_schema, model, filterset_class, field_name, filter_field
            )
        label = str(filter_field.label or "")
        if isinstance(filter_field, django_filters.ModelChoiceFilter):
            return [self._text(field_name, label)]
        if isinstance(filter_field, django_filters.MultipleChoiceFilter):
            enum = [code for code, _label in filter_field.extra["choices"]]
            schema = {"type": "array", "items": {"type": "string", "enum": enum}}
            return [
                build_parameter_type(
                    name=field_name,
                    schema=schema,
                    location=OpenApiParameter.QUERY,
                    description=label,
                    explode=True,
                    style="form",
                )
            ]
        if isinstance(
            filter_field, (django_filters.ChoiceFilter, django_filters.TypedChoiceFilter)
        ):
            choices = filter_field.extra["choices"]
            codes = None if callable(choices) else [code for code, _label in choices]
            return [self._text(field_name, label, codes)]
        return super().resolve_filter_field(  # type: ignore[no-any-return]
            auto_schema, model, filterset_class, field_name, filter_field
        )

    def _text(self, name: str, description: str, enum: list[str] | None = None) -> Any:
        return build_parameter_type(
            name=name,
            schema={"type": "string"},
            location=OpenApiParameter.QUERY,
            description=description,
            enum=enum,
        )


class Operation(AutoSchema):
    """An operation with summary, headers, examples and problems."""

    def get_summary(self) -> str:
        """The first line of what the act or the list says of itself."""
        if self._action in TITLES:
            return TITLES[self._action].format(self._noun)
        return str(super().get_description()).partition("\n")[0]

    def get_description(self) -> str:
        """What follows the first line; for lists and objects what the resource says of itself."""
        if self._action in TITLES:
            return (type(self.view).__doc__ or "").strip()
        return str(super().get_description()).partition("\n")[2].strip()

    @property
    def _action(self) -> str:
        return str(getattr(self.view, "action", "") or "")

    @property
    def _noun(self) -> str:
        return self.path.removeprefix("/api/v1/").split("/")[0].replace("-", " ")

    @property
    def _is_detail(self) -> bool:
        return "{" in self.path

    @property
    def _is_change(self) -> bool:
        return self.method in ("PATCH", "DELETE") and getattr(self.view, "versioned", True)

    def get_request_serializer(self) -> Any:
        """What is sent; for links what the kind of link takes."""
        if self._action == "create" and hasattr(self.view, "new"):
            return self.view.new
        return super().get_request_serializer()

    def get_override_parameters(self) -> list[Any]:
        """The headers an operation understands."""
        parameters = super().get_override_parameters()
        if self._is_change or (self.method == "POST" and self._is_detail):
            parameters = [*parameters, IF_MATCH]
        if self.method == "POST":
            parameters = [*parameters, IDEMPOTENCY_KEY]
        if self.method == "GET":
            parameters = [*parameters, IF_NONE_MATCH]
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for code, body in bodies.items():
            if code.startswith("2") and code != "204":
                body.setdefault("headers", {}).update(RATE)
                if self._is_detail or self.method == "GET" or code == "201":
                    body["headers"].update(ETAG)
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        for status in self._problems():
            bodies[str(status.value)] = {
                "description": status.phrase,
                "content": {MEDIA_TYPE: {"schema": problem}},
            }
        if self.method == "GET":
            bodies["304"] = {"description": HTTPStatus.NOT_MODIFIED.phrase}
        return dict(sorted(bodies.items()))

    def _problems(self) -> list[HTTPStatus]:
        """The problems an operation may answer, besides 405 and 500."""
        found = [
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.NOT_ACCEPTABLE,
            HTTPStatus.TOO_MANY_REQUESTS,
        ]
        if self.method in ("POST", "PATCH", "DELETE"):
            found += [HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED]
        if self.method in ("POST", "PATCH"):
            found += [HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE]
        if self.method == "POST":
            found.append(HTTPStatus.UNPROCESSABLE_ENTITY)
        if self._is_change:
            found.append(HTTPStatus.PRECONDITION_REQUIRED)
        return found


def finish(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Puts in the examples, which work in the demonstration world."""
    for path, methods in result["paths"].items():
        for operation in methods.values():
            _add_examples(path, operation)
    return result


def _add_examples(path: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        known = {
            "path": PATHS.get((path.split("/")[3], name)),
            "query": FILTERS.get(name),
        }
        if value := known.get(parameter["in"]):
            parameter["example"] = value
    example = EXAMPLES.get(operation["operationId"])
    if example is None:
        return
    for content in operation["requestBody"]["content"].values():
        content["example"] = example
