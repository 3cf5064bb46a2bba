"""Activities: logged with everything at once, changed, sent for approval, approved."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.base import ReadResource
from api.filtering import check_parameters
from api.idempotency import once
from api.linked import Address, Codes, Linked, Quick, Said
from api.resources.deliveries import DeliveryFieldsSerializer
from assistance.activities.access import reads_words, sees_all, states_shown
from assistance.activities.filters import APPROVAL_STATES, ActivityFilter
from assistance.activities.iati import iati_file
from assistance.models import (
    Activity,
    ActivityCountry,
    ActivityItem,
    ActivityMandate,
    ActivityStatus,
    Evidence,
    EvidenceKind,
    LinkState,
    Visibility,
    Weight,
)
from assistance.services import (
    MandateLink,
    NewDelivery,
    NewEvidence,
    approve,
    change_activity,
    copy_links,
    log_activity,
    make_copies,
    send_back,
    send_for_approval,
    share_out,
    waiting_of,
)
from assistance.services.series import MOST_COPIES, Every
from assistance.workbench.series import siblings_of
from directory.policy import Permission
from mandates.models import DeliveryKind

INTERNAL = (
    "project_code",
    "cost",
    "currency",
    "partners",
    "state_shares",
    "series",
    "approval",
    "sent_at",
    "created_by",
    "changed_by",
    "mandates",
    "items",
    "demonstration",
)


class MandateOfActivitySerializer(Quick):
    url = Address("activity-mandate", help_text="The link.")
    mandate = serializers.CharField(source="mandate.identifier")
    weight = serializers.ChoiceField(Weight.choices)
    share = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    state = serializers.ChoiceField(LinkState.choices)


class ItemOfActivitySerializer(Quick):
    url = Address("activity-item", help_text="The link.")
    item = serializers.IntegerField(source="item_id")
    item_url = Address("item", "item_id", help_text="The item.")
    request = serializers.CharField(source="item.request.ref", allow_null=True)
    state = serializers.ChoiceField(LinkState.choices)


class ShareOfStateSerializer(Quick):
    country = serializers.CharField(source="country.iso")
    share = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)


class ActivitySerializer(Linked):
    """An activity; what is UNODC's own matter is left out for others."""

    url_of = "activity"
    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.SerializerMethodField(help_text="Of what is internal for UNODC.")
    kind = serializers.ChoiceField(DeliveryKind.choices)
    status = serializers.ChoiceField(ActivityStatus.choices, help_text="IATI activity status.")
    planned_start = serializers.DateField(allow_null=True)
    planned_end = serializers.DateField(allow_null=True)
    actual_start = serializers.DateField(allow_null=True)
    actual_end = serializers.DateField(allow_null=True)
    unit = serializers.CharField(source="unit.code")
    countries = serializers.SerializerMethodField(help_text="ISO codes of the States named.")
    place = serializers.SerializerMethodField(help_text="Of what is internal for UNODC.")
    language = serializers.CharField()
    visibility = serializers.ChoiceField(Visibility.choices)
    deliveries_url = serializers.SerializerMethodField(help_text="Its deliveries.")
    revision = serializers.IntegerField()
    project_code = serializers.CharField(allow_blank=True, required=False)
    cost = serializers.DecimalField(
        max_digits=14, decimal_places=2, allow_null=True, required=False
    )
    currency = serializers.CharField(
        allow_blank=True, required=False, help_text="ISO 4217 code of the cost's currency."
    )
    partners = Codes("code", required=False, help_text="Codes of the entities it is done with.")
    state_shares = ShareOfStateSerializer(
        many=True,
        source="country_rows",
        required=False,
        help_text="Its States, each with its share of the cost in per cent, if split over them.",
    )
    series = serializers.IntegerField(
        source="series_id", allow_null=True, required=False, help_text="The series it belongs to."
    )
    approval = serializers.ChoiceField(APPROVAL_STATES, required=False)
    sent_at = serializers.DateTimeField(allow_null=True, required=False)
    created_by = Said(required=False)
    changed_by = Said(required=False)
    demonstration = serializers.BooleanField(required=False)
    mandates = MandateOfActivitySerializer(many=True, source="mandate_links", required=False)
    items = ItemOfActivitySerializer(many=True, source="item_links", required=False)

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

    def get_description(self, activity: Activity) -> str:
        """The description, where this caller reads more than the heading."""
        return activity.description if self._in_words(activity) else ""

    def get_place(self, activity: Activity) -> str:
        """The place likewise."""
        return activity.place if self._in_words(activity) else ""

    def _in_words(self, activity: Activity) -> bool:
        return reads_words(activity, self.context["request"].user)

    def get_countries(self, activity: Activity) -> list[str]:
        """Those this caller may know of."""
        return [one.iso for one in states_shown(activity, self.context["request"].user)]

    @extend_schema_field(OpenApiTypes.URI)
    def get_deliveries_url(self, activity: Activity) -> str:
        """The list of its deliveries."""
        return f"{self.deliveries_below}{activity.pk}"

    @property
    def deliveries_below(self) -> str:
        """The list of deliveries, ready for the id of an activity."""
        path = self.__dict__.get("_deliveries")
        if path is None:
            path = Address("delivery").list_of(self.context) + "?activity="
            self.__dict__["_deliveries"] = path
        return str(path)


