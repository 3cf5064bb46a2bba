"""The coverage of a resolution, the demands behind its figures, the tray of what is unlinked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from api.base import ReadResource
from api.linked import Address, Linked, Quick
from api.problems import BadParameters
from assistance.coverage.closing import latest_closing
from assistance.coverage.figures import MandateFigures, figures_of_resolution
from assistance.coverage.filters import NARROWING, DemandFilter, WorkFilter, rows_of
from assistance.coverage.flags import DEMAND_FLAGS, Flag
from assistance.coverage.models import Closing, Demand, DemandKind, EndedBy, WorkWithoutDemand
from assistance.coverage.small_numbers import FEWER, SUBTRACTION
from assistance.coverage.status import OF_DEMANDS
from assistance.coverage.window import Window, WindowError
from directory.policy import Permission
from directory.statuses import Status
from mandates.models import Basis, MandateKind, Resolution

READ = {"list": Permission.READ_COVERAGE, "retrieve": Permission.READ_COVERAGE}
DAYS = [
    OpenApiParameter("from", dt.date, description="First day; the adoption when not given."),
    OpenApiParameter("to", dt.date, description="Last day; today when not given, never later."),
]
FILTERS = [
    *DAYS,
    OpenApiParameter("region", str, description="M49 number of a subregion, or `none`."),
    OpenApiParameter("state", str, description="ISO 3166-1 code of a State, two letters."),
    OpenApiParameter("theme", str, description="Code of a theme, with those below it, or `none`."),
    OpenApiParameter("unit", str, description="Code of a lead unit."),
    OpenApiParameter("help", str, description="Kind of help asked for, such as `training`."),
]


class WindowSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name for an attribute."""
        return {
            "from": serializers.DateField(help_text="First day."),
            "to": serializers.DateField(help_text="Last day."),
        }


class TotalsSerializer(serializers.Serializer[Any]):
    mandates = serializers.IntegerField()
    counted = serializers.IntegerField(help_text="Those that count for UNODC.")
    demands = serializers.IntegerField()
    served = serializers.IntegerField()
    with_demand = serializers.IntegerField(help_text="Mandates with demand.")
    delivered = serializers.IntegerField(help_text="Mandates with demand, all of it served.")


class MandateCoverageSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identifier = serializers.CharField()
    url = serializers.URLField()
    ordinal = serializers.IntegerField()
    kind = serializers.ChoiceField(MandateKind.choices)
    counted = serializers.BooleanField()
    basis = serializers.ChoiceField(Basis.choices)
    status = serializers.ChoiceField(Status.choices)
    demands = serializers.IntegerField()
    served = serializers.IntegerField()
    flags = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many rows carry each flag."
    )
    demands_url = serializers.URLField(help_text="Lists exactly the rows counted.")


class ParagraphCoverageSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    mandates = MandateCoverageSerializer(many=True)


class PublicNumbersSerializer(serializers.Serializer[Any]):
    """Numbers of a closed period; None where `withheld` says why."""

    withheld = serializers.ChoiceField(
        [("", "Shown."), (FEWER, "Too few States asked."), (SUBTRACTION, "It would tell others.")]
    )
    requesting_states = serializers.IntegerField(allow_null=True)
    demands = serializers.IntegerField(allow_null=True)
    served = serializers.IntegerField(allow_null=True)


class PublicMandateSerializer(PublicNumbersSerializer):
    identifier = serializers.CharField()
    counted = serializers.BooleanField()
    status = serializers.ChoiceField(Status.choices)


class PublicParagraphSerializer(PublicNumbersSerializer):
    number = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    mandates = PublicMandateSerializer(many=True)


class PublicFiguresSerializer(PublicNumbersSerializer):
    """What everybody may know of all States over a closed period."""

    mandates = serializers.IntegerField()
    counted = serializers.IntegerField()
    with_demand = serializers.IntegerField()
    delivered = serializers.IntegerField()
    paragraphs = PublicParagraphSerializer(many=True)


class ClosedFiguresSerializer(serializers.Serializer[Any]):
    closing = serializers.URLField(help_text="The closed period they are of.")
    window = WindowSerializer()
    definition = serializers.CharField()
    figures = PublicFiguresSerializer()


class CoverageSerializer(serializers.Serializer[Any]):
    """How far the mandates of a resolution are carried out."""

    definition = serializers.CharField(help_text="Version of the definition of coverage.")
    window = WindowSerializer()
    totals = TotalsSerializer()
    paragraphs = ParagraphCoverageSerializer(many=True)
    closed = ClosedFiguresSerializer(
        allow_null=True, help_text="Public figures of all States: the last closed period."
    )


def day_of(request: Request, name: str) -> dt.date | None:
    """A day of the query; None when it is not given."""
    sent = request.query_params.get(name)
    if not sent:
        return None
    try:
        return serializers.DateField().to_internal_value(sent)  # type: ignore[return-value]
    except serializers.ValidationError as error:
        raise BadParameters({name: error.detail}) from error


def window_of(resolution: Resolution, request: Request) -> Window:
    """The period that a call asks for; refuses (400) days that make none."""
    try:
        return Window.of(resolution, day_of(request, "from"), day_of(request, "to"))
    except WindowError as error:
        raise BadParameters({error.field: [str(error.message)]}) from error


def narrowing_asked(request: Request) -> dict[str, str]:
    """What narrows the figures, checked by the filters of the lists themselves."""
    found = DemandFilter(request.query_params, queryset=Demand.objects.none())
    found.is_valid()
    if wrong := {name: found.form.errors[name] for name in NARROWING if name in found.form.errors}:
        raise BadParameters(wrong)
    return found.narrowing


