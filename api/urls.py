"""The addresses of the API: plural nouns below `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from api.documentation import Documentation, Schema
from api.resources.activities import ActivityResource
from api.resources.answer_templates import AnswerTemplateResource
from api.resources.attachments import AttachmentResource
from api.resources.closings import ClosingResource
from api.resources.coverage import DemandResource, UnlinkedResource
from api.resources.deliveries import CountedDeliveryResource, DeliveryResource
from api.resources.directory import (
    CountryResource,
    EntityResource,
    OrganisationResource,
    ThemeResource,
)
from api.resources.evidence import EvidenceResource, ReplyResource
from api.resources.gaps import GapResource
from api.resources.imports import ImportResource
from api.resources.items import ItemResource
from api.resources.links import (
    ActivityItemResource,
    ActivityMandateResource,
    ItemMandateResource,
)
from api.resources.mandates import MandateResource, ParagraphResource, ResolutionResource
from api.resources.me import Me
from api.resources.needs import NeedResource
from api.resources.reports import NarrativeResource, ReportResource
from api.resources.requests import RequestResource
from api.resources.states import StateResource
from api.resources.units import UnitResource
from api.resources.uploads import UploadResource

app_name = "api"

router = SimpleRouter()
router.register("countries", CountryResource, basename="country")
router.register("entities", EntityResource, basename="entity")
router.register("organisations", OrganisationResource, basename="organisation")
router.register("themes", ThemeResource, basename="theme")
router.register("resolutions", ResolutionResource, basename="resolution")
router.register("imports", ImportResource, basename="import")
router.register("paragraphs", ParagraphResource, basename="paragraph")
router.register("mandates", MandateResource, basename="mandate")
router.register("needs", NeedResource, basename="need")
router.register("requests", RequestResource, basename="request")
router.register("attachments", AttachmentResource, basename="attachment")
router.register("answer-templates", AnswerTemplateResource, basename="answer-template")
router.register("items", ItemResource, basename="item")
router.register("activities", ActivityResource, basename="activity")
router.register("deliveries", DeliveryResource, basename="delivery")
router.register("counted-deliveries", CountedDeliveryResource, basename="counted-delivery")
router.register("evidence", EvidenceResource, basename="evidence")
router.register("replies", ReplyResource, basename="reply")
router.register("reports", ReportResource, basename="report")
router.register("narratives", NarrativeResource, basename="narrative")
router.register("uploads", UploadResource, basename="upload")
router.register("item-mandates", ItemMandateResource, basename="item-mandate")
router.register("activity-mandates", ActivityMandateResource, basename="activity-mandate")
router.register("activity-items", ActivityItemResource, basename="activity-item")
router.register("demands", DemandResource, basename="demand")
router.register("closings", ClosingResource, basename="closing")
router.register("states", StateResource, basename="state")
router.register("units", UnitResource, basename="unit")
router.register("gaps", GapResource, basename="gap")
router.register("unlinked", UnlinkedResource, basename="unlinked")

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", Schema.as_view(), name="schema"),
    path("", Documentation.as_view(url_name="api:schema"), name="docs"),
    path("me/", Me.as_view(), name="me"),
    *router.urls,
]
