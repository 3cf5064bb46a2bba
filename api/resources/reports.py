"""The report on a resolution: what is written for it, and what was built."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReadResource
from api.fields import Named
from api.filtering import ordering
from api.linked import Address, Linked
from api.problems import PreconditionFailed
from assistance.coverage.window import Window, WindowError
from dashboards.report.models import BuildState, BuildStep, FileKind, Narrative, ReportBuild
from dashboards.report.models import ReportFile as StoredFile
from dashboards.report.narratives import (
    MOST_WORDS,
    NarrativeChangedMeanwhile,
    Place,
    write_narrative,
)
from dashboards.report.views import file_answer
from directory.policy import Permission
from mandates.models import Paragraph, ParagraphKind, Resolution

FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
READ = {"list": Permission.READ_REPORTS, "retrieve": Permission.READ_REPORTS}


class FileOfReportSerializer(serializers.Serializer[Any]):
    """A file of a report."""

    kind = serializers.ChoiceField(FileKind.choices)
    url = serializers.URLField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()


class ReportSerializer(Linked):
    url_of = "report"
    id = serializers.IntegerField()
    resolution = serializers.CharField(source="resolution.symbol")
    resolution_url = Address("resolution", "resolution.slug", help_text="Its resolution.")
    language = serializers.ChoiceField(settings.LANGUAGES)
    as_of = serializers.DateField(help_text="The day that its statuses are of.")
    state = serializers.ChoiceField(BuildState.choices)
    step = serializers.ChoiceField(BuildStep.choices, allow_blank=True)
    percent = serializers.IntegerField()
    definition = serializers.CharField(allow_blank=True, help_text="Version of coverage.")
    content_sha256 = serializers.CharField(
        allow_blank=True, help_text="Of what it says; the same content gives the same files."
    )
    problem = serializers.CharField(allow_blank=True, help_text="Why it could not be built.")
    asked_by = serializers.CharField(source="asked_by.username")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    files = serializers.SerializerMethodField(help_text="Those that are kept.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name for an attribute."""
        return _with_days(super().get_fields())

    @extend_schema_field(FileOfReportSerializer(many=True))
    def get_files(self, row: ReportBuild) -> list[dict[str, Any]]:
        """Each with its address."""
        own = self.fields["url"].to_representation(row)
        return [
            {"kind": one.kind, "url": f"{own}{one.kind}/", "size": one.size, "sha256": one.sha256}
            for one in row.files.all()
            if one.is_kept
        ]


def _with_days(
    fields: dict[str, serializers.Field[Any, Any, Any, Any]], **options: Any
) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    return {
        **fields,
        "from": serializers.DateField(source="first", help_text="First day.", **options),
        "to": serializers.DateField(source="last", help_text="Last day.", **options),
    }


class AskedReportSerializer(serializers.Serializer[Any]):
    """Which report."""

    language = serializers.ChoiceField(settings.LANGUAGES)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name for an attribute."""
        return _with_days(super().get_fields())


class ReportFilter(django_filters.FilterSet):
    resolution = django_filters.CharFilter(
        field_name="resolution__slug", label="Symbol with hyphens."
    )
    language = django_filters.ChoiceFilter(choices=settings.LANGUAGES, label="Language.")
    state = django_filters.ChoiceFilter(choices=BuildState.choices, label="State.")
    sort = ordering(("created_at", "created_at"), ("last", "to"))

    class Meta:
        model = ReportBuild
        fields: list[str] = []


def with_files(rows: QuerySet[ReportBuild]) -> QuerySet[ReportBuild]:
    """Reports with what is shown of them, without the bytes of their files."""
    files = Prefetch("files", StoredFile.objects.without_content())
    return rows.select_related("resolution", "asked_by").prefetch_related(files)


class ReportResource(ReadResource):
    """Reports on resolutions, as Word document and PDF. Ask for one at its resolution."""

    scoped = ReportBuild.objects
    needs = {**READ, "docx": Permission.READ_REPORTS, "pdf": Permission.READ_REPORTS}
    serializer_class = ReportSerializer
    filterset_class = ReportFilter

    def with_all(self, rows: QuerySet[ReportBuild]) -> QuerySet[ReportBuild]:
        """With resolution, files and who asked."""
        return with_files(rows)

    @extend_schema(responses={(200, "*/*"): FILE})
    @action(detail=True)
    def docx(self, request: Request, pk: str) -> HttpResponse:
        """The report as a Word document"""
        return file_answer(self.thing, FileKind.DOCX)

    @extend_schema(responses={(200, "*/*"): FILE})
    @action(detail=True)
    def pdf(self, request: Request, pk: str) -> HttpResponse:
        """The report as a tagged PDF"""
        return file_answer(self.thing, FileKind.PDF)


class NarrativeSerializer(Linked):
    url_of = "narrative"
    id = serializers.IntegerField()
    resolution = serializers.CharField(source="resolution.symbol")
    paragraph = serializers.CharField(
        source="paragraph.number",
        allow_null=True,
        default=None,
        help_text="Null for the summary.",
    )
    language = serializers.ChoiceField(settings.LANGUAGES)
    words = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField()
    changed_by = serializers.CharField(source="changed_by.username")
    updated_at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name for an attribute."""
        return _with_days(super().get_fields())


