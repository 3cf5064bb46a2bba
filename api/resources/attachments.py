"""Files beside requests."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Below, ReadResource
from api.filtering import by_id, ordering
from api.linked import Address, Linked, Said
from assistance.downloads import download
from assistance.models import AssistanceRequest, Attachment
from assistance.workflow.attachments import remove_attachment
from assistance.workflow.transitions import ATTACH
from directory.policy import Permission

READ = (Permission.READ_OWN_REQUESTS, Permission.READ_ALL_REQUESTS)
FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The file.")


class AttachmentSerializer(Linked):
    url_of = "attachment"
    id = serializers.IntegerField()
    request_url = Address("request", "request_id", help_text="Its request.")
    filename = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    added_by = Said()
    at = serializers.DateTimeField()


class UploadSerializer(serializers.Serializer[Any]):
    """A file."""

    file = serializers.FileField()


class AttachmentFilter(django_filters.FilterSet):
    request = by_id("Id of a request.", field_name="request_id")
    sort = ordering(("at", "at"), ("filename", "filename"))

    class Meta:
        model = Attachment
        fields: list[str] = []


class AttachmentResource(ReadResource):
    """Files beside requests."""

    scoped = Below(Attachment, "request", AssistanceRequest.objects)
    needs = {"list": READ, "retrieve": READ, "destroy": ATTACH.permissions, "file": READ}
    serializer_class = AttachmentSerializer
    filterset_class = AttachmentFilter
    versioned = False

    def with_all(self, rows: Any) -> Any:
        """With who added it."""
        return rows.select_related("added_by")

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a file from a draft; once a request is sent, its files stay"""
        remove_attachment(attachment=self.thing, user=request.user)
        return Response(status=204)

    @extend_schema(responses={(200, "*/*"): FILE})
    @action(detail=True)
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file itself"""
        return download(self.thing)
