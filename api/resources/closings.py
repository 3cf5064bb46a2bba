"""Closed periods: their public figures, and for UNODC their frozen rows and what was revised."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReadResource
from api.filtering import check_parameters, ordering
from api.linked import Linked, Quick
from api.resources.comparison import ActSerializer, act_told
from api.resources.coverage import PublicFiguresSerializer, WindowSerializer
from assistance.coverage.closing import close_period, verify
from assistance.coverage.models import ClosedRow, Closing, RowKind
from assistance.coverage.package import package_file_of_closing
from assistance.coverage.period import PeriodRow
from assistance.coverage.revisions import revisions_of
from directory.policy import Permission
from directory.statuses import Status
from mandates.models import Resolution


class WindowOfClosing(WindowSerializer):
    def to_representation(self, instance: Any) -> dict[str, str]:
        """Its first and its last day."""
        return {"from": instance.first.isoformat(), "to": instance.last.isoformat()}


class ClosingSerializer(Linked):
    url_of = "closing"
    id = serializers.IntegerField()
    resolution = serializers.CharField(source="resolution.symbol")
    window = WindowOfClosing(source="*")
    definition = serializers.CharField(help_text="Version of the definition of coverage.")
    sha256 = serializers.CharField(help_text="Of the frozen rows in their canonical form.")
    note = serializers.CharField(allow_blank=True)
    closed_at = serializers.DateTimeField()
    public = PublicFiguresSerializer(help_text="What everybody may know of it.")


class NewClosingSerializer(serializers.Serializer[Any]):
    """A period of a resolution that has ended."""

    resolution = serializers.CharField(max_length=60, help_text="Symbol with hyphens.")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name for an attribute."""
        return {
            **super().get_fields(),
            "from": serializers.DateField(
                required=False, help_text="First day; the adoption when not given."
            ),
            "to": serializers.DateField(help_text="Last day, before today."),
        }

    def validate_resolution(self, slug: str) -> str:
        """The resolution must be there."""
        if not Resolution.objects.filter(slug=slug).exists():
            raise serializers.ValidationError(f"There is no resolution {slug}.")
        return slug


class ClosedRowSerializer(Quick):
    kind = serializers.ChoiceField(RowKind.choices)
    key = serializers.CharField()
    status = serializers.ChoiceField(Status.choices, help_text="On the last day.")
    row = serializers.JSONField(help_text="The row as it is hashed, without kind, key and status.")


class RevisionSerializer(serializers.Serializer[Any]):
    """A row that differs when the period is worked out today."""

    kind = serializers.ChoiceField(RowKind.choices)
    key = serializers.CharField()
    changed = serializers.ListField(child=serializers.CharField())
    before = ClosedRowSerializer(allow_null=True)
    after = ClosedRowSerializer(allow_null=True)
    acts = ActSerializer(many=True)


class CheckSerializer(serializers.Serializer[Any]):
    """What the frozen rows give when they are worked out again."""

    agrees = serializers.BooleanField()
    sha256 = serializers.CharField()
    rows = serializers.IntegerField()


class ClosingFilter(django_filters.FilterSet):
    resolution = django_filters.CharFilter(
        field_name="resolution__slug", label="Symbol with hyphens."
    )
    sort = ordering(("last", "to"), ("first", "from"), ("closed_at", "closed_at"))

    class Meta:
        model = Closing
        fields: list[str] = []


class ClosingResource(ReadResource):
    """Closed periods, the latest first. A closing is never changed or removed."""

    scoped = Closing.objects
    needs = {
        "list": Permission.READ_RESOLUTIONS,
        "retrieve": Permission.READ_RESOLUTIONS,
        "create": Permission.CLOSE_PERIODS,
        "rows": Permission.READ_ALL_REQUESTS,
        "revisions": Permission.READ_ALL_REQUESTS,
        "verify": Permission.READ_ALL_REQUESTS,
        "package": Permission.READ_ALL_REQUESTS,
    }
    serializer_class = ClosingSerializer
    filterset_class = ClosingFilter
    hidden = False

    def with_all(self, rows: QuerySet[Closing]) -> QuerySet[Closing]:
        """With the resolution."""
        return rows.select_related("resolution")

    @extend_schema(request=NewClosingSerializer, responses={201: ClosingSerializer})
    def create(self, request: Request) -> Response:
        """Close a period for good"""

        def make() -> Closing:
            sent = self.valid(NewClosingSerializer)
            return close_period(
                user=request.user,
                resolution_slug=sent["resolution"],
                first=sent.get("from"),
                last=sent["to"],
                note=sent.get("note", ""),
            )

        return self.create_once(make)

    @extend_schema(responses=ClosedRowSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[])
    def rows(self, request: Request, pk: str) -> Response:
        """The frozen rows, in the order in which they are hashed"""
        return self.page(
            ClosedRow.objects.filter(closing=self.thing).order_by("kind", "key"),
            ClosedRowSerializer,
        )

    @extend_schema(responses=RevisionSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def revisions(self, request: Request, pk: str) -> Response:
        """What was corrected since closing, row by row, and because of which act"""
        check_parameters(request, set())
        return Response(
            [
                {
                    "kind": one.kind,
                    "key": one.key,
                    "changed": one.changed,
                    "before": _told(one.before),
                    "after": _told(one.after),
                    "acts": [act_told(act) for act in one.acts],
                }
                for one in revisions_of(self.thing)
            ]
        )

    @extend_schema(responses=CheckSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def verify(self, request: Request, pk: str) -> Response:
        """Work the hash out again from the frozen rows"""
        check_parameters(request, set())
        check = verify(self.thing)
        return Response({"agrees": check.agrees, "sha256": check.sha256, "rows": check.rows})

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def package(self, request: Request, pk: str) -> HttpResponse:
        """The closed period as a data package, from its frozen rows

        Like the package of a resolution, without the leading units and with the hash of the frozen
        rows. It stays the same for ever.
        """
        check_parameters(request, set())
        return package_file_of_closing(self.thing)


def _told(row: PeriodRow | None) -> dict[str, Any] | None:
    return {"kind": row.kind, "key": row.key, "status": row.status, "row": row.row} if row else None
