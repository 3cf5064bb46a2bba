"""The addresses of the API: plural nouns below `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from api.resources.directory import CountryResource, EntityResource, ThemeResource
from api.resources.mandates import MandateResource, ParagraphResource, ResolutionResource

app_name = "api"

router = SimpleRouter()
router.register("countries", CountryResource, basename="country")
router.register("entities", EntityResource, basename="entity")
router.register("themes", ThemeResource, basename="theme")
router.register("resolutions", ResolutionResource, basename="resolution")
router.register("paragraphs", ParagraphResource, basename="paragraph")
router.register("mandates", MandateResource, basename="mandate")

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", SpectacularSwaggerView.as_view(url_name="api:schema"), name="docs"),
    *router.urls,
]
