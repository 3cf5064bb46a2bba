"""The items of requests: what is asked for one by one, the mandates they are tied to, outcomes."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.acts import with_acts
from api.base import ReadResource
from api.filtering import by_id, ordering
from api.linked import Address, Codes, Linked
from assistance.models import (
    HelpKind,
    ItemMandate,
    OutcomeBasis,
    RequestItem,
    RequestOutcome,
)
from assistance.workflow import tie_item_to_mandate, untie_item_from_mandate
from assistance.workflow.transitions import ITEM_TRANSITIONS, TIE, UNTIE
from directory.policy import Permission
from mandates.models import Resolution

READ = (Permission.READ_OWN_REQUESTS, Permission.READ_ALL_REQUESTS)


class ItemSerializer(Linked):
    url_of = "item"
    id = serializers.IntegerField()
    request_url = Address("request", "request_id", help_text="Its request.")
    n = serializers.IntegerField(help_text="Its number in the request.")
    words = serializers.CharField(allow_blank=True)
    help_kinds = serializers.ListField(child=serializers.ChoiceField(HelpKind.choices))
    themes = Codes("code")
    theme_unsure = serializers.BooleanField()
    mandates = serializers.SerializerMethodField(help_text="Identifiers of what it is tied to.")
    outcome = serializers.ChoiceField(RequestOutcome.choices)
    outcome_on = serializers.DateField(allow_null=True)
    outcome_basis = serializers.ChoiceField(OutcomeBasis.choices, allow_blank=True)
    outcome_reason = serializers.CharField(allow_blank=True)
    referred_to = serializers.CharField(source="referred_to.code", allow_null=True, default=None)
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)

    def get_mandates(self, item: RequestItem) -> list[str]:
        """Those of confirmed links."""
        return [link.mandate.identifier for link in item.confirmed_links]  # type: ignore[attr-defined]


def items_shown(rows: QuerySet[RequestItem]) -> QuerySet[RequestItem]:
    """Items with what is shown of them."""
    confirmed = ItemMandate.objects.confirmed().select_related("mandate")
    return (
        rows.select_related("referred_to")
        .prefetch_related(
            "themes",
            Prefetch(
                "mandate_links",
                confirmed.order_by("mandate__paragraph__position", "mandate__ordinal"),
                to_attr="confirmed_links",
            ),
        )
        .order_by("request", "n")
    )


class ItemFilter(django_filters.FilterSet):
    request = by_id("Id of a request.", field_name="request_id")
    outcome = django_filters.ChoiceFilter(choices=RequestOutcome.choices, label="Outcome.")
    resolution = django_filters.ModelChoiceFilter(
        queryset=Resolution.objects.all(),
        to_field_name="slug",
        label="Symbol with hyphens of a resolution it is tied to.",
        method="filter_links",
    )
    mandate = django_filters.CharFilter(
        label="Public identifier of a mandate it is tied to.", method="filter_links"
    )
    sort = ordering(("request__received_on", "received"), ("outcome_on", "outcome_on"))

    class Meta:
        model = RequestItem
        fields: list[str] = []

    def filter_links(self, rows: Any, name: str, value: Any) -> Any:
        """Those with a confirmed link."""
        links = ItemMandate.objects.confirmed()
        by = {"mandate": "mandate__identifier", "resolution": "mandate__paragraph__resolution"}
        return rows.filter(pk__in=links.filter(**{by[name]: value}).values("item"))


class TieSerializer(serializers.Serializer[Any]):
    """A mandate, and why."""

    mandate = fields.mandate()
    reason = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class UntieSerializer(serializers.Serializer[Any]):
    """A mandate, and why not."""

    mandate = fields.mandate()
    reason = serializers.CharField(max_length=5000)


@with_acts(ITEM_TRANSITIONS, answer=ItemSerializer)
class ItemResource(ReadResource):
    """Items of requests."""

    scoped = RequestItem.objects
    needs = {"list": READ, "retrieve": READ, "tie": TIE.permissions, "untie": UNTIE.permissions}
    serializer_class = ItemSerializer
    filterset_class = ItemFilter

    def with_all(self, rows: QuerySet[RequestItem]) -> QuerySet[RequestItem]:
        """With themes and mandates."""
        return items_shown(rows)

    @extend_schema(request=TieSerializer, responses=ItemSerializer)
    @action(detail=True, methods=["post"])
    def tie(self, request: Request, pk: str) -> Response:
        """Tie an item to a mandate: the link is confirmed"""
        return self.act(
            lambda: tie_item_to_mandate(
                item=self.thing, user=request.user, **self.valid(TieSerializer)
            )
        )

    @extend_schema(request=UntieSerializer, responses=ItemSerializer)
    @action(detail=True, methods=["post"])
    def untie(self, request: Request, pk: str) -> Response:
        """Untie an item from a mandate: the link is kept as rejected"""
        return self.act(
            lambda: untie_item_from_mandate(
                item=self.thing, user=request.user, **self.valid(UntieSerializer)
            )
        )
