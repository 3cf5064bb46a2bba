"""Resolutions, their paragraphs and their mandates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.base import Below, ReadResource
from api.etags import tagged
from api.filtering import check_parameters, ordering
from api.linked import Codes, Linked, Quick
from api.resources.breakdowns import with_breakdowns
from api.resources.comparison import ComparisonSerializer, comparison_of
from api.resources.coverage import DAYS, FILTERS, CoverageSerializer, coverage_of, window_of
from api.resources.explained import (
    WhyMandateSerializer,
    WhyParagraphSerializer,
    why_of_mandate,
    why_of_paragraph,
)
from api.resources.reports import (
    AskedReportSerializer,
    ReportSerializer,
    check_days,
    with_files,
)
from api.resources.taking_over import (
    ChosenSerializer,
    LeftOpenSerializer,
    SupersedingSerializer,
    TakenOverSerializer,
    to_take_over,
)
from assistance.coverage.comparing import Clock
from assistance.coverage.filters import NARROWING
from assistance.coverage.package import package_file
from assistance.coverage.window import today
from assistance.workflow import reinstate, take_over
from dashboards.report.builds import ask_for_report
from dashboards.report.models import ReportBuild
from directory.access import fetch_to_read
from directory.policy import Permission
from mandates.akoma_ntoso import akoma_ntoso_file
from mandates.models import (
    Basis,
    ConditionKind,
    DeliveryKind,
    Facet,
    FacetRole,
    FacetSource,
    Mandate,
    MandateKind,
    MandateSpan,
    Organ,
    Paragraph,
    ParagraphKind,
    ParagraphText,
    Resolution,
)
from mandates.proposals import proposals_of
from mandates.reports import ReportState, report_state_on, reporting_obligations
from mandates.services.correcting import Corrections, correct_mandate
from mandates.services.lineage import supersede
from mandates.services.reporting import mark_report_submitted

UNCOUNTED = OpenApiParameter("page", int, description="Which page of what does not count.")
UNTIL = OpenApiParameter("to", dt.date, description="The day it is told of; else today.")
READ = {"list": Permission.READ_RESOLUTIONS, "retrieve": Permission.READ_RESOLUTIONS}


class TextSerializer(Quick):
    language = serializers.CharField()
    title = serializers.CharField()
    filename = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    imported_at = serializers.DateTimeField()


class ResolutionSerializer(Linked):
    url_of, url_key = "resolution", "slug"
    symbol = serializers.CharField()
    slug = serializers.CharField()
    organ = serializers.ChoiceField(Organ.choices)
    session = serializers.IntegerField(allow_null=True)
    agenda_item = serializers.CharField()
    labels = serializers.DictField(child=serializers.CharField(), help_text="Unofficial names.")
    adopted_on = serializers.DateField()
    plenary_meeting = serializers.IntegerField(allow_null=True)
    basis = serializers.CharField(source="basis_document")
    superseded_on = serializers.DateField(allow_null=True)
    texts = TextSerializer(many=True)


class ResolutionFilter(django_filters.FilterSet):
    symbol = django_filters.CharFilter(lookup_expr="icontains", label="Part of the symbol.")
    organ = django_filters.ChoiceFilter(choices=Organ.choices, label="Organ.")
    session = django_filters.NumberFilter(label="Session.")
    sort = ordering(("adopted_on", "adopted_on"), ("symbol", "symbol"), ("session", "session"))

    class Meta:
        model = Resolution
        fields: list[str] = []


@with_breakdowns
class ResolutionResource(ReadResource):
    """Resolutions, by symbol with hyphens (`A-RES-74-175`)."""

    scoped = Resolution.objects
    needs = {
        **READ,
        "coverage": Permission.READ_COVERAGE,
        "compare": Permission.READ_ALL_REQUESTS,
        "package": Permission.READ_COVERAGE,
        "akoma_ntoso": Permission.READ_RESOLUTIONS,
        "reports": Permission.READ_REPORTS,
        "ask_for_report": Permission.WRITE_REPORTS,
        "supersede": Permission.TAKE_OVER,
        "reinstate": Permission.TAKE_OVER,
    }
    serializer_class = ResolutionSerializer
    filterset_class = ResolutionFilter
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    hidden = False

    def with_all(self, rows: QuerySet[Resolution]) -> QuerySet[Resolution]:
        """With their texts."""
        return rows.prefetch_related("texts")

    @extend_schema(parameters=FILTERS, responses=CoverageSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def coverage(self, request: Request, slug: str) -> Response:
        """The coverage of a resolution over a period

        Statuses are those of the last day, `to`. `demands` and `served` count the demands open on
        that day, less those served before `from`; each `demands_url` lists exactly the rows
        counted. States and regional bodies count their own rows.
        """
        check_parameters(request, {"from", "to", *NARROWING})
        data = coverage_of(self.thing, request)
        return tagged(request, self.thing, Response(data))

    @extend_schema(
        parameters=[
            *DAYS,
            OpenApiParameter("clock", enum=Clock.values, description="From where days are read."),
        ],
        responses=ComparisonSerializer,
        filters=False,
    )
    @action(detail=True, filter_backends=[], pagination_class=None)
    def compare(self, request: Request, slug: str) -> Response:
        """What changed between two days, and because of which act

        With `clock=record` (when not given) both days are read from the record as it stands now,
        with `said` each from what had been recorded by that day.
        """
        check_parameters(request, {"from", "to", "clock"})
        return Response(comparison_of(self.thing, request))

    @extend_schema(
        parameters=DAYS, responses={(200, "application/zip"): OpenApiTypes.BINARY}, filters=False
    )
    @action(detail=True, filter_backends=[], pagination_class=None)
    def package(self, request: Request, slug: str) -> HttpResponse:
        """The coverage of a resolution over a period, as a data package

        A zip file with `datapackage.json` (definition, period, totals, a SHA-256 for each table),
        `mandates.csv` and `demands.csv`. The same rows give the same bytes.
        """
        check_parameters(request, {"from", "to"})
        return package_file(self.thing, user=request.user, window=window_of(self.thing, request))

    @extend_schema(
        parameters=[OpenApiParameter("language", str, description="Of the text; else the first.")],
        responses={(200, "application/akn+xml"): OpenApiTypes.BINARY},
        filters=False,
    )
    @action(detail=True, filter_backends=[], pagination_class=None, url_path="akoma-ntoso")
    def akoma_ntoso(self, request: Request, slug: str) -> HttpResponse:
        """A text of a resolution as Akoma Ntoso 3.0, its mandates marked; 404 without a text"""
        check_parameters(request, {"language"})
        texts = self.thing.texts.order_by("pk")
        if language := request.query_params.get("language"):
            texts = texts.filter(language=language)
        text = texts.first()
        if text is None:
            raise Http404
        return akoma_ntoso_file(text, request._request)

    @extend_schema(responses=ReportSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[])
    def reports(self, request: Request, slug: str) -> Response:
        """The reports on a resolution, newest first"""
        reports = ReportBuild.objects.visible_to(request.user).filter(resolution=self.thing)
        return self.page(with_files(reports), ReportSerializer)

    @extend_schema(request=AskedReportSerializer, responses={202: ReportSerializer})
    @reports.mapping.post
    def ask_for_report(self, request: Request, slug: str) -> Response:
        """Have a report built, as Word document and PDF

        A worker builds it: ask for the address answered until its `state` is done or failed, then
        for its `files`. Asked for twice at once, it is one report. Figures of fewer than three
        States are kept back in it.
        """

        def make() -> ReportBuild:
            sent = self.valid(AskedReportSerializer)
            check_days(self.thing, sent["first"], sent["last"])
            build = ask_for_report(resolution=self.thing, by=request.user, **sent)
            return with_files(ReportBuild.objects.all()).get(pk=build.pk)

        return self.create_below(make, ReportSerializer, status=202)

    @extend_schema(request=SupersedingSerializer, responses=ResolutionSerializer)
    @action(detail=True, methods=["post"])
    def supersede(self, request: Request, slug: str) -> Response:
        """Say that a later resolution took the place of this one

        It is superseded on the day the later one was adopted, and all that is owed under it ends.
        """
        sent = self.valid(SupersedingSerializer)
        return self.act(lambda: supersede(user=request.user, resolution=self.thing, **sent))

    @extend_schema(request=None, responses=ResolutionSerializer)
    @action(detail=True, methods=["post"])
    def reinstate(self, request: Request, slug: str) -> Response:
        """Take back that a later resolution took the place of this one

        What was owed under it is owed as before. Refused while anything taken over goes on under
        the later one, naming it: reject those links first.
        """
        return self.act(lambda: reinstate(user=request.user, resolution=self.thing))


class SpanSerializer(Quick):
    language = serializers.CharField(source="paragraph_text.text.language")
    start = serializers.IntegerField(help_text="Unicode code points of the paragraph's words.")
    end = serializers.IntegerField()
    verb = serializers.CharField()


class FacetSerializer(Quick):
    role = serializers.ChoiceField(FacetRole.choices)
    entity = serializers.CharField(source="entity.code", allow_null=True, default=None)
    theme = serializers.CharField(source="theme.code", allow_null=True, default=None)
    condition = serializers.ChoiceField(ConditionKind.choices, allow_blank=True)
    words = serializers.CharField()
    start = serializers.IntegerField(allow_null=True)
    end = serializers.IntegerField(allow_null=True)
    found_by = serializers.ChoiceField(FacetSource.choices, source="source")


class CorrectionSerializer(Quick):
    field = serializers.CharField()
    language = serializers.CharField(allow_blank=True)
    before = serializers.JSONField()
    after = serializers.JSONField()
    reason = serializers.CharField()
    by = serializers.CharField(source="by.username")
    at = serializers.DateTimeField()


class MandateSerializer(Linked):
    url_of = "mandate"
    id = serializers.IntegerField()
    identifier = serializers.CharField()
    resolution = serializers.CharField(source="paragraph.resolution.symbol")
    paragraph = serializers.CharField(source="paragraph.number")
    ordinal = serializers.IntegerField()
    kind = serializers.ChoiceField(MandateKind.choices)
    basis = serializers.ChoiceField(Basis.choices)
    counted = serializers.BooleanField()
    labels = serializers.DictField(child=serializers.CharField(), help_text="Unofficial names.")
    lead_unit = serializers.CharField(source="lead_unit.code", allow_null=True, default=None)
    report_session = serializers.IntegerField(allow_null=True)
    report_due_on = serializers.DateField(allow_null=True)
    report_submitted_on = serializers.DateField(allow_null=True)
    report_symbol = serializers.CharField(allow_blank=True)
    report_state = serializers.ChoiceField(
        ReportState.choices, allow_null=True, help_text="Today, of the report it asks for."
    )
    revision = serializers.IntegerField(help_text="Counts the changes of its words.")
    spans = SpanSerializer(many=True)
    facets = FacetSerializer(many=True)


class LabelsSerializer(serializers.Serializer[Any]):
    """Unofficial names by language."""

    en = serializers.CharField(max_length=200, allow_blank=True, required=False)
    es = serializers.CharField(max_length=200, allow_blank=True, required=False)
    fr = serializers.CharField(max_length=200, allow_blank=True, required=False)


class SpanCorrectionSerializer(serializers.Serializer[Any]):
    language = serializers.CharField(max_length=5)
    start = serializers.IntegerField(min_value=0, max_value=1_000_000)
    end = serializers.IntegerField(min_value=1, max_value=1_000_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A span begins before it ends."""
        if attrs["end"] <= attrs["start"]:
            raise serializers.ValidationError({"end": _("The end must come after the start.")})
        return attrs


