"""Gaps with owners: the list, and how many each unit has of each kind."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.filtering import PageFilters
from api.linked import Address, Codes, Quick
from api.resources.breakdowns import TableSerializer, of_gaps
from assistance.coverage.gaps import Gap, GapFilter
from assistance.coverage.models import Demand
from assistance.coverage.next_acts import GapAct, read_gaps
from dashboards.links import address
from directory.policy import Permission


class GapSerializer(Quick):
    kind = serializers.ChoiceField(Gap.choices, source="gap", help_text="What is missing.")
    unit = serializers.CharField(
        source="unit.code", allow_null=True, default=None, help_text="The owner; null: none yet."
    )
    since = serializers.DateField(help_text="The day since which it waits.")
    days = serializers.IntegerField(help_text="How long that is today.")
    act = serializers.ChoiceField(GapAct.choices, help_text="The one act that closes it.")
    mandate = serializers.CharField(source="mandate.identifier", allow_null=True, default=None)
    states = Codes("iso", source="countries", help_text="Who waits, by ISO codes.")
    request = serializers.CharField(source="item.request.ref", allow_null=True, default=None)
    demand_url = Address("demand", "demand.pk", allow_null=True)
    unlinked_url = Address("unlinked", "work.pk", allow_null=True)
    item_url = Address("item", "item.pk", allow_null=True)
    activity_url = Address("activity", "activity.pk", allow_null=True)
    delivery_url = Address("delivery", "delivery.pk", allow_null=True)


class GapResource(mixins.ListModelMixin, Resource):
    """Gaps with owners: what is not as it should be today, by lead unit, kind and waiting time.

    A demand with several kinds of gap stands here once for each.
    """

    scoped = Demand.objects
    needs = {"list": Permission.READ_ALL_REQUESTS, "matrix": Permission.READ_ALL_REQUESTS}
    serializer_class = GapSerializer
    filterset_class = GapFilter

    @extend_schema(responses=TableSerializer, filters=True)
    @action(detail=False, pagination_class=None)
    def matrix(self, request: Request) -> Response:
        """Count the gaps by lead unit and kind

        Takes the filters of the list; each `rows_url` lists exactly the gaps counted. The code
        `none` stands for what has no lead unit yet.
        """
        found = PageFilters().valid_filterset(request, self.get_queryset(), self)
        asked = {name: request.query_params.get(name) for name in found.filters}

        def rows(**wanted: str) -> str:
            chosen = {name: value for name, value in wanted.items() if value}
            return address("gap-list", **{**asked, **chosen})

        return Response(of_gaps(found.matrix(), rows).told(request))

    def paginate_queryset(self, queryset: Any) -> Any:
        """A page of gaps with what they are about."""
        return read_gaps(super().paginate_queryset(queryset) or [])
