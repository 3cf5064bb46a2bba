"""Links between items, activities and mandates: proposed, confirmed, rejected, looked at again."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.base import ReadResource
from api.filtering import by_id, ordering
from api.linked import Address, Linked, Said
from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    ItemMandate,
    LinkOrigin,
    LinkState,
    Weight,
)
from assistance.services import (
    confirm_link,
    look_again,
    propose_link,
    reject_link,
    reopen_link,
)
from directory.policy import Permission


class LinkSerializer(Linked):
    """What the three kinds of link say of themselves."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(LinkState.choices)
    origin = serializers.ChoiceField(LinkOrigin.choices)
    reason = serializers.CharField(allow_blank=True)
    proposed_by = Said(allow_null=True)
    proposed_at = serializers.DateTimeField()
    decided_by = Said(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class ItemMandateSerializer(LinkSerializer):
    url_of = "item-mandate"
    item = serializers.IntegerField(source="item_id")
    item_url = Address("item", "item_id", help_text="The item.")
    mandate = serializers.CharField(source="mandate.identifier")
    mandate_url = Address("mandate", "mandate_id", help_text="The mandate.")
    suspect = serializers.SerializerMethodField(help_text="The words changed since confirmed.")

    def get_suspect(self, link: ItemMandate | ActivityMandate) -> bool:
        """Whether the mandate's words changed since the link was confirmed."""
        return link.state == LinkState.CONFIRMED and link.mandate_revision < link.mandate.revision


class ActivityMandateSerializer(ItemMandateSerializer):
    url_of = "activity-mandate"
    item = item_url = None
    activity = serializers.IntegerField(source="activity_id")
    activity_url = Address("activity", "activity_id", help_text="The activity.")
    weight = serializers.ChoiceField(Weight.choices)
    share = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)


class ActivityItemSerializer(LinkSerializer):
    url_of = "activity-item"
    activity = serializers.IntegerField(source="activity_id")
    activity_url = Address("activity", "activity_id", help_text="The activity.")
    item = serializers.IntegerField(source="item_id")
    item_url = Address("item", "item_id", help_text="The item.")


class ProposedSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    origin = serializers.ChoiceField(LinkOrigin.choices, required=False)


class NewItemMandateSerializer(ProposedSerializer):
    """An item asks for what a mandate promises."""

    item = fields.item()
    mandate = fields.mandate()


class NewActivityMandateSerializer(ProposedSerializer):
    """An activity carries out a mandate."""

    activity = fields.Visible(Activity.objects, help_text="Id of an activity.")
    mandate = fields.mandate()
    weight = serializers.ChoiceField(Weight.choices, required=False)
    share = serializers.DecimalField(
        max_digits=5, decimal_places=2, allow_null=True, required=False
    )


class NewActivityItemSerializer(ProposedSerializer):
    """An activity answers an item."""

    activity = fields.Visible(Activity.objects, help_text="Id of an activity.")
    item = fields.item()


class DecisionSerializer(serializers.Serializer[Any]):
    """Why, where there is something to say."""

    reason = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class RejectionSerializer(serializers.Serializer[Any]):
    """Why the link is wrong."""

    reason = serializers.CharField(max_length=5000)


class LinkFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=LinkState.choices, label="State.")
    origin = django_filters.ChoiceFilter(choices=LinkOrigin.choices, label="Who proposed it.")
    sort = ordering(("proposed_at", "proposed_at"), ("decided_at", "decided_at"))

    class Meta:
        fields: list[str] = []


class ItemMandateFilter(LinkFilter):
    item = by_id("Id of an item.", field_name="item_id")
    mandate = django_filters.CharFilter(
        field_name="mandate__identifier", label="Public identifier of a mandate."
    )
    suspect = django_filters.BooleanFilter(
        label="Whether the mandate's words changed since.", method="filter_suspect"
    )

    class Meta(LinkFilter.Meta):
        model: Any = ItemMandate

    def filter_suspect(self, rows: Any, _name: str, wanted: bool) -> Any:
        """Confirmed ones to look at again, or all others."""
        suspect = type(self).Meta.model.objects.suspect().values("pk")
        return rows.filter(pk__in=suspect) if wanted else rows.exclude(pk__in=suspect)


class ActivityMandateFilter(ItemMandateFilter):
    item = None
    activity = by_id("Id of an activity.", field_name="activity_id")

    class Meta(LinkFilter.Meta):
        model = ActivityMandate


class ActivityItemFilter(LinkFilter):
    activity = by_id("Id of an activity.", field_name="activity_id")
    item = by_id("Id of an item.", field_name="item_id")

    class Meta(LinkFilter.Meta):
        model = ActivityItem


class LinkResource(ReadResource):
    """What can be done with a link of any kind."""

    needs = {
        "list": Permission.READ_ALL_ACTIVITIES,
        "retrieve": Permission.READ_ALL_ACTIVITIES,
        "create": Permission.LINK,
        "confirm": Permission.APPROVE,
        "reject": Permission.LINK,
        "reopen": Permission.LINK,
        "look_again": Permission.LINK,
    }
    new: ClassVar[type[serializers.Serializer[Any]]]

    def with_all(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With people, and the mandate where there is one."""
        with_people = rows.select_related("proposed_by", "decided_by").order_by("pk")
        return with_people if rows.model is ActivityItem else with_people.select_related("mandate")

    def create(self, request: Request) -> Response:
        """Propose a link

        One that was rejected is proposed anew. It counts once it is confirmed.
        """
        return self.create_once(lambda: propose_link(by=request.user, **self.valid(self.new)))

    @extend_schema(request=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Confirm a link, so that it counts

        That of an activity is confirmed by somebody else than who proposed it.
        """
        return self.act(
            lambda: confirm_link(link=self.thing, by=request.user, **self.valid(DecisionSerializer))
        )

    @extend_schema(request=RejectionSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """Reject a link; it stays on record and counts no longer"""
        return self.act(
            lambda: reject_link(link=self.thing, by=request.user, **self.valid(RejectionSerializer))
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Put a decided link back among the proposed ones"""
        return self.act(lambda: reopen_link(link=self.thing, by=request.user))


class OfMandate:
    """What can be done with a link to a mandate besides."""

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="look-again")
    def look_again(self: Any, request: Request, pk: str) -> Response:
        """Say that a link is still right though the mandate's words changed"""
        return self.act(  # type: ignore[no-any-return]
            lambda: look_again(link=self.thing, by=request.user)
        )


class ItemMandateResource(OfMandate, LinkResource):
    """Links of items to mandates."""

    scoped = ItemMandate.objects
    needs = {**LinkResource.needs, "confirm": Permission.LINK}
    serializer_class = ItemMandateSerializer
    filterset_class = ItemMandateFilter
    new = NewItemMandateSerializer


class ActivityMandateResource(OfMandate, LinkResource):
    """Links of activities to mandates."""

    scoped = ActivityMandate.objects
    serializer_class = ActivityMandateSerializer
    filterset_class = ActivityMandateFilter
    new = NewActivityMandateSerializer


class ActivityItemResource(LinkResource):
    """Links of activities to items."""

    scoped = ActivityItem.objects
    serializer_class = ActivityItemSerializer
    filterset_class = ActivityItemFilter
    new = NewActivityItemSerializer