class MandateCorrectionSerializer(serializers.Serializer[Any]):
    """What a mandate should say, each part optional, and why."""

    reason = serializers.CharField(max_length=2000)
    kind = serializers.ChoiceField(MandateKind.choices, required=False)
    basis = serializers.ChoiceField(Basis.choices, required=False)
    addressees = fields.entity(many=True, required=False, help_text="Codes of entities.")
    conditions = serializers.ListField(
        child=serializers.ChoiceField(ConditionKind.choices), required=False
    )
    labels = LabelsSerializer(required=False)
    lead_unit = fields.unit(required=False)
    report_due_on = serializers.DateField(required=False)
    report_submitted_on = serializers.DateField(required=False)
    report_symbol = serializers.CharField(max_length=60, allow_blank=True, required=False)
    spans = SpanCorrectionSerializer(many=True, required=False)


class ProposalSerializer(Quick):
    """A need in the words of a clause; `start` and `end` are code points of the clause."""

    words = serializers.CharField()
    kind = serializers.ChoiceField(DeliveryKind.choices, allow_blank=True)
    every_months = serializers.IntegerField(allow_null=True)
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class ProposedNeedsSerializer(serializers.Serializer[Any]):
    """The clause in one language, and what it proposes."""

    language = serializers.CharField()
    clause = serializers.CharField()
    proposals = ProposalSerializer(many=True)


