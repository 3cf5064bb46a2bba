"""Requests of States: drafts, what is said and attached, what happened."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.acts import with_acts
from api.base import ReadResource
from api.idempotency import once
from api.linked import Codes, Linked
from api.resources.attachments import AttachmentSerializer, UploadSerializer
from api.resources.directory import OrganisationSerializer
from api.resources.events import EventSerializer, events_shown
from api.resources.items import ItemSerializer, items_shown
from api.resources.messages import MessageSerializer, NoteSerializer, WordsSerializer
from assistance.models import (
    AssistanceRequest,
    Attachment,
    HelpKind,
    InternalNote,
    Message,
    RequestItem,
    RequestOrigin,
    RequestStatus,
    Urgency,
)
from assistance.models.request import Confidentiality
from assistance.requests.duplicates import duplicates_of
from assistance.requests.filters import RequestFilter
from assistance.requests.forms import organisations_of
from assistance.workflow import (
    ItemDraft,
    assign_requests,
    delete_draft,
    save_draft,
    send_message,
    write_note,
)
from assistance.workflow.attachments import add_attachment
from assistance.workflow.transitions import (
    ASSIGN,
    ATTACH,
    DELETE_DRAFT,
    REQUEST_TRANSITIONS,
    SAVE_DRAFT,
    SEND_MESSAGE,
    TAKE_OVER,
    TIE,
    UNTIE,
    WRITE_NOTE,
)
from directory.models import Organisation, User
from directory.policy import Permission

READ = (Permission.READ_OWN_REQUESTS, Permission.READ_ALL_REQUESTS)


class RequestSerializer(Linked):
    url_of = "request"
    id = serializers.IntegerField()
    ref = serializers.CharField(allow_null=True, help_text="Its number, once it was sent.")
    title = serializers.CharField(allow_blank=True)
    organisation = OrganisationSerializer()
    states = Codes("iso", help_text="ISO codes of the States named.")
    state = serializers.ChoiceField(RequestStatus.choices)
    origin = serializers.ChoiceField(RequestOrigin.choices)
    received_on = serializers.DateField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    first_answered_at = serializers.DateTimeField(allow_null=True)
    language = serializers.CharField()
    confidentiality = serializers.ChoiceField(Confidentiality.choices)
    beneficiaries = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    tried = serializers.CharField(allow_blank=True)
    needed_by = serializers.DateField(allow_null=True)
    urgency = serializers.ChoiceField(Urgency.choices)
    assigned_to = serializers.CharField(
        source="assigned_to.username", allow_null=True, default=None
    )
    contact = serializers.CharField(
        source="responsible.username",
        allow_null=True,
        default=None,
        help_text="Log-in of who answers for it on the side that asks.",
    )
    demonstration = serializers.BooleanField()
    revision = serializers.IntegerField()
    items = ItemSerializer(many=True)


class ItemDraftSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    themes = fields.theme(many=True, required=False, help_text="Codes of themes.")
    theme_unsure = serializers.BooleanField(required=False)
    help_kinds = serializers.ListField(
        child=serializers.ChoiceField(HelpKind.choices), required=False, max_length=6
    )


class DraftSerializer(serializers.Serializer[Any]):
    """What a draft says, each part optional until it is sent; `items` replace those there were."""

    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    origin = serializers.ChoiceField(RequestOrigin.choices, required=False)
    received_on = serializers.DateField(allow_null=True, required=False)
    language = serializers.ChoiceField(
        [("en", "English"), ("es", "Spanish"), ("fr", "French")], required=False
    )
    confidentiality = serializers.ChoiceField(Confidentiality.choices, required=False)
    beneficiaries = serializers.CharField(max_length=10000, allow_blank=True, required=False)
    reason = serializers.CharField(max_length=10000, allow_blank=True, required=False)
    tried = serializers.CharField(max_length=10000, allow_blank=True, required=False)
    needed_by = serializers.DateField(allow_null=True, required=False)
    urgency = serializers.ChoiceField(Urgency.choices, required=False)
    states = fields.country(many=True, required=False, help_text="ISO codes of the States named.")
    items = ItemDraftSerializer(many=True, required=False)


class NewDraftSerializer(DraftSerializer):
    """A draft, and for whom."""

    organisation = fields.organisation(required=False)


def item_drafts(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, its items as the workflow takes them."""
    if "items" in sent:
        sent["items"] = [ItemDraft(**one) for one in sent["items"]]
    return sent


def own_organisation(user: User) -> Organisation:
    """The one organisation this person asks for; refuses where it has to be said which."""
    possible = list(organisations_of(user)[:2])
    if len(possible) != 1:
        raise serializers.ValidationError({"organisation": [_("Say for which organisation.")]})
    return possible[0]


class DuplicateSerializer(Linked):
    url_of = "request"
    id = serializers.IntegerField()
    ref = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(RequestStatus.choices)
    received_on = serializers.DateField()
    likeness = serializers.FloatField(help_text="Of the words, from 0 to 1.")


class AssignSeveralSerializer(serializers.Serializer[Any]):
    """Requests, and who takes them on."""

    requests = fields.Visible(
        AssistanceRequest.objects, many=True, help_text="Ids of requests, 100 at most."
    )
    to = fields.person(help_text="Log-in of who takes them on.")


