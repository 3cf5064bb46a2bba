"""Spreadsheets of many rows: what they would change, written, undone."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReadResource
from api.filtering import ordering
from api.linked import Linked, Quick
from assistance.models import RowOutcome, RowResult, SheetKind, SheetRow, SheetUpload, UploadState
from assistance.sheets.forms import UploadForm, refusal_words
from assistance.sheets.uploads import apply_sheet, hand_in, undo_sheet
from directory.policy import Permission


class UploadSerializer(Linked):
    url_of = "upload"
    id = serializers.IntegerField()
    filename = serializers.CharField()
    sha256 = serializers.CharField()
    language = serializers.CharField(help_text="Of the days in it, and of what is wrong with it.")
    state = serializers.ChoiceField(UploadState.choices)
    total = serializers.IntegerField(help_text="Rows of the present step.")
    handled = serializers.IntegerField(help_text="Rows of it that are done.")
    read_as = serializers.CharField(
        allow_blank=True, help_text="The encoding of the file, where it had to be guessed."
    )
    refusal = serializers.SerializerMethodField(help_text="Why it was refused, and what to do.")
    uploaded_by = serializers.CharField(source="uploaded_by.username")
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)

    def get_refusal(self, row: SheetUpload) -> str:
        """Empty when it was not refused."""
        return refusal_words(row.refusal) if row.refusal else ""


class ProblemOfRowSerializer(serializers.Serializer[Any]):
    """What is wrong with a row."""

    column = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    remedy = serializers.CharField()


class RowSerializer(Quick):
    id = serializers.IntegerField()
    sheet = serializers.ChoiceField(SheetKind.choices)
    number = serializers.IntegerField(help_text="The row in the file.")
    activity = serializers.CharField(
        source="key_of_whole", help_text="Key of its activity, or of its request."
    )
    key = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(RowOutcome.choices, allow_blank=True)
    result = serializers.ChoiceField(RowResult.choices, allow_blank=True)
    before = serializers.DictField(help_text="Cells that differ, as recorded.")
    after = serializers.DictField(help_text="Cells that differ, as the sheet has them.")
    problems = ProblemOfRowSerializer(many=True)


class NewUploadSerializer(serializers.Serializer[Any]):
    """A spreadsheet."""

    file = serializers.FileField(help_text="An Excel workbook from the template, or CSV.")


class ApplySerializer(serializers.Serializer[Any]):
    """The yes to an upload."""

    send = serializers.BooleanField(
        default=False, help_text="Send the activities it makes for approval."
    )


class UploadFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=UploadState.choices, label="State.")
    sort = ordering(("created_at", "created_at"))

    class Meta:
        model = SheetUpload
        fields: list[str] = []


class UploadResource(ReadResource):
    """Spreadsheets handed in, with what they would change."""

    scoped = SheetUpload.objects
    needs = {
        "list": Permission.LOG_ACTIVITIES,
        "retrieve": Permission.LOG_ACTIVITIES,
        "create": Permission.LOG_ACTIVITIES,
        "rows": Permission.LOG_ACTIVITIES,
        "apply": Permission.LOG_ACTIVITIES,
        "undo": Permission.LOG_ACTIVITIES,
    }
    serializer_class = UploadSerializer
    filterset_class = UploadFilter
    parser_classes = [MultiPartParser, JSONParser]

    def with_all(self, rows: QuerySet[SheetUpload]) -> QuerySet[SheetUpload]:
        """With whoever uploaded it."""
        return rows.select_related("uploaded_by")

    @extend_schema(request=NewUploadSerializer, responses={202: UploadSerializer})
    def create(self, request: Request) -> Response:
        """Upload a spreadsheet

        A worker compares it: ask for the address answered until its `state` is ready or refused,
        then for its `rows/`. Nothing is written before `apply/`. The same file uploaded twice at
        once is one upload.
        """

        def make() -> SheetUpload:
            form = UploadForm(request.POST, request.FILES)
            if not form.is_valid():
                raise serializers.ValidationError(form.errors)
            return hand_in(
                file=form.cleaned_data["file"], user=request.user, language=get_language() or "en"
            )

        return self.create_once(make, status=202)

    @extend_schema(responses=RowSerializer(many=True))
    @action(detail=True, filter_backends=[])
    def rows(self, request: Request, pk: str) -> Response:
        """What each row would change

        In the order of the file: new, changed, unchanged or refused, and after `apply/` and `undo/`
        what became of it.
        """
        rows = SheetRow.objects.filter(upload=self.thing).order_by("order", "number")
        return self.page(rows, RowSerializer)

    @extend_schema(request=ApplySerializer, responses=UploadSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def apply(self, request: Request, pk: str) -> Response:
        """Write what an upload would change

        A worker writes it, page by page. Only whoever uploaded it can.
        """

        def do() -> None:
            apply_sheet(upload=self.thing, by=request.user, **self.valid(ApplySerializer))

        return self.act(do)

    @extend_schema(request=None, responses=UploadSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def undo(self, request: Request, pk: str) -> Response:
        """Take back what an upload wrote

        What others built on since stays; its rows say so.
        """
        return self.act(lambda: undo_sheet(upload=self.thing, by=request.user))
