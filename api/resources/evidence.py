"""What shows a delivery, and what the State concerned says of it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.base import Below, ReadResource
from api.filtering import by_id, ordering
from api.linked import Address, Linked, Said
from api.resources.attachments import FILE
from assistance.downloads import download
from assistance.models import Delivery, Evidence, EvidenceKind, Reply, Verdict
from assistance.services import add_evidence, remove_evidence, verify_evidence
from assistance.workflow import reply_to_delivery
from directory.policy import Permission


class EvidenceSerializer(Linked):
    url_of = "evidence"
    id = serializers.IntegerField()
    delivery = serializers.IntegerField(source="delivery_id")
    delivery_url = Address("delivery", "delivery_id", help_text="Its delivery.")
    kind = serializers.ChoiceField(EvidenceKind.choices)
    address = serializers.CharField(
        source="url", allow_blank=True, help_text="Where it is; empty for a file."
    )
    filename = serializers.CharField(allow_blank=True)
    content_type = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    sha256 = serializers.CharField(allow_blank=True)
    added_by = Said()
    added_at = serializers.DateTimeField()
    verified_by = Said(allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    self_verified = serializers.BooleanField()


class NewEvidenceSerializer(serializers.Serializer[Any]):
    """A file or an address that shows a delivery."""

    delivery = fields.Visible(Delivery.objects, help_text="Id of a delivery.")
    kind = serializers.ChoiceField(EvidenceKind.choices)
    address = serializers.URLField(max_length=500, required=False)


class EvidenceFileSerializer(NewEvidenceSerializer):
    """The same with a file."""

    file = serializers.FileField(required=False)


class EvidenceFilter(django_filters.FilterSet):
    delivery = by_id("Id of a delivery.", field_name="delivery_id")
    activity = by_id("Id of an activity.", field_name="delivery__activity_id")
    kind = django_filters.ChoiceFilter(choices=EvidenceKind.choices, label="Kind.")
    verified = django_filters.BooleanFilter(
        field_name="verified_at", lookup_expr="isnull", exclude=True, label="Whether it counts."
    )
    sort = ordering(("added_at", "added_at"), ("verified_at", "verified_at"))

    class Meta:
        model = Evidence
        fields: list[str] = []


class EvidenceResource(ReadResource):
    """Evidence of deliveries: all for UNODC; for a State what was verified of those to it."""

    scoped = Evidence.objects
    needs = {
        "list": Permission.READ_ACTIVITIES,
        "retrieve": Permission.READ_ACTIVITIES,
        "file": Permission.READ_ACTIVITIES,
        "create": Permission.LOG_ACTIVITIES,
        "destroy": Permission.LOG_ACTIVITIES,
        "verify": Permission.VERIFY_EVIDENCE,
    }
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    parser_classes = [JSONParser, MultiPartParser]
    versioned = False

    def with_all(self, rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
        """With who added and who verified it."""
        return rows.select_related("added_by", "verified_by")

    @extend_schema(
        request={
            "application/json": NewEvidenceSerializer,
            "multipart/form-data": EvidenceFileSerializer,
        },
        responses={201: EvidenceSerializer},
    )
    def create(self, request: Request) -> Response:
        """Add a piece of evidence to a delivery

        An address as JSON, or a file as a form. It counts once somebody else has verified it.
        """

        def make() -> Evidence:
            sent = self.valid(EvidenceFileSerializer)
            return add_evidence(by=request.user, url=sent.pop("address", ""), **sent)

        return self.create_once(make)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a piece of evidence away from its delivery"""
        remove_evidence(evidence=self.thing, by=request.user)
        return Response(status=204)

    @extend_schema(responses={(200, "*/*"): FILE})
    @action(detail=True)
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file itself; 404 for an address"""
        return download(self.thing)

    @extend_schema(request=None, responses=EvidenceSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Verify a piece of evidence that somebody else added"""
        return self.act(lambda: verify_evidence(evidence=self.thing, by=request.user))


class ReplySerializer(Linked):
    url_of = "reply"
    id = serializers.IntegerField()
    delivery = serializers.IntegerField(source="delivery_id")
    delivery_url = Address("delivery", "delivery_id", help_text="The delivery.")
    country = serializers.CharField(source="country.iso")
    verdict = serializers.ChoiceField(Verdict.choices)
    words = serializers.CharField(allow_blank=True)
    by = Said()
    at = serializers.DateTimeField()


class NewReplySerializer(serializers.Serializer[Any]):
    """What your State says of a delivery to it; an objection needs words."""

    delivery = fields.Visible(Delivery.objects, help_text="Id of a delivery.")
    verdict = serializers.ChoiceField(Verdict.choices)
    words = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class ReplyFilter(django_filters.FilterSet):
    delivery = by_id("Id of a delivery.", field_name="delivery_id")
    verdict = django_filters.ChoiceFilter(choices=Verdict.choices, label="Verdict.")
    sort = ordering(("at", "at"))

    class Meta:
        model = Reply
        fields: list[str] = []


class ReplyResource(ReadResource):
    """What States say of deliveries to them; the latest of each counts."""

    scoped = Below(Reply, "delivery", Delivery.objects)
    needs = {
        "list": Permission.READ_ACTIVITIES,
        "retrieve": Permission.READ_ACTIVITIES,
        "create": Permission.REPLY,
    }
    serializer_class = ReplySerializer
    filterset_class = ReplyFilter

    def with_all(self, rows: QuerySet[Reply]) -> QuerySet[Reply]:
        """With State and person."""
        return rows.select_related("country", "by")

    @extend_schema(request=NewReplySerializer, responses={201: ReplySerializer})
    def create(self, request: Request) -> Response:
        """Reply to a delivery to your State

        The same reply sent twice is one.
        """

        def make() -> Reply:
            sent = self.valid(NewReplySerializer)
            delivery = sent["delivery"]
            if delivery.country is None:
                raise PermissionDenied
            return reply_to_delivery(
                delivery=delivery,
                country=delivery.country,
                verdict=sent["verdict"],
                words=sent.get("words", ""),
                user=request.user,
            )

        return self.create_once(make)
