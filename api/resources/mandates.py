"""Resolutions, their paragraphs and their mandates."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from api.base import Linked, ReadResource
from directory.policy import Permission
from mandates.models import (
    Facet,
    Mandate,
    MandateSpan,
    Paragraph,
    ParagraphText,
    Resolution,
    Text,
)

READ = {"list": Permission.READ_RESOLUTIONS, "retrieve": Permission.READ_RESOLUTIONS}


class TextSerializer(serializers.Serializer[Text]):
    language = serializers.CharField()
    title = serializers.CharField()
    filename = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    imported_at = serializers.DateTimeField()


class ResolutionSerializer(Linked):
    url_of, url_key = "resolution", "slug"
    symbol = serializers.CharField()
    slug = serializers.CharField()
    organ = serializers.CharField()
    session = serializers.IntegerField(allow_null=True)
    agenda_item = serializers.CharField()
    labels = serializers.DictField(child=serializers.CharField(), help_text="Unofficial names.")
    adopted_on = serializers.DateField()
    plenary_meeting = serializers.IntegerField(allow_null=True)
    basis = serializers.CharField(source="basis_document")
    superseded_on = serializers.DateField(allow_null=True)
    texts = TextSerializer(many=True)


class ResolutionFilter(django_filters.FilterSet):
    symbol = django_filters.CharFilter(lookup_expr="icontains")
    organ = django_filters.CharFilter()
    session = django_filters.NumberFilter()

    class Meta:
        model = Resolution
        fields = ["symbol", "organ", "session"]


class ResolutionResource(ReadResource):
    """Resolutions, by symbol with hyphens (`A-RES-74-175`)."""

    scoped = Resolution.objects
    needs = READ
    serializer_class = ResolutionSerializer
    filterset_class = ResolutionFilter
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def with_all(self, rows: QuerySet[Resolution]) -> QuerySet[Resolution]:
        """With their texts."""
        return rows.prefetch_related("texts")


class SpanSerializer(serializers.Serializer[MandateSpan]):
    language = serializers.CharField(source="paragraph_text.text.language")
    start = serializers.IntegerField(help_text="Unicode code points of the paragraph's words.")
    end = serializers.IntegerField()
    verb = serializers.CharField()


class FacetSerializer(serializers.Serializer[Facet]):
    role = serializers.CharField()
    entity = serializers.CharField(source="entity.code", allow_null=True, default=None)
    theme = serializers.CharField(source="theme.code", allow_null=True, default=None)
    condition = serializers.CharField()
    words = serializers.CharField()
    start = serializers.IntegerField(allow_null=True)
    end = serializers.IntegerField(allow_null=True)
    source = serializers.CharField()


class MandateSerializer(Linked):
    url_of = "mandate"
    id = serializers.IntegerField()
    identifier = serializers.CharField()
    resolution = serializers.CharField(source="paragraph.resolution.symbol")
    paragraph = serializers.CharField(source="paragraph.number")
    ordinal = serializers.IntegerField()
    kind = serializers.CharField()
    basis = serializers.CharField()
    counted = serializers.BooleanField()
    labels = serializers.DictField(child=serializers.CharField(), help_text="Unofficial names.")
    lead_unit = serializers.CharField(source="lead_unit.code", allow_null=True, default=None)
    report_session = serializers.IntegerField(allow_null=True)
    report_due_on = serializers.DateField(allow_null=True)
    report_submitted_on = serializers.DateField(allow_null=True)
    revision = serializers.IntegerField()
    spans = SpanSerializer(many=True)
    facets = FacetSerializer(many=True)


class MandateFilter(django_filters.FilterSet):
    resolution = django_filters.CharFilter(field_name="paragraph__resolution__slug")
    paragraph = django_filters.CharFilter(field_name="paragraph__number")
    kind = django_filters.CharFilter()
    basis = django_filters.CharFilter()
    counted = django_filters.BooleanFilter()
    addressee = django_filters.CharFilter(method="facet_entity")
    partner = django_filters.CharFilter(method="facet_entity")
    theme = django_filters.CharFilter(method="facet_theme")

    class Meta:
        model = Mandate
        fields = ["kind", "basis"]

    def facet_entity(self, rows: Any, name: str, value: str) -> Any:
        """Those with this entity as addressee or partner."""
        return rows.filter(facets__in=Facet.objects.filter(role=name, entity__code=value))

    def facet_theme(self, rows: Any, name: str, value: str) -> Any:
        """Those with this theme."""
        return rows.filter(facets__in=Facet.objects.filter(role=name, theme__code=value))


class MandateResource(ReadResource):
    """Mandates: one clause each, with its place in each text and what is said of it."""

    scoped = Mandate.objects
    needs = READ
    serializer_class = MandateSerializer
    filterset_class = MandateFilter
    lookup_value_regex = "[0-9]{1,18}"

    def with_all(self, rows: Any) -> Any:
        """With paragraph, unit, spans and facets."""
        return (
            rows.with_counted()
            .select_related("paragraph__resolution", "lead_unit")
            .prefetch_related(
                Prefetch("spans", MandateSpan.objects.select_related("paragraph_text__text")),
                Prefetch("facets", Facet.objects.select_related("entity", "theme")),
            )
            .order_by("paragraph__resolution", "paragraph__position", "ordinal")
        )


class ParagraphTextSerializer(serializers.Serializer[ParagraphText]):
    language = serializers.CharField(source="text.language")
    words = serializers.CharField()
    emphasis = serializers.JSONField()
    footnote_marks = serializers.JSONField()


class ParagraphSerializer(Linked):
    url_of = "paragraph"
    id = serializers.IntegerField()
    resolution = serializers.CharField(source="resolution.symbol")
    kind = serializers.CharField()
    number = serializers.CharField()
    position = serializers.IntegerField()
    parent = serializers.CharField(source="parent.number", allow_null=True, default=None)
    labels = serializers.DictField(child=serializers.CharField(), help_text="Unofficial names.")
    texts = ParagraphTextSerializer(many=True)
    mandates = serializers.SlugRelatedField(slug_field="identifier", many=True, read_only=True)


class ParagraphFilter(django_filters.FilterSet):
    resolution = django_filters.CharFilter(field_name="resolution__slug")
    kind = django_filters.CharFilter()
    number = django_filters.CharFilter()

    class Meta:
        model = Paragraph
        fields = ["kind", "number"]


class ParagraphResource(ReadResource):
    """Paragraphs with their words in each language."""

    scoped = Paragraph.objects
    needs = READ
    serializer_class = ParagraphSerializer
    filterset_class = ParagraphFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Paragraph]:
        """All paragraphs: they are public."""
        return (
            Paragraph.objects.select_related("resolution", "parent")
            .prefetch_related(
                Prefetch("texts", ParagraphText.objects.select_related("text")), "mandates"
            )
            .order_by("resolution", "position")
        )