@with_acts(
    REQUEST_TRANSITIONS,
    except_for=(
        *(SAVE_DRAFT, DELETE_DRAFT, SEND_MESSAGE, WRITE_NOTE, ATTACH, TIE, UNTIE),
        TAKE_OVER,
    ),
    answer=RequestSerializer,
)
class RequestResource(ReadResource):
    """Requests for assistance: a State's own, or all of them for UNODC."""

    scoped = AssistanceRequest.objects
    needs = {
        "list": READ,
        "retrieve": READ,
        "create": SAVE_DRAFT.permissions,
        "partial_update": SAVE_DRAFT.permissions,
        "destroy": DELETE_DRAFT.permissions,
        "events": READ,
        "messages": READ,
        "write_message": SEND_MESSAGE.permissions,
        "duplicates": Permission.TRIAGE,
        "notes": Permission.READ_NOTES,
        "write_note": WRITE_NOTE.permissions,
        "attachments": READ,
        "attach": ATTACH.permissions,
        "assign_several": ASSIGN.permissions,
    }
    serializer_class = RequestSerializer
    filterset_class = RequestFilter

    def with_all(self, rows: QuerySet[AssistanceRequest]) -> QuerySet[AssistanceRequest]:
        """With organisation, States, officer and items."""
        return rows.select_related(
            "organisation__country", "assigned_to", "contact", "logged_by"
        ).prefetch_related("states", Prefetch("items", items_shown(RequestItem.objects.all())))

    @extend_schema(request=NewDraftSerializer, responses={201: RequestSerializer})
    def create(self, request: Request) -> Response:
        """Begin a request as a draft

        Nothing is required until it is sent. An officer who enters a request for a State names the
        organisation, how it reached UNODC (`origin`) and when (`received_on`).
        """

        def make() -> AssistanceRequest:
            sent = item_drafts(self.valid(NewDraftSerializer))
            asking = sent.pop("organisation", None) or own_organisation(request.user)
            return save_draft(user=request.user, organisation=asking, **sent)

        return self.create_once(make)

    @extend_schema(request=DraftSerializer(partial=True), responses=RequestSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a draft

        Parts not sent stay; `items`, when sent, replace those there were.
        """
        sent = item_drafts(self.valid(DraftSerializer, partial=True))
        save_draft(
            user=request.user,
            organisation=self.thing.organisation,
            draft=self.thing,
            revision=self.thing.revision,
            **sent,
        )
        return self.answer(self.thing.pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a draft, with its files"""
        delete_draft(draft=self.thing, user=request.user)
        return Response(status=204)

    @extend_schema(
        operation_id="requests_assign_several_create",
        request=AssignSeveralSerializer,
        responses=RequestSerializer(many=True),
        filters=False,
    )
    @action(
        detail=False,
        methods=["post"],
        url_path="assign",
        filter_backends=[],
        pagination_class=None,
    )
    def assign_several(self, request: Request) -> Response:
        """Assign several requests to one officer: all of them, or none

        An officer takes requests; giving them to another is for those who may reassign.
        """

        def assigned() -> Response:
            sent = self.valid(AssignSeveralSerializer)
            wanted = sent["requests"]
            assign_requests(requests=wanted, to=sent["to"], user=request.user)
            rows = self.get_queryset().filter(pk__in=[one.pk for one in wanted])
            return Response(self.get_serializer(rows, many=True).data)

        return once(request, assigned)

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[])
    def events(self, request: Request, pk: str) -> Response:
        """What happened to a request, oldest first"""
        return self.page(events_shown(self.thing, request.user), EventSerializer)

    @extend_schema(responses=MessageSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[])
    def messages(self, request: Request, pk: str) -> Response:
        """The messages about a request, oldest first"""
        return self.page(self.thing.messages.select_related("by"), MessageSerializer)

    @extend_schema(request=WordsSerializer, responses={201: MessageSerializer})
    @messages.mapping.post
    def write_message(self, request: Request, pk: str) -> Response:
        """Write a message to the other side"""

        def make() -> Message:
            words = self.valid(WordsSerializer)["words"]
            return send_message(request=self.thing, user=request.user, words=words)

        return self.create_below(make, MessageSerializer)

    @extend_schema(responses=DuplicateSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[])
    def duplicates(self, request: Request, pk: str) -> Response:
        """Open requests of the same organisation with like words, the likest first

        Whether they are the same, a person decides; items are merged one by one.
        """
        found = duplicates_of(self.thing, self.thing.items.order_by("n"))
        return self.page(found, DuplicateSerializer)

    @extend_schema(responses=NoteSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[])
    def notes(self, request: Request, pk: str) -> Response:
        """The internal notes on a request, oldest first; for UNODC alone"""
        notes = InternalNote.objects.visible_to(request.user).filter(request=self.thing)
        return self.page(notes.select_related("by"), NoteSerializer)

    @extend_schema(request=WordsSerializer, responses={201: NoteSerializer})
    @notes.mapping.post
    def write_note(self, request: Request, pk: str) -> Response:
        """Write an internal note, which no State reads"""

        def make() -> InternalNote:
            words = self.valid(WordsSerializer)["words"]
            return write_note(request=self.thing, user=request.user, words=words)

        return self.create_below(make, NoteSerializer)

    @extend_schema(responses=AttachmentSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[], parser_classes=[MultiPartParser, JSONParser])
    def attachments(self, request: Request, pk: str) -> Response:
        """The files beside a request"""
        return self.page(self.thing.attachments.select_related("added_by"), AttachmentSerializer)

    @extend_schema(
        request={"multipart/form-data": UploadSerializer}, responses={201: AttachmentSerializer}
    )
    @attachments.mapping.post
    def attach(self, request: Request, pk: str) -> Response:
        """Put a file beside a request

        PDF, picture, text, or a document of Word, Excel or PowerPoint; judged by its content.
        """

        def make() -> Attachment:
            file = self.valid(UploadSerializer)["file"]
            return add_attachment(request=self.thing, file=file, user=request.user)

        return self.create_below(make, AttachmentSerializer)