class PlanSerializer(serializers.Serializer[Any]):
    """The plan of an activity."""

    title = serializers.CharField(max_length=250)
    description = serializers.CharField(max_length=10000, allow_blank=True, required=False)
    kind = serializers.ChoiceField(DeliveryKind.choices)
    status = serializers.ChoiceField(ActivityStatus.choices, required=False)
    planned_start = serializers.DateField(allow_null=True, required=False)
    planned_end = serializers.DateField(allow_null=True, required=False)
    actual_start = serializers.DateField(allow_null=True, required=False)
    actual_end = serializers.DateField(allow_null=True, required=False)
    unit = fields.unit()
    project_code = serializers.CharField(max_length=30, allow_blank=True, required=False)
    place = serializers.CharField(max_length=100, allow_blank=True, required=False)
    language = serializers.ChoiceField(
        [("en", "English"), ("es", "Spanish"), ("fr", "French")], required=False
    )
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    countries = fields.country(many=True, required=False, help_text="ISO codes of States.")
    cost = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, allow_null=True, required=False
    )
    currency = serializers.CharField(
        max_length=3, allow_blank=True, required=False, help_text="ISO 4217 code."
    )
    partners = fields.entity(many=True, required=False, help_text="Codes of entities.")


class MandateLinkSerializer(serializers.Serializer[Any]):
    mandate = fields.mandate()
    weight = serializers.ChoiceField(Weight.choices, required=False)
    share = serializers.DecimalField(
        max_digits=5, decimal_places=2, allow_null=True, required=False
    )
    reason = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class EvidenceAddressSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(EvidenceKind.choices)
    url = serializers.URLField(max_length=500)


class DeliveryOfActivitySerializer(DeliveryFieldsSerializer):
    evidence = EvidenceAddressSerializer(many=True, required=False)


class NewActivitySerializer(PlanSerializer):
    """An activity with its links, deliveries and evidence: all of it is kept, or nothing."""

    mandates = MandateLinkSerializer(many=True, required=False)
    items = fields.item(many=True, required=False, help_text="Ids of the items it answers.")
    deliveries = DeliveryOfActivitySerializer(many=True, required=False)
    send = serializers.BooleanField(required=False, help_text="Send it for approval at once.")


class SentBackSerializer(serializers.Serializer[Any]):
    """Why an activity is back with its author."""

    reason = serializers.CharField()
    by = Said()
    at = serializers.DateTimeField()


class WaitingSerializer(serializers.Serializer[Any]):
    """What of an activity waits for a second person, or why it is back with its author."""

    sent_back = SentBackSerializer(allow_null=True)
    seal = serializers.CharField(help_text="Send it with the approval as `seen`.")
    plan = serializers.BooleanField(help_text="Whether its plan waits.")
    links = serializers.ListField(child=serializers.URLField())
    deliveries = serializers.ListField(child=serializers.URLField())
    evidence = serializers.ListField(child=serializers.URLField())


