"""The OpenAPI description of the API, and the page to read and try it."""

from __future__ import annotations

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

# As strict as elsewhere; pictures inside of Swagger UI's style sheet are `data:`.
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "connect-src": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}


class Schema(SpectacularAPIView):
    """The description, as YAML or (`?format=json`) JSON."""


@method_decorator(csp(POLICY), name="dispatch")
class Documentation(SpectacularSwaggerSplitView):
    """Swagger UI from our own files, its script apart, as the content security policy asks."""

    template_name = "api/documentation.html"
