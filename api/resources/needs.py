"""Needs: what a standing mandate takes."""

from __future__ import annotations

from functools import partial
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.base import ReadResource
from api.filtering import ordering
from api.linked import Address, Linked
from assistance.coverage.foresee import (
    Foreseen,
    foresee_ending,
    foresee_need,
    foresee_publishing,
)
from directory.access import fetch_to_read
from directory.policy import Permission
from directory.statuses import Status
from mandates.models import DeliveryKind, Mandate, Need
from mandates.services.needs import (
    NeedFields,
    change_need,
    end_need,
    publish_need,
    remove_need,
    write_need,
)

NEED_FIELDS = ("words", "kind", "every_months", "valid_from", "valid_to")


class NeedSerializer(Linked):
    url_of = "need"
    id = serializers.IntegerField()
    mandate = serializers.CharField(source="mandate.identifier")
    mandate_url = Address("mandate", "mandate_id", help_text="Its mandate.")
    words = serializers.CharField()
    kind = serializers.ChoiceField(DeliveryKind.choices, allow_blank=True)
    every_months = serializers.IntegerField(allow_null=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    created_by = serializers.CharField(
        source="created_by.username", required=False, help_text="Not told to visitors."
    )
    published_by = serializers.CharField(
        source="published_by.username",
        allow_null=True,
        default=None,
        help_text="Not told to visitors.",
    )
    published_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        """Without the names of staff for visitors of the public site."""
        declared = super().get_fields()
        request = self.context.get("request")
        schema = getattr(self.context.get("view"), "swagger_fake_view", False)
        if request is not None and not request.user.is_authenticated and not schema:
            del declared["created_by"], declared["published_by"]
        return declared


class ChangedNeedSerializer(serializers.Serializer[Any]):
    """What a need says."""

    words = serializers.CharField(max_length=2000)
    kind = serializers.ChoiceField(DeliveryKind.choices, allow_blank=True, required=False)
    every_months = serializers.IntegerField(
        min_value=1, max_value=120, allow_null=True, required=False
    )
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, required=False)


class NewNeedSerializer(ChangedNeedSerializer):
    """A need of a mandate."""

    mandate = fields.mandate()


class PublishedNeedSerializer(serializers.Serializer[Any]):
    """What a need takes the place of, if anything."""

    in_place_of = serializers.IntegerField(
        required=False, allow_null=True, help_text="Id of a published need of the same mandate."
    )


class EndedNeedSerializer(serializers.Serializer[Any]):
    """The last day of a need."""

    last_day = serializers.DateField()


class NeedStandingSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(
        Status.choices, allow_null=True, help_text="Null of a resolution, which has none."
    )
    served = serializers.IntegerField()
    demands = serializers.IntegerField()


class ForeseenSerializer(serializers.Serializer[Any]):
    """A mandate, a paragraph or a resolution as of today, before and after an act."""

    place = serializers.CharField(help_text="Identifier, number or symbol, from the mandate up.")
    before = NeedStandingSerializer()
    after = NeedStandingSerializer()
    changes = serializers.BooleanField()


foreseeing = partial(action, methods=["post"], filter_backends=[], pagination_class=None)
"""An act that is only looked at: it takes what the act takes, and gives a list without pages."""


def foreseen(found: list[Foreseen]) -> Response:
    """What an act would do, as it is answered."""
    return Response(ForeseenSerializer(found, many=True).data)


class NeedFilter(django_filters.FilterSet):
    resolution = django_filters.CharFilter(
        field_name="mandate__paragraph__resolution__slug", label="Symbol with hyphens."
    )
    mandate = django_filters.CharFilter(
        field_name="mandate__identifier", label="Public identifier of a mandate."
    )
    published = django_filters.BooleanFilter(
        field_name="published_at", lookup_expr="isnull", exclude=True, label="Whether it counts."
    )
    sort = ordering(("valid_from", "valid_from"), ("mandate__identifier", "mandate"))

    class Meta:
        model = Need
        fields: list[str] = []