def coverage_of(resolution: Resolution, request: Request) -> dict[str, Any]:
    """The figures of a resolution as this caller may see them."""
    window = window_of(resolution, request)
    narrowing = narrowing_asked(request)
    figures = figures_of_resolution(resolution, user=request.user, window=window, filters=narrowing)
    demands = request.build_absolute_uri(reverse("api:demand-list"))
    mandates = request.build_absolute_uri(reverse("api:mandate-list"))

    def shown(row: MandateFigures) -> dict[str, Any]:
        rows = rows_of(window, resolution=resolution, mandate=row.identifier, **narrowing)
        return {
            "id": row.mandate.pk,
            "identifier": row.identifier,
            "url": f"{mandates}{row.mandate.pk}/",
            "ordinal": row.ordinal,
            "kind": row.kind,
            "counted": row.counted,
            "basis": row.basis,
            "status": row.status,
            "demands": row.demands,
            "served": row.served,
            "flags": row.flags,
            "demands_url": f"{demands}?{rows}",
        }

    totals = figures.totals
    return {
        "definition": figures.definition,
        "window": {"from": window.first, "to": window.last},
        "totals": {
            "mandates": totals.mandates,
            "counted": totals.counted,
            "demands": totals.demands,
            "served": totals.served,
            "with_demand": totals.with_demand,
            "delivered": totals.delivered,
        },
        "paragraphs": [
            {
                "number": paragraph.number,
                "status": paragraph.status,
                "mandates": [shown(row) for row in paragraph.mandates],
            }
            for paragraph in figures.paragraphs
        ],
        "closed": closed_figures(latest_closing(resolution), request),
    }


def closed_figures(closing: Closing | None, request: Request) -> dict[str, Any] | None:
    """The public figures of a closing; None when none was closed."""
    if closing is None:
        return None
    address = reverse("api:closing-detail", args=[closing.pk])
    return {
        "closing": request.build_absolute_uri(address),
        "window": {"from": closing.first, "to": closing.last},
        "definition": closing.definition,
        "figures": closing.public,
    }


class DemandSerializer(Linked):
    url_of = "demand"
    key = serializers.CharField(help_text="Its identity in the view of coverage.")
    kind = serializers.ChoiceField(DemandKind.choices)
    resolution = serializers.CharField(source="resolution.symbol")
    paragraph = serializers.CharField(source="paragraph.number")
    mandate = serializers.CharField(source="mandate.identifier")
    item = serializers.IntegerField(source="item_id", allow_null=True)
    request = serializers.CharField(source="item.request.ref", allow_null=True, default=None)
    need = serializers.IntegerField(source="need_id", allow_null=True)
    round = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(
        [(one.value, one.label) for one in OF_DEMANDS], help_text="On the last day of the period."
    )
    opened_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    ended_by = serializers.ChoiceField(EndedBy.choices, allow_blank=True)
    planned_on = serializers.DateField(allow_null=True)
    started_on = serializers.DateField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    evidenced_on = serializers.DateField(allow_null=True)
    flags = serializers.SerializerMethodField()

    def get_flags(self, row: Demand) -> list[str]:
        """Names of its flags."""
        return [flag.value for flag in DEMAND_FLAGS if getattr(row, flag.value)]


class DemandResource(ReadResource):
    """Demands: the rows that coverage counts.

    By default those open on the last day of the period (today), less those served before its first.
    """

    scoped = Demand.objects
    needs = READ
    serializer_class = DemandSerializer
    filterset_class = DemandFilter
    lookup_value_regex = "[a-z0-9]{1,60}"

    def reading(self) -> Any:
        """One demand with its status of today."""
        return _AsOfToday()

    def with_all(self, rows: QuerySet[Demand]) -> QuerySet[Demand]:
        """With mandate and request."""
        return rows.select_related("resolution", "paragraph", "mandate", "item__request")


class _AsOfToday:
    def visible_to(self, user: Any) -> QuerySet[Demand]:
        demands = Demand.objects.visible_to(user).as_of(Window.of(None).last)
        return demands.select_related("resolution", "paragraph", "mandate", "item__request")


class UnlinkedSerializer(Quick):
    key = serializers.CharField()
    url = Address("unlinked", help_text="Its own address.")
    flag = serializers.ChoiceField(
        [(Flag.UNLINKED.value, ""), (Flag.NO_RECORDED_REQUEST.value, "")]
    )
    item = serializers.IntegerField(source="item_id", allow_null=True)
    item_url = Address("item", "item_id", allow_null=True)
    request = serializers.CharField(source="item.request.ref", allow_null=True, default=None)
    activity = serializers.IntegerField(source="activity_id", allow_null=True)
    activity_url = Address("activity", "activity_id", allow_null=True)
    title = serializers.SerializerMethodField()
    mandate = serializers.CharField(source="mandate.identifier", allow_null=True, default=None)

    def get_title(self, row: WorkWithoutDemand) -> str:
        """The activity's title, or what the item asks for."""
        return row.activity.title if row.activity else row.item.words if row.item else ""


class UnlinkedResource(ReadResource):
    """The tray: items and activities tied to no mandate, as of today.

    With `flag=no_recorded_request` help that was given though nobody is on record as having asked.
    """

    scoped = WorkWithoutDemand.objects
    needs = {
        "list": Permission.READ_ALL_REQUESTS,
        "retrieve": Permission.READ_ALL_REQUESTS,
    }
    serializer_class = UnlinkedSerializer
    filterset_class = WorkFilter
    lookup_value_regex = "[a-z0-9]{1,60}"

    def with_all(self, rows: QuerySet[WorkWithoutDemand]) -> QuerySet[WorkWithoutDemand]:
        """With activity, item and mandate."""
        return rows.select_related("activity", "item__request", "mandate")
