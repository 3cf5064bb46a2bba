"""Deliveries: what happened under an activity, for one State named or for none."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.base import ReadResource, Resource
from api.filtering import PageFilters, by_id, ordering
from api.linked import Address, Codes, Linked, Said
from assistance.activities.access import sees_all
from assistance.coverage.filters import DeliveredFilter
from assistance.coverage.flows import counted_deliveries
from assistance.coverage.models import Demand
from assistance.models import Activity, AgeGroup, Delivery, Function, RequestItem
from assistance.services import add_delivery, change_delivery
from directory.models import Country
from directory.policy import Permission
from mandates.models import DeliveryKind

INTERNAL = ("needs", "created_by", "changed_by")
MOST = 1_000_000


class GroupsField(serializers.DictField):
    """A number of participants for each group given; they sum to all participants."""

    def __init__(self, groups: type[models.TextChoices]) -> None:
        known = ", ".join(groups.values)
        super().__init__(
            child=serializers.IntegerField(min_value=0, max_value=MOST),
            required=False,
            help_text=f"Participants by {known}; they sum to all participants.",
        )


class DeliverySerializer(Linked):
    url_of = "delivery"
    id = serializers.IntegerField()
    activity = serializers.IntegerField(source="activity_id")
    activity_url = Address("activity", "activity_id", help_text="Its activity.")
    country = serializers.CharField(source="country.iso", allow_null=True, default=None)
    began_on = serializers.DateField(allow_null=True)
    on = serializers.DateField(help_text="The day it ended.")
    kind = serializers.ChoiceField(DeliveryKind.choices)
    title = serializers.CharField(allow_blank=True)
    women = serializers.IntegerField(allow_null=True)
    men = serializers.IntegerField(allow_null=True)
    not_stated = serializers.IntegerField(allow_null=True)
    participants = serializers.IntegerField(allow_null=True, help_text="All of them.")
    by_age = serializers.DictField(
        child=serializers.IntegerField(), help_text="Participants by age group, if counted so."
    )
    by_function = serializers.DictField(
        child=serializers.IntegerField(), help_text="Participants by function, if counted so."
    )
    items = serializers.SerializerMethodField(help_text="Ids of the items it was for.")
    approved = serializers.BooleanField(help_text="Whether a second person has said yes to it.")
    revision = serializers.IntegerField()
    needs = Codes(
        "need_id",
        source="need_rows",
        child=serializers.IntegerField(),
        required=False,
        help_text="Ids of the needs it meets.",
    )
    created_by = Said(required=False)
    changed_by = Said(required=False)

    def get_fields(self) -> dict[str, Any]:
        """All fields for UNODC (and for the schema), else without what is internal."""
        declared = super().get_fields()
        request = self.context.get("request")
        if request is None or getattr(self.context["view"], "swagger_fake_view", False):
            return declared
        if not sees_all(request.user):
            for name in INTERNAL:
                del declared[name]
        return declared

    def get_items(self, delivery: Delivery) -> list[int]:
        """Those this caller may know of."""
        return [item.pk for item in delivery.items_shown]  # type: ignore[attr-defined]


class DeliveryFieldsSerializer(serializers.Serializer[Any]):
    """What a delivery was; `items` not sent ticks those its activity answers for the State."""

    country = fields.country(allow_null=True, required=False)
    began_on = serializers.DateField(allow_null=True, required=False)
    on = serializers.DateField(help_text="The day it ended.")
    kind = serializers.ChoiceField(DeliveryKind.choices, required=False)
    title = serializers.CharField(max_length=250, allow_blank=True, required=False)
    women = serializers.IntegerField(min_value=0, max_value=MOST, allow_null=True, required=False)
    men = serializers.IntegerField(min_value=0, max_value=MOST, allow_null=True, required=False)
    not_stated = serializers.IntegerField(
        min_value=0, max_value=MOST, allow_null=True, required=False
    )
    participants = serializers.IntegerField(
        min_value=0,
        max_value=MOST,
        allow_null=True,
        required=False,
        help_text="All of them: kept as not stated where no sex is counted, else the counts must "
        "sum to it.",
    )
    by_age = GroupsField(AgeGroup)
    by_function = GroupsField(Function)
    items = fields.item(many=True, required=False, help_text="Ids of the items it was for.")
    needs = fields.need(many=True, required=False, help_text="Ids of the needs it meets.")


class NewDeliverySerializer(DeliveryFieldsSerializer):
    """A delivery under an activity."""

    activity = fields.Visible(Activity.objects, help_text="Id of an activity.")


class DeliveryFilter(django_filters.FilterSet):
    activity = by_id("Id of an activity.", field_name="activity_id")
    item = by_id("Id of an item it was for.", method="filter_item")
    state = django_filters.ModelChoiceFilter(
        queryset=Country.objects.all(),
        to_field_name="iso",
        field_name="country",
        label="ISO code of a State.",
    )
    kind = django_filters.ChoiceFilter(choices=DeliveryKind.choices, label="Kind.")
    approved = django_filters.BooleanFilter(label="Whether a second person has said yes.")
    sort = ordering(("on", "on"), ("activity", "activity"))

    class Meta:
        model = Delivery
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        """Adds the days: `from` is no name for an attribute."""
        days = {
            "from": django_filters.DateFilter(
                field_name="on", lookup_expr="gte", label="First day."
            ),
            "to": django_filters.DateFilter(field_name="on", lookup_expr="lte", label="Last day."),
        }
        return {**super().get_filters(), **days}

    def filter_item(self, rows: QuerySet[Delivery], _name: str, pk: Any) -> QuerySet[Delivery]:
        """Those ticked for an item the caller may know of."""
        items = RequestItem.objects.visible_to(self.request.user).filter(pk=pk)
        return rows.filter(items__in=items)


def _with_parts(rows: Any, view: Resource) -> QuerySet[Delivery]:
    """With State, people, items, needs, and whether it is approved."""
    approved = Delivery.objects.approved().filter(pk=OuterRef("pk"))
    rows = rows.annotate(approved=Exists(approved)).select_related("country")
    if getattr(view, "swagger_fake_view", False):
        return rows  # type: ignore[no-any-return]
    items = RequestItem.objects.visible_to(view.request.user)
    rows = rows.prefetch_related(Prefetch("items", items, to_attr="items_shown"))
    if sees_all(view.request.user):
        rows = rows.select_related("created_by", "changed_by").prefetch_related("need_rows")
    return rows  # type: ignore[no-any-return]


class DeliveryResource(ReadResource):
    """Deliveries: all of them for UNODC; for a State the approved ones to it."""

    scoped = Delivery.objects
    needs = {
        "list": Permission.READ_ACTIVITIES,
        "retrieve": Permission.READ_ACTIVITIES,
        "create": Permission.LOG_ACTIVITIES,
        "partial_update": Permission.LOG_ACTIVITIES,
    }
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter

    def with_all(self, rows: Any) -> QuerySet[Delivery]:
        """With all that is shown of them."""
        return _with_parts(rows, self)

    @extend_schema(request=NewDeliverySerializer, responses={201: DeliverySerializer})
    def create(self, request: Request) -> Response:
        """Add a delivery to an activity

        It counts once a second person has approved it.
        """

        def make() -> Delivery:
            sent = self.valid(NewDeliverySerializer)
            return add_delivery(by=request.user, **sent)

        return self.create_once(make)

    @extend_schema(request=DeliveryFieldsSerializer(partial=True), responses=DeliverySerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct a delivery

        It goes back for approval, and does not count until then.
        """
        sent = self.valid(DeliveryFieldsSerializer, partial=True)
        change_delivery(delivery=self.thing, by=request.user, revision=self.thing.revision, **sent)
        return self.answer(self.thing.pk)


class CountedDeliveryResource(mixins.ListModelMixin, Resource):
    """The deliveries of a period that count for demands, each once: the rows behind a quarter."""

    scoped = Demand.objects
    needs = {"list": Permission.READ_COVERAGE}
    serializer_class = DeliverySerializer
    filterset_class = DeliveredFilter

    def filter_queryset(self, queryset: Any) -> QuerySet[Delivery]:
        """The deliveries that count for the demands asked for, the latest first."""
        found = PageFilters().valid_filterset(self.request, queryset, self)
        rows = counted_deliveries(found, self.request.user)
        return _with_parts(rows.order_by("-on", "pk"), self)