class SubmittedReportSerializer(serializers.Serializer[Any]):
    """The day and the document of a report."""

    submitted_on = serializers.DateField()
    symbol = serializers.CharField(max_length=60)


def corrections_of(mandate: Mandate, sent: dict[str, Any]) -> Corrections:
    """What was sent, with spans by the paragraph text of their language."""
    texts = {
        language: pk
        for pk, language in mandate.spans.values_list(
            "paragraph_text", "paragraph_text__text__language"
        )
    }
    spans: dict[int, tuple[int, int]] = {}
    for number, span in enumerate(sent.pop("spans", ())):
        if span["language"] not in texts:
            raise serializers.ValidationError(
                {"spans": {number: {"language": [_("There is no text in this language.")]}}}
            )
        spans[texts[span["language"]]] = (span["start"], span["end"])
    return Corrections(spans=spans, **sent)


class MandateFilter(django_filters.FilterSet):
    resolution = django_filters.CharFilter(
        field_name="paragraph__resolution__slug", label="Symbol with hyphens."
    )
    paragraph = django_filters.CharFilter(field_name="paragraph__number", label="Number.")
    identifier = django_filters.CharFilter(label="Public identifier.")
    kind = django_filters.ChoiceFilter(choices=MandateKind.choices, label="Kind.")
    basis = django_filters.ChoiceFilter(choices=Basis.choices, label="Basis.")
    counted = django_filters.BooleanFilter(label="Whether it counts for UNODC.")
    addressee = django_filters.CharFilter(method="facet_entity", label="Code of an addressee.")
    partner = django_filters.CharFilter(method="facet_entity", label="Code of a partner.")
    theme = django_filters.CharFilter(method="facet_theme", label="Code of a theme.")
    report = django_filters.ChoiceFilter(
        choices=ReportState.choices, method="reports", label="State of the report it asks for."
    )
    sort = ordering(
        ("paragraph__position", "paragraph"),
        ("identifier", "identifier"),
        ("kind", "kind"),
        ("report_due_on", "report_due_on"),
    )

    class Meta:
        model = Mandate
        fields: list[str] = []

    def facet_entity(self, rows: Any, name: str, value: str) -> Any:
        """Those with this entity as addressee or partner."""
        return rows.filter(facets__in=Facet.objects.filter(role=name, entity__code=value))

    def reports(self, rows: Any, _name: str, value: str) -> Any:
        """Those whose report stands so today."""
        return reporting_obligations(rows, today()).filter(report_state=value)

    def facet_theme(self, rows: Any, name: str, value: str) -> Any:
        """Those with this theme."""
        return rows.filter(facets__in=Facet.objects.filter(role=name, theme__code=value))


