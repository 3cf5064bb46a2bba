"""Files of resolutions handed in to be read, and how far each has come."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReadResource
from api.filtering import ordering
from api.linked import Linked
from directory.policy import Permission
from mandates.forms import ImportForm
from mandates.models import ImportState, ResolutionImport
from mandates.refusals import refusal_words
from mandates.services.intake import hand_in


class ImportSerializer(Linked):
    url_of = "import"
    id = serializers.IntegerField()
    filename = serializers.CharField()
    language = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField()
    state = serializers.ChoiceField(ImportState.choices)
    step = serializers.CharField(allow_blank=True)
    percent = serializers.IntegerField()
    refusal = serializers.SerializerMethodField(help_text="Why it was refused, and what to do.")
    resolution_url = serializers.SerializerMethodField(help_text="Once it is read.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_refusal(self, row: ResolutionImport) -> str:
        """In the caller's language; empty when it was not refused."""
        return refusal_words(row.refusal) if row.refusal else ""

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_resolution_url(self, row: ResolutionImport) -> str | None:
        """The resolution that was read."""
        if row.text is None:
            return None
        path = reverse("api:resolution-detail", args=[row.text.resolution.slug])
        return str(self.context["request"].build_absolute_uri(path))


class NewImportSerializer(serializers.Serializer[Any]):
    """A file to read."""

    file = serializers.FileField(help_text="Text, PDF or Word document of one resolution.")
    language = serializers.ChoiceField(
        [("en", "English"), ("es", "Spanish"), ("fr", "French")],
        required=False,
        help_text="Its language; recognised when not given.",
    )


class ImportFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=ImportState.choices, label="State.")
    sort = ordering(("created_at", "created_at"))

    class Meta:
        model = ResolutionImport
        fields: list[str] = []


class _Imports:
    """All files handed in: whoever may hand in reads how it went."""

    model = ResolutionImport

    def visible_to(self, user: Any) -> QuerySet[ResolutionImport]:
        return ResolutionImport.objects.all()


class ImportResource(ReadResource):
    """Files handed in to be read, with their progress."""

    scoped = _Imports()
    needs = {
        "list": Permission.IMPORT_RESOLUTIONS,
        "retrieve": Permission.IMPORT_RESOLUTIONS,
        "create": Permission.IMPORT_RESOLUTIONS,
    }
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    parser_classes = [MultiPartParser]

    def with_all(self, rows: QuerySet[ResolutionImport]) -> QuerySet[ResolutionImport]:
        """With the resolution read."""
        return rows.select_related("text__resolution")

    @extend_schema(request=NewImportSerializer, responses={202: ImportSerializer})
    def create(self, request: Request) -> Response:
        """Hand in the file of a resolution

        A worker reads it: ask for the address answered until its `state` is done or refused. The
        same file handed in twice at once is one import.
        """

        def make() -> ResolutionImport:
            form = ImportForm(request.POST, request.FILES)
            if not form.is_valid():
                raise serializers.ValidationError(form.errors)
            return hand_in(user=request.user, **form.cleaned_data)

        return self.create_once(make, status=202)