class ChangedNarrativeSerializer(serializers.Serializer[Any]):
    """What is written."""

    words = serializers.CharField(max_length=MOST_WORDS, allow_blank=True)


class NewNarrativeSerializer(ChangedNarrativeSerializer):
    """A text for a paragraph, or for the summary."""

    resolution = Named(
        slug_field="slug",
        queryset=Resolution.objects.all(),
        help_text="Symbol of a resolution with hyphens.",
    )
    paragraph = serializers.CharField(
        max_length=30, required=False, help_text="Number of a paragraph; none for the summary."
    )
    language = serializers.ChoiceField(settings.LANGUAGES)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name for an attribute."""
        return _with_days(super().get_fields())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The paragraph is one of the resolution, and the days make a period."""
        check_days(attrs["resolution"], attrs["first"], attrs["last"])
        number = attrs.get("paragraph")
        attrs["paragraph"] = None
        if number is not None:
            paragraphs = Paragraph.objects.filter(
                resolution=attrs["resolution"], kind=ParagraphKind.OPERATIVE, parent=None
            )
            attrs["paragraph"] = paragraphs.filter(number=number).first()
            if attrs["paragraph"] is None:
                raise serializers.ValidationError(
                    {"paragraph": "The resolution has no such paragraph."}
                )
        return attrs


def check_days(resolution: Resolution, first: dt.date, last: dt.date) -> None:
    """Says at the field when days make no period."""
    try:
        Window.of(resolution, first, last)
    except WindowError as error:
        raise serializers.ValidationError({error.field: [str(error.message)]}) from error


class NarrativeFilter(django_filters.FilterSet):
    resolution = django_filters.CharFilter(
        field_name="resolution__slug", label="Symbol with hyphens."
    )
    paragraph = django_filters.CharFilter(
        field_name="paragraph__number", label="Number of a paragraph."
    )
    language = django_filters.ChoiceFilter(choices=settings.LANGUAGES, label="Language.")
    sort = ordering(("updated_at", "updated_at"), ("paragraph__position", "paragraph"))

    class Meta:
        model = Narrative
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """Adds the days: `from` is no name for an attribute."""
        days = {
            "from": django_filters.DateFilter(field_name="first", label="First day."),
            "to": django_filters.DateFilter(field_name="last", label="Last day."),
        }
        return {**super().get_filters(), **days}


class NarrativeResource(ReadResource):
    """What people write for reports: one text a paragraph, period and language."""

    scoped = Narrative.objects
    needs = {
        **READ,
        "create": Permission.WRITE_REPORTS,
        "partial_update": Permission.WRITE_REPORTS,
    }
    serializer_class = NarrativeSerializer
    filterset_class = NarrativeFilter

    def with_all(self, rows: QuerySet[Narrative]) -> QuerySet[Narrative]:
        """With resolution, paragraph and who changed it last."""
        return rows.select_related("resolution", "paragraph", "changed_by")

    @extend_schema(request=NewNarrativeSerializer, responses={201: NarrativeSerializer})
    def create(self, request: Request) -> Response:
        """Write the first text of a paragraph

        Where one is written already with other words, it answers 412: read that one and change it.
        """

        def make() -> Narrative:
            sent = self.valid(NewNarrativeSerializer)
            words = sent.pop("words")
            return self._written(Place(**sent), words, revision=0)

        return self.create_once(make)

    @extend_schema(request=ChangedNarrativeSerializer, responses=NarrativeSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a text"""
        sent = self.valid(ChangedNarrativeSerializer)
        place = Place(
            self.thing.resolution,
            self.thing.paragraph,
            self.thing.first,
            self.thing.last,
            self.thing.language,
        )
        self._written(place, sent["words"], revision=self.thing.revision)
        return self.answer(self.thing.pk)

    def _written(self, place: Place, words: str, revision: int) -> Narrative:
        try:
            return write_narrative(
                place=place, words=words, revision=revision, by=self.request.user
            )
        except NarrativeChangedMeanwhile as stale:
            raise PreconditionFailed(stale.messages[0]) from stale