class MandateResource(ReadResource):
    """Mandates: one clause each, with its place in each text and what is said of it."""

    scoped = Mandate.objects
    needs = {
        **READ,
        "partial_update": Permission.CORRECT_MANDATES,
        "corrections": Permission.READ_ALL_ACTIVITIES,
        "submit_report": Permission.MARK_REPORTS,
        "to_take_over": Permission.READ_ALL_REQUESTS,
        "take_over": Permission.TAKE_OVER,
        "why": Permission.READ_COVERAGE,
        "need_proposals": Permission.WRITE_NEEDS,
    }
    serializer_class = MandateSerializer
    filterset_class = MandateFilter
    hidden = False

    @extend_schema(request=MandateCorrectionSerializer, responses=MandateSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct a mandate

        Each correction is kept with its reason, and a new import of the text leaves it alone.
        """
        sent = self.valid(MandateCorrectionSerializer)
        correct_mandate(
            user=request.user,
            mandate_pk=self.thing.pk,
            reason=sent.pop("reason"),
            corrections=corrections_of(self.thing, sent),
            version=self.thing.updated_at.isoformat(),
        )
        return self.answer(self.thing.pk)

    @extend_schema(responses=CorrectionSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def corrections(self, request: Request, pk: str) -> Response:
        """What was corrected of a mandate, by whom and why"""
        check_parameters(request, set())
        made = self.thing.corrections.select_related("by")
        return Response(CorrectionSerializer(made, many=True).data)

    @extend_schema(parameters=[UNTIL, UNCOUNTED], responses=WhyMandateSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def why(self, request: Request, pk: str) -> Response:
        """How the status of a mandate follows, step by step

        Whose work it is, what is owed, how far each demand had come by the day `to`, the tests of
        the rule in their order, what is linked and does not count, and what would turn it green.
        """
        check_parameters(request, {"to", "page"})
        data = why_of_mandate(self.thing, request, request.user)
        return tagged(request, self.thing, Response(data))

    @extend_schema(responses=ProposedNeedsSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None, url_path="need-proposals")
    def need_proposals(self, request: Request, pk: str) -> Response:
        """Needs that the clause of a counted mandate speaks of, in its own words

        For each language with rules; nothing is saved. Send one to `needs/foresee/` to see what it
        would do, or to `needs/` to write it.
        """
        check_parameters(request, set())
        counted = fetch_to_read(Mandate.objects.counted(), request.user, pk=self.thing.pk)
        return Response(ProposedNeedsSerializer(proposals_of(counted), many=True).data)

    @extend_schema(request=SubmittedReportSerializer, responses=MandateSerializer)
    @action(detail=True, methods=["post"], url_path="submit-report")
    def submit_report(self, request: Request, pk: str) -> Response:
        """Mark the report that a mandate asks for as submitted"""
        sent = self.valid(SubmittedReportSerializer)
        return self.act(
            lambda: mark_report_submitted(user=request.user, mandate_pk=self.thing.pk, **sent)
        )

    @extend_schema(responses=LeftOpenSerializer(many=True), filters=False)
    @action(
        detail=True,
        filter_backends=[],
        pagination_class=None,
        url_path="take-over",
        url_name="take-over",
    )
    def to_take_over(self, request: Request, pk: str) -> Response:
        """What of a mandate can go on under each mandate that continues it

        Items that were open when the later resolution was adopted, and activities that go on.
        """
        check_parameters(request, set())
        shown = to_take_over(self.thing)
        context = self.get_serializer_context()
        return Response(LeftOpenSerializer(shown, many=True, context=context).data)

    @extend_schema(request=ChosenSerializer, responses=TakenOverSerializer)
    @to_take_over.mapping.post
    def take_over(self, request: Request, pk: str) -> Response:
        """Take items and activities over to the mandate that continues this one

        Each gets a new link, confirmed by you; the earlier links stay. What was taken over before
        is left as it is, so that the same call twice adds nothing.
        """
        return self.create_below(
            lambda: take_over(
                user=request.user, mandate=self.thing, **self.valid(ChosenSerializer)
            ),
            TakenOverSerializer,
            status=200,
        )

    def with_all(self, rows: Any) -> Any:
        """With paragraph, unit, spans and facets."""
        return (
            rows.with_counted()
            .annotate(report_state=report_state_on(today()))
            .select_related("paragraph__resolution", "lead_unit")
            .prefetch_related(
                Prefetch("spans", MandateSpan.objects.select_related("paragraph_text__text")),
                Prefetch("facets", Facet.objects.select_related("entity", "theme")),
            )
            .order_by("paragraph__resolution", "paragraph__position", "ordinal")
        )


class ParagraphTextSerializer(Quick):
    language = serializers.CharField(source="text.language")
    words = serializers.CharField()
    emphasis = serializers.JSONField()
    footnote_marks = serializers.JSONField()


class ParagraphSerializer(Linked):
    url_of = "paragraph"
    id = serializers.IntegerField()
    resolution = serializers.CharField(source="resolution.symbol")
    kind = serializers.ChoiceField(ParagraphKind.choices)
    number = serializers.CharField()
    position = serializers.IntegerField()
    parent = serializers.CharField(source="parent.number", allow_null=True, default=None)
    labels = serializers.DictField(child=serializers.CharField(), help_text="Unofficial names.")
    texts = ParagraphTextSerializer(many=True)
    mandates = Codes("identifier")


class ParagraphFilter(django_filters.FilterSet):
    resolution = django_filters.CharFilter(
        field_name="resolution__slug", label="Symbol with hyphens."
    )
    kind = django_filters.ChoiceFilter(choices=ParagraphKind.choices, label="Kind.")
    number = django_filters.CharFilter(label="Number.")
    sort = ordering(("position", "position"), ("number", "number"))

    class Meta:
        model = Paragraph
        fields: list[str] = []


class ParagraphResource(ReadResource):
    """Paragraphs with their words in each language."""

    scoped = Below(Paragraph, "resolution", Resolution.objects)
    needs = {**READ, "why": Permission.READ_COVERAGE}
    serializer_class = ParagraphSerializer
    filterset_class = ParagraphFilter
    hidden = False

    def with_all(self, rows: QuerySet[Paragraph]) -> QuerySet[Paragraph]:
        """With their words and the identifiers of their mandates."""
        return (
            rows.select_related("resolution", "parent")
            .prefetch_related(
                Prefetch("texts", ParagraphText.objects.select_related("text")), "mandates"
            )
            .order_by("resolution", "position")
        )

    @extend_schema(parameters=[*DAYS, UNCOUNTED], responses=WhyParagraphSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def why(self, request: Request, pk: str) -> Response:
        """What is owed under a paragraph over a period, and what would turn it green

        An operative paragraph, those below it counted in; 404 of a preambular one.
        """
        check_parameters(request, {"from", "to", "page"})
        data = why_of_paragraph(self.thing, request, request.user)
        return tagged(request, self.thing, Response(data))