class ApproveSerializer(serializers.Serializer[Any]):
    """What was read, and the evidence to verify in the same act."""

    seen = serializers.CharField(
        max_length=16, allow_blank=True, required=False, help_text="The `seal` of what was read."
    )
    verify = fields.Visible(
        Evidence.objects, many=True, required=False, help_text="Ids of pieces of evidence."
    )


class SendBackSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=5000)


class ShareSerializer(serializers.Serializer[Any]):
    mandate = fields.mandate()
    share = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)


class StateShareSerializer(serializers.Serializer[Any]):
    country = fields.country()
    share = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)


class SharesSerializer(serializers.Serializer[Any]):
    """Shares over mandates, over States, or both: each sum to 100, or there are none."""

    shares = ShareSerializer(many=True, required=False, help_text="Over its mandates.")
    states = StateShareSerializer(many=True, required=False, help_text="Over its States.")


class CopySerializer(serializers.Serializer[Any]):
    """How many copies to make, and when they are planned."""

    number = serializers.IntegerField(min_value=1, max_value=MOST_COPIES, required=False)
    first = serializers.DateField(
        required=False, allow_null=True, help_text="Planned start of the first copy."
    )
    every = serializers.IntegerField(min_value=1, max_value=120, required=False)
    unit = serializers.ChoiceField(Every.choices, required=False)
    send = serializers.BooleanField(required=False, help_text="Send them for approval at once.")


class CopiesSerializer(serializers.Serializer[Any]):
    """The copies that were made."""

    copies = serializers.ListField(child=serializers.URLField())


class ProposedSerializer(serializers.Serializer[Any]):
    """How many links were proposed."""

    proposed = serializers.IntegerField()


def new_delivery(sent: dict[str, Any]) -> NewDelivery:
    """A delivery as the service takes it."""
    evidence = [NewEvidence(**one) for one in sent.pop("evidence", ())]
    return NewDelivery(evidence=evidence, **sent)


