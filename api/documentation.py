"""The OpenAPI description of the API, and the page to read and try it."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class Schema(SpectacularAPIView):
    """The description, as YAML or (`?format=json`) JSON."""


class Documentation(SpectacularSwaggerSplitView):
    """Swagger UI from our own files, its script apart, as the content security policy asks."""

    template_name = "api/documentation.html"