class NeedResource(ReadResource):
    """Needs of standing mandates; only published ones count."""

    scoped = Need.objects
    needs = {
        "list": Permission.READ_RESOLUTIONS,
        "retrieve": Permission.READ_RESOLUTIONS,
        "create": Permission.WRITE_NEEDS,
        "partial_update": Permission.WRITE_NEEDS,
        "destroy": Permission.WRITE_NEEDS,
        "publish": Permission.PUBLISH_NEEDS,
        "end": Permission.PUBLISH_NEEDS,
        "foresee": Permission.WRITE_NEEDS,
        "foresee_change": Permission.WRITE_NEEDS,
        "foresee_publish": Permission.PUBLISH_NEEDS,
        "foresee_end": Permission.PUBLISH_NEEDS,
    }
    serializer_class = NeedSerializer
    filterset_class = NeedFilter

    def with_all(self, rows: QuerySet[Need]) -> QuerySet[Need]:
        """With mandate and people."""
        return rows.select_related("mandate", "created_by", "published_by")

    @extend_schema(request=NewNeedSerializer, responses={201: NeedSerializer})
    def create(self, request: Request) -> Response:
        """Write a need of a counted mandate

        It counts once a manager has published it.
        """

        def make() -> Need:
            mandate, written = self._new()
            return write_need(user=request.user, mandate_pk=mandate.pk, fields=written)

        return self.create_once(make)

    def _new(self) -> tuple[Mandate, NeedFields]:
        """The mandate and the words of a need that was sent."""
        sent = self.valid(NewNeedSerializer)
        mandate = sent.pop("mandate")
        blank: Any = {"kind": "", "every_months": None, "valid_to": None}
        return mandate, {**blank, **sent}

    def _changed(self) -> NeedFields:
        """What the need of the address would say after what was sent."""
        there: Any = {name: getattr(self.thing, name) for name in NEED_FIELDS}
        return {**there, **self.valid(ChangedNeedSerializer, partial=True)}

    @extend_schema(request=ChangedNeedSerializer(partial=True), responses=NeedSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a need

        One that was published stops counting until a manager publishes it again.
        """
        change_need(
            user=request.user,
            need_pk=self.thing.pk,
            fields=self._changed(),
            revision=self.thing.revision,
        )
        return self.answer(self.thing.pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a need that was never published

        Figures rest on one that was: it is ended instead.
        """
        remove_need(user=request.user, need_pk=self.thing.pk, revision=self.thing.revision)
        return Response(status=204)

    @extend_schema(request=PublishedNeedSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Publish a need, so that it counts

        Put in place of another it ends that one on the day before its own first.
        """
        sent = self.valid(PublishedNeedSerializer)
        publish_need(
            user=request.user,
            need_pk=self.thing.pk,
            revision=self.thing.revision,
            in_place_of=sent.get("in_place_of"),
        )
        return self.answer(self.thing.pk)

    @extend_schema(request=EndedNeedSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End a published need after its last day"""
        sent = self.valid(EndedNeedSerializer)
        return self.act(
            lambda: end_need(
                user=request.user, need_pk=self.thing.pk, revision=self.thing.revision, **sent
            )
        )

    @extend_schema(request=NewNeedSerializer, responses=ForeseenSerializer(many=True))
    @foreseeing(detail=False)
    def foresee(self, request: Request) -> Response:
        """See what a new need would do once published

        Takes what writing one takes; nothing is saved and nobody is told.
        """
        mandate, written = self._new()
        counted = fetch_to_read(Mandate.objects.counted(), request.user, pk=mandate.pk)
        return foreseen(foresee_need(Need(mandate=counted), written, user=request.user))

    @extend_schema(
        request=ChangedNeedSerializer(partial=True), responses=ForeseenSerializer(many=True)
    )
    @foreseeing(detail=True, url_path="change/foresee")
    def foresee_change(self, request: Request, pk: str) -> Response:
        """See what a change of a need would do once published

        Takes what changing one takes; nothing is saved and nobody is told.
        """
        return foreseen(foresee_need(self.thing, self._changed(), user=request.user))

    @extend_schema(request=PublishedNeedSerializer, responses=ForeseenSerializer(many=True))
    @foreseeing(detail=True, url_path="publish/foresee")
    def foresee_publish(self, request: Request, pk: str) -> Response:
        """See what publishing a need would do

        Takes what publishing takes; nothing is saved and nobody is told.
        """
        in_place_of = self.valid(PublishedNeedSerializer).get("in_place_of")
        found = foresee_publishing(self.thing, user=request.user, in_place_of=in_place_of)
        return foreseen(found)

    @extend_schema(request=EndedNeedSerializer, responses=ForeseenSerializer(many=True))
    @foreseeing(detail=True, url_path="end/foresee")
    def foresee_end(self, request: Request, pk: str) -> Response:
        """See what ending a published need after its last day would do

        Takes what ending takes; nothing is saved and nobody is told.
        """
        sent = self.valid(EndedNeedSerializer)
        return foreseen(foresee_ending(self.thing, user=request.user, **sent))
