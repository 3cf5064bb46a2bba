"""What a State asked for and received: each item and each delivery once, under one word."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReadResource
from api.etags import tagged
from api.filtering import check_parameters
from api.linked import Linked
from api.problems import BadParameters
from dashboards.received import (
    ASKED,
    Row,
    Word,
    counts,
    lines_of,
    lines_shown,
    rows_of,
    states_read_by,
)
from directory.models import Country
from directory.policy import Permission

WORDS = [(word.value, word.said) for word in Word]


class StateSerializer(Linked):
    url_of, url_key = "state", "iso"
    iso = serializers.CharField(help_text="ISO 3166-1 alpha-2 code.")
    name = serializers.CharField(help_text="In the language of the call.")


class ReceivedSerializer(serializers.Serializer[Any]):
    """A delivery to the State."""

    delivery_url = serializers.URLField()
    activity_url = serializers.URLField()
    title = serializers.CharField()
    on = serializers.DateField()


class ReceivedRowSerializer(serializers.Serializer[Any]):
    """An item with what was delivered for it, or a delivery that nobody asked for."""

    stands = serializers.ChoiceField(WORDS)
    request = serializers.CharField(allow_null=True, help_text="Reference.")
    item = serializers.IntegerField(allow_null=True, help_text="Number within the request.")
    item_url = serializers.URLField(allow_null=True)
    words = serializers.CharField(allow_blank=True)
    asked_on = serializers.DateField(allow_null=True)
    deliveries = ReceivedSerializer(many=True, help_text="The latest first.")
    reply_to = serializers.URLField(
        allow_null=True, help_text="The latest delivery that the State has not replied to."
    )


class StatePageSerializer(StateSerializer):
    """All that a State asked for and received."""

    asked = serializers.IntegerField(help_text="Items asked for.")
    standing = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many rows stand under each word."
    )
    rows = ReceivedRowSerializer(many=True)


class _ReadBy:
    """The States of which a person reads all."""

    model = Country

    def visible_to(self, user: Any) -> QuerySet[Country]:
        return states_read_by(user)


class StateResource(ReadResource):
    """What States asked for and received: those whose requests the caller reads, by ISO code."""

    scoped = _ReadBy()
    needs = {"list": Permission.READ_OWN_REQUESTS, "retrieve": Permission.READ_OWN_REQUESTS}
    serializer_class = StateSerializer
    lookup_field = "iso"
    lookup_value_regex = "[A-Z]{2}"

    def with_all(self, rows: QuerySet[Country]) -> QuerySet[Country]:
        """In the order of their codes."""
        return rows.order_by("iso")

    @extend_schema(
        responses=StatePageSerializer,
        parameters=[
            OpenApiParameter(
                "show", str, enum=[ASKED, *Word.values], description="The rows of one number."
            )
        ],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What a State asked for and received, the newest request first."""
        check_parameters(request, {"show"})
        show = request.query_params.get("show", "")
        if show not in {"", ASKED, *Word.values}:
            wanted = ", ".join([ASKED, *Word.values])
            raise BadParameters({"show": [_("Choose one of: %s.") % wanted]})
        lines = lines_of(request.user, self.thing)
        own = self.thing.pk in request.user.country_ids
        data = {
            **self.get_serializer(self.thing).data,
            "asked": len(lines_shown(lines, ASKED)),
            "standing": counts(lines),
            "rows": [self._row(row) for row in rows_of(lines_shown(lines, show), own=own)],
        }
        return tagged(request, self.thing, Response(data))

    def _row(self, row: Row) -> dict[str, Any]:
        item, owed = row.item, row.reply_to
        return {
            "stands": row.word,
            "request": item and item.request.ref,
            "item": item and item.n,
            "item_url": item and self.address("item", item.pk),
            "words": item.words if item else "",
            "asked_on": item and item.request.received_on,
            "deliveries": [
                {
                    "delivery_url": self.address("delivery", one.pk),
                    "activity_url": self.address("activity", one.activity_id),
                    "title": one.title or one.activity.title,
                    "on": one.on,
                }
                for one in row.deliveries
            ],
            "reply_to": owed and self.address("delivery", owed.pk),
        }
