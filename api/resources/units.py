"""The lead units: what each leads and does, what is due, where its gaps are."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.addresses import in_the_api
from api.base import ReadResource
from api.etags import tagged
from api.filtering import check_parameters
from api.linked import Linked
from assistance.coverage.gaps import Gap
from assistance.coverage.status import DEFINITION
from assistance.coverage.window import today
from dashboards.units import leading_units, unit_page
from directory.models import Entity, EntityKind
from directory.policy import Permission
from directory.statuses import Status


class UnitSerializer(Linked):
    url_of, url_key = "unit", "code"
    code = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())


class DueSerializer(serializers.Serializer[Any]):
    """Something that falls on a day of this month, or fell on one before and still waits."""

    day = serializers.DateField()
    what = serializers.CharField()
    title = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    owed = serializers.BooleanField(help_text="False of what only happens, as a round that opens.")
    rows_url = serializers.URLField()


class PileSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["running", "overdue", "stale", "waiting"])
    number = serializers.IntegerField()
    rows_url = serializers.URLField(help_text="Lists exactly the activities counted.")


class LedSerializer(serializers.Serializer[Any]):
    """A mandate that the unit leads, over the period from the adoption to today."""

    mandate = serializers.CharField()
    mandate_url = serializers.URLField()
    status = serializers.ChoiceField(Status.choices)
    demands = serializers.IntegerField()
    served = serializers.IntegerField()
    rows_url = serializers.URLField(help_text="Lists exactly the demands counted.")


class UnitGapsSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Gap.choices, allow_null=True, help_text="Null: all of them.")
    number = serializers.IntegerField()
    rows_url = serializers.URLField(help_text="Lists exactly the gaps counted.")


class UnitPageSerializer(UnitSerializer):
    """All of a unit as of today."""

    definition = serializers.CharField(help_text="Version of the definition of coverage.")
    as_of = serializers.DateField()
    due = DueSerializer(many=True)
    activities = PileSerializer(many=True)
    mandates = LedSerializer(many=True)
    gaps = UnitGapsSerializer(many=True)
    people = serializers.ListField(child=serializers.CharField())


class _Units:
    """The units of UNODC, those that lead a mandate listed."""

    model = Entity

    def visible_to(self, user: Any) -> Any:
        return Entity.objects.filter(kind=EntityKind.UNIT)


class UnitResource(ReadResource):
    """Units that lead mandates, by code; of one what is due, its activities, mandates and gaps."""

    scoped = _Units()
    needs = {"list": Permission.READ_ALL_REQUESTS, "retrieve": Permission.READ_ALL_REQUESTS}
    serializer_class = UnitSerializer
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def get_queryset(self) -> Any:
        """Those that lead a mandate, in their order."""
        return leading_units().order_by("position", "code")

    def reading(self) -> Any:
        """Any unit, whether it leads a mandate or not."""
        return self.scoped

    @extend_schema(responses=UnitPageSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is due at a unit, its activities, its mandates and its gaps, each with its rows."""
        check_parameters(request, set())
        page = unit_page(request.user, self.thing, day=today())
        data = {
            **self.get_serializer(self.thing).data,
            "definition": DEFINITION,
            "as_of": today(),
            "due": [
                {
                    "day": one.day,
                    "what": one.what,
                    "title": one.title,
                    "note": one.note,
                    "owed": one.is_owed,
                    "rows_url": in_the_api(request, one.url),
                }
                for one in page.due
            ],
            "activities": [
                {
                    "kind": pile.code,
                    "number": pile.number,
                    "rows_url": in_the_api(request, pile.url),
                }
                for pile in page.piles
            ],
            "mandates": [
                {
                    "mandate": led.figures.identifier,
                    "mandate_url": self.address("mandate", led.mandate.pk),
                    "status": led.figures.status,
                    "demands": led.figures.demands,
                    "served": led.figures.served,
                    "rows_url": in_the_api(request, led.demands_url),
                }
                for led in page.led
            ],
            "gaps": [
                {"kind": gap, "number": number, "rows_url": in_the_api(request, url)}
                for gap, number, url in (
                    *page.gaps.rows,
                    (None, page.gaps.number, page.gaps.url),
                )
            ],
            "people": [str(one.user) for one in page.people],
        }
        return tagged(request, self.thing, Response(data))