class ActivityResource(ReadResource):
    """What UNODC plans and does: all of it for UNODC, for others what is public or theirs."""

    scoped = Activity.objects
    needs = {
        "list": Permission.READ_ACTIVITIES,
        "retrieve": Permission.READ_ACTIVITIES,
        "create": Permission.LOG_ACTIVITIES,
        "partial_update": Permission.LOG_ACTIVITIES,
        "send": Permission.LOG_ACTIVITIES,
        "share_out": Permission.LOG_ACTIVITIES,
        "copy": Permission.LOG_ACTIVITIES,
        "series_links": Permission.LINK,
        "waiting": Permission.READ_ALL_ACTIVITIES,
        "iati": Permission.READ_ACTIVITIES,
        "approve": Permission.APPROVE,
        "send_back": Permission.APPROVE,
    }
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter

    def with_all(self, rows: Any) -> QuerySet[Activity]:
        """With unit, people, States and links."""
        rows = rows.with_approval_state().select_related("unit").prefetch_related("countries")
        if not getattr(self, "swagger_fake_view", False) and not sees_all(self.request.user):
            return rows  # type: ignore[no-any-return]
        mandates = ActivityMandate.objects.select_related("mandate").order_by(
            "mandate__paragraph__position", "mandate__ordinal"
        )
        items = ActivityItem.objects.select_related("item__request").order_by("pk")
        return rows.select_related("created_by", "changed_by").prefetch_related(  # type: ignore[no-any-return]
            Prefetch("mandate_links", mandates),
            Prefetch("item_links", items),
            Prefetch("country_rows", ActivityCountry.objects.select_related("country")),
            "partners",
        )

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY})
    @action(detail=False, pagination_class=None)
    def iati(self, request: Request) -> StreamingHttpResponse:
        """Activities as IATI 2.03 exchanges them, tagged with their mandates

        The filters are those of the list. An activity without any start is left out.
        """
        rows = self.filter_queryset(Activity.objects.visible_to(request.user))
        return iati_file(rows, request)

    @extend_schema(request=NewActivitySerializer, responses={201: ActivitySerializer})
    def create(self, request: Request) -> Response:
        """Log an activity with everything that belongs to it

        Its links, deliveries and evidence (addresses; files are added to a delivery) come with it:
        all of it is kept, or nothing. Links are proposed, and confirmed with its approval.
        """

        def make() -> Activity:
            sent = self.valid(NewActivitySerializer)
            mandates = [MandateLink(**one) for one in sent.pop("mandates", ())]
            deliveries = [new_delivery(dict(one)) for one in sent.pop("deliveries", ())]
            return log_activity(by=request.user, mandates=mandates, deliveries=deliveries, **sent)

        return self.create_once(make)

    @extend_schema(request=PlanSerializer(partial=True), responses=ActivitySerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the plan of an activity

        The change waits for approval; what was approved goes on counting. Closing, suspending and
        cancelling are changes of its status.
        """
        sent = self.valid(PlanSerializer, partial=True)
        change_activity(activity=self.thing, by=request.user, revision=self.thing.revision, **sent)
        return self.answer(self.thing.pk)

    @extend_schema(request=None, responses=ActivitySerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Send an activity for approval"""
        return self.act(lambda: send_for_approval(activity=self.thing, by=request.user))

    @extend_schema(responses=WaitingSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def waiting(self, request: Request, pk: str) -> Response:
        """What of an activity waits for a second person's approval"""
        check_parameters(request, set())
        rows: Any = Activity.objects
        found = waiting_of(rows.with_parts().get(pk=self.thing.pk))
        sent: Activity = self.thing
        back = None if sent.sent_at else sent.send_backs.select_related("by").last()
        links = {"activitymandate": "activity-mandate", "activityitem": "activity-item"}
        data = {
            "sent_back": SentBackSerializer(back).data if back else None,
            "seal": found.seal,
            "plan": found.plan,
            "links": [
                self.address(links[one._meta.model_name or ""], one.pk) for one in found.links
            ],
            "deliveries": [self.address("delivery", one.pk) for one in found.deliveries],
            "evidence": [self.address("evidence", one.pk) for one in found.evidence],
        }
        return Response(data)

    @extend_schema(request=ApproveSerializer, responses=ActivitySerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Approve all that waits and that somebody else wrote

        One yes to the plan with its links and to each delivery. With `seen` only what was read is
        approved: 409 when it changed since.
        """
        return self.act(
            lambda: approve(activity=self.thing, by=request.user, **self.valid(ApproveSerializer))
        )

    @extend_schema(request=SendBackSerializer, responses=ActivitySerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: str) -> Response:
        """Send an activity back to its author"""
        return self.act(
            lambda: send_back(
                activity=self.thing, by=request.user, **self.valid(SendBackSerializer)
            )
        )

    @extend_schema(request=SharesSerializer, responses=ActivitySerializer)
    @action(detail=True, methods=["post"], url_path="share-out")
    def share_out(self, request: Request, pk: str) -> Response:
        """Split an activity over its mandates or its States by shares

        Each split sums to 100, or is none; what is not sent stays as it is.
        """

        def split() -> None:
            sent = self.valid(SharesSerializer)
            over: dict[str, Any] = {}
            if "shares" in sent:
                over["shares"] = {one["mandate"]: one["share"] for one in sent["shares"]}
            if "states" in sent:
                over["states"] = {one["country"]: one["share"] for one in sent["states"]}
            share_out(activity=self.thing, by=request.user, **over)

        return self.act(split)

    @extend_schema(request=CopySerializer, responses={201: CopiesSerializer})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str) -> Response:
        """Copy an activity, once or as a series

        Plan, shares and links are copied, deliveries, evidence and approvals are not. Several
        copies are one series with the original; their titles are numbered.
        """

        def make() -> Response:
            sent = self.valid(CopySerializer)
            made = make_copies(activity=self.thing, by=request.user, **sent)
            addresses = [self.address("activity", one.pk) for one in made]
            return Response({"copies": addresses}, status=201)

        return once(self.request, make)

    @extend_schema(request=None, responses=ProposedSerializer)
    @action(detail=True, methods=["post"], url_path="series-links")
    def series_links(self, request: Request, pk: str) -> Response:
        """Propose an activity's links for the others of its series"""

        def propose() -> Response:
            if self.thing.series is None:
                raise ValidationError("This activity belongs to no series.", code="no_series")
            others = siblings_of(self.thing, request.user)
            copied = copy_links(from_activity=self.thing, to_activities=others, by=request.user)
            return Response({"proposed": sum(len(links) for links in copied.values())})

        return once(request, propose)
