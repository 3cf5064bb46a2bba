"""What of a superseded mandate goes on under the mandate that continues it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api import fields
from api.linked import Address, Quick, Said
from api.resources.links import ActivityMandateSerializer, ItemMandateSerializer
from assistance.models import ActivityStatus, RequestOutcome
from assistance.workflow import LeftOpen, left_open
from mandates.models import LineageRelation, Mandate, Resolution
from mandates.services.lineage import confirmed_lineage, successors_of

MOST = 1000


class OpenItemSerializer(Quick):
    link = serializers.IntegerField(
        source="link.pk", help_text="Id of its link to the earlier mandate, to be sent in `items`."
    )
    link_url = Address("item-mandate", "link.pk", help_text="That link.")
    item = serializers.IntegerField(source="link.item_id")
    item_url = Address("item", "link.item_id", help_text="The item.")
    request = serializers.CharField(source="link.item.request.ref")
    words = serializers.CharField(source="link.item.words")
    outcome = serializers.ChoiceField(RequestOutcome.choices, source="link.item.outcome")
    served_on = serializers.DateField(
        allow_null=True,
        help_text="When it was served before the later resolution; taken over, it is owed again.",
    )


class WorkSerializer(Quick):
    link = serializers.IntegerField(
        source="link.pk",
        help_text="Id of its link to the earlier mandate, to be sent in `activities`.",
    )
    link_url = Address("activity-mandate", "link.pk", help_text="That link.")
    activity = serializers.IntegerField(source="link.activity_id")
    activity_url = Address("activity", "link.activity_id", help_text="The activity.")
    title = serializers.CharField(source="link.activity.title")
    status = serializers.ChoiceField(ActivityStatus.choices, source="link.activity.status")
    hindrance = serializers.CharField(
        allow_blank=True, help_text="Why it can't be taken over as it stands, if so."
    )


class LeftOpenSerializer(Quick):
    later = serializers.CharField(
        source="lineage.later.identifier", help_text="The mandate that continues this one."
    )
    later_url = Address("mandate", "lineage.later_id", help_text="That mandate.")
    relation = serializers.ChoiceField(LineageRelation.choices, source="lineage.relation")
    confirmed_by = Said(source="lineage.decided_by", allow_null=True)
    confirmed_at = serializers.DateTimeField(source="lineage.decided_at")
    refusal = serializers.CharField(
        allow_blank=True, help_text="Why nothing can be taken over yet, if so."
    )
    items = OpenItemSerializer(many=True)
    activities = WorkSerializer(many=True)


class ChosenSerializer(serializers.Serializer[Any]):
    """Links to the earlier mandate that are made anew to the later one."""

    later = fields.mandate(help_text="Public identifier of the mandate that continues this one.")
    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=MOST,
        help_text="Ids of links of items.",
    )
    activities = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=MOST,
        help_text="Ids of links of activities.",
    )


class TakenOverSerializer(Quick):
    """The links that were added; none when all was taken over before."""

    items = ItemMandateSerializer(many=True)
    activities = ActivityMandateSerializer(many=True)


class SupersedingSerializer(serializers.Serializer[Any]):
    """Which resolution took the place of this one."""

    by = fields.Named(
        slug_field="slug",
        queryset=Resolution.objects.all(),
        help_text="Symbol of the later resolution, with hyphens.",
    )


def to_take_over(mandate: Mandate) -> list[LeftOpen]:
    """Of each mandate that continues this one, what can go on under it."""
    return [
        left_open(confirmed_lineage(mandate, lineage.later))
        for lineage in successors_of([mandate.pk])[mandate.pk]
    ]
